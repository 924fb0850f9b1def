import SQLite from 'libsql';

/** What may stand for a `?` in a statement. */
export type Value = string | number | null;

/**
 * SQLite with the few calls that this app makes. Values go in as parameters only, never as text of a statement.
 *
 * The driver is synchronous: a statement takes microseconds, less than handing it to another thread would. The type of a row is
 * the caller's claim about its own `SELECT`.
 */
export class Database {
  readonly #connection: SQLite.Database;
  /** Preparing costs more than running: each statement is prepared once. */
  readonly #statements = new Map<string, SQLite.Statement>();

  /** Opens the file, or makes it. */
  constructor(file: string) {
    // Another process may be writing: wait for it up to five seconds.
    this.#connection = new SQLite(file, { timeout: 5000 });
    // Readers do not wait for the writer; and foreign keys are off in SQLite unless asked for.
    this.#connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
  }

  all<Row>(sql: string, ...values: Value[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  /** The first row. */
  get<Row>(sql: string, ...values: Value[]): Row | undefined {
    return this.all<Row>(sql, ...values)[0];
  }

  /** How many rows a statement has changed. */
  run(sql: string, ...values: Value[]): number {
    return this.#prepare(sql).run(...values).changes;
  }

  /** Several statements at once, without values. */
  script(sql: string): void {
    this.#connection.exec(sql);
  }

  /** All of it or nothing: what `work` throws takes everything back. It takes the lock for writing at its beginning. */
  transaction<T>(work: () => T): T {
    return this.#connection.transaction(work).immediate();
  }

  close(): void {
    this.#statements.clear();
    this.#connection.close();
  }

  #prepare(sql: string): SQLite.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
