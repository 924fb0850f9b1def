import type { Response } from '@pullo/response';
import type { ContextWith } from './context.js';
import type { Handler, HandlerResult } from './handler.js';

/** What a route may have beside its path and handler. */
export interface RouteOptions {
  /** For `ctx.urlFor`. */
  name?: string;
  /** Anything the application wants to know about the route: it is on `ctx.route`. */
  meta?: unknown;
}

/** Options of `route()`, which serves GET unless it is told. */
export interface MethodOptions extends RouteOptions {
  /** Default: `['GET']`. `HEAD` comes with `GET`. */
  methods?: readonly [string, ...string[]];
}

/** A response that stands for a handler. By its properties, as the call signature of a response would hide that of handlers. */
export type ResponseConstant = Pick<Response, 'status' | 'headers' | 'setCookie' | 'toWeb'>;

/** What stands behind the path of a route: a handler or a response, options before it if there are any. */
export type RouteArguments<Options, Provided extends object, Params, AppState> =
  | [handler: Handler<Provided, Params, AppState> | ResponseConstant]
  | [options: Options, handler: Handler<Provided, Params, AppState> | ResponseConstant];

/**
 * Registers a function and hands it back, or a method as its ECMAScript decorator: the method is registered, bound, when its
 * class is instantiated (a static one when its class is defined).
 */
export type RouteRegistrar<Provided extends object, Params, AppState> = <
  H extends (ctx: ContextWith<Provided, Params, AppState>) => HandlerResult | Promise<HandlerResult>,
>(
  handler: H,
  context?: ClassMethodDecoratorContext,
) => H;
