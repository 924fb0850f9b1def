import { type BigIntStats, closeSync, fstatSync, read } from 'node:fs';
import type { ByteRange, Validators } from '@pullo/asgi/http';
import { openDescriptor, openInside } from './descriptor.js';
import { FileChanged, FileNotFound } from './errors.js';

/** Nothing there, nothing to be seen, or no name that could be there. */
const MISSING: ReadonlySet<unknown> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENAMETOOLONG',
  'ELOOP',
  'EACCES',
  'EPERM',
  'EINVAL',
  'ENXIO',
  'ENODEV',
]);
/** How much is read at once, in bytes. */
export const PIECE = 64 * 1024;
const NO_BYTES = new Uint8Array();

/**
 * A regular file that is open. What is known of it comes from the descriptor, so it is of the very file that is read. To ask about a descriptor, and to
 * close one that is only read, is done at once: it touches no disk, and takes 2 µs where a turn through the thread pool takes 15.
 */
export class OpenFile implements Validators {
  readonly path: string;
  readonly size: number;
  /** In whole seconds. */
  readonly lastModified: Date;
  readonly etag: string;
  /** Open until `close`. */
  readonly descriptor: number;

  /**
   * Throws `FileNotFound` where there is no regular file. With `root`, links are followed first, and what lies outside
   * of it is as good as missing.
   */
  static async open(path: string, root?: string): Promise<OpenFile> {
    let descriptor: number;
    try {
      descriptor = await (root === undefined ? openDescriptor(path) : openInside(path, root));
    } catch (error) {
      if (isMissing(error)) throw new FileNotFound(path, 'missing', { cause: error });
      throw error;
    }
    try {
      const stats = fstatSync(descriptor, { bigint: true });
      if (stats.isFile()) return new OpenFile(path, descriptor, stats);
      throw new FileNotFound(path, stats.isDirectory() ? 'directory' : 'special');
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  private constructor(path: string, descriptor: number, stats: BigIntStats) {
    this.path = path;
    this.size = Number(stats.size);
    this.lastModified = new Date(Math.floor(Number(stats.mtimeMs) / 1000) * 1000);
    // Two versions of one size within one tick of the file system's clock could not be told apart: that is what it counts
    // nanoseconds for.
    this.etag = `"${stats.size.toString(36)}-${stats.mtimeNs.toString(36)}"`;
    this.descriptor = descriptor;
  }

  /** The bytes of a range, or all, piece by piece. Throws `FileChanged` if the file ends before them. */
  async *read(range?: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
    const { start, end } = range ?? { start: 0, end: this.size - 1 };
    for (let position = start; position <= end; ) {
      const piece = await this.#readPiece(position, Math.min(PIECE, end + 1 - position));
      position += piece.byteLength;
      yield piece;
    }
  }

  /** A range at once. Throws `FileChanged` if the file ends before its end. */
  async readAll({ start, end }: ByteRange): Promise<Uint8Array> {
    const length = end + 1 - start;
    const bytes = length === 0 ? NO_BYTES : await this.#readPiece(start, length);
    if (bytes.byteLength < length) throw new FileChanged(this.path, start + bytes.byteLength);
    return bytes;
  }

  /** Throws `FileChanged` if the file has become shorter than it was. */
  checkLength(): void {
    const { size } = fstatSync(this.descriptor);
    if (size < this.size) throw new FileChanged(this.path, size);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  async #readPiece(position: number, length: number): Promise<Uint8Array> {
    // Each piece has memory of its own: the server may still be sending the last one.
    const piece = Buffer.allocUnsafe(length);
    const size = await readInto(piece, this.descriptor, position);
    if (size === 0) throw new FileChanged(this.path, position);
    return piece.subarray(0, size);
  }
}

function readInto(piece: Buffer, descriptor: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, piece, 0, piece.byteLength, position, (error, size) =>
      error === null ? resolve(size) : reject(error),
    );
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && MISSING.has(error.code);
}
