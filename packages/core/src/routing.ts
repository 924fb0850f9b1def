import { Callable } from '@pullo/asgi';
import { Response } from '@pullo/response';
import type { ContextWith } from './context.js';
import { describeValue } from './describe.js';
import { PipelineError } from './errors.js';
import type { Handler, HandlerResult } from './handler.js';
import type { AnyHandler } from './pipeline.js';

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

/** What stands behind a path, checked: JavaScript has no compiler that would say so. `route` is the route's name in messages. */
export function readRoute(
  args: readonly unknown[],
  route: string,
): { readonly options: RouteOptions; readonly handler: AnyHandler } {
  const handler = args.at(-1);
  if (typeof handler !== 'function') {
    throw new PipelineError(
      `${route} has no handler: give a function or a Response, not ${describeValue(handler)}.`,
    );
  }
  if (handler instanceof Callable && !(handler instanceof Response)) {
    throw new PipelineError(`${route} was given ${describeValue(handler)}: an app is no handler.`);
  }
  const options = args.length > 1 ? args[0] : {};
  if (args.length > 2 || typeof options === 'function') {
    throw new PipelineError(
      `${route} takes options and one handler: give it a middleware with app.with(middleware).`,
    );
  }
  if (typeof options !== 'object' || options === null) {
    throw new PipelineError(`${route} has options that are no object: ${describeValue(options)}.`);
  }
  // A constant is a function too, but of (scope, receive, send).
  return { options, handler: handler instanceof Response ? () => handler : (handler as AnyHandler) };
}

/** Throws `PipelineError` for a list of methods that would serve nothing, or not what was meant. */
export function readMethods(methods: unknown, path: string): readonly string[] {
  if (!Array.isArray(methods) || methods.length === 0) {
    throw new PipelineError(
      `The methods of ${JSON.stringify(path)} are a list of at least one, such as ['GET', 'POST'], not ${describeValue(methods)}.`,
    );
  }
  for (const method of methods) {
    if (!VERBS.has(method) && VERBS.has(String(method).toUpperCase())) {
      throw new PipelineError(
        `Methods are case-sensitive, and clients send ${String(method).toUpperCase()}, not ${String(method)}: correct it for ${JSON.stringify(path)}.`,
      );
    }
  }
  return [...new Set(methods)];
}

const VERBS = new Set<unknown>(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
