import { AsyncResource } from 'node:async_hooks';
import type { App, ClientAddress } from '@pullo/asgi';
import { Dispatcher, errors } from 'undici';
import { AppStillRunning } from './app-still-running.js';
import { type Handler, modernHandler } from './handler.js';
import { HTTPExchange } from './http-exchange.js';
import { Lifespan, type LifespanMode } from './lifespan.js';
import { inTime } from './promises.js';
import { requestBody } from './request-body.js';
import { requestHead } from './request-head.js';
import { watchedApp } from './watched-app.js';
import { WebSocketExchange } from './websocket-exchange.js';

/** How an `AppDispatcher` runs its app. */
export interface AppDispatcherOptions {
  /** Whether the app's lifespan is run, at the first request or by `start`. Default: `auto`. */
  lifespan?: LifespanMode;
  /** The address that requests come from. Default: 127.0.0.1, port 50000. */
  client?: ClientAddress | null;
  /** Called with what the app throws, as a server would log it. Default: `console.error`. */
  onError?: (error: unknown) => void;
  /**
   * How long the app may take to end once its clients have left, and its lifespan to stop, in milliseconds. Then closing fails with
   * `AppStillRunning`. Default: 2000.
   */
  closeTimeout?: number;
}

/**
 * An undici `Dispatcher` that calls an app in process: `request`, `stream`, `pipeline`, `upgrade`, `fetch` and `WebSocket` of
 * undici, and the platform's `fetch`, work on it as they do on a socket.
 *
 * What the app throws becomes what a server makes of it: a 500, or a lost connection once the response has begun.
 *
 * @example
 * ```ts
 * import type { App } from '@pullo/asgi';
 * import { AppDispatcher } from '@pullo/testing';
 * import { request } from 'undici';
 *
 * const app: App = async (_scope, _receive, send) => {
 *   send({ type: 'http.response.start', status: 200 });
 *   await send({ type: 'http.response.body', body: 'Hello' });
 * };
 * await using dispatcher = new AppDispatcher(app);
 * const { statusCode, body } = await request('http://testserver/', { dispatcher });
 * console.log(statusCode, await body.text()); // 200 Hello
 * ```
 */
export class AppDispatcher extends Dispatcher implements AsyncDisposable {
  readonly #app: App;
  readonly #client: ClientAddress | null;
  readonly #onError: (error: unknown) => void;
  readonly #lifespan: Lifespan;
  readonly #closeTimeout: number;
  /** The app runs in the async context of whoever made the dispatcher: it must not see the stores of a test. */
  readonly #context = new AsyncResource('PULLO_APP');
  readonly #running = new Set<HTTPExchange | WebSocketExchange>();
  #idle: (() => void)[] = [];
  #state: 'open' | 'closed' | 'destroyed' = 'open';

  constructor(app: App, options: AppDispatcherOptions = {}) {
    super();
    this.#app = watchedApp(app, (error) => this.#lifespan.fail(error));
    this.#client = options.client === undefined ? { host: '127.0.0.1', port: 50000 } : options.client;
    this.#onError = options.onError ?? console.error;
    this.#lifespan = new Lifespan(this.#app, options.lifespan ?? 'auto');
    this.#closeTimeout = options.closeTimeout ?? 2000;
  }

  get closed(): boolean {
    return this.#state !== 'open';
  }

  get destroyed(): boolean {
    return this.#state === 'destroyed';
  }

  /** Runs the app's start-up, which otherwise the first request does. Rejects with `LifespanError`. */
  start(): Promise<void> {
    return this.#context.runInAsyncScope(() => this.#lifespan.start());
  }

  /** Sends a request to the app; the handler may be of undici 6, 7 or 8. */
  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const modern = modernHandler(handler);
    try {
      this.#begin(options, modern);
      return true;
    } catch (error) {
      modern.onResponseError?.(null, error as Error);
      return false;
    }
  }

  /**
   * Waits for what is running, however long, then stops the app. Requests that come later fail with undici's `ClientClosedError`. Rejects
   * with `LifespanError` if the app failed to stop, and with `AppStillRunning` if it did not in time.
   */
  override close(): Promise<void>;
  override close(callback: () => void): void;
  override close(callback?: () => void): Promise<void> | void {
    if (this.#state === 'open') this.#state = 'closed';
    return finish(
      this.#whenIdle().then(() => this.#stop([])),
      callback,
    );
  }

  /**
   * Aborts what is running and stops the app. Default error: undici's `ClientDestroyedError`. Rejects with `LifespanError` if the app
   * failed to stop, and with `AppStillRunning` if something did not end in time.
   */
  override destroy(): Promise<void>;
  override destroy(error: Error | null): Promise<void>;
  override destroy(callback: () => void): void;
  override destroy(error: Error | null, callback: () => void): void;
  override destroy(first?: Error | null | (() => void), second?: () => void): Promise<void> | void {
    const error = typeof first === 'function' ? null : first;
    this.#state = 'destroyed';
    for (const exchange of this.#running) exchange.abort(error ?? new errors.ClientDestroyedError());
    return finish(this.#leave(), typeof first === 'function' ? first : second);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #begin(options: Dispatcher.DispatchOptions, handler: Handler): void {
    if (this.#state === 'destroyed') throw new errors.ClientDestroyedError();
    if (this.#state === 'closed') throw new errors.ClientClosedError();
    const request = { head: requestHead(options), body: requestBody(options.body) };
    const host = {
      app: this.#app,
      client: this.#client,
      state: this.#lifespan.state,
      onError: this.#onError,
    };
    const isWebSocket = typeof options.upgrade === 'string' && options.upgrade.toLowerCase() === 'websocket';
    const exchange = isWebSocket
      ? new WebSocketExchange(host, options, request.head, handler)
      : new HTTPExchange(host, options, request, handler);
    this.#running.add(exchange);
    queueMicrotask(() => this.#run(exchange));
  }

  #run(exchange: HTTPExchange | WebSocketExchange): void {
    if (!exchange.begin()) {
      this.#settle(exchange);
      return;
    }
    this.#context.runInAsyncScope(async () => {
      try {
        if (!this.#lifespan.started) await this.#lifespan.start();
        await exchange.run();
      } catch (error) {
        exchange.abort(error as Error);
      } finally {
        this.#settle(exchange);
      }
    });
  }

  #settle(exchange: HTTPExchange | WebSocketExchange): void {
    this.#running.delete(exchange);
    if (this.#running.size > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle = [];
  }

  async #whenIdle(): Promise<void> {
    if (this.#running.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle.push(resolve);
    });
  }

  async #leave(): Promise<void> {
    const isIdle = await inTime(this.#whenIdle(), this.#closeTimeout);
    await this.#stop(isIdle ? [] : Array.from(this.#running, ({ title }) => title));
  }

  /** Stops the lifespan, whatever is still `pending`. */
  async #stop(pending: readonly string[]): Promise<void> {
    const hasStopped = await inTime(this.#lifespan.stop(), this.#closeTimeout);
    const all = hasStopped ? pending : [...pending, this.#lifespan.step];
    if (all.length > 0) throw new AppStillRunning(all, this.#closeTimeout);
  }
}

function finish(promise: Promise<void>, callback: (() => void) | undefined): Promise<void> | void {
  if (callback === undefined) return promise;
  promise.then(callback, callback);
}
