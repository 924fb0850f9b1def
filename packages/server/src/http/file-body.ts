import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { violation } from './misuse.js';

/** Without `O_NONBLOCK` opening a FIFO would keep a thread of the pool for ever. Windows has neither. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** How much is read at once, in bytes: each turn through the thread pool costs as much as copying some 20 KiB. */
const PIECE = 128 * 1024;

/** A file that is the body of a response, opened once, so that its size is that of what is read. */
export class FileBody {
  readonly path: string;
  readonly size: number;
  readonly #handle: FileHandle;
  #position = 0;

  /** Throws what the file system says, and `ContractViolation` for what is no regular file. */
  static async open(path: string): Promise<FileBody> {
    const handle = await open(path, FLAGS);
    try {
      const stats = await handle.stat();
      if (stats.isFile()) return new FileBody(path, stats.size, handle);
      throw violation(
        `http.response.pathsend has the path ${JSON.stringify(path)}, which is no regular file`,
      );
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  private constructor(path: string, size: number, handle: FileHandle) {
    this.path = path;
    this.size = size;
    this.#handle = handle;
  }

  /** The next piece, up to the `end`th byte of the file; throws if the file has become shorter than that. */
  async read(end: number): Promise<Uint8Array> {
    // Memory of its own for each piece: the socket may still be sending the last one.
    const length = Math.min(PIECE, end - this.#position);
    const { bytesRead, buffer } = await this.#handle.read(
      Buffer.allocUnsafe(length),
      0,
      length,
      this.#position,
    );
    if (bytesRead === 0 && length > 0) {
      throw new Error(`The file ${this.path} became shorter while it was being sent.`);
    }
    this.#position += bytesRead;
    return buffer.subarray(0, bytesRead);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
