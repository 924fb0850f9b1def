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

  async accept({ subprotocol = null, headers }: AcceptOptions = {}): Promise<Socket> {
    if (this.#accepting !== undefined) {
      throw new PipelineError('accept() was called a second time: keep the socket of the first call.');
    }
    if (this.#isOver)
      throw new PipelineError('accept() came after the handler had returned: await it there.');
    this.#checkSubprotocol(subprotocol);
    const list = acceptHeaders(headers);
    this.#accepting = this.#open(subprotocol, list);
    return this.#accepting;
  }

  /** The handler is done. Waits for an `accept()` that it did not wait for. */
  async finish(): Promise<Opened | undefined> {
    this.#isOver = true;
    await this.#accepting?.catch(() => {});
    return this.#opened;
  }

  async #open(subprotocol: string | null, headers: HeaderList): Promise<Socket> {
    const event = await this.#receive();
    if (event.type === 'websocket.disconnect') {
      throw new ClientDisconnected('The client has left before its WebSocket session was accepted.');
    }
    await this.#send({ type: 'websocket.accept', subprotocol, headers });
    const socket = new Socket(this.#scope, this.#receive, this.#send, subprotocol);
    this.#opened = { socket, response: new SwitchingResponse(headers) };
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
