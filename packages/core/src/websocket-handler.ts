import type { Response } from '@pullo/response';
import type { ConvertorTypes } from '@pullo/router';
import type { BaseContext, Empty, ParamsOf } from './context.js';
import type { AcceptOptions } from './handshake.js';
import type { MiddlewareResult, Next } from './middleware.js';
import type { Origins } from './origin.js';
import type { AnyPullo, TypesOf } from './pullo.js';
import type { RouteOptions } from './routing.js';
import type { Socket } from './socket.js';

/** The part of a WebSocket handler's context that is always there. */
export interface BaseWebSocketContext<Params = unknown, AppState = unknown>
  extends BaseContext<Params, AppState> {
  readonly kind: 'websocket';
  /** The subprotocols that the client has offered, its favourite first. */
  readonly subprotocols: readonly string[];
  /**
   * Opens the session. What has not been accepted can still be refused: return a `Response`, or throw an `HTTPError`.
   *
   * Rejects with `PipelineError` for a subprotocol that the client has not offered, for header fields that are the server's, and where the
   * session has been accepted already; with `ClientDisconnected` if the client has left.
   */
  readonly accept: (options?: AcceptOptions) => Promise<Socket>;
}

/** The context of a WebSocket handler, with what the pipeline has provided. */
export type WebSocketContextWith<Provided extends object, Params, AppState> = BaseWebSocketContext<
  Params,
  AppState
> &
  Provided;

/**
 * Names the context of a WebSocket handler: the pattern gives `params` its type.
 *
 * @example
 * ```ts
 * import type { WebSocketContext } from '@pullo/core';
 *
 * export async function room({ params, accept }: WebSocketContext<'/rooms/:room'>) {
 *   const socket = await accept();
 *   await socket.send(`Welcome to ${params.room}.`);
 * }
 * ```
 */
export type WebSocketContext<
  Pattern extends string = string,
  Provided extends object = Empty,
  AppState = unknown,
> = WebSocketContextWith<Provided, ParamsOf<Pattern>, AppState>;

/**
 * The context that an app's WebSocket handlers get for a pattern.
 *
 * @example
 * ```ts
 * import { Pullo, type WebSocketContextOf } from '@pullo/core';
 *
 * const app = new Pullo().provide(() => ({ greeting: 'Hei!' }));
 * async function greet({ accept, greeting }: WebSocketContextOf<typeof app>) {
 *   await (await accept()).send(greeting);
 * }
 * app.websocket('/greet', greet);
 * ```
 */
export type WebSocketContextOf<App extends AnyPullo, Pattern extends string = string> = WebSocketContextWith<
  TypesOf<App>['provided'],
  TypesOf<App>['params'] & ParamsOf<Pattern, ConvertorTypes<TypesOf<App>['convertors']>>,
  TypesOf<App>['state']
>;

/** What a WebSocket handler may return: nothing once it has accepted, a response that refuses the session if it has not. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without a return statement returns void
export type WebSocketResult = Response | globalThis.Response | undefined | void;

/** Leads the sessions of a WebSocket route: when it returns, the session is closed. */
export type WebSocketHandler<Provided extends object, Params, AppState> = (
  ctx: WebSocketContextWith<Provided, Params, AppState>,
) => WebSocketResult | Promise<WebSocketResult>;

/** What a WebSocket route may have beside its path and handler. */
export interface WebSocketOptions extends RouteOptions {
  /**
   * The origins whose pages may open sessions, besides the app's own: a list, `'*'` for all, or a function. Requests without `Origin`, which do
   * not come from a page, are always let through. Default: none.
   */
  origins?: Origins;
}

/** A middleware of one WebSocket route. */
export type WebSocketMiddleware<Provides extends object, Provided extends object, Params, AppState> = (
  ctx: NoInfer<WebSocketContextWith<Provided, Params, AppState>>,
  next: Next<Provides>,
) => MiddlewareResult | Promise<MiddlewareResult>;

/** What stands behind the first argument of a WebSocket route: further middleware, and the handler. `RouteRest` says why it is so. */
export type WebSocketRest<
  Provided extends object,
  Params,
  AppState,
  Second extends object,
  Third extends object,
> =
  | [handler: LastStep<Second, Provided, Params, AppState>, none?: never, none?: never]
  | [
      second: WebSocketMiddleware<Second, Provided, Params, AppState>,
      handler: LastStep<Third, Provided & Second, Params, AppState>,
      none?: never,
    ]
  | [
      second: WebSocketMiddleware<Second, Provided, Params, AppState>,
      third: WebSocketMiddleware<Third, Provided & Second, Params, AppState>,
      handler: WebSocketHandler<Provided & Second & Third, Params, AppState>,
    ];

/** A handler at a place where a middleware may stand too. */
type LastStep<Provides extends object, Provided extends object, Params, AppState> = (
  ctx: NoInfer<WebSocketContextWith<Provided, Params, AppState>>,
  next: Next<Provides>,
) => WebSocketResult | Promise<WebSocketResult>;
