import {
  ClientDisconnected,
  HeaderList,
  isClientDisconnected,
  type ReceiveEvent,
  type SendEvent,
  type WebSocketAcceptEvent,
  type WebSocketScope,
} from '@pullo/asgi';
import { type Dispatcher, errors } from 'undici';
import { Delivery } from './delivery.js';
import { duplexPair } from './duplex-pair.js';
import { ExchangeSignal } from './exchange-signal.js';
import { appSettled, type Handler } from './handler.js';
import type { ExchangeHost } from './http-exchange.js';
import { Inbox } from './inbox.js';
import { handled } from './promises.js';
import type { RequestHead } from './request-head.js';
import { ResponseWriter } from './response-writer.js';
import { Refusal } from './target.js';
import { type CloseInfo, type Message, WebSocketConnection } from './websocket-connection.js';
import { acceptKey, webSocketScope } from './websocket-handshake.js';

const LOST: CloseInfo = { code: 1006, reason: '' };

/**
 * One WebSocket session between an undici handler and an app: the handshake, then frames over a connection in memory.
 */
export class WebSocketExchange {
  readonly #host: ExchangeHost;
  readonly #handler: Handler;
  readonly #head: RequestHead;
  readonly #delivery: Delivery;
  readonly #inbox = new Inbox();
  readonly #denial: ResponseWriter;
  readonly #signal = new ExchangeSignal(
    () => this.#early,
    (error) => this.#fail(error),
  );
  #connection: WebSocketConnection | null = null;
  #isRefused = false;
  #failure: { error: unknown } | null = null;
  /** Why `send` fails from now on. */
  #gone: Error | null = null;
  /** Why the session was over before its time. */
  #early: Error | null = null;

  constructor(host: ExchangeHost, options: Dispatcher.DispatchOptions, head: RequestHead, handler: Handler) {
    this.#host = host;
    this.#handler = handler;
    this.#head = head;
    this.#delivery = new Delivery(handler, options, () => this.#disconnected(LOST));
    this.#denial = new ResponseWriter({ method: 'GET', acceptsTrailers: false }, this.#delivery);
  }

  /** What a person would call it. */
  get title(): string {
    return `WebSocket ${this.#head.target}`;
  }

  /** Aborts as the client would. */
  abort(reason: Error): void {
    this.#delivery.abort(reason);
    this.#connection?.terminate();
  }

  /** Tells the handler that it begins; false if the handler has already given up. */
  begin(): boolean {
    return this.#delivery.start();
  }

  /** Runs the app; resolves when the app has settled. It never rejects. */
  async run(): Promise<void> {
    if (this.#delivery.over) return;
    void this.#inbox.put({ type: 'websocket.connect' });
    try {
      await this.#host.app(this.#scope(), this.#inbox.receive, this.#send);
      this.#connection?.close(1000);
    } catch (error) {
      if (error instanceof Refusal) this.#answer(400, `${error.message}\n`);
      else this.#fail(error);
    }
    if (this.#failure === null) this.#handler[appSettled]?.(null);
  }

  #scope(): WebSocketScope {
    const { client, state } = this.#host;
    return webSocketScope(this.#head, { client, state, exchange: this.#signal });
  }

  readonly #send = (event: SendEvent): void | Promise<void> => {
    if (this.#gone !== null) return handled(this.#gone);
    try {
      return this.#take(event);
    } catch (error) {
      this.#fail(error);
      return handled(error);
    }
  };

  #take(event: SendEvent): void | Promise<void> {
    switch (event.type) {
      case 'websocket.accept':
        return this.#accept(event);
      case 'websocket.send':
        return this.#connection?.send(event.text ?? event.bytes ?? '');
      case 'websocket.close':
        if (this.#connection === null) return this.#answer(403, '');
        return this.#connection.close(event.code ?? 1000, event.reason);
      case 'websocket.http.response.start':
        this.#isRefused = true;
        return this.#denial.take({ ...event, type: 'http.response.start' });
      case 'websocket.http.response.body': {
        const waiting = this.#denial.take({ ...event, type: 'http.response.body' });
        if (this.#denial.complete) this.#disconnected(LOST);
        return waiting;
      }
    }
  }

  #accept({ subprotocol, headers }: WebSocketAcceptEvent): void {
    const key = HeaderList.raw(this.#head.fields).get('sec-websocket-key') ?? '';
    const fields = ['upgrade', 'websocket', 'connection', 'Upgrade', 'sec-websocket-accept', acceptKey(key)];
    if (subprotocol != null) fields.push('sec-websocket-protocol', subprotocol);
    fields.push(...new HeaderList(headers ?? []).flat);
    const [ours, theirs] = duplexPair();
    this.#connection = new WebSocketConnection(ours, 'server', {
      message: (message) => this.#inbox.put(receiveEvent(message)),
      closed: (info) => this.#disconnected(info),
    });
    this.#delivery.upgrade(101, fields, theirs);
  }

  /** What the app threw, or sent against the rules: only the first counts. */
  #fail(error: unknown): void {
    if (this.#failure !== null || (this.#gone !== null && isClientDisconnected(error))) return;
    this.#failure = { error };
    if (this.#handler[appSettled]?.(this.#failure) !== true) this.#host.onError(error);
    if (this.#connection !== null) this.#connection.close(1011);
    else if (this.#isRefused) this.#cut();
    else this.#answer(500, 'Internal Server Error');
  }

  /** An answer in place of the session. */
  #answer(status: number, text: string): void {
    if (this.#isRefused) return;
    this.#isRefused = true;
    const type: [string, string][] = text === '' ? [] : [['content-type', 'text/plain; charset=utf-8']];
    void this.#denial.take({ type: 'http.response.start', status, headers: type });
    void this.#denial.take({ type: 'http.response.body', body: text });
    this.#disconnected(LOST);
  }

  #cut(): void {
    if (this.#denial.complete) return;
    this.#delivery.fail(new errors.SocketError('other side closed'));
    this.#disconnected(LOST);
  }

  /** The session is over; what has arrived before can still be read. */
  #disconnected({ code, reason }: CloseInfo): void {
    this.#inbox.closeAfterRest((): ReceiveEvent => ({ type: 'websocket.disconnect', code, reason }));
    if (this.#gone !== null) return;
    this.#gone = new ClientDisconnected();
    if (!this.#isRefused) this.#early = this.#gone;
    ExchangeSignal.update(this.#signal);
  }
}

function receiveEvent(message: Message): ReceiveEvent {
  return typeof message === 'string'
    ? { type: 'websocket.receive', text: message, bytes: null }
    : { type: 'websocket.receive', bytes: message, text: null };
}
