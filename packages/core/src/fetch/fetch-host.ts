import { type App, BadPath } from '@pullo/asgi';
import { describeValue } from '../describe.js';
import { isPromiseLike } from '../settle.js';
import { FetchExchange } from './fetch-exchange.js';
import { FetchLifespan } from './fetch-lifespan.js';
import { fetchScope } from './fetch-scope.js';
import { plainResponse } from './plain-response.js';
import { Deferred, settlesWithin } from './promises.js';

/** Hears of what nobody has taken. `request` is the one that failed, or the first that the app was started for. */
export type OnUnhandled = (error: unknown, request?: globalThis.Request) => void;

/** Options of `close()`. */
export interface CloseOptions {
  /** How long the requests that are running may take to end, in milliseconds, before they are cut. Default: 30,000. */
  gracefulTimeout?: number;
}

/** Calls an app with a request in Fetch's form; what follows it is what the host hands over. It throws and rejects only for what is no request. */
export type FetchFunction = (
  request: globalThis.Request,
  ...platform: readonly unknown[]
) => globalThis.Response | Promise<globalThis.Response>;

/** The part of the server between a host of `fetch` and an app: its lifespan, its requests, its errors. */
export class FetchHost {
  /** Bound, so that it can be handed on alone. */
  readonly fetch: FetchFunction;
  readonly #app: App;
  readonly #onUnhandled: OnUnhandled;
  #lifespan: FetchLifespan | undefined = undefined;
  #starting: Promise<FetchLifespan> | undefined = undefined;
  #closing: Promise<void> | undefined = undefined;
  readonly #running = new Set<FetchExchange>();
  #idle: Deferred | undefined = undefined;

  constructor(app: App, onUnhandled: OnUnhandled = (error) => console.error(error)) {
    this.#app = app;
    this.#onUnhandled = onUnhandled;
    this.fetch = (request, ...platform) => {
      const refused = refusalOf(request);
      if (refused !== undefined) return refused;
      if (this.#closing !== undefined) return closedResponse();
      if (this.#lifespan !== undefined) return this.#answer(request, platform, this.#lifespan);
      return this.#startAndAnswer(request, platform);
    };
  }

  get isDraining(): boolean {
    return this.#closing !== undefined;
  }

  report(error: unknown, request?: globalThis.Request): void {
    try {
      const heard: unknown = this.#onUnhandled(error, request);
      // An async function is one of `void` by its type, and its rejection would end the process.
      if (isPromiseLike(heard)) heard.then(undefined, (failure: unknown) => console.error(failure));
    } catch (failure) {
      console.error(failure);
    }
  }

  /** Waits for what is running, and then for the app's shutdown. The second call waits for the same. */
  close({ gracefulTimeout = 30_000 }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(gracefulTimeout);
    return this.#closing;
  }

  #answer(
    request: globalThis.Request,
    platform: readonly unknown[],
    { state }: FetchLifespan,
  ): globalThis.Response | Promise<globalThis.Response> {
    const exchange = new FetchExchange(request, this);
    let running: void | Promise<void>;
    try {
      running = exchange.run(this.#app, fetchScope(request, { platform, state, exchange: exchange.signal }));
    } catch (error) {
      if (error instanceof BadPath) return plainResponse(400, `The path is not valid: ${error.problem}.\n`);
      throw error;
    }
    // What goes on is kept by the host if it can, and waited for by `close`.
    if (running !== undefined) {
      this.#running.add(exchange);
      hostWaitUntil(platform, running);
    }
    return exchange.response();
  }

  ended(exchange: FetchExchange): void {
    this.#running.delete(exchange);
    if (this.#running.size === 0) this.#idle?.resolve();
  }

  async #startAndAnswer(
    request: globalThis.Request,
    platform: readonly unknown[],
  ): Promise<globalThis.Response> {
    let lifespan: FetchLifespan;
    try {
      this.#starting ??= this.#start(request, platform);
      lifespan = await this.#starting;
    } catch {
      return plainResponse(500, 'Internal Server Error');
    }
    if (this.#closing !== undefined) return closedResponse();
    return this.#answer(request, platform, lifespan);
  }

  /** Nobody starts the process anew after a failure, as a supervisor would: the next request tries again. */
  async #start(request: globalThis.Request, platform: readonly unknown[]): Promise<FetchLifespan> {
    const lifespan = new FetchLifespan(this.#app, (error) => this.report(error));
    try {
      const started = lifespan.startup();
      // Other requests wait for it too: it must go on if this one's client leaves.
      hostWaitUntil(
        platform,
        started.catch(() => {}),
      );
      await started;
      this.#lifespan = lifespan;
      return lifespan;
    } catch (error) {
      this.#starting = undefined;
      this.report(error, request);
      throw error;
    }
  }

  async #close(gracefulTimeout: number): Promise<void> {
    const lifespan = await this.#starting?.catch(() => undefined);
    for (const exchange of this.#running) exchange.drain();
    if (this.#running.size > 0) {
      this.#idle = new Deferred();
      const isIdle = await settlesWithin(this.#idle.promise, gracefulTimeout);
      if (!isIdle) for (const exchange of this.#running) exchange.shutDown();
    }
    await lifespan?.shutdown();
  }
}

/** Workers and those like them give a context whose `waitUntil` keeps work going after the response. */
function hostWaitUntil(platform: readonly unknown[], promise: Promise<unknown>): void {
  for (const part of platform) {
    if (typeof part !== 'object' || part === null) continue;
    if ('waitUntil' in part && typeof part.waitUntil === 'function') part.waitUntil(promise);
  }
}

/** What no app is asked about. */
function refusalOf(request: globalThis.Request): globalThis.Response | undefined {
  if (typeof request?.url !== 'string') {
    throw new TypeError(`fetch() takes a Request, not ${describeValue(request)}: new Request(url, init).`);
  }
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') return undefined;
  return plainResponse(
    501,
    'WebSocket sessions are not served through fetch: run the app on a server that speaks them.\n',
  );
}

function closedResponse(): globalThis.Response {
  return plainResponse(503, 'Service Unavailable');
}
