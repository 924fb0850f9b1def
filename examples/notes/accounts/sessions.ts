import type { Database } from '../database/database.js';
import { hashToken, newToken } from './tokens.js';
import type { User } from './users.js';

/** How long one stays signed in, in seconds: 30 days. */
export const SESSION_SECONDS = 30 * 24 * 60 * 60;

/** A user at a browser. */
export interface Session {
  /** The hash of its token. */
  readonly id: string;
  readonly user: User;
}

/** Sessions in the database. A token is made here and nowhere else: one that a client brings along is looked up, and never adopted. */
export class Sessions {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Begins a session and returns its token, for the cookie. */
  begin(user: User): string {
    const token = newToken();
    this.#db.run('DELETE FROM sessions WHERE expires_at <= ?', new Date().toISOString());
    this.#db.run(
      'INSERT INTO sessions (id, user_id, expires_at) VALUES (?, ?, ?)',
      hashToken(token),
      user.id,
      new Date(Date.now() + SESSION_SECONDS * 1000).toISOString(),
    );
    return token;
  }

  find(token: string): Session | undefined {
    const id = hashToken(token);
    const user = this.#db.get<User>(
      `SELECT users.id, users.name FROM sessions JOIN users ON users.id = sessions.user_id
       WHERE sessions.id = ? AND sessions.expires_at > ?`,
      id,
      new Date().toISOString(),
    );
    return user && { id, user };
  }

  end(session: Session): void {
    this.#db.run('DELETE FROM sessions WHERE id = ?', session.id);
  }

  /** Signs a user out everywhere. */
  endAll(user: User): void {
    this.#db.run('DELETE FROM sessions WHERE user_id = ?', user.id);
  }
}
