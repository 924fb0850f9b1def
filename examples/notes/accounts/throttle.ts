import { HTTPError } from '@pullo/core';
import type { Database } from '../database/database.js';

/** How often something may be tried. */
export interface Limit {
  readonly attempts: number;
  readonly minutes: number;
}

/** The longest `minutes` that a limit may have. */
const LONGEST_MINUTES = 60;

/**
 * Counts attempts in the database, so that a restart or a second process does not begin anew.
 *
 * An attempt counts before its outcome is known: a thousand guesses at the same time are a thousand.
 */
export class Throttle {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Counts an attempt. Throws a 429 that says when to come back if there have been too many. */
  count(key: string, { attempts, minutes }: Limit): void {
    const window = minutes * 60_000;
    const now = Date.now();
    const retryAt = this.#db.transaction(() => {
      this.#db.run('DELETE FROM attempts WHERE at <= ?', now - LONGEST_MINUTES * 60_000);
      const sql = 'SELECT count(*) AS attempts, min(at) AS first FROM attempts WHERE key = ? AND at > ?';
      const before = this.#db.get<{ attempts: number; first: number }>(sql, key, now - window);
      if (before !== undefined && before.attempts >= attempts) return before.first + window;
      this.#db.run('INSERT INTO attempts (key, at) VALUES (?, ?)', key, now);
      return undefined;
    });
    if (retryAt === undefined) return;
    const seconds = Math.ceil((retryAt - now) / 1000);
    throw new HTTPError(429, {
      detail: `Too many attempts. Try again in ${seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}.`,
      headers: { 'retry-after': String(seconds) },
    });
  }

  /** Forgets the attempts of a key. */
  forget(key: string): void {
    this.#db.run('DELETE FROM attempts WHERE key = ?', key);
  }
}
