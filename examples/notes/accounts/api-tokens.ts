import type { Database } from '../database/database.js';
import { hashToken, newToken } from './tokens.js';
import type { User } from './users.js';

/** A token of a user, as it is listed: the secret itself is not kept. */
export interface APIToken {
  readonly id: number;
  readonly label: string;
  readonly createdAt: string;
}

/** What programs sign in with. */
export class APITokens {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Makes a token and returns it: there is no second chance to see it. Its prefix lets scanners of repositories recognise a leak. */
  create(user: User, label: string): string {
    const token = `notes_${newToken()}`;
    this.#db.run(
      'INSERT INTO api_tokens (hash, user_id, label, created_at) VALUES (?, ?, ?, ?)',
      hashToken(token),
      user.id,
      label,
      new Date().toISOString(),
    );
    return token;
  }

  list(user: User): APIToken[] {
    return this.#db.all<APIToken>(
      'SELECT id, label, created_at AS createdAt FROM api_tokens WHERE user_id = ? ORDER BY id DESC',
      user.id,
    );
  }

  userOf(token: string): User | undefined {
    return this.#db.get<User>(
      'SELECT users.id, users.name FROM api_tokens JOIN users ON users.id = user_id WHERE hash = ?',
      hashToken(token),
    );
  }

  revoke(user: User, id: number): void {
    this.#db.run('DELETE FROM api_tokens WHERE id = ? AND user_id = ?', id, user.id);
  }
}
