import { Callable } from '@pullo/asgi';
import type { Convertors, ConvertorTypes, KnownPattern } from '@pullo/router';
import type { Empty, ParamsOf, Providable } from './context.js';
import { registrar } from './registrar.js';
import {
  type MethodOptions,
  type RouteHandler,
  type RouteMiddleware,
  type RouteOptions,
  type RouteRegistrar,
  type RouteRest,
  readMethods,
} from './routing.js';

/**
 * How routes are registered on an app: `app.get(path, options?, ...middleware, handler)`, and the same for the other verbs.
 *
 * Each has two signatures: a handler alone, and a handler with something before it. `A` to `E` are what the middleware of the route
 * provide, each to those after it and to the handler. The first stands there twice: a function without parameters gets the type of its result
 * from the signature that is tried first, and the compiler prints what is wrong by the one that is tried last.
 */
export abstract class Verbs<
  out Provided extends object,
  out Params,
  out AppState,
  out Own extends Convertors,
> extends Callable {
  /**
   * Registers a handler for GET, and HEAD with it.
   *
   * Options and middleware may stand before the handler; what a middleware provides is on the context of those after it, for this route alone.
   *
   * @example
   * ```ts
   * import { Pullo } from '@pullo/core';
   * import { basicAuth } from '@pullo/middleware/basic-auth';
   *
   * const auth = basicAuth({ verify: ({ username, password }) => (password === 'sesame' ? { name: username } : undefined) });
   * export const app = new Pullo()
   *   .get('/', () => 'for all')
   *   .get('/me', { name: 'me' }, auth, ({ user }) => `for ${user.name}`);
   * ```
   */
  get<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  get<
    const Path extends string,
    A extends Providable<Provided> = Empty,
    B extends Providable<Provided & A> = Empty,
    C extends Providable<Provided & A & B> = Empty,
    D extends Providable<Provided & A & B & C> = Empty,
    E extends Providable<Provided & A & B & C & D> = Empty,
  >(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    first:
      | RouteOptions
      | RouteMiddleware<A, Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
    ...rest: RouteRest<Provided & A, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState, B, C, D, E>
  ): this;
  get<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  get(path: string, ...route: readonly unknown[]): this {
    return this.register(['GET'], path, route);
  }

  /** Registers a handler for HEAD, in place of the answer that GET gives. */
  head<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  head<
    const Path extends string,
    A extends Providable<Provided> = Empty,
    B extends Providable<Provided & A> = Empty,
    C extends Providable<Provided & A & B> = Empty,
    D extends Providable<Provided & A & B & C> = Empty,
    E extends Providable<Provided & A & B & C & D> = Empty,
  >(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    first:
      | RouteOptions
      | RouteMiddleware<A, Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
    ...rest: RouteRest<Provided & A, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState, B, C, D, E>
  ): this;
  head<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  head(path: string, ...route: readonly unknown[]): this {
    return this.register(['HEAD'], path, route);
  }

  /** Registers a handler for POST. */
  post<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  post<
    const Path extends string,
    A extends Providable<Provided> = Empty,
    B extends Providable<Provided & A> = Empty,
    C extends Providable<Provided & A & B> = Empty,
    D extends Providable<Provided & A & B & C> = Empty,
    E extends Providable<Provided & A & B & C & D> = Empty,
  >(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    first:
      | RouteOptions
      | RouteMiddleware<A, Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
    ...rest: RouteRest<Provided & A, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState, B, C, D, E>
  ): this;
  post<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  post(path: string, ...route: readonly unknown[]): this {
    return this.register(['POST'], path, route);
  }

  /** Registers a handler for PUT. */
  put<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  put<
    const Path extends string,
    A extends Providable<Provided> = Empty,
    B extends Providable<Provided & A> = Empty,
    C extends Providable<Provided & A & B> = Empty,
    D extends Providable<Provided & A & B & C> = Empty,
    E extends Providable<Provided & A & B & C & D> = Empty,
  >(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    first:
      | RouteOptions
      | RouteMiddleware<A, Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
    ...rest: RouteRest<Provided & A, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState, B, C, D, E>
  ): this;
  put<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  put(path: string, ...route: readonly unknown[]): this {
    return this.register(['PUT'], path, route);
  }

  /** Registers a handler for PATCH. */
  patch<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  patch<
    const Path extends string,
    A extends Providable<Provided> = Empty,
    B extends Providable<Provided & A> = Empty,
    C extends Providable<Provided & A & B> = Empty,
    D extends Providable<Provided & A & B & C> = Empty,
    E extends Providable<Provided & A & B & C & D> = Empty,
  >(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    first:
      | RouteOptions
      | RouteMiddleware<A, Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
    ...rest: RouteRest<Provided & A, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState, B, C, D, E>
  ): this;
  patch<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  patch(path: string, ...route: readonly unknown[]): this {
    return this.register(['PATCH'], path, route);
  }

  /** Registers a handler for DELETE. */
  delete<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  delete<
    const Path extends string,
    A extends Providable<Provided> = Empty,
    B extends Providable<Provided & A> = Empty,
    C extends Providable<Provided & A & B> = Empty,
    D extends Providable<Provided & A & B & C> = Empty,
    E extends Providable<Provided & A & B & C & D> = Empty,
  >(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    first:
      | RouteOptions
      | RouteMiddleware<A, Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
    ...rest: RouteRest<Provided & A, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState, B, C, D, E>
  ): this;
  delete<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  delete(path: string, ...route: readonly unknown[]): this {
    return this.register(['DELETE'], path, route);
  }

  /** Registers a handler for OPTIONS, in place of the automatic answer. */
  options<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  options<
    const Path extends string,
    A extends Providable<Provided> = Empty,
    B extends Providable<Provided & A> = Empty,
    C extends Providable<Provided & A & B> = Empty,
    D extends Providable<Provided & A & B & C> = Empty,
    E extends Providable<Provided & A & B & C & D> = Empty,
  >(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    first:
      | RouteOptions
      | RouteMiddleware<A, Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
    ...rest: RouteRest<Provided & A, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState, B, C, D, E>
  ): this;
  options<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  options(path: string, ...route: readonly unknown[]): this {
    return this.register(['OPTIONS'], path, route);
  }

  /** Registers a handler for every method that has no route of its own there. */
  all<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  all<
    const Path extends string,
    A extends Providable<Provided> = Empty,
    B extends Providable<Provided & A> = Empty,
    C extends Providable<Provided & A & B> = Empty,
    D extends Providable<Provided & A & B & C> = Empty,
    E extends Providable<Provided & A & B & C & D> = Empty,
  >(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    first:
      | RouteOptions
      | RouteMiddleware<A, Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
    ...rest: RouteRest<Provided & A, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState, B, C, D, E>
  ): this;
  all<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  all(path: string, ...route: readonly unknown[]): this {
    return this.register(['*'], path, route);
  }

  /**
   * Registers a route for `methods`, GET by default: with a handler right away; without one it returns a function that registers what it
   * is given and hands it back, also as an ECMAScript decorator on a method. `with(middleware).route(path)` puts middleware before that one.
   *
   * @example
   * ```ts
   * import { Pullo } from '@pullo/core';
   *
   * const app = new Pullo();
   * export const hello = app.route('/hello')(() => 'Saying hi from hello.');
   * ```
   */
  route<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    ...options: [] | [options: MethodOptions]
  ): RouteRegistrar<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>;
  route<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  route<
    const Path extends string,
    A extends Providable<Provided> = Empty,
    B extends Providable<Provided & A> = Empty,
    C extends Providable<Provided & A & B> = Empty,
    D extends Providable<Provided & A & B & C> = Empty,
    E extends Providable<Provided & A & B & C & D> = Empty,
  >(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    first:
      | MethodOptions
      | RouteMiddleware<A, Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
    ...rest: RouteRest<Provided & A, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState, B, C, D, E>
  ): this;
  route<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: RouteHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  route(path: string, ...route: readonly unknown[]): unknown {
    const first = route[0];
    const isOptions = typeof first === 'object' && first !== null && !Array.isArray(first);
    const { methods: given, ...options }: MethodOptions = isOptions ? first : {};
    const methods = given === undefined ? ['GET'] : readMethods(given, path);
    const rest = isOptions ? route.slice(1) : route;
    if (rest.length > 0) return this.register(methods, path, isOptions ? [options, ...rest] : rest);
    return registrar((handler) => this.register(methods, path, [options, handler]));
  }

  /** Registers what stands behind a path, for the methods. */
  protected abstract register(methods: readonly string[], path: string, route: readonly unknown[]): this;
}
