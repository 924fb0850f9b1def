import type {
  App,
  HTTPReceiveEvent,
  HTTPSendEvent,
  LifespanReceiveEvent,
  LifespanSendEvent,
  Scope,
  SendEvent,
  WebSocketReceiveEvents,
  WebSocketSendEvents,
} from '@pullo/asgi';
import { ClientDisconnected, HeaderList } from '@pullo/asgi';
import { ExchangeSignal } from './exchange-signal.js';
import { Inbox } from './inbox.js';
import { Mailbox } from './mailbox.js';
import { handled } from './promises.js';
import { watchedApp } from './watched-app.js';

/** The events of each type of scope: those that an app receives and those that it sends. */
export interface EventsOf {
  http: { received: HTTPReceiveEvent; sent: HTTPSendEvent };
  websocket: { received: WebSocketReceiveEvents; sent: WebSocketSendEvents };
  lifespan: { received: LifespanReceiveEvent; sent: LifespanSendEvent };
}

/** The fields of a scope that matter to a test; the others get what a plain `GET /` has. */
export type ScopeInit<Type extends keyof EventsOf> = { type: Type } & Partial<Extract<Scope, { type: Type }>>;

/**
 * Calls an app and leaves the events to the test: the level below `client`, for tests of middleware, servers and raw apps.
 *
 * The app runs behind `validate`, so that what breaks the contract, on either side, is an error.
 *
 * @example
 * ```ts
 * import { TextResponse } from '@pullo/response';
 * import { communicate } from '@pullo/testing';
 *
 * const app = communicate(new TextResponse('Hello'), { type: 'http', path: '/' });
 * app.send({ type: 'http.request', body: new Uint8Array(0), moreBody: false });
 * await app.receive(); // { type: 'http.response.start', status: 200, ... }
 * await app.receive(); // { type: 'http.response.body', ... }
 * await app.wait();
 * ```
 */
export function communicate<Type extends keyof EventsOf>(
  app: App,
  scope: ScopeInit<Type>,
): Communicator<Type> {
  return new Communicator(app, scope);
}

/** One call of an app; made by `communicate`. */
export class Communicator<Type extends keyof EventsOf> {
  /** The scope that the app was called with. */
  readonly scope: Scope;
  readonly #inbox = new Inbox();
  readonly #outcome: Promise<{ error: unknown } | null>;
  readonly #sent = new Mailbox<SendEvent>();
  #ended: { error: unknown } | 'returned' | null = null;
  #gone: Error | null = null;

  constructor(app: App, init: ScopeInit<Type>) {
    const exchange = new ExchangeSignal(
      () => this.#gone,
      () => {},
    );
    this.scope = completeScope(init, exchange);
    this.#outcome = this.#run(watchedApp(app, () => {}));
  }

  /** Gives the app an event, as a server does. A disconnect aborts `scope.exchange.signal` too. */
  send(event: EventsOf[Type]['received']): void {
    const isDisconnect = event.type === 'http.disconnect' || event.type === 'websocket.disconnect';
    if (!isDisconnect) {
      void this.#inbox.put(event);
      return;
    }
    this.#gone = new ClientDisconnected();
    this.#inbox.closeAfterRest(() => event);
    if ('exchange' in this.scope && this.scope.exchange instanceof ExchangeSignal) {
      ExchangeSignal.update(this.scope.exchange);
    }
  }

  /**
   * The next event that the app sends. Rejects with what the app threw, if it did, or if nothing comes in `timeout` milliseconds
   * (default: 1000).
   */
  async receive({ timeout = 1000 }: { timeout?: number } = {}): Promise<EventsOf[Type]['sent']> {
    const event = await this.#sent.take(timeout);
    // An app behind `validate` sends only events of the type of its scope.
    if (event !== undefined) return event as EventsOf[Type]['sent'];
    if (this.#ended === null) throw new Error(`The app sent nothing within ${timeout} ms.`);
    if (this.#ended === 'returned') throw new Error('The app has returned and sends nothing more.');
    throw this.#ended.error;
  }

  /** Whether the app sends nothing for a time, in milliseconds. Default: 10. */
  async receiveNothing({ within = 10 }: { within?: number } = {}): Promise<boolean> {
    return !(await this.#sent.arrives(within));
  }

  /** Resolves when the app has returned; rejects with what it threw. */
  async wait(): Promise<void> {
    const outcome = await this.#outcome;
    if (outcome !== null) throw outcome.error;
  }

  async #run(app: App): Promise<{ error: unknown } | null> {
    let outcome: { error: unknown } | null = null;
    try {
      await app(this.scope, this.#inbox.receive, (event) => this.#take(event));
    } catch (error) {
      outcome = { error };
    }
    this.#ended = outcome ?? 'returned';
    this.#sent.close();
    return outcome;
  }

  #take(event: SendEvent): void | Promise<void> {
    if (this.#gone !== null) return handled(this.#gone);
    this.#sent.put(event);
  }
}

function completeScope(init: ScopeInit<keyof EventsOf>, exchange: ExchangeSignal): Scope {
  if (init.type === 'lifespan') {
    return { asgi: { version: '3.0', specVersion: '2.0' }, state: {}, ...init };
  }
  const path = init.path ?? '/';
  const shared = {
    asgi: { version: '3.0', specVersion: '2.5' } as const,
    httpVersion: '1.1' as const,
    path,
    rawPath: path,
    queryString: '',
    rootPath: '',
    headers: new HeaderList([['host', 'testserver']]),
    client: { host: '127.0.0.1', port: 50000 },
    server: { host: 'testserver', port: 80 },
    state: {},
    exchange,
  };
  if (init.type === 'http') return { method: 'GET', scheme: 'http', extensions: {}, ...shared, ...init };
  return {
    scheme: 'ws',
    subprotocols: [],
    extensions: { 'websocket.http.response': {} },
    ...shared,
    ...init,
  };
}
