import { acceptedEncodings } from '@pullo/asgi/http';
import { type StreamTraits, traits } from '../stream.js';
import { FileNotFound } from './errors.js';
import { OpenFile } from './open-file.js';
import { type Precompression, SUFFIXES } from './precompression.js';

/** A file to be sent: opened anew, and looked at anew, each time. */
export class FileContent implements AsyncIterable<Uint8Array> {
  readonly [traits]: StreamTraits = { reopens: true };
  /** Absolute. */
  readonly path: string;
  /** The directory that it must not lie outside of, absolute, if there is one. */
  readonly root: string | undefined;
  /** The codings that it may lie beside itself in. */
  readonly precompressed: readonly Precompression[];

  constructor(path: string, root: string | undefined, precompressed: readonly Precompression[]) {
    this.path = path;
    this.root = root;
    this.precompressed = precompressed;
  }

  /** The form of the file that the client likes best. Throws `FileNotFound`. */
  async open(acceptEncoding: string | null): Promise<{ file: OpenFile; coding: Precompression | null }> {
    const codings =
      this.precompressed.length > 0 ? acceptedEncodings(acceptEncoding, this.precompressed) : [];
    for (const coding of codings) {
      const file = await this.#openIfThere(this.path + SUFFIXES[coding]);
      if (file !== null) return { file, coding };
    }
    return { file: await OpenFile.open(this.path, this.root), coding: null };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const file = await OpenFile.open(this.path, this.root);
    try {
      yield* file.read();
    } finally {
      file.close();
    }
  }

  async #openIfThere(path: string): Promise<OpenFile | null> {
    try {
      return await OpenFile.open(path, this.root);
    } catch (error) {
      if (error instanceof FileNotFound) return null;
      throw error;
    }
  }
}
