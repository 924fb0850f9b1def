import type { App } from '@pullo/asgi';
import { type CloseOptions, type FetchFunction, FetchHost, type OnUnhandled } from '../fetch/fetch-host.js';

/** Options of `toFetch`. */
export interface ToFetchOptions {
  /** Hears of what the app throws, and of a start-up that fails. Default: `console.error`. */
  onUnhandled?: OnUnhandled;
}

/** An app for a host of `fetch`. Both functions are bound. */
export interface FetchApp {
  /** Answers a request; the app is started by the first. What follows the request is the host's to say: `ctx.platform`. */
  readonly fetch: FetchFunction;
  /** Ends what `fetch` has begun: waits for the requests that are running, then for the app's shutdown. Rejects with `LifespanFailed`. */
  readonly close: (options?: CloseOptions) => Promise<void>;
}

/**
 * Any app as a handler of Fetch, for Bun, Deno, Workers and others like them: `export default toFetch(app)`.
 *
 * A Pullo app needs none: it has `fetch` and `close`.
 *
 * @example
 * ```ts
 * import { toFetch } from '@pullo/core/adapters';
 * import { TextResponse } from '@pullo/response';
 *
 * export default toFetch(new TextResponse('Hello from anywhere'));
 * ```
 */
export function toFetch(app: App, { onUnhandled }: ToFetchOptions = {}): FetchApp {
  if (typeof app !== 'function') {
    throw new TypeError('toFetch() takes an app, a function (scope, receive, send).');
  }
  const host = new FetchHost(app, onUnhandled);
  return { fetch: host.fetch, close: (options) => host.close(options) };
}
