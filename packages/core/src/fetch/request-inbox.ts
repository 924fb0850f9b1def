import type { ReceiveEvent } from '@pullo/asgi';

interface Waiting {
  resolve(event: ReceiveEvent): void;
  reject(error: unknown): void;
}

/** Up to how many bytes a body is taken whole: less than that comes in one piece anyway, and a reader costs Bun twice as much. */
const SHORT = 64 * 1024;
const NO_BYTES = new Uint8Array(0);

/**
 * The receiving half of an exchange: the body of a Fetch request in the pieces in which it arrives, then the disconnect.
 *
 * A piece is read when the app asks for one, so that a client cannot send faster than the app reads. A body announced to be short is one piece.
 */
export class RequestInbox {
  readonly #request: globalThis.Request;
  readonly #isShort: boolean;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #isReading = false;
  #isBodyDelivered = false;
  #hasEnded = false;
  /** Calls that wait for an event, in order. */
  #waiting: Waiting[] = [];

  constructor(request: globalThis.Request) {
    this.#request = request;
    // Who frames the body holds it to its length.
    const length = Number(request.headers.get('content-length') ?? Number.NaN);
    this.#isShort = length > 0 && length <= SHORT && !request.bodyUsed;
  }

  /** Whether the next call takes a short body whole. */
  get takesWhole(): boolean {
    return this.#isShort && !this.#isReading && !this.#isBodyDelivered;
  }

  receive(): Promise<ReceiveEvent> {
    if (this.#hasEnded) return Promise.resolve({ type: 'http.disconnect' });
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#read();
    });
  }

  /** The exchange is over, or its body cannot be had: whoever waits hears so, and what is left of the body is not wanted. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const { resolve } of this.#waiting) resolve({ type: 'http.disconnect' });
    this.#waiting = [];
    if (this.#isBodyDelivered) return;
    // Its failure would tell that the body is gone, which is what is wanted.
    this.#reader?.cancel().catch(() => {});
  }

  /** One piece at a time, for the first that waits; after the body there is nothing but the end to wait for. */
  #read(): void {
    if (this.#isReading || this.#isBodyDelivered) return;
    if (this.#isShort) {
      this.#readWhole();
      return;
    }
    const { body } = this.#request;
    if (body === null) {
      this.#deliver(NO_BYTES, true);
      return;
    }
    try {
      this.#reader ??= body.getReader();
    } catch (error) {
      // Somebody has read the request before it was handed over.
      this.#waiting.shift()?.reject(error);
      return;
    }
    this.#isReading = true;
    this.#reader.read().then(
      ({ value, done }) => this.#deliver(value ?? NO_BYTES, done),
      // A body that fails is a client that has left, as far as the app is concerned.
      () => this.end(),
    );
  }

  #readWhole(): void {
    this.#isReading = true;
    this.#request.arrayBuffer().then(
      (buffer) => this.#deliver(new Uint8Array(buffer), true),
      () => this.end(),
    );
  }

  #deliver(body: Uint8Array, isLast: boolean): void {
    this.#isReading = false;
    if (this.#hasEnded) return;
    this.#isBodyDelivered = isLast;
    this.#waiting.shift()?.resolve({ type: 'http.request', body, moreBody: !isLast });
    if (this.#waiting.length > 0) this.#read();
  }
}
