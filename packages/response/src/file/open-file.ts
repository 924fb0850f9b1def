import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import type { ByteRange, Validators } from '@pullo/asgi/http';
import { FileChanged, FileNotFound } from './errors.js';

/** Without `O_NONBLOCK` opening a FIFO would keep a thread of the pool for ever. Windows has neither. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
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

/** A regular file that is open. What is known of it comes from the descriptor, so it is of the very file that is read. */
export class OpenFile implements Validators {
  readonly path: string;
  readonly size: number;
  /** In whole seconds. */
  readonly lastModified: Date;
  readonly etag: string;
  readonly #handle: FileHandle;

  /**
   * Throws `FileNotFound` where there is no regular file. With `root`, links are followed first, and what lies outside
   * of it is as good as missing.
   */
  static async open(path: string, root?: string): Promise<OpenFile> {
    const handle = await openHandle(path, root);
    try {
      const stats = await handle.stat({ bigint: true });
      if (stats.isFile()) return new OpenFile(path, handle, stats);
      throw new FileNotFound(path, stats.isDirectory() ? 'directory' : 'special');
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  private constructor(
    path: string,
    handle: FileHandle,
    stats: { size: bigint; mtimeNs: bigint; mtimeMs: bigint },
  ) {
    this.path = path;
    this.size = Number(stats.size);
    this.lastModified = new Date(Math.floor(Number(stats.mtimeMs) / 1000) * 1000);
    // Two versions of one size within one tick of the file system's clock could not be told apart: that is what it counts
    // nanoseconds for.
    this.etag = `"${stats.size.toString(36)}-${stats.mtimeNs.toString(36)}"`;
    this.#handle = handle;
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

  /** The descriptor, which is open until `close`. */
  get descriptor(): number {
    return this.#handle.fd;
  }

  /** Throws `FileChanged` if the file has become shorter than it was. */
  async checkLength(): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size < this.size) throw new FileChanged(this.path, size);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #readPiece(position: number, length: number): Promise<Uint8Array> {
    // Each piece has memory of its own: the server may still be sending the last one.
    const { bytesRead, buffer } = await this.#handle.read(Buffer.allocUnsafe(length), 0, length, position);
    if (bytesRead === 0) throw new FileChanged(this.path, position);
    return buffer.subarray(0, bytesRead);
  }
}

async function openHandle(path: string, root: string | undefined): Promise<FileHandle> {
  try {
    if (root === undefined) return await open(path, FLAGS);
    const realPath = await realpath(path);
    // A path without links has none in its root, which need not be looked at then.
    const isPlain = realPath === path && isInside(root, path);
    if (!isPlain && !isInside(await realpath(root), realPath)) throw new FileNotFound(path, 'missing');
    // Not following links any more, so that none can be put in its place in between.
    return await open(realPath, FLAGS | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (isMissing(error)) throw new FileNotFound(path, 'missing', { cause: error });
    throw error;
  }
}

/** Both are absolute, without links. */
function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && MISSING.has(error.code);
}
