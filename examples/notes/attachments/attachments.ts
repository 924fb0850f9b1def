import { randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { HTTPError } from '@pullo/core';
import type { User } from '../accounts/users.js';
import type { Database } from '../database/database.js';
import type { Note } from '../notes/notes.js';

export interface Attachment {
  readonly id: number;
  /** What the client called it. */
  readonly name: string;
  /** What the client says it is. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
}

interface StoredAttachment extends Attachment {
  /** Its name on disk. */
  readonly file: string;
}

const MiB = 1024 * 1024;
/** All attachments of one user together, in bytes. */
const QUOTA = 500 * MiB;

const COLUMNS = 'attachments.id, attachments.name, attachments.type, attachments.size, attachments.file';

/** Files that belong to notes: a row in the database for each, and its bytes on disk under a random name. */
export class Attachments {
  readonly #db: Database;
  /** Where the bytes are. */
  readonly directory: string;

  constructor(db: Database, directory: string) {
    this.#db = db;
    this.directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  list(note: Note): Attachment[] {
    const sql = `SELECT ${COLUMNS} FROM attachments WHERE note_id = ? ORDER BY id`;
    return this.#db.all<StoredAttachment>(sql, note.id).map(withoutFile);
  }

  /** An attachment and where it lies, or `undefined` if the user has no such note or the note no such attachment. */
  find(user: User, note: Note, id: number): { attachment: Attachment; path: string } | undefined {
    const found = this.#db.get<StoredAttachment>(
      `SELECT ${COLUMNS} FROM attachments JOIN notes ON notes.id = note_id
       WHERE attachments.id = ? AND note_id = ? AND user_id = ?`,
      id,
      note.id,
      user.id,
    );
    return found && { attachment: withoutFile(found), path: join(this.directory, found.file) };
  }

  /** Keeps a file of a form. It is written piece by piece, and known to the database when it is whole. */
  async add(user: User, note: Note, upload: File): Promise<Attachment> {
    const file = randomUUID();
    const path = join(this.directory, file);
    try {
      await upload.stream().pipeTo(Writable.toWeb(createWriteStream(path, { flags: 'wx', mode: 0o600 })));
      return this.#record(user, note, upload, file);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  async delete(user: User, note: Note, id: number): Promise<boolean> {
    const found = this.find(user, note, id);
    if (found === undefined) return false;
    this.#db.run('DELETE FROM attachments WHERE id = ?', id);
    await rm(found.path, { force: true });
    return true;
  }

  /** Runs what deletes a note, and removes the files that it had. */
  async deleteWith(note: Note, deleteNote: () => void): Promise<void> {
    const files = this.#db.all<{ file: string }>('SELECT file FROM attachments WHERE note_id = ?', note.id);
    deleteNote();
    await Promise.all(files.map(({ file }) => rm(join(this.directory, file), { force: true })));
  }

  /**
   * The quota is looked at in the transaction that uses it up: two uploads at once cannot both have the last of it. So is the note, which
   * may have been deleted while the file was on its way.
   */
  #record(user: User, note: Note, upload: File, file: string): Attachment {
    return this.#db.transaction(() => {
      const isThere = this.#db.get('SELECT 1 FROM notes WHERE id = ? AND user_id = ?', note.id, user.id);
      if (isThere === undefined) throw new HTTPError(404, { detail: 'The note has been deleted meanwhile.' });
      const sql =
        'SELECT coalesce(sum(size), 0) AS used FROM attachments JOIN notes ON notes.id = note_id WHERE user_id = ?';
      const used = this.#db.get<{ used: number }>(sql, user.id)?.used ?? 0;
      if (used + upload.size > QUOTA) {
        throw new HTTPError(413, {
          detail: `${upload.name} does not fit: your attachments may have ${QUOTA / MiB} MiB together. Delete some that you no longer need.`,
        });
      }
      const added = this.#db.get<StoredAttachment>(
        `INSERT INTO attachments (note_id, name, type, size, file, created_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING ${COLUMNS}`,
        note.id,
        upload.name.slice(0, 255),
        upload.type.slice(0, 100),
        upload.size,
        file,
        new Date().toISOString(),
      );
      if (added === undefined) throw new Error('INSERT ... RETURNING has returned no row.');
      return withoutFile(added);
    });
  }
}

function withoutFile({ id, name, type, size }: StoredAttachment): Attachment {
  return { id, name, type, size };
}
