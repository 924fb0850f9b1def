import type { ServerHttp2Stream } from 'node:http2';

/**
 * How much is handed over at once. `node:http2` tells when all of it has gone out and nothing before, so this is also what a client has to
 * take to be seen to take anything: 1.1 KB/s with the default `idleTimeout`.
 */
export const PIECE = 64 * 1024;

interface Waiting {
  bytes: Uint8Array;
  /** Called when these bytes have gone out. */
  taken: (() => void) | null;
}

/** Sends the body of a response in pieces, so that one can see whether the client takes it. */
export class HTTP2Body {
  readonly #stream: ServerHttp2Stream;
  readonly #onProgress: () => void;
  #waiting: Waiting[] = [];
  /** How many bytes have not gone out yet. */
  #size = 0;
  /** Whether a piece is on its way. */
  #isSending = false;
  #whenEnded: (() => void) | null = null;
  #whenWritable: (() => void) | null = null;

  /** `onProgress` is called whenever a piece has gone out, and when there is something to send again. */
  constructor(stream: ServerHttp2Stream, onProgress: () => void) {
    this.#stream = stream;
    this.#onProgress = onProgress;
  }

  /** Whether the client still has to take something. */
  get isPending(): boolean {
    return this.#size > 0 || this.#whenEnded !== null || this.#stream.writableEnded;
  }

  /** Gives false if the client is slower than the app. */
  write(bytes: Uint8Array, taken: (() => void) | null = null): boolean {
    if (this.#stream.destroyed || this.#stream.writableEnded) return true;
    if (this.#size === 0) this.#onProgress();
    this.#size += bytes.byteLength;
    this.#waiting.push({ bytes, taken });
    if (!this.#isSending) this.#send();
    return this.#size < this.#stream.writableHighWaterMark;
  }

  /** Calls back once, when all that has been written has gone out. */
  whenWritable(callback: () => void): void {
    this.#whenWritable = callback;
  }

  /** Ends the response after what has been written, and calls back when the end has been handed over. */
  end(callback: () => void): void {
    this.#whenEnded = callback;
    if (!this.#isSending) this.#finish();
  }

  #send(): void {
    const stream = this.#stream;
    this.#isSending = true;
    const { pieces, size, taken } = this.#take();
    const sent = (error?: Error | null): void => {
      if (error) return;
      this.#isSending = false;
      this.#size -= size;
      for (const callback of taken) callback();
      this.#onProgress();
      this.#next();
    };
    stream.cork();
    for (let i = 0; i < pieces.length - 1; i++) stream.write(pieces[i]);
    stream.write(pieces.at(-1), sent);
    stream.uncork();
  }

  #next(): void {
    // A callback may have written on.
    if (this.#isSending) return;
    if (this.#waiting.length > 0) {
      this.#send();
      return;
    }
    const callback = this.#whenWritable;
    this.#whenWritable = null;
    callback?.();
    if (this.#whenEnded !== null && !this.#isSending) this.#finish();
  }

  #finish(): void {
    const callback = this.#whenEnded;
    this.#whenEnded = null;
    this.#stream.end();
    callback?.();
  }

  /** Takes what goes out next from what waits. */
  #take(): { pieces: Uint8Array[]; size: number; taken: (() => void)[] } {
    const pieces: Uint8Array[] = [];
    const taken: (() => void)[] = [];
    let size = 0;
    let whole = 0;
    for (const waiting of this.#waiting) {
      const left = PIECE - size;
      if (left === 0) break;
      const { bytes } = waiting;
      pieces.push(bytes.byteLength <= left ? bytes : bytes.subarray(0, left));
      size += Math.min(bytes.byteLength, left);
      if (bytes.byteLength > left) {
        waiting.bytes = bytes.subarray(left);
        break;
      }
      whole++;
      if (waiting.taken !== null) taken.push(waiting.taken);
    }
    this.#waiting.splice(0, whole);
    return { pieces, size, taken };
  }
}
