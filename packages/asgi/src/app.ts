import type { ReceiveEvent, SendEvent } from './events.js';
import type { Scope } from './scope.js';

/**
 * Waits for the next event of the connection.
 *
 * After the end of the exchange it resolves with a disconnect event, every time it is called.
 */
export type Receive = () => Promise<ReceiveEvent>;

/**
 * Hands an event to the server.
 *
 * Calls need not be awaited: a server takes events in order. It returns a promise only when there is something
 * to wait for (back-pressure). It never throws synchronously: misuse, and `ClientDisconnected` once the client
 * has left, come as a rejected promise that is already marked as handled.
 */
export type Send = (event: SendEvent) => void | Promise<void>;

/**
 * The interface of Pullo: a function called once per HTTP request, WebSocket session or process lifespan.
 *
 * Follows {@link https://asgi.readthedocs.io/en/latest/specs/main.html | ASGI 3.0}. An app that does not know
 * a scope's type throws `UnsupportedScope`.
 *
 * @example
 * ```ts
 * import { type App, UnsupportedScope } from '@pullo/asgi';
 *
 * export const app: App = async (scope, _receive, send) => {
 *   if (scope.type !== 'http') throw new UnsupportedScope(scope);
 *   send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] });
 *   await send({ type: 'http.response.body', body: `You asked for ${scope.path}\n` });
 * };
 * ```
 */
export type App = (scope: Scope, receive: Receive, send: Send) => void | Promise<void>;
