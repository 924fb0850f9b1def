import type { FileHandle } from 'node:fs/promises';

const READ_SIZE = 64 * 1024;

/** Positions in a file: from `start` up to `end`, which is not part of it. */
interface Extent {
  readonly start: number;
  readonly end: number;
}

/**
 * A `File` whose bytes lie in an open file that has no name any more.
 *
 * `fs.openAsBlob` would need the name for every read, and with the name somebody who removes the file when all is over.
 */
export class HandleFile extends File {
  readonly #handle: FileHandle;
  readonly #extent: Extent;

  constructor(handle: FileHandle, extent: Extent, { name, type }: { name: string; type: string }) {
    super([], name, { type });
    this.#handle = handle;
    this.#extent = extent;
    // An own property, for the type of `Blob` declares `size` as one.
    Object.defineProperty(this, 'size', { value: extent.end - extent.start });
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let at = this.#extent.start;
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: async (controller) => {
          const bytes = await this.#read(at, Math.min(at + READ_SIZE, this.#extent.end));
          at += bytes.byteLength;
          if (bytes.byteLength > 0) controller.enqueue(bytes);
          if (at >= this.#extent.end) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#read(this.#extent.start, this.#extent.end);
  }

  override async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  override slice(start = 0, end = this.size, type = ''): Blob {
    const from = this.#position(start);
    const extent = { start: from, end: Math.max(from, this.#position(end)) };
    return new HandleFile(this.#handle, extent, { name: this.name, type });
  }

  /** Negative numbers count from the end, fractions are cut off, and what is no number is 0 (File API, "slice method algorithm"). */
  #position(relative: number): number {
    const { start, end } = this.#extent;
    const offset = Math.trunc(relative) || 0;
    return offset < 0 ? Math.max(end + offset, start) : Math.min(start + offset, end);
  }

  async #read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(end - start);
    let filled = 0;
    while (filled < bytes.byteLength) {
      const { bytesRead } = await this.#readSome(bytes, filled, start + filled);
      if (bytesRead === 0) throw notReadable(this.name, 'it ends too early');
      filled += bytesRead;
    }
    return bytes;
  }

  async #readSome(bytes: Uint8Array, at: number, position: number): Promise<{ bytesRead: number }> {
    try {
      return await this.#handle.read(bytes, at, bytes.byteLength - at, position);
    } catch (cause) {
      throw notReadable(
        this.name,
        'files of a form are gone when their request is over; copy what you keep',
        cause,
      );
    }
  }
}

/** What the File API has for a file that is gone. */
function notReadable(name: string, problem: string, cause?: unknown): DOMException {
  const error = new DOMException(
    `The file ${JSON.stringify(name)} cannot be read: ${problem}.`,
    'NotReadableError',
  );
  Object.defineProperty(error, 'cause', { value: cause });
  return error;
}
