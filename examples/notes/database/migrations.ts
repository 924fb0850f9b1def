import { readdirSync, readFileSync } from 'node:fs';
import type { Database } from './database.js';

/** The steps of this app, in `001-what-it-does.sql`. A step that has been released is never edited: the next one corrects it. */
export const MIGRATIONS = new URL('./migrations/', import.meta.url);

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/**
 * Brings a database up to date and returns the names of the steps that it took.
 *
 * Each step runs in a transaction together with the record that it ran, so that it has happened wholly or not at all.
 * Throws for a database that a newer version of the app has been at work on.
 */
export function migrate(db: Database, directory: URL = MIGRATIONS): string[] {
  db.script(
    'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT',
  );
  const migrations = readMigrations(directory);
  const applied = appliedTo(db);
  if (applied > migrations.length) {
    throw new Error(
      `The database is at migration ${applied}, and this version of the app knows ${migrations.length}: run the newer one.`,
    );
  }
  return migrations.filter((migration) => apply(db, migration)).map(({ name }) => name);
}

function apply(db: Database, { number, name, sql }: Migration): boolean {
  return db.transaction(() => {
    // Asked for under the lock: another process may have started at the same time.
    if (appliedTo(db) >= number) return false;
    db.script(sql);
    db.run(
      'INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)',
      number,
      name,
      new Date().toISOString(),
    );
    return true;
  });
}

function appliedTo(db: Database): number {
  return db.get<{ last: number }>('SELECT coalesce(max(number), 0) AS last FROM migrations')?.last ?? 0;
}

function readMigrations(directory: URL): Migration[] {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return names.map((name, index) => {
    const number = index + 1;
    if (!name.startsWith(`${String(number).padStart(3, '0')}-`)) {
      throw new Error(
        `Migration number ${number} is ${JSON.stringify(name)}: they are numbered from 001, without a gap.`,
      );
    }
    return { number, name, sql: readFileSync(new URL(name, directory), 'utf8') };
  });
}
