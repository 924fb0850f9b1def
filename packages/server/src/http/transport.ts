import type { BodyChunk } from '@pullo/asgi';

/**
 * What an `HTTPCycle` needs of the connection below it: one object for each exchange, made by an engine.
 *
 * The cycle keeps the order: `respond` alone, or `start`, any number of `write` and then `finish`; or `refuse` or
 * `cut` in place of what is left of these. A body of `size` bytes comes with its size, so that nobody counts twice.
 */
export interface Transport {
  /** Makes the response that follows the last of its connection. */
  closeAfter(): void;
  /** Whether the client takes fields after a body that is sent without a length. */
  readonly takesTrailers: boolean;
  /** Sends an interim response, before any other; does nothing where the client does not know them. */
  inform(status: number, headers: readonly string[]): void;
  /** Sends a whole response. `headers` is a flat list that the transport may keep and add to. */
  respond(status: number, headers: string[], body: BodyChunk, size: number): void;
  /** Begins a response whose body follows in pieces; the first `write` takes the head with it. */
  start(status: number, headers: string[]): void;
  /** Sends a piece, which may be empty; false if the client is slower than the app: the cycle then asks for `whenWritable`. */
  write(body: BodyChunk, size: number): boolean;
  /** Sends a piece whose memory belongs to the caller again when `taken` is called, which may not come once the connection has ended. */
  lend(bytes: Uint8Array, taken: () => void): void;
  /** Ends a response begun with `start`, with fields after the body: a flat list, empty unless `takesTrailers`. */
  finish(trailers: readonly string[]): void;
  /** Calls back once, when a `write` that gave false has gone out. */
  whenWritable(callback: () => void): void;
  /** Answers in the server's own name and closes the connection; only while no head has been sent. */
  refuse(status: number, reason: string): void;
  /** Breaks the connection, so that the client sees that the response is not whole. */
  cut(): void;

  /** What has arrived of the request's body since the last call, or null. */
  readBody(): Uint8Array | null;
  /** Whether the whole body has arrived and has been read. */
  readonly isBodyRead: boolean;
  /** Calls back each time when there may be more to read, from the first call on. */
  whenReadable(callback: () => void): void;
}
