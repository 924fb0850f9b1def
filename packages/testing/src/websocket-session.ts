import type { Duplex } from 'node:stream';
import type { Headers } from '@pullo/asgi';
import type { ClientResponse } from './client-response.js';
import { Mailbox } from './mailbox.js';
import { type CloseInfo, type Message, WebSocketConnection } from './websocket-connection.js';

/** The session was refused with an HTTP response: 403 if the app closed it before it accepted. */
export class WebSocketDenied extends Error {
  override readonly name = 'WebSocketDenied';
  readonly code = 'ERR_WEBSOCKET_DENIED';
  /** The answer that the app gave in place of the session. */
  readonly response: ClientResponse;

  constructor(response: ClientResponse) {
    super(`The WebSocket session was refused with ${response.status} ${response.statusText}.`);
    this.response = response;
  }
}

/** The session is over, and no more messages come. */
export class WebSocketClosed extends Error {
  override readonly name = 'WebSocketClosed';
  readonly code = 'ERR_WEBSOCKET_CLOSED';
  readonly info: CloseInfo;

  constructor(info: CloseInfo) {
    const reason = info.reason === '' ? '' : `: ${info.reason}`;
    super(`The WebSocket session is closed with code ${info.code}${reason}.`);
    this.info = info;
  }
}

/** How many bytes of messages are kept for a test before the app has to wait. */
const HIGH_WATER_MARK = 64 * 1024;
/** What a message costs at least: the frame of an empty one. */
const FRAME_BYTES = 2;

/** How long a session waits for a message. */
export interface ReceiveOptions {
  /** In milliseconds. Default: 1000. */
  timeout?: number;
}

/**
 * An open WebSocket session of a client: messages are kept until they are received. While 64 KiB of them wait, nothing more is taken from the
 * connection, so that the app feels a slow test.
 *
 * @example
 * ```ts
 * import { type App, UnsupportedScope } from '@pullo/asgi';
 * import { client } from '@pullo/testing';
 *
 * const app: App = async (scope, receive, send) => {
 *   if (scope.type !== 'websocket') throw new UnsupportedScope(scope);
 *   await receive();
 *   send({ type: 'websocket.accept' });
 *   const message = await receive();
 *   if (message.type === 'websocket.receive') send({ type: 'websocket.send', text: `${message.text}!` });
 * };
 * await using http = client(app);
 * await using session = await http.websocket('/rooms/1');
 * session.send('hei');
 * console.log(await session.receiveText()); // hei!
 * ```
 */
export class WebSocketSession implements AsyncDisposable {
  /** The fields of the app's answer to the handshake. */
  readonly headers: Headers;
  /** The subprotocol that the app has chosen. */
  readonly subprotocol: string | null;
  /** Resolves with how the session ended, whoever ended it: after the messages that came before have had room. */
  readonly closed: Promise<CloseInfo>;
  readonly #connection: WebSocketConnection;
  readonly #takeError: () => { error: unknown } | null;
  readonly #messages = new Mailbox<Message>();
  #keptBytes = 0;
  #onRoom: (() => void) | null = null;
  #end: CloseInfo | null = null;

  /** `takeError` gives what the app threw, if a test is to see it. */
  constructor(socket: Duplex, headers: Headers, takeError: () => { error: unknown } | null) {
    this.headers = headers;
    this.subprotocol = headers.get('sec-websocket-protocol');
    this.#takeError = takeError;
    let end: (info: CloseInfo) => void = () => {};
    this.closed = new Promise((resolve) => {
      end = resolve;
    });
    this.#connection = new WebSocketConnection(socket, 'client', {
      message: (message) => this.#keep(message),
      closed: (info) => {
        this.#end = info;
        end(info);
        this.#messages.close();
      },
    });
  }

  /** Sends a text, or bytes. Throws `WebSocketClosed` once the session is over. */
  send(message: Message): void {
    if (!this.#connection.isOpen) throw new WebSocketClosed(this.#end ?? { code: 1006, reason: '' });
    void this.#connection.send(message);
  }

  /** Sends a value as a text of JSON. */
  sendJSON(value: unknown): void {
    this.send(JSON.stringify(value));
  }

  /**
   * The next message. Rejects with what the app threw, else with `WebSocketClosed` after the end, and if none comes in
   * time.
   */
  async receive({ timeout = 1000 }: ReceiveOptions = {}): Promise<Message> {
    const message = await this.#messages.take(timeout);
    if (message !== undefined) return this.#handOut(message);
    if (this.#end === null) throw new Error(`No message came within ${timeout} ms.`);
    const failure = this.#takeError();
    throw failure === null ? new WebSocketClosed(this.#end) : failure.error;
  }

  /** The next message, which must be a text. */
  async receiveText(options?: ReceiveOptions): Promise<string> {
    const message = await this.receive(options);
    if (typeof message === 'string') return message;
    throw new TypeError(
      `The message is not a text, but ${message.length} bytes: receive them with receiveBytes().`,
    );
  }

  /** The next message, which must be bytes. */
  async receiveBytes(options?: ReceiveOptions): Promise<Uint8Array> {
    const message = await this.receive(options);
    if (typeof message !== 'string') return message;
    throw new TypeError(
      `The message is not bytes, but the text ${JSON.stringify(message)}: receive it with receiveText().`,
    );
  }

  /** The next message, a text of JSON. The type is yours to know: nothing checks it. */
  async receiveJSON<T = unknown>(options?: ReceiveOptions): Promise<T> {
    return JSON.parse(await this.receiveText(options));
  }

  /**
   * Closes the session (default code: 1000) and waits for the app's side to have closed it too. What has arrived can still be received.
   */
  async close(code = 1000, reason = ''): Promise<CloseInfo> {
    this.#connection.close(code, reason);
    // The answer is behind the messages that are still on their way.
    this.#makeRoom();
    return this.closed;
  }

  /** Drops the connection without a closing handshake: the app sees code 1006. */
  terminate(): void {
    this.#connection.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #keep(message: Message): void | Promise<void> {
    this.#messages.put(message);
    this.#keptBytes += FRAME_BYTES + message.length;
    if (this.#keptBytes < HIGH_WATER_MARK || !this.#connection.isOpen) return;
    return new Promise((resolve) => {
      this.#onRoom = resolve;
    });
  }

  #handOut(message: Message): Message {
    this.#keptBytes -= FRAME_BYTES + message.length;
    if (this.#keptBytes < HIGH_WATER_MARK) this.#makeRoom();
    return message;
  }

  #makeRoom(): void {
    this.#onRoom?.();
    this.#onRoom = null;
  }
}
