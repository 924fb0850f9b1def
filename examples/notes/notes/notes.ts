import type { User } from '../accounts/users.js';
import type { Database } from '../database/database.js';
import type { NoteInput } from './note-input.js';
import { matchExpression } from './search.js';

export interface Note {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  /** ISO 8601, in UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A note in a list. */
export interface NoteSummary {
  readonly id: number;
  readonly title: string;
  /** The beginning of the text, or what was found in it with `MARK` around the words. */
  readonly excerpt: string;
  readonly updatedAt: string;
  readonly attachments: number;
}

/** Stand around what was found in an excerpt. Notes have no control characters, so that no text can forge them. */
export const MARK = { start: '\u0002', end: '\u0003' } as const;

const MAX_LISTED = 200;
const NOTE =
  'notes.id, notes.title, notes.body, notes.created_at AS createdAt, notes.updated_at AS updatedAt';
const SUMMARY = `notes.id, notes.title, notes.updated_at AS updatedAt,
  (SELECT count(*) FROM attachments WHERE note_id = notes.id) AS attachments`;

/** The notes of each user. Every statement asks for the user too: the id of somebody else's note finds nothing. */
export class Notes {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The notes last changed, up to 200. */
  list(user: User): NoteSummary[] {
    return this.#db.all<NoteSummary>(
      `SELECT ${SUMMARY}, substr(notes.body, 1, 160) AS excerpt FROM notes
       WHERE notes.user_id = ? ORDER BY notes.updated_at DESC, notes.id DESC LIMIT ${MAX_LISTED}`,
      user.id,
    );
  }

  /** The notes that have all the words, or words that begin like them; a word in the title counts for more. */
  search(user: User, query: string): NoteSummary[] {
    const expression = matchExpression(query);
    if (expression === '') return this.list(user);
    return this.#db.all<NoteSummary>(
      `SELECT ${SUMMARY}, snippet(notes_search, 1, ?, ?, '…', 24) AS excerpt
       FROM notes_search JOIN notes ON notes.id = notes_search.rowid
       WHERE notes_search MATCH ? AND notes.user_id = ?
       ORDER BY bm25(notes_search, 4.0, 1.0) LIMIT ${MAX_LISTED}`,
      MARK.start,
      MARK.end,
      expression,
      user.id,
    );
  }

  find(user: User, id: number): Note | undefined {
    return this.#db.get<Note>(`SELECT ${NOTE} FROM notes WHERE id = ? AND user_id = ?`, id, user.id);
  }

  create(user: User, { title, body }: NoteInput, at = new Date()): Note {
    const now = at.toISOString();
    const note = this.#db.get<Note>(
      `INSERT INTO notes (user_id, title, body, created_at, updated_at) VALUES (?, ?, ?, ?, ?) RETURNING ${NOTE}`,
      user.id,
      title,
      body,
      now,
      now,
    );
    if (note === undefined) throw new Error('INSERT ... RETURNING has returned no row.');
    return note;
  }

  /** The note as it is now, or `undefined` if the user has no such note. */
  update(user: User, id: number, { title, body }: NoteInput): Note | undefined {
    return this.#db.get<Note>(
      `UPDATE notes SET title = ?, body = ?, updated_at = ? WHERE id = ? AND user_id = ? RETURNING ${NOTE}`,
      title,
      body,
      new Date().toISOString(),
      id,
      user.id,
    );
  }

  /** Whether there was such a note. */
  delete(user: User, id: number): boolean {
    return this.#db.run('DELETE FROM notes WHERE id = ? AND user_id = ?', id, user.id) > 0;
  }
}
