import type { HTTPResponsePathSendEvent, HTTPResponseZeroCopySendEvent } from '@pullo/asgi';
import { PipelineError } from './errors.js';

/** How much is read at once, in bytes. */
const PIECE = 64 * 1024;

type ReadCallback = (error: Error | null, size: number) => void;

interface FileSystem {
  createReadStream(path: string): AsyncIterable<Uint8Array>;
  read(
    file: number,
    into: Uint8Array,
    at: number,
    length: number,
    position: number | null,
    callback: ReadCallback,
  ): void;
}

interface Runtime {
  readonly process?: { getBuiltinModule?(name: 'node:fs'): FileSystem | undefined };
}

export type FileEvent = HTTPResponsePathSendEvent | HTTPResponseZeroCopySendEvent;

/**
 * The pieces of a file that a mounted app has told the server to send, for a middleware that reads the content. Only servers with a file
 * system offer that, and an import of `node:fs` would stand in the way of all others.
 */
export async function* filePieces(event: FileEvent): AsyncGenerator<Uint8Array, void, undefined> {
  // `process` is no global that all runtimes have.
  const fs = (globalThis as Runtime).process?.getBuiltinModule?.('node:fs');
  if (fs === undefined) {
    throw new PipelineError(
      `A mounted app sends a file as ${event.type}, which cannot be read here: let no middleware above it read the content.`,
    );
  }
  if (event.type === 'http.response.pathsend') yield* fs.createReadStream(event.path);
  else yield* openFilePieces(fs, event);
}

/** Not a stream of Node's, which would close the descriptor when it is left: that is the app's. */
async function* openFilePieces(
  fs: FileSystem,
  { file, offset, count = Number.POSITIVE_INFINITY }: HTTPResponseZeroCopySendEvent,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let taken = 0; taken < count; ) {
    const memory = new Uint8Array(Math.min(PIECE, count - taken));
    const position = offset === undefined ? null : offset + taken;
    const size = await new Promise<number>((resolve, reject) => {
      fs.read(file, memory, 0, memory.byteLength, position, (error, read) =>
        error === null ? resolve(read) : reject(error),
      );
    });
    if (size === 0 && count === Number.POSITIVE_INFINITY) return;
    if (size === 0) {
      throw new Error(`A mounted app sends ${count} bytes of a file that ended after ${taken} of them.`);
    }
    taken += size;
    yield memory.subarray(0, size);
  }
}
