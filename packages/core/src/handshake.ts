import {
  ClientDisconnected,
  HeaderList,
  type HeadersInit,
  type Receive,
  type Send,
  type WebSocketScope,
} from '@pullo/asgi';
import { describeValue } from './describe.js';
import { PipelineError } from './errors.js';
import { handledRejection } from './handled-rejection.js';
import { Socket } from './socket.js';
import { SwitchingResponse } from './switching-response.js';

/** Options of `ctx.accept()`. */
export interface AcceptOptions {
  /** One of `ctx.subprotocols`, which the client has offered. Default: none. */
  subprotocol?: string | null | undefined;
  /** Header fields of the answer, such as `set-cookie`. Default: none. */
  headers?: HeadersInit | undefined;
}

/** A session that was accepted, and the response that said so. */
export interface Opened {
  readonly socket: Socket;
  readonly response: SwitchingResponse;
}

/** Fields of the handshake that are the server's own. */
const RESERVED = /^(?:connection|upgrade|content-length|transfer-encoding|sec-websocket-.*)$/;

/** The opening of one WebSocket session: asked for, then accepted, or over without. */
export class Handshake {
  readonly #scope: WebSocketScope;
  readonly #receive: Receive;
  readonly #send: Send;
  #accepting: Promise<Socket> | undefined;
  #opened: Opened | undefined;
  #failure: unknown = undefined;
  #isOver = false;

  constructor(scope: WebSocketScope, receive: Receive, send: Send) {
    this.#scope = scope;
    this.#receive = receive;
    this.#send = send;
  }

  get subprotocols(): readonly string[] {
    return this.#scope.subprotocols;
  }

  /** What has become of it; `undefined` unless the session was accepted. */
  get opened(): Opened | undefined {
    return this.#opened;
  }

  /** Why `accept()` rejected, if it did. */
  get failure(): unknown {
    return this.#failure;
  }

  accept(options: AcceptOptions = {}): Promise<Socket> {
    if (this.#accepting !== undefined) {
      return handledRejection(
        new PipelineError(
          'accept() was called a second time: keep the socket of the first call; if that failed, refuse with a Response.',
        ),
      );
    }
    if (this.#isOver) {
      return handledRejection(
        new PipelineError('accept() came after the handler had returned: await it there.'),
      );
    }
    this.#accepting = this.#open(options);
    // Core tells it where the handler does not wait.
    this.#accepting.catch((error: unknown) => {
      this.#failure = error;
    });
    return this.#accepting;
  }

  /** The handler is done. Waits for an `accept()` that it did not wait for. */
  async finish(): Promise<Opened | undefined> {
    this.#isOver = true;
    await this.#accepting?.catch(() => {});
    return this.#opened;
  }

  async #open({ subprotocol = null, headers }: AcceptOptions): Promise<Socket> {
    this.#checkSubprotocol(subprotocol);
    const list = acceptHeaders(headers);
    const event = await this.#receive();
    if (event.type === 'websocket.disconnect') {
      throw new ClientDisconnected('The client has left before its WebSocket session was accepted.');
    }
    await this.#send({ type: 'websocket.accept', subprotocol, headers: list });
    const socket = new Socket(this.#scope, this.#receive, this.#send, subprotocol);
    this.#opened = { socket, response: new SwitchingResponse(list) };
    return socket;
  }

  /** A client fails the connection if it gets what it has not offered (RFC 6455, section 4.1). */
  #checkSubprotocol(subprotocol: string | null): void {
    const offered = this.subprotocols;
    if (subprotocol === null || offered.includes(subprotocol)) return;
    throw new PipelineError(
      `accept() was given ${describeValue(subprotocol)} as subprotocol, and the client has offered ` +
        `${offered.length === 0 ? 'none' : offered.map((name) => JSON.stringify(name)).join(', ')}: choose one of ctx.subprotocols, or none.`,
    );
  }
}

function acceptHeaders(init: HeadersInit | undefined): HeaderList {
  const list = new HeaderList(init);
  for (const [name] of list) {
    if (!RESERVED.test(name)) continue;
    const advice = name === 'sec-websocket-protocol' ? 'give it as subprotocol' : 'the server writes it';
    throw new PipelineError(`accept() was given the header ${JSON.stringify(name)}: ${advice}.`);
  }
  return list;
}
