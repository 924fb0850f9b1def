import { ReadableStream } from 'node:stream/web';
import type { Dispatcher } from 'undici';

/** How many unread bytes make the client stop reading from the connection. */
const HIGH_WATER_MARK = 64 * 1024;
const EMPTY = new Uint8Array(0);

/**
 * The body of a response on its way from a handler to a test: read at once, again and again, or as a stream, once.
 * While nobody reads, no more than 64 KiB are taken from the connection.
 */
export class ResponseBody {
  readonly #controller: Dispatcher.DispatchController;
  #chunks: Buffer[] = [];
  #size = 0;
  #ended = false;
  #error: Error | null = null;
  #onSeen: () => void = () => {};
  #onMore: (() => void) | null = null;
  #whole: Promise<Uint8Array> | null = null;
  /** Whether all of it is wanted: then nothing is too much to keep. */
  #isGathering = false;
  #stream: ReadableStream<Uint8Array> | null = null;

  constructor(controller: Dispatcher.DispatchController) {
    this.#controller = controller;
  }

  /** Whether it has been given out as a stream or is read as a whole. */
  get used(): boolean {
    return this.#stream !== null || this.#whole !== null;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (!this.#isGathering && this.#size >= HIGH_WATER_MARK) this.#controller.pause();
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The connection is lost; `onSeen` is called when a reader hears of it. */
  fail(error: Error, onSeen: () => void): void {
    this.#error = error;
    this.#onSeen = onSeen;
    this.#wake();
  }

  /** Leaves without reading the rest, as a client that closes its connection. */
  cancel(reason: Error): void {
    if (this.#ended || this.#error !== null) return;
    this.#controller.abort(reason);
  }

  bytes(): Promise<Uint8Array> {
    if (this.#stream !== null) return Promise.reject(alreadyStreamed());
    this.#whole ??= this.#readAll();
    return this.#whole;
  }

  /** A stream of what has not been read: pulled, so that the app feels a slow reader. */
  stream(): ReadableStream<Uint8Array> {
    this.#stream ??= this.#whole === null ? this.#streamLive() : streamOf(this.#whole);
    return this.#stream;
  }

  #streamLive(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const chunk = await this.#next();
          if (chunk === null) controller.close();
          else controller.enqueue(chunk);
        },
        cancel: (reason) =>
          this.cancel(reason instanceof Error ? reason : new Error('The body was cancelled.')),
      },
      { highWaterMark: 0 },
    );
  }

  async #next(): Promise<Uint8Array | null> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#size -= chunk.length;
        if (this.#size < HIGH_WATER_MARK) this.#controller.resume();
        return chunk;
      }
      if (this.#error !== null) throw this.#seen(this.#error);
      if (this.#ended) return null;
      await this.#more();
    }
  }

  async #readAll(): Promise<Uint8Array> {
    // A socket's controller pushes what it has while it resumes.
    this.#isGathering = true;
    this.#controller.resume();
    while (!this.#ended && this.#error === null) await this.#more();
    if (this.#error !== null) throw this.#seen(this.#error);
    const [first = EMPTY] = this.#chunks;
    return this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first;
  }

  #seen(error: Error): Error {
    this.#onSeen();
    return error;
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#onMore = resolve;
    });
  }

  #wake(): void {
    this.#onMore?.();
    this.#onMore = null;
  }
}

function streamOf(whole: Promise<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(await whole);
      controller.close();
    },
  });
}

function alreadyStreamed(): TypeError {
  return new TypeError(
    'The body of this response is being read as a stream: read it there, or use text(), json() or bytes() instead of body.',
  );
}
