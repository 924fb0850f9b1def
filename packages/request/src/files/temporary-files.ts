import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileSink, FileStore } from '../file-store.js';
import { HandleFile } from './handle-file.js';

/** Small writes are gathered up to this many bytes: a system call each would be slower than the network. */
const WRITE_SIZE = 64 * 1024;

/** Where temporary files are made. */
export interface TemporaryFilesOptions {
  /** An existing directory with room for them. Default: the system's, `os.tmpdir()`. */
  directory?: string | undefined;
}

/**
 * Spills the large files of a form to temporary files. For Node and Deno; throws where the platform's `FormData` copies the
 * files it is given (Bun's), for the copies would be empty.
 *
 * A file loses its name as soon as it is open: nobody else can open it, and the system frees it when the process ends,
 * in whatever way. Its space is freed when the request is disposed; reading it after that rejects.
 * `formData()` rejects with the error of `fs` where the directory cannot be written or is full.
 *
 * @example
 * ```ts
 * import { createWriteStream } from 'node:fs';
 * import { Writable } from 'node:stream';
 * import { type App, UnsupportedScope } from '@pullo/asgi';
 * import { Request } from '@pullo/request';
 * import { temporaryFiles } from '@pullo/request/files';
 *
 * const files = temporaryFiles({ directory: '/var/tmp' });
 *
 * export const app: App = async (scope, receive, send) => {
 *   if (scope.type !== 'http') throw new UnsupportedScope(scope);
 *   await using request = new Request(scope, receive, { files });
 *   const photo = (await request.formData()).get('photo');
 *   if (photo instanceof File) await photo.stream().pipeTo(Writable.toWeb(createWriteStream('/srv/photo')));
 *   send({ type: 'http.response.start', status: 204 });
 *   await send({ type: 'http.response.body' });
 * };
 * ```
 */
export function temporaryFiles({ directory = tmpdir() }: TemporaryFilesOptions = {}): FileStore {
  if (!keepsFiles()) {
    throw new TypeError(
      'temporaryFiles() does not work on this runtime: its FormData copies files, and the copies would be empty. ' +
        'Leave files out, and read large files with request.parts().',
    );
  }
  return {
    async open() {
      const path = join(directory, `pullo-${randomUUID()}`);
      const handle = await open(path, 'wx+', 0o600);
      try {
        await unlink(path);
      } catch (error) {
        await handle.close();
        throw error;
      }
      return new TemporaryFile(handle);
    },
  };
}

/** Whether a subclass of `File` comes out of a `FormData` as it went in. */
function keepsFiles(): boolean {
  class Probe extends File {}
  const form = new FormData();
  const probe = new Probe([], '');
  form.append('probe', probe);
  return form.get('probe') === probe;
}

class TemporaryFile implements FileSink {
  readonly #handle: FileHandle;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #written = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.byteLength;
    if (this.#pendingBytes >= WRITE_SIZE) await this.#flush();
  }

  async finish(name: string, type: string): Promise<File> {
    await this.#flush();
    return new HandleFile(this.#handle, { start: 0, end: this.#written }, { name, type });
  }

  async discard(): Promise<void> {
    // Closing fails only on a handle that is closed, or where the disk refuses what nobody will read.
    await this.#handle.close().catch(() => undefined);
  }

  async #flush(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    const bytes = pending.length === 1 ? (pending[0] as Uint8Array) : Buffer.concat(pending);
    for (let at = 0; at < bytes.byteLength; ) {
      // A write may take a part only, such as when a signal comes.
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.byteLength - at, this.#written);
      at += bytesWritten;
      this.#written += bytesWritten;
    }
  }
}
