import {
  ClientDisconnected,
  HeaderList,
  type Receive,
  type Send,
  type SendEvent,
  type WebSocketResponseBodyEvent,
  type WebSocketResponseStartEvent,
  type WebSocketScope,
} from '@pullo/asgi';
import { Response } from '@pullo/response';
import { handledRejection } from './handled-rejection.js';
import type { Mount } from './mount.js';
import { MountedExchange } from './mounted-exchange.js';
import type { Run } from './run.js';
import { SwitchingResponse } from './switching-response.js';

/**
 * A WebSocket session that a mounted app leads below a pipeline. What it sends goes to the server as it is, once it has accepted; a refusal
 * becomes a Response, which the pipeline may change.
 */
export class MountedSession {
  readonly #mount: Mount;
  readonly #scope: WebSocketScope;
  readonly #receive: Receive;
  readonly #send: Send;
  #opened: SwitchingResponse | undefined;
  #refusal: WebSocketResponseStartEvent | undefined;
  readonly #content: Uint8Array[] = [];
  /** Nothing the app sends is listened to any more: it has refused, or ended without an answer. */
  #isOver = false;
  #hasLeft = false;

  constructor(mount: Mount, scope: WebSocketScope, receive: Receive, send: Send) {
    this.#mount = mount;
    this.#scope = scope;
    this.#receive = receive;
    this.#send = send;
  }

  async run(run: Run): Promise<void> {
    const response = await this.#mount.pipeline(run);
    const opened = this.#opened;
    if (opened === undefined) return run.answer(response, this.#send);
    // A middleware may have put another in its place: nobody is there to get it.
    if (response !== opened) run.drop(response);
    return run.answer(opened, this.#send);
  }

  /** The end of the pipeline: the app, until the session has ended or has been refused. */
  readonly end = async (run: Run): Promise<Response> => {
    const { errors } = this.#mount.branch;
    const exchange = new MountedExchange(this.#scope.exchange, run);
    try {
      await this.#mount.app({ ...this.#mount.scopeBelow(this.#scope), exchange }, this.#take, this.#pass);
    } catch (error) {
      // It has answered by itself what it throws afterwards: a session that it had accepted the server closes with 1011.
      const answered = this.#opened ?? (this.#isOver ? this.#refused(run) : undefined);
      this.#isOver = true;
      if (answered === undefined) return errors.respond(error, run);
      run.error = error;
      run.fail(error);
      return answered;
    }
    this.#isOver = true;
    if (this.#opened !== undefined) return this.#opened;
    return this.#refused(run) ?? errors.respond(this.#silence(), run);
  };

  #refused(run: Run): Response | undefined {
    if (this.#refusal === undefined) return undefined;
    const { status, headers = [] } = this.#refusal;
    const response = new Response(joined(this.#content), { status, headers });
    run.adopt(response);
    return response;
  }

  readonly #take: Receive = async () => {
    const event = await this.#receive();
    if (event.type === 'websocket.disconnect') this.#hasLeft = true;
    return event;
  };

  /** The app's `send`. */
  readonly #pass: Send = (event) => {
    if (this.#opened !== undefined) return this.#send(event);
    if (this.#isOver) return handledRejection(new ClientDisconnected());
    return this.#answer(event);
  };

  #answer(event: SendEvent): void | Promise<void> {
    switch (event.type) {
      case 'websocket.accept':
        this.#opened = new SwitchingResponse(new HeaderList(event.headers));
        return this.#send(event);
      case 'websocket.close':
        this.#refusal = { type: 'websocket.http.response.start', status: 403 };
        this.#isOver = true;
        return;
      case 'websocket.http.response.start':
        this.#refusal = event;
        return;
      case 'websocket.http.response.body':
        this.#add(event);
        return;
      default:
        // The server says what is wrong with it.
        return this.#send(event);
    }
  }

  #add({ body = '', moreBody = false }: WebSocketResponseBodyEvent): void {
    this.#content.push(typeof body === 'string' ? new TextEncoder().encode(body) : body);
    this.#isOver = !moreBody;
  }

  #silence(): Error {
    return this.#hasLeft ? new ClientDisconnected() : this.#mount.withoutResponse(this.#scope);
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}
