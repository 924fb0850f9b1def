import type { Database } from '../database/database.js';
import { hashPassword, verifyPassword } from './passwords.js';

/** Who is signed in. */
export interface User {
  readonly id: number;
  readonly name: string;
}

export class Users {
  readonly #db: Database;
  /** Verified against where there is no such user: the time of the answer does not tell which names exist. */
  readonly #nobody = hashPassword('');

  constructor(db: Database) {
    this.#db = db;
  }

  /** The new user, or `undefined` if the name is taken. */
  async create(name: string, password: string): Promise<User | undefined> {
    const hash = await hashPassword(password);
    return this.#db.get<User>(
      'INSERT INTO users (name, password, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING id, name',
      name,
      hash,
      new Date().toISOString(),
    );
  }

  /** The user of that name and password, or `undefined`: which of the two was wrong is not told. */
  async authenticate(name: string, password: string): Promise<User | undefined> {
    const found = this.#db.get<User & { password: string }>(
      'SELECT id, name, password FROM users WHERE name = ?',
      name,
    );
    const isRight = await verifyPassword(password, found?.password ?? (await this.#nobody));
    return found !== undefined && isRight ? { id: found.id, name: found.name } : undefined;
  }
}
