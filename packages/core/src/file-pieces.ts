import { PipelineError } from './errors.js';

interface FileSystem {
  createReadStream(path: string): AsyncIterable<Uint8Array>;
}

interface Runtime {
  readonly process?: { getBuiltinModule?(name: 'node:fs'): FileSystem | undefined };
}

/**
 * The pieces of a file that a mounted app has told the server to send, for a middleware that reads the content. Only servers with a file
 * system offer that, and an import of `node:fs` would stand in the way of all others.
 */
export function readFile(path: string): AsyncIterable<Uint8Array> {
  // `process` is no global that all runtimes have.
  const fs = (globalThis as Runtime).process?.getBuiltinModule?.('node:fs');
  if (fs === undefined) {
    throw new PipelineError(
      `A mounted app sends a file as http.response.pathsend, which cannot be read here: let no middleware above it read the content.`,
    );
  }
  return fs.createReadStream(path);
}
