import type { ReceiveEvent } from '@pullo/asgi';
import type { Transport } from './transport.js';

const NO_BYTES = new Uint8Array(0);
const NOBODY: ((event: ReceiveEvent) => void)[] = [];

/**
 * The receiving half of an exchange: the body of the request in the pieces in which it arrives, then the disconnect.
 *
 * Takes from the transport only what the app asks for, so that a client cannot send faster than the app reads.
 */
export class Inbox {
  readonly #transport: Transport;
  readonly #maxBodyBytes: number;
  readonly #onTooLong: () => void;
  /** Bytes of the body so far. */
  #size = 0;
  #isBodyDelivered = false;
  #isWatching = false;
  #hasEnded = false;
  /** Calls that wait for an event, in order. */
  #waiting: ((event: ReceiveEvent) => void)[] = NOBODY;

  /** `onTooLong` has to end the exchange. */
  constructor(transport: Transport, maxBodyBytes: number, onTooLong: () => void) {
    this.#transport = transport;
    this.#maxBodyBytes = maxBodyBytes;
    this.#onTooLong = onTooLong;
  }

  /** Whether the app waits for more of the body. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0 && !this.#isBodyDelivered;
  }

  receive(): Promise<ReceiveEvent> {
    const event = this.#waiting.length === 0 ? this.#next() : null;
    if (event !== null) return Promise.resolve(event);
    if (!this.#isWatching && !this.#isBodyDelivered) {
      this.#isWatching = true;
      this.#transport.whenReadable(() => this.#deliver());
    }
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) this.#waiting = [resolve];
      else this.#waiting.push(resolve);
    });
  }

  /** The exchange is over. */
  end(): void {
    this.#hasEnded = true;
    const waiting = this.#waiting;
    this.#waiting = NOBODY;
    for (const resolve of waiting) resolve({ type: 'http.disconnect' });
  }

  /** Hands what has arrived to the first who waits for it. */
  #deliver(): void {
    if (this.#waiting.length === 0) return;
    const event = this.#next();
    if (event !== null) this.#waiting.shift()?.(event);
  }

  /** What there is to tell, or null. */
  #next(): ReceiveEvent | null {
    if (this.#hasEnded) return { type: 'http.disconnect' };
    if (this.#isBodyDelivered) return null;
    const body = this.#transport.readBody();
    const isLast = this.#transport.isBodyRead;
    if (body === null && !isLast) return null;
    this.#size += body === null ? 0 : body.byteLength;
    if (this.#size > this.#maxBodyBytes) {
      this.#onTooLong();
      return { type: 'http.disconnect' };
    }
    this.#isBodyDelivered = isLast;
    return { type: 'http.request', body: body ?? NO_BYTES, moreBody: !isLast };
  }
}
