import {
  type App,
  BadPath,
  type ClientAddress,
  ClientDisconnected,
  type Exchange,
  type HTTPScope,
  isClientDisconnected,
  type ReceiveEvent,
  type SendEvent,
  type State,
} from '@pullo/asgi';
import { type Dispatcher, errors } from 'undici';
import { BodyPump } from './body-pump.js';
import { Delivery } from './delivery.js';
import { appSettled, type Handler } from './handler.js';
import { Inbox } from './inbox.js';
import type { RequestBody } from './request-body.js';
import type { RequestHead } from './request-head.js';
import { ProtocolViolation, ResponseRules } from './response-rules.js';
import { httpScope } from './scope.js';

/** What an exchange has from its dispatcher. */
export interface ExchangeHost {
  app: App;
  client: ClientAddress | null;
  state: State;
  onError: (error: unknown) => void;
}

const disconnect = (): ReceiveEvent => ({ type: 'http.disconnect' });

/**
 * One request and its response between an undici handler and an app: the part of the server.
 *
 * Its end is the final body event (`done` resolves then); the app's promise is kept for its error only.
 */
export class HTTPExchange implements Exchange {
  readonly #host: ExchangeHost;
  readonly #handler: Handler;
  readonly #head: RequestHead;
  readonly #delivery: Delivery;
  readonly #inbox = new Inbox();
  readonly #pump: BodyPump;
  readonly #rules: ResponseRules;
  #controller: AbortController | null = null;
  /** Why `send` fails from now on: the client has left, or the app broke a rule. */
  #failure: Error | null = null;

  constructor(
    host: ExchangeHost,
    options: Dispatcher.DispatchOptions,
    request: { head: RequestHead; body: RequestBody },
    handler: Handler,
  ) {
    this.#host = host;
    this.#handler = handler;
    this.#head = request.head;
    this.#delivery = new Delivery(handler, options, (reason) => this.#leave(reason));
    this.#pump = new BodyPump(request.head, request.body, this.#inbox, this.#delivery);
    const te = request.head.fields.findIndex((field, i) => i % 2 === 0 && field.toLowerCase() === 'te');
    const acceptsTrailers = te !== -1 && /\btrailers\b/i.test(request.head.fields[te + 1] ?? '');
    this.#rules = new ResponseRules({ method: request.head.method, acceptsTrailers }, this.#delivery);
  }

  /** Made on first read, as most apps never ask. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (isClientDisconnected(this.#failure)) this.#controller.abort(this.#failure);
    return this.#controller.signal;
  }

  /** Aborts as the client would. */
  abort(reason: Error): void {
    this.#delivery.abort(reason);
  }

  /** Tells the handler that it begins; false if the handler has already given up. */
  begin(): boolean {
    return this.#delivery.start();
  }

  /** Runs the app; resolves when the app has settled. It never rejects. */
  async run(): Promise<void> {
    if (this.#delivery.over) return;
    if (!this.#pump.writeWhole() && !(await this.#pump.open())) return;
    const scope = this.#scope();
    if (scope === null) return this.#answer(400, 'Bad Request');
    try {
      await this.#host.app(scope, this.#inbox.receive, this.#send);
      this.#checkComplete();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#handler[appSettled]?.(null);
  }

  #scope(): HTTPScope | null {
    const { client, state } = this.#host;
    try {
      return httpScope(this.#head, { client, state, exchange: this });
    } catch (error) {
      if (error instanceof BadPath) return null;
      throw error;
    }
  }

  readonly #send = (event: SendEvent): void | Promise<void> => {
    if (this.#failure !== null) return handled(this.#failure);
    try {
      const waiting = this.#rules.take(event);
      if (this.#rules.complete) this.#complete();
      return waiting;
    } catch (error) {
      return this.#misuse(error);
    }
  };

  /** After the end nothing can be repaired: the app is told and the error reported, but the client has its answer. */
  #misuse(error: unknown): Promise<void> {
    const failure = error instanceof Error ? error : new ProtocolViolation(String(error));
    this.#fail(failure);
    this.#failure ??= failure;
    return handled(failure);
  }

  #checkComplete(): void {
    if (this.#rules.complete || this.#failure !== null) return;
    throw new ProtocolViolation(
      this.#rules.started
        ? 'The app returned before its response was complete: a body event with moreBody false was missing.'
        : 'The app returned without sending a response.',
    );
  }

  /** What an error does depends on how far the response has come. Only the first counts. */
  #fail(error: unknown): void {
    if (isClientDisconnected(error) || error === this.#failure) {
      this.#handler[appSettled]?.(null);
      return;
    }
    if (this.#handler[appSettled]?.({ error }) !== true) this.#host.onError(error);
    if (this.#rules.complete || this.#failure !== null) return;
    this.#failure = error instanceof Error ? error : new ProtocolViolation(`The app threw ${String(error)}.`);
    if (this.#rules.started) this.#cut();
    else this.#answer(500, 'Internal Server Error');
  }

  #answer(status: number, text: string): void {
    const rules = new ResponseRules({ method: this.#head.method, acceptsTrailers: false }, this.#delivery);
    rules.take({
      type: 'http.response.start',
      status,
      headers: [['content-type', 'text/plain; charset=utf-8']],
    });
    rules.take({ type: 'http.response.body', body: text });
    this.#complete();
  }

  #cut(): void {
    this.#delivery.fail(new errors.SocketError('other side closed'));
    this.#complete();
  }

  #complete(): void {
    this.#pump.stop();
    this.#inbox.close(disconnect);
  }

  #leave(reason: Error): void {
    this.#failure ??= new ClientDisconnected(undefined, { cause: reason });
    this.#complete();
    this.#controller?.abort(this.#failure);
  }
}

/** A rejection that nobody needs to wait for. */
function handled(error: Error): Promise<void> {
  const rejected = Promise.reject(error);
  rejected.catch(() => {});
  return rejected;
}
