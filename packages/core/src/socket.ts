import {
  isClientDisconnected,
  type Receive,
  type Send,
  type SendEvent,
  type WebSocketScope,
} from '@pullo/asgi';
import { parseJSON } from '@pullo/request';
import { type CloseInfo, checkClose } from './close-code.js';
import { describeValue } from './describe.js';
import { handledRejection } from './handled-rejection.js';

/** What is sent and received over a WebSocket: a text, or bytes. */
export type WebSocketMessage = string | Uint8Array;

/**
 * The session has ended: nothing more comes, and nothing can be sent. It is no failure: where a handler throws that of its own
 * session, the session has just ended.
 */
export class WebSocketDisconnected extends Error {
  override readonly name = 'WebSocketDisconnected';
  /** That of `ClientDisconnected`: servers swallow it. */
  readonly code = 'ERR_CLIENT_DISCONNECTED';
  /** 1005 if the client named none, 1006 if the connection was lost. */
  readonly closeCode: number;
  readonly reason: string;

  constructor({ code, reason }: Pick<CloseInfo, 'code' | 'reason'>) {
    super(`The WebSocket session has ended with code ${code}${reason === '' ? '' : `: ${reason}`}.`);
    this.closeCode = code;
    this.reason = reason;
  }
}

/**
 * The server's end of an open WebSocket session (RFC 6455), made by `ctx.accept()`.
 *
 * Iterating gives the messages until the client has left or the closing handshake is done. How large a message may be, how many wait to be
 * read, and pings are the server's.
 *
 * @example
 * ```ts
 * import { Pullo } from '@pullo/core';
 *
 * export const app = new Pullo().websocket('/echo', async (ctx) => {
 *   const socket = await ctx.accept();
 *   for await (const message of socket) await socket.send(message);
 * });
 * ```
 */
export class Socket implements AsyncIterable<WebSocketMessage> {
  /** The one that `accept` chose. */
  readonly subprotocol: string | null;
  readonly #scope: WebSocketScope;
  readonly #receive: Receive;
  readonly #send: Send;
  #closed: CloseInfo | null = null;
  /** What this side has closed with. */
  #closing: Pick<CloseInfo, 'code' | 'reason'> | null = null;
  /** A send has failed since the client has left; the code is still to be received. */
  #isLost = false;
  #controller: AbortController | undefined;

  constructor(scope: WebSocketScope, receive: Receive, send: Send, subprotocol: string | null) {
    this.#scope = scope;
    this.#receive = receive;
    this.#send = send;
    this.subprotocol = subprotocol;
  }

  /** Whether messages can still be sent, as far as is known. */
  get isOpen(): boolean {
    return this.#closed === null && this.#closing === null && !this.#isLost;
  }

  /** How the session ended, once `receive()` or the iteration has come to its end; `null` before. */
  get closed(): CloseInfo | null {
    return this.#closed;
  }

  /**
   * Aborts when the client has left, or the server gives up on the session. From a server without `exchange`, once `receive()` or the
   * iteration has come to the end.
   */
  get signal(): AbortSignal {
    // The type promises an exchange, other people's servers do not.
    const exchange = this.#scope.exchange as WebSocketScope['exchange'] | undefined;
    if (exchange !== undefined) return exchange.signal;
    this.#controller ??= new AbortController();
    if (this.#closed !== null) this.#controller.abort(this.#disconnected());
    return this.#controller.signal;
  }

  /** The next message. Rejects with `WebSocketDisconnected` once the session has ended. */
  async receive(): Promise<WebSocketMessage> {
    const message = await this.#next();
    if (message === null) throw this.#disconnected();
    return message;
  }

  /**
   * The next message as JSON: a text, or bytes of UTF-8. `T` is your claim: nothing checks it.
   *
   * Rejects with `BadJSON` for what is none, and for the keys `__proto__` and `constructor.prototype`; not caught, it closes the session with
   * 1007. Rejects with `WebSocketDisconnected` once the session has ended.
   */
  async receiveJSON<T = unknown>(): Promise<T> {
    return parseJSON(await this.receive(), 'The message') as T;
  }

  /**
   * Sends a text, or bytes. It returns a promise only while the client is slow (back-pressure): await it, or messages pile up in memory.
   *
   * Throws `TypeError` for anything else. Once the session has ended it rejects, with `WebSocketDisconnected` or the server's
   * `ClientDisconnected`; the rejection is marked as handled, so that nobody has to look at it.
   */
  send(message: string | Uint8Array | ArrayBuffer): void | Promise<void> {
    const event = sendEvent(message);
    if (!this.isOpen) return handledRejection(this.#disconnected());
    const sent = this.#send(event);
    sent?.catch((error: unknown) => {
      if (isClientDisconnected(error)) this.#isLost = true;
    });
    return sent;
  }

  /** Sends a value as a text of JSON. Throws `TypeError` for what JSON does not have; else it is `send`. */
  sendJSON(value: unknown): void | Promise<void> {
    // The type says string, but undefined, functions and symbols have no JSON.
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined) throw new TypeError(`JSON does not have ${describeValue(value)}.`);
    return this.send(text);
  }

  /**
   * Begins the closing handshake. What the client has sent before it answers can still be received. Nothing happens where the session
   * has ended, or is being closed.
   *
   * `code` is 1000 by default, 3000 to 4999, or one of RFC 6455 that an app may send (1000 to 1003, 1007 to 1014); `reason` has at most 123 bytes
   * of UTF-8. Throws `InvalidClose`.
   */
  close(code = 1000, reason = ''): void | Promise<void> {
    checkClose(code, reason);
    if (!this.isOpen) return;
    this.#closing = { code, reason };
    return this.#send({ type: 'websocket.close', code, reason })?.catch(ignoreDisconnect);
  }

  /** The messages, up to the end of the session. Leaving the loop early does not close it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<WebSocketMessage, void, undefined> {
    for (;;) {
      const message = await this.#next();
      if (message === null) return;
      yield message;
    }
  }

  /** The next message, `null` at the end. */
  async #next(): Promise<WebSocketMessage | null> {
    while (this.#closed === null) {
      const event = await this.#receive();
      if (event.type === 'websocket.receive') return event.text === null ? event.bytes : event.text;
      if (event.type === 'websocket.disconnect') this.#end(event.code, event.reason);
    }
    return null;
  }

  #end(code: number, reason: string): void {
    this.#closed ??= { code, reason, wasClean: code !== 1006 };
    this.#controller?.abort(this.#disconnected());
  }

  #disconnected(): WebSocketDisconnected {
    return new WebSocketDisconnected(this.#closed ?? this.#closing ?? { code: 1006, reason: '' });
  }
}

function sendEvent(message: unknown): SendEvent {
  if (typeof message === 'string') return { type: 'websocket.send', text: message };
  if (message instanceof Uint8Array) return { type: 'websocket.send', bytes: message };
  if (message instanceof ArrayBuffer) return { type: 'websocket.send', bytes: new Uint8Array(message) };
  throw new TypeError(
    `A message is a text or bytes, not ${describeValue(message)}: send data with sendJSON().`,
  );
}

function ignoreDisconnect(error: unknown): void {
  if (!isClientDisconnected(error)) throw error;
}
