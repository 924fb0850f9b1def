import {
  type App,
  type ClientAddress,
  ClientDisconnected,
  type HTTPScope,
  isClientDisconnected,
  type ReceiveEvent,
  type SendEvent,
  type State,
} from '@pullo/asgi';
import { type Dispatcher, errors } from 'undici';
import { BodyPump } from './body-pump.js';
import { Delivery } from './delivery.js';
import { duplexPair } from './duplex-pair.js';
import { ExchangeSignal } from './exchange-signal.js';
import { appSettled, type Handler } from './handler.js';
import { httpDate } from './http-date.js';
import { Inbox } from './inbox.js';
import { handled } from './promises.js';
import type { RequestBody } from './request-body.js';
import { acceptsTrailers, type RequestHead } from './request-head.js';
import { ResponseWriter } from './response-writer.js';
import { httpScope } from './scope.js';
import { Refusal } from './target.js';

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
 * The response ends with its final body event; the app's promise is kept for its error only.
 */
export class HTTPExchange {
  readonly #host: ExchangeHost;
  readonly #handler: Handler;
  readonly #head: RequestHead;
  readonly #delivery: Delivery;
  readonly #inbox = new Inbox();
  readonly #pump: BodyPump;
  readonly #writer: ResponseWriter;
  readonly #signal = new ExchangeSignal(
    () => this.#early,
    (error) => this.#fail(error),
  );
  /** The app's first error, which counts once, whether it comes from `send` or from the app. */
  #failure: { error: unknown } | null = null;
  /** Why `send` fails from now on. */
  #gone: Error | null = null;
  /** Why the exchange was over before its time. */
  #early: Error | null = null;

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
    const terms = { method: request.head.method, acceptsTrailers: acceptsTrailers(request.head) };
    this.#writer = new ResponseWriter(terms, this.#delivery);
  }

  /** What a person would call it. */
  get title(): string {
    return `${this.#head.method} ${this.#head.target}`;
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
    if (this.#head.method === 'CONNECT') return this.#refuseTunnel();
    if (!this.#pump.writeWhole() && !(await this.#pump.open())) return;
    try {
      await this.#host.app(this.#scope(), this.#inbox.receive, this.#send);
    } catch (error) {
      if (error instanceof Refusal) this.#answer(400, `${error.message}\n`);
      else this.#fail(error);
    }
    if (this.#failure === null) this.#handler[appSettled]?.(null);
  }

  /** What the app threw, or sent against the rules: only the first counts. */
  #fail(error: unknown): void {
    if (this.#failure !== null || (this.#gone !== null && isClientDisconnected(error))) return;
    this.#failure = { error };
    if (this.#handler[appSettled]?.(this.#failure) !== true) this.#host.onError(error);
    if (this.#writer.complete || this.#gone !== null) return;
    if (this.#writer.started) this.#cut();
    else this.#answer(500, 'Internal Server Error');
  }

  #scope(): HTTPScope {
    const { client, state } = this.#host;
    return httpScope(this.#head, { client, state, exchange: this.#signal });
  }

  readonly #send = (event: SendEvent): void | Promise<void> => {
    if (this.#gone !== null) return handled(this.#gone);
    try {
      const waiting = this.#writer.take(event);
      if (this.#writer.complete) this.#close();
      return waiting;
    } catch (error) {
      this.#fail(error);
      return handled(error);
    }
  };

  /** An answer in the server's own name. */
  #answer(status: number, text: string): void {
    const writer = new ResponseWriter({ method: this.#head.method, acceptsTrailers: false }, this.#delivery);
    writer.take({
      type: 'http.response.start',
      status,
      headers: [['content-type', 'text/plain; charset=utf-8']],
    });
    writer.take({ type: 'http.response.body', body: text });
    this.#gone = new ClientDisconnected();
    this.#close();
  }

  /** To CONNECT a client hands over its connection whatever the answer is; ours, as the server's, says no and ends. */
  #refuseTunnel(): void {
    const text = 'This server is not a proxy.\n';
    const [ours, theirs] = duplexPair();
    ours.end(text);
    const fields = ['date', httpDate(), 'content-type', 'text/plain; charset=utf-8'];
    this.#delivery.upgrade(501, [...fields, 'content-length', String(text.length)], theirs);
    this.#close();
  }

  /** The client must see that the response is not whole. */
  #cut(): void {
    this.#delivery.fail(new errors.SocketError('other side closed'));
    this.#end(new ClientDisconnected());
  }

  #leave(reason: Error): void {
    if (this.#writer.complete) return;
    this.#end(new ClientDisconnected(undefined, { cause: reason }));
  }

  /** The exchange is over before its time. */
  #end(gone: Error): void {
    if (this.#gone !== null) return;
    this.#gone = gone;
    this.#early = gone;
    this.#close();
    ExchangeSignal.update(this.#signal);
  }

  #close(): void {
    this.#pump.stop();
    this.#inbox.close(disconnect);
  }
}
