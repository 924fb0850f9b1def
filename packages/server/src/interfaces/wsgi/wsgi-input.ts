const LINE_FEED = 0x0a;

/**
 * The body of a request for a WSGI app: all of it is there, since a generator cannot wait. Bytes are read in order, and none are
 * left at the end.
 *
 * @example
 * ```ts
 * import type { WSGIApp } from '@pullo/server';
 *
 * export const app: WSGIApp = function* (environ, startResponse) {
 *   const body = new TextDecoder().decode(environ['wsgi.input'].read());
 *   startResponse('200 OK', [['Content-Type', 'text/plain']]);
 *   yield body.toUpperCase();
 * };
 * ```
 */
export class WSGIInput implements Iterable<Uint8Array> {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next `size` bytes, or what is left. */
  read(size = Number.POSITIVE_INFINITY): Uint8Array {
    const start = this.#position;
    this.#position = Math.min(start + Math.max(0, size), this.#bytes.byteLength);
    return this.#bytes.subarray(start, this.#position);
  }

  /** The next line with its line feed, of at most `size` bytes; empty at the end. */
  readline(size = Number.POSITIVE_INFINITY): Uint8Array {
    const feed = this.#bytes.indexOf(LINE_FEED, this.#position);
    const length = feed === -1 ? Number.POSITIVE_INFINITY : feed + 1 - this.#position;
    return this.read(Math.min(size, length));
  }

  /** The lines that are left. */
  readlines(): Uint8Array[] {
    return [...this];
  }

  *[Symbol.iterator](): IterableIterator<Uint8Array> {
    for (let line = this.readline(); line.byteLength > 0; line = this.readline()) yield line;
  }
}
