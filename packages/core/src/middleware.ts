import type { Response } from '@pullo/response';
import type { ContextWith, Empty } from './context.js';

declare const provides: unique symbol;

/**
 * Runs the rest of the pipeline. It takes what the middleware provides, and no argument where that is nothing.
 *
 * It never rejects: an error thrown downstream has become a response, and is on `ctx.error`. Calling it twice is an
 * error, and so is calling it after the middleware has returned.
 */
export interface Next<Provides extends object = Empty> {
  (...args: keyof Provides extends never ? [] : [provided: Provides]): Response | Promise<Response>;
  /** Carries the type, so that `Provides` is inferred; there is nothing at run time. */
  readonly [provides]?: Provides;
}

/** What a middleware may hand back: a response, or nothing after it has called `next()`. */
// biome-ignore lint/suspicious/noConfusingVoidType: a middleware without a return statement returns void
export type MiddlewareResult = Response | globalThis.Response | undefined | void;

/**
 * One layer of the pipeline: `(ctx, next)`.
 *
 * `Provides` is what it hands to `next()`, `Requires` what it needs to find on `ctx`: a pipeline in which something
 * required is not provided before does not compile.
 *
 * @example
 * ```ts
 * import { HTTPError, type Middleware, Pullo } from '@pullo/core';
 *
 * const authenticated: Middleware<{ user: string }> = async ({ request }, next) => {
 *   const user = request.headers.get('x-user');
 *   if (user === null) throw new HTTPError(401);
 *   return next({ user });
 * };
 * export const app = new Pullo().use(authenticated).get('/me', ({ user }) => user);
 * ```
 */
export type Middleware<
  Provides extends object = Empty,
  Requires extends object = Empty,
  Params = unknown,
  AppState = unknown,
> = (
  ctx: ContextWith<Requires, Params, AppState>,
  next: Next<Provides>,
) => MiddlewareResult | Promise<MiddlewareResult>;
