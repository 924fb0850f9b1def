import type { ReceiveEvent } from '@pullo/asgi';

/** How many bytes of a request wait for the app before the client has to. */
const HIGH_WATER_MARK = 64 * 1024;

/**
 * The events that wait for an app's `receive`. Once it is closed every call resolves with the farewell.
 */
export class Inbox {
  #events: ReceiveEvent[] = [];
  #waiting: ((event: ReceiveEvent) => void)[] = [];
  #farewell: (() => ReceiveEvent) | null = null;
  #bytes = 0;
  #onRoom: (() => void) | null = null;

  readonly receive = (): Promise<ReceiveEvent> => {
    const event = this.#events.shift();
    if (event !== undefined) {
      this.#bytes -= size(event);
      if (this.#bytes < HIGH_WATER_MARK) this.#makeRoom();
      return Promise.resolve(event);
    }
    if (this.#farewell !== null) return Promise.resolve(this.#farewell());
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  };

  /** Adds an event; a promise when the sender should wait until the app has read. */
  put(event: ReceiveEvent): void | Promise<void> {
    if (this.#farewell !== null) return;
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting(event);
      return;
    }
    this.#events.push(event);
    this.#bytes += size(event);
    if (this.#bytes < HIGH_WATER_MARK) return;
    return new Promise((resolve) => {
      this.#onRoom = resolve;
    });
  }

  /** Nothing comes after this: what has not been read is dropped. Only the first call counts. */
  close(farewell: () => ReceiveEvent): void {
    if (this.#farewell !== null) return;
    this.#farewell = farewell;
    this.#events = [];
    for (const resolve of this.#waiting) resolve(farewell());
    this.#waiting = [];
    this.#makeRoom();
  }

  /** As `close`, but the app first reads what has already arrived. */
  closeAfterRest(farewell: () => ReceiveEvent): void {
    const rest = this.#events;
    this.close(farewell);
    this.#events = rest;
  }

  #makeRoom(): void {
    this.#onRoom?.();
    this.#onRoom = null;
  }
}

function size(event: ReceiveEvent): number {
  if (event.type === 'http.request') return event.body.length;
  if (event.type === 'websocket.receive') return event.text?.length ?? event.bytes?.length ?? 0;
  return 0;
}
