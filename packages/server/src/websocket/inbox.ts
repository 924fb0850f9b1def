import type { ReceiveEvent } from '@pullo/asgi';
import type { WebSocketTransport } from './transport.js';

/** How many messages, and how many bytes of them, wait for the app before the client has to. */
const MAX_MESSAGES = 32;
const MAX_BYTES = 64 * 1024;

/**
 * The receiving half of a session: `websocket.connect`, the messages, and then the disconnect, every time.
 *
 * Stops the transport while too much waits, so that a client cannot send faster than the app reads.
 */
export class SessionInbox {
  readonly #transport: WebSocketTransport;
  #events: { event: ReceiveEvent; size: number }[] = [{ event: { type: 'websocket.connect' }, size: 0 }];
  #bytes = 0;
  #isPaused = false;
  /** Whether nobody is left who would receive. */
  #isAbandoned = false;
  #farewell: ReceiveEvent | null = null;
  /** Calls that wait for an event, in order. */
  #waiting: ((event: ReceiveEvent) => void)[] = [];

  constructor(transport: WebSocketTransport) {
    this.#transport = transport;
  }

  receive(): Promise<ReceiveEvent> {
    const first = this.#events.shift();
    if (first !== undefined) {
      this.#bytes -= first.size;
      this.#makeRoom();
      return Promise.resolve(first.event);
    }
    if (this.#farewell !== null) return Promise.resolve({ ...this.#farewell });
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  put(event: ReceiveEvent, size: number): void {
    if (this.#farewell !== null || this.#isAbandoned) return;
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting(event);
      return;
    }
    this.#events.push({ event, size });
    this.#bytes += size;
    if (this.#isPaused || !this.#isFull()) return;
    this.#isPaused = true;
    this.#transport.pause();
  }

  /** The app has come back: what arrives is dropped, so that the client's answer to the close is not behind it. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#events = [];
    this.#bytes = 0;
    this.#makeRoom();
  }

  /** The session is over: what has arrived is read before its end is. The first end counts. */
  end(code: number, reason: string): void {
    if (this.#farewell !== null) return;
    this.#farewell = { type: 'websocket.disconnect', code, reason };
    for (const resolve of this.#waiting.splice(0)) resolve({ ...this.#farewell });
  }

  #makeRoom(): void {
    if (!this.#isPaused || this.#isFull()) return;
    this.#isPaused = false;
    this.#transport.resume();
  }

  #isFull(): boolean {
    return this.#events.length >= MAX_MESSAGES || this.#bytes >= MAX_BYTES;
  }
}
