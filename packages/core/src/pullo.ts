import { type App, Callable, type Receive, type Scope, type Send, UnsupportedScope } from '@pullo/asgi';
import type { Response } from '@pullo/response';
import type { Convertors, ConvertorTypes, KnownPattern, NoConvertors } from '@pullo/router';
import { Application } from './application.js';
import { Branch } from './branch.js';
import type { BaseContext, ContextWith, Empty, ParamsOf, Providable, RouteInfo } from './context.js';
import { describeValue } from './describe.js';
import { type AppDescription, describeApp } from './describe-app.js';
import type { ErrorClass, ErrorHandler } from './error-scope.js';
import { PipelineError } from './errors.js';
import type { CloseOptions, FetchFunction } from './fetch/fetch-host.js';
import { refuseUnknown } from './known-options.js';
import { type Lifespan, runLifespan } from './lifespan.js';
import type { Middleware } from './middleware.js';
import { type MountOptions, remember } from './mount.js';
import { readOrigins } from './origin.js';
import { type AnyProvider, handlerChain, middlewareLayer, providerLayer } from './pipeline.js';
import type { PulloOptions } from './pullo-options.js';
import { RouteTable } from './route-table.js';
import { readRoute } from './routing.js';
import { isPromiseLike } from './settle.js';
import { Verbs } from './verbs.js';
import type {
  WebSocketHandler,
  WebSocketMiddleware,
  WebSocketOptions,
  WebSocketRest,
} from './websocket-handler.js';
import { sessionEnd } from './websocket-session.js';

declare const types: unique symbol;

/** An app whatever its types. */
export type AnyPullo = Pullo<object, unknown, unknown, Convertors>;

/** The types that an app carries. */
export type TypesOf<App extends AnyPullo> = App[typeof types];

/** What `provide` adds: what its function returns, responses aside. */
type ProvidedBy<Returned> = Exclude<Returned, Response | globalThis.Response>;

/**
 * An application: a pipeline of typed middleware that ends in route dispatch. It is an app, `(scope, receive, send)`.
 *
 * The type parameters say what its pipeline provides, what its prefix captures, what its lifespan yields, and which
 * convertors of its own its patterns know.
 *
 * @example
 * ```ts
 * import { Pullo } from '@pullo/core';
 *
 * const app = new Pullo();
 * app.get('/', () => 'Saying hi from home.');
 * app.get('/items/:id(int)', ({ params }) => ({ id: params.id }));
 * export default app;
 * ```
 */
export class Pullo<
  out Provided extends object = Empty,
  out Params = Empty,
  out AppState = Empty,
  out Own extends Convertors = NoConvertors,
