import type { IncomingMessage, ServerResponse } from 'node:http';
import { type App, UnsupportedScope } from '@pullo/asgi';
import { ListenerExchange } from './listener-exchange.js';

/** What `createServer` of `node:http` takes: an Express app is one, and so is the callback of a Koa app. A promise that it gives is waited for. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * A listener of `node:http`, such as an Express app or the callback of a Koa app, as an app: serve it, or mount it.
 *
 * Request and response are Node's own classes, with the scope and its events below them in place of a parser and a socket: all limits of
 * the server hold, middleware above a mount sees the response, and HTTP/2 makes no difference. `req.url` is the canonical path and the
 * query, below the mount; `req.originalUrl` is the whole and `req.baseUrl` the mount, as Express has them. `req.socket` tells the addresses,
 * that of the client as a trusted proxy tells it; destroying it, or the response, cuts the connection. What the listener throws, at once
 * or by its promise, is thrown to whoever runs the app. There are no upgrades and no interim responses, and the reason phrase
 * is the standard one.
 *
 * @example
 * ```ts
 * import { Pullo } from '@pullo/core';
 * import { fromNodeListener } from '@pullo/server';
 * import express from 'express';
 *
 * const legacy = express().get('/orders', (_req, res) => {
 *   res.json([]);
 * });
 *
 * export default new Pullo().mount('/old', fromNodeListener(legacy)); // GET /old/orders
 * ```
 */
export function fromNodeListener(listener: NodeListener): App {
  if (typeof listener !== 'function') {
    throw new TypeError('fromNodeListener() takes a function (req, res); of a Koa app it is app.callback().');
  }
  return (scope, receive, send) => {
    if (scope.type !== 'http') throw new UnsupportedScope(scope);
    return new ListenerExchange(scope, receive, send).run(listener);
  };
}
