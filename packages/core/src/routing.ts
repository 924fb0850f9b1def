import { Callable } from '@pullo/asgi';
import { Response } from '@pullo/response';
import type { HTTPContextWith } from './context.js';
import { describeValue } from './describe.js';
import { PipelineError } from './errors.js';
import type { Handler, HandlerResult } from './handler.js';
import { refuseUnknown } from './known-options.js';
import type { MiddlewareResult, Next } from './middleware.js';
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

/** What answers the requests of a route: a function, or a response as it is. */
export type RouteHandler<Provided extends object, Params, AppState> =
  | Handler<Provided, Params, AppState>
  | ResponseConstant;

/** A middleware of one route. What it provides is told by its `next`, never by what the context lacks. */
export type RouteMiddleware<Provides extends object, Provided extends object, Params, AppState> = (
  ctx: NoInfer<HTTPContextWith<Provided, Params, AppState>>,
  next: Next<Provides>,
) => MiddlewareResult | Promise<MiddlewareResult>;

/**
 * What stands behind the first argument of a route: further middleware, and the handler.
 *
 * The tuples are of one length, and a handler has the parameters of a middleware, since the compiler gives a function without types its
 * parameters only if all that may stand at its place agree on them.
 */
export type RouteRest<
  Provided extends object,
  Params,
  AppState,
  Second extends object,
  Third extends object,
  Fourth extends object,
  Fifth extends object,
> =
  | [
      handler: LastStep<Second, Provided, Params, AppState>,
      none?: never,
      none?: never,
      none?: never,
      none?: never,
    ]
  | [
      second: RouteMiddleware<Second, Provided, Params, AppState>,
      handler: LastStep<Third, Provided & Second, Params, AppState>,
      none?: never,
      none?: never,
      none?: never,
    ]
  | [
      second: RouteMiddleware<Second, Provided, Params, AppState>,
      third: RouteMiddleware<Third, Provided & Second, Params, AppState>,
      handler: LastStep<Fourth, Provided & Second & Third, Params, AppState>,
      none?: never,
      none?: never,
    ]
  | [
      second: RouteMiddleware<Second, Provided, Params, AppState>,
      third: RouteMiddleware<Third, Provided & Second, Params, AppState>,
      fourth: RouteMiddleware<Fourth, Provided & Second & Third, Params, AppState>,
      handler: LastStep<Fifth, Provided & Second & Third & Fourth, Params, AppState>,
      none?: never,
    ]
  | [
      second: RouteMiddleware<Second, Provided, Params, AppState>,
      third: RouteMiddleware<Third, Provided & Second, Params, AppState>,
      fourth: RouteMiddleware<Fourth, Provided & Second & Third, Params, AppState>,
      fifth: RouteMiddleware<Fifth, Provided & Second & Third & Fourth, Params, AppState>,
      handler: RouteHandler<Provided & Second & Third & Fourth & Fifth, Params, AppState>,
    ];

/** A handler at a place where a middleware may stand too. */
type LastStep<Provides extends object, Provided extends object, Params, AppState> =
  | ((
      ctx: NoInfer<HTTPContextWith<Provided, Params, AppState>>,
      next: Next<Provides>,
    ) => HandlerResult | Promise<HandlerResult>)
  | ResponseConstant;

/**
 * Registers a function and hands it back, or a method as its ECMAScript decorator: the method is registered, bound, when its
 * class is instantiated (a static one when its class is defined).
 */
export type RouteRegistrar<Provided extends object, Params, AppState> = <
  H extends (ctx: HTTPContextWith<Provided, Params, AppState>) => HandlerResult | Promise<HandlerResult>,
>(
  handler: H,
  context?: ClassMethodDecoratorContext,
) => H;

/** What stands behind the path of a route. */
export interface RouteParts {
  readonly options: RouteOptions;
  /** In the order in which they run. */
  readonly middleware: readonly unknown[];
  readonly handler: AnyHandler;
  /** The name of its function, or of the class of a constant; empty if it has none. */
  readonly handlerName: string;
}

/** What stands behind a path, checked: JavaScript has no compiler that would say so. `route` is the route's name in messages, `known` are its options. */
export function readRoute(
  args: readonly unknown[],
  route: string,
  known: readonly string[] = ['name', 'meta'],
): RouteParts {
  const handler = args.at(-1);
  if (typeof handler !== 'function') {
    throw new PipelineError(
      `${route} has no handler: give a function or a Response, not ${describeValue(handler)}.`,
    );
  }
  const isConstant = handler instanceof Response;
  if (handler instanceof Callable && !isConstant) {
    throw new PipelineError(`${route} was given ${describeValue(handler)}: an app is no handler.`);
  }
  if (!isConstant && handler.length > 1) {
    throw new PipelineError(
      `${route} ends in ${describeValue(handler)} that takes (ctx, next), as a middleware does: give a handler after it. If it is the handler, it takes ctx alone and returns the answer: there is no res.`,
    );
  }
  const before = args.slice(0, -1);
  const hasOptions = before.length > 0 && typeof before[0] !== 'function';
  const options = hasOptions ? before.shift() : {};
  if (Array.isArray(options)) {
    // Taken for options without keys, a guard in it would never run.
    throw new PipelineError(
      `${route} has an array before its handler: give each middleware as an argument of its own.`,
    );
  }
  refuseUnknown(options, known, route);
  // A constant is a function too, but of (scope, receive, send).
  const answer = isConstant ? () => handler : (handler as AnyHandler);
  const handlerName = isConstant ? handler.constructor.name : handler.name;
  return { options, middleware: before, handler: answer, handlerName };
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