> extends Verbs<Provided, Params, AppState, Own> {
  /** Carries the types, for `ContextOf` and for assignability; there is nothing at run time. */
  declare readonly [types]: { provided: Provided; params: Params; state: AppState; convertors: Own };

  #application: Application;
  #branch: Branch;

  constructor(options: PulloOptions<AppState, Own> = {}) {
    super();
    refuseUnknown(options, ['lifespan', 'convertors', 'request', 'onUnhandled', 'debug'], 'A Pullo');
    this.#application = new Application(options);
    this.#branch = this.#application.root;
    remember(this, this.#application);
  }

  /**
   * Adds a middleware to the pipeline of the routes that follow, and returns the app with the wider type.
   *
   * Throws `PipelineError` after a route or group of the same app or group, which would go without it.
   */
  use<Provides extends Providable<Provided> = Empty>(
    middleware: Middleware<Provides, Provided, Params, AppState>,
  ): Pullo<Provided & Provides, Params, AppState, Own> {
    this.#branch.add(
      middlewareLayer(middleware, this.#branch.errors),
      `use(${middleware.name || 'a middleware'})`,
    );
    return this.#widened();
  }

  /**
   * Adds what a function returns to the context of what follows; a response that it returns ends the request.
   *
   * @example
   * ```ts
   * import { Pullo } from '@pullo/core';
   *
   * export const app = new Pullo()
   *   .provide(({ request }) => ({ language: request.query.get('lang') ?? 'fi' }))
   *   .get('/', ({ language }) => (language === 'fi' ? 'Hei!' : 'Hello!'));
   * ```
   */
  provide<Returned extends Providable<Provided> | Response | globalThis.Response>(
    provider: (ctx: ContextWith<Provided, Params, AppState>) => Returned | Promise<Returned>,
  ): Pullo<Provided & ProvidedBy<Returned>, Params, AppState, Own> {
    if (typeof provider !== 'function') {
      throw new PipelineError(`provide() takes a function of ctx, not ${describeValue(provider)}.`);
    }
    // True by the signature: the context is what the pipeline up to here provides.
    const layer = providerLayer(provider as unknown as AnyProvider, this.#branch.errors);
    this.#branch.add(layer, `provide(${provider.name || 'a function'})`);
    return this.#widened();
  }

  /** A branch of the app: routes registered on it have the middleware, the others do not. */
  with<Provides extends Providable<Provided> = Empty>(
    middleware: Middleware<Provides, Provided, Params, AppState>,
  ): Pullo<Provided & Provides, Params, AppState, Own> {
    const branch = new Branch(this.#branch);
    branch.add(middlewareLayer(middleware, branch.errors), 'with()');
    this.#branch.seal('with()');
    return this.#on(branch);
  }

  /**
   * Registers routes under a prefix, with a pipeline and error handlers of their own on top of the app's.
   *
   * The group owns the prefix: a path under it that matches no route runs the group's middleware and error handlers too.
   *
   * @example
   * ```ts
   * import { Pullo } from '@pullo/core';
   *
   * function orders(group: Pullo<{ user: string }>) {
   *   group.get('/', ({ user }) => `orders of ${user}`);
   *   group.get('/:id(int)', ({ params, user }) => ({ order: params.id, user }));
   * }
   * export const app = new Pullo().provide(() => ({ user: 'Aino' })).group('/orders', orders);
   * ```
   */
  group<const Prefix extends string>(
    prefix: KnownPattern<Prefix, ConvertorTypes<Own>>,
    build: (group: Pullo<Provided, Params & ParamsOf<Prefix, ConvertorTypes<Own>>, AppState, Own>) => void,
  ): this {
    if (!/^\/.*[^/]$/.test(prefix)) {
      throw new PipelineError(
        `The prefix of a group begins with "/" and does not end with it, unlike "${prefix}".`,
      );
    }
    if (typeof build !== 'function' || build instanceof Callable) {
      const remedy = build instanceof Callable ? `: mount("${prefix}", app) takes an app` : '';
      throw new PipelineError(
        `group("${prefix}") takes a function that registers routes, not ${describeValue(build)}${remedy}.`,
      );
    }
    this.#branch.seal(`the group "${prefix}"`);
    const branch = new Branch(this.#branch, prefix);
    this.#refuseBuilt(build(this.#on(branch)), prefix);
    this.#application.own(branch);
    return this;
  }

  /**
   * Gives an app what lies under a prefix: a Pullo, a `Response`, `staticFiles`, or any function `(scope, receive, send)`.
   *
   * Its `rootPath` is the prefix, `path` stays the whole. It runs inside the pipeline and the error handlers of the app or group where it is mounted.
   * Routes go before it: it has what no route of this app serves under the prefix, other methods included, and the prefix itself with and without a
   * slash. The prefix may have parameters, which are `ctx.params` of the pipeline; `/` gives it all the rest. Its lifespan runs inside this app's.
   *
   * Throws `PipelineError` for a prefix that is none or has an app already, for what is no app, and for an app that contains this one.
   *
   * @example
   * ```ts
   * import { Pullo } from '@pullo/core';
   *
   * const admin = new Pullo().get('/users/:id(int)', { name: 'user' }, ({ params }) => `user ${params.id}`);
   *
   * export const app = new Pullo()
   *   .get('/', ({ urlFor }) => urlFor('admin:user', { id: 7 })) // '/admin/users/7'
   *   .mount('/admin', admin, { name: 'admin' });
   * ```
   */
  mount<const Prefix extends string>(
    prefix: KnownPattern<Prefix, ConvertorTypes<Own>>,
    app: App,
    options: MountOptions = {},
  ): this {
    this.#application.mount(this.#branch, prefix, app, options);
    return this;
  }

  /**
   * Gives an app the requests for a host, with all of their paths: `api.example.com`, `:tenant.example.com`, `*.example.com`. Hosts are looked at before
   * routes and mounts; in `Host` the port, the case of letters and a dot at the end do not count. What it captures is `ctx.params` of the pipeline.
   *
   * Throws `PipelineError` in a group and for what is no app, and `RouteConflict` for a host that has an app already.
   *
   * @example
   * ```ts
   * import { Pullo } from '@pullo/core';
   *
   * const api = new Pullo().get('/', () => ({ hello: 'api' }));
   * export const app = new Pullo().host('api.example.com', api).get('/', () => 'the site');
   * ```
   */
  host<const Pattern extends string>(
    pattern: KnownPattern<Pattern, ConvertorTypes<Own>>,
    app: App,
    options: MountOptions = {},
  ): this {
    this.#application.host(this.#branch, pattern, app, options);
    return this;
  }

  /**
   * Handles errors of a class, or of a status, that are thrown under this app or group; the innermost that fits is called,
   * by the nearest class in the prototype chain. What it returns is what a handler returns; where that is no response, it has the status of the error.
   * Its context may have what the pipeline up to here provides, or not: the error may have come before. Where a layer provides a key anew with a
   * narrower type, register the handler before that layer, as the error may be that layer's own.
   *
   * Throws `PipelineError` where there is one already, and for a status that is not one of an error.
   *
   * @example
   * ```ts
   * import { Pullo } from '@pullo/core';
   *
   * export const app = new Pullo()
   *   .onError(404, (_error, { request }) => `There is nothing at ${request.path}.`)
   *   .onError(SyntaxError, (error) => ({ problem: error.message }));
   * ```
   */
  onError<E>(
    kind: ErrorClass<E> | number,
    handler: ErrorHandler<E, BaseContext<unknown, AppState> & Partial<Provided>>,
  ): this {
    // True by the signature: the scope calls it with errors of that class only.
    this.#branch.errors.add(kind, handler as ErrorHandler<unknown>);
    return this;
  }

  /**
   * Registers a handler that leads WebSocket sessions: it accepts, or returns a response or throws to refuse. When it returns, the session is
   * closed with 1000; when it throws, with 1011.
   *
   * The pipeline runs as for HTTP, before the session is accepted. Pages of other origins are refused with 403 unless
   * `{ origins }` has them. Another request for the path, if no route takes it, is answered with 426.
   *
   * @example
   * ```ts
   * import { Pullo } from '@pullo/core';
   *
   * export const app = new Pullo().websocket('/rooms/:room', async ({ accept, params }) => {
   *   const socket = await accept();
   *   await socket.send(`Welcome to ${params.room}.`);
   *   for await (const message of socket) await socket.send(message);
   * });
   * ```
   */
  websocket<
    const Path extends string,
    A extends Providable<Provided> = Empty,
    B extends Providable<Provided & A> = Empty,
    C extends Providable<Provided & A & B> = Empty,
  >(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    first:
      | WebSocketOptions
      | WebSocketMiddleware<A, Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
    ...rest: WebSocketRest<Provided & A, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState, B, C>
  ): this;
  websocket<const Path extends string>(
    path: KnownPattern<Path, ConvertorTypes<Own>>,
    handler: WebSocketHandler<Provided, Params & ParamsOf<Path, ConvertorTypes<Own>>, AppState>,
  ): this;
  websocket(path: string, ...args: readonly unknown[]): this {
    const route = `The WebSocket route ${JSON.stringify(path)}`;
    const { options, middleware, handler, handlerName } = readRoute(args, route, ['name', 'meta', 'origins']);
    const info: RouteInfo = Object.freeze({
      kind: 'websocket',
      methods: Object.freeze([]),
      pattern: this.#branch.resolve(path),
      name: options.name,
      meta: options.meta,
    });
    const layers = middleware.map((each) => middlewareLayer(each, this.#branch.errors));
    const name = `The WebSocket handler of ${info.pattern}`;
    const origins = readOrigins(options, route);
    const end = sessionEnd(handler, this.#branch.errors, { name, origins });
    this.#application.addWebSocket(this.#branch, info, layers, end, handlerName);
    return this;
  }

  /**
   * The routes, mounts and hosts, in the order of their registration. `console.log(app.routes)` and `String(app.routes)` show them as a table, with their
   * pipelines, and below the mounts the routes of the apps there.
   */
  get routes(): readonly RouteInfo[] {
    const infos = this.#application.registered.map(({ info }) => info);
    return new RouteTable(infos, () => this.describe());
  }

  /**
   * The app as data: its routes with their pipelines, its error handlers, and the apps mounted in it. It can be made into JSON if what has been given as
   * `meta` can.
   *
   * @example
   * ```ts
   * import { Pullo } from '@pullo/core';
   *
   * const app = new Pullo().get('/notes/:id', { name: 'note' }, ({ params }) => params.id);
   * app.describe().routes[0]?.pattern; // '/notes/:id'
   * ```
   */
  describe(): AppDescription {
    return describeApp(this.#application);
  }

  /**
   * Answers a request in Fetch's form, on Bun, Deno, Workers and others like them; what follows it is `ctx.platform`. It is bound.
   *
   * The first request starts the app's lifespan, and the others wait for that; where it fails they are answered with 500, and
   * the next one tries again. A plain answer of a sync handler comes without a promise. What is thrown goes to `onUnhandled`.
   *
   * @example
   * ```ts
   * import { Pullo } from '@pullo/core';
   *
   * const app = new Pullo().get('/', () => 'Hello from anywhere');
   * export default { fetch: app.fetch };
   * ```
   */
  get fetch(): FetchFunction {
    return this.#application.fetchHost(this).fetch;
  }

  /**
   * Ends what `fetch` has begun: new requests get 503, those that run come to their end, and then the lifespan does.
   *
   * Calling it again waits for the same. Rejects with `LifespanFailed` if the shutdown fails.
   */
  close(options?: CloseOptions): Promise<void> {
    return this.#application.fetchHost(this).close(options);
  }

  protected handle(scope: Scope, receive: Receive, send: Send): void | Promise<void> {
    if (scope.type === 'http') return this.#application.run(scope, receive, send);
    if (scope.type === 'websocket') return this.#application.runWebSocket(scope, receive, send);
    if (scope.type === 'lifespan') {
      // True by the type of the options: what it takes is a view of this app.
      const lifespan = this.#application.lifespan as Lifespan<unknown> | undefined;
      return runLifespan(lifespan, this, this.#application.mounts.list, scope, receive, send);
    }
    throw new UnsupportedScope(scope);
  }

  protected register(methods: readonly string[], path: string, args: readonly unknown[]): this {
    const route = `The route ${methods.join(', ')} ${JSON.stringify(path)}`;
    const { options, middleware, handler, handlerName } = readRoute(args, route);
    const info: RouteInfo = Object.freeze({
      kind: 'http',
      methods: Object.freeze([...methods]),
      pattern: this.#branch.resolve(path),
      name: options.name,
      meta: options.meta,
    });
    const layers = middleware.map((each) => middlewareLayer(each, this.#branch.errors));
    const name = `The handler of ${methods.join(', ')} ${info.pattern}`;
    const chain = handlerChain(handler, this.#branch.errors, name);
    this.#application.add(this.#branch, info, layers, chain, handlerName);
    return this;
  }

  /** Routes registered after a wait would come when the app is built, or not at all; those of another app would not come at all. */
  #refuseBuilt(built: unknown, prefix: string): void {
    if (built instanceof Pullo && built.#application !== this.#application) {
      throw new PipelineError(
        `group("${prefix}") was given a function that returns another app: register the routes on the group that it is given, or mount("${prefix}", app).`,
      );
    }
    if (!isPromiseLike(built)) return;
    // Its own failure, if there is one, comes of the same mistake.
    built.then(undefined, () => {});
    throw new PipelineError(
      `group("${prefix}") was given an async function, and is built at once: wait for what it needs before group().`,
    );
  }

  /** Another view of this app, whose registrations go to a branch. */
  #on<P extends object, Q>(branch: Branch): Pullo<P, Q, AppState, Own> {
    const view = new Pullo<P, Q, AppState, Own>();
    view.#application = this.#application;
    view.#branch = branch;
    remember(view, this.#application);
    return view;
  }

  /** The same app: its pipeline has just been widened to what the caller's signature says. */
  #widened<P extends object>(): Pullo<P, Params, AppState, Own> {
    return this as unknown as Pullo<P, Params, AppState, Own>;
  }
}
