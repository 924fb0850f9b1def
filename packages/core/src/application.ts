import type { HTTPScope, Receive, Send } from '@pullo/asgi';
import type { RequestOptions } from '@pullo/request';
import { RedirectResponse, Response } from '@pullo/response';
import { type Convertors, type Match, Router } from '@pullo/router';
import { Branch, endOf } from './branch.js';
import type { RouteInfo } from './context.js';
import type { ErrorScope } from './error-scope.js';
import { routingError } from './errors.js';
import type { AnyLifespan } from './lifespan.js';
import { compose, type Layer } from './pipeline.js';
import { type Chain, Run } from './run.js';

/** A registered route: what its requests run. */
export interface Endpoint {
  readonly info: RouteInfo;
  readonly branch: Branch;
  /** The app's, the groups', the route's own: those of `pipeline`. */
  readonly layers: readonly Layer[];
  /** The layers composed; at their end a run has its own `end`: the handler, or what answers on its behalf (405, OPTIONS, a slash redirect). */
  readonly pipeline: Chain;
  readonly handler: Chain;
}

/** What an app is made with, whatever its types. */
interface ApplicationOptions {
  readonly convertors?: Convertors;
  readonly request?: RequestOptions;
  readonly lifespan?: AnyLifespan;
}

type Params = Readonly<Record<string, unknown>>;

const NO_PARAMS: Params = Object.freeze(Object.create(null));

/** What an app and its groups and branches share: the routes, and the way of a request through them. */
export class Application {
  readonly root = new Branch();
  readonly requestOptions: RequestOptions | undefined;
  readonly lifespan: AnyLifespan | undefined;
  readonly #routes: Router<Endpoint>;
  /** Which group owns a path that no route matches. */
  readonly #owners: Router<Branch>;

  constructor({ convertors, request, lifespan }: ApplicationOptions) {
    this.requestOptions = request;
    this.lifespan = lifespan;
    this.#routes = new Router({ convertors });
    this.#owners = new Router({ convertors });
  }

  get routes(): readonly RouteInfo[] {
    return [...new Set(Array.from(this.#routes, (route) => route.value.info))];
  }

  /** Adds a route. `own` are the layers of this route alone, inside those of its branch. */
  add(branch: Branch, info: RouteInfo, own: readonly Layer[], handler: Chain): void {
    const layers = [...branch.layers, ...own];
    const endpoint = { info, branch, layers, pipeline: compose(layers, endOf), handler };
    for (const method of info.methods) {
      this.#routes.add(method, info.pattern, endpoint, { name: info.name });
    }
    branch.seal(`the route ${info.methods.join(', ')} ${info.pattern}`);
  }

  /** Gives a group the paths under its prefix; of two groups with one prefix the first has them. */
  own(branch: Branch): void {
    for (const pattern of [branch.prefix, `${branch.prefix}/*`]) {
      if (!this.#owners.has('*', pattern)) this.#owners.add('*', pattern, branch);
    }
  }

  url(name: string, params?: Params): string {
    return this.#routes.url(name, params);
  }

  /** Answers one request. Makes no promise where nothing waits. */
  run(scope: HTTPScope, receive: Receive, send: Send): void | Promise<void> {
    const path = localPath(scope);
    const found = this.#routes.match(scope.method, path);
    if (found === undefined) return this.#runUnmatched(scope, receive, send, path);
    const { pipeline, handler, info } = found.value;
    return execute(pipeline, new Run(this, scope, receive, info, found.params, handler), send);
  }

  #runUnmatched(scope: HTTPScope, receive: Receive, send: Send, path: string): void | Promise<void> {
    const found = this.#routes.matchAny(path);
    if (found !== undefined) {
      const allow = allowHeader(this.#routes.allowed(path));
      const end = scope.method === 'OPTIONS' ? answerOptions(allow) : refuseMethod(allow);
      return this.#runOnBehalf(scope, receive, send, found, end);
    }
    const other = otherSlash(scope, path);
    const elsewhere = other === undefined ? undefined : this.#routes.matchAny(other);
    if (other === undefined || elsewhere === undefined) return this.#runNotFound(scope, receive, send, path);
    return this.#runOnBehalf(scope, receive, send, elsewhere, redirectTo(scope, other));
  }

  /** Runs the pipeline of a route with another end than its handler. */
  #runOnBehalf(
    scope: HTTPScope,
    receive: Receive,
    send: Send,
    found: Match<Endpoint, Params>,
    end: (errors: ErrorScope) => Chain,
  ): void | Promise<void> {
    const { info, branch, pipeline } = found.value;
    return execute(pipeline, new Run(this, scope, receive, info, found.params, end(branch.errors)), send);
  }

  #runNotFound(scope: HTTPScope, receive: Receive, send: Send, path: string): void | Promise<void> {
    const owner = this.#owners.match('*', path);
    const branch = owner?.value ?? this.root;
    const isServerWide = path === '*' && scope.method === 'OPTIONS';
    const end: Chain = isServerWide
      ? () => new Response(null, { status: 204 })
      : (run) => branch.errors.respond(routingError(404), run);
    return execute(
      branch.pipeline,
      new Run(this, scope, receive, undefined, ownedParams(owner?.params), end),
      send,
    );
  }
}

function execute(chain: Chain, run: Run, send: Send): void | Promise<void> {
  const response = chain(run);
  return response instanceof Promise
    ? response.then((settled) => run.answer(settled, send))
    : run.answer(response, send);
}

function answerOptions(allow: string): () => Chain {
  return () => () => new Response(null, { status: 204, headers: { allow } });
}

function refuseMethod(allow: string): (errors: ErrorScope) => Chain {
  return (errors) => (run) => errors.respond(routingError(405, { headers: { allow } }), run);
}

function allowHeader(allowed: readonly string[]): string {
  return [...new Set([...allowed, 'OPTIONS'])].join(', ');
}

/** Path-absolute, so that the redirect stays on the host, whatever the host was taken for (RFC 3986, section 4.2). */
function redirectTo(scope: HTTPScope, path: string): () => Chain {
  const query = scope.queryString === '' ? '' : `?${scope.queryString}`;
  return () => () => new RedirectResponse(`${scope.rootPath}${path}${query}`, { status: 308 });
}

/** The path with its final slash added or taken away. None below `//`: a browser would take a redirect there for another host. */
function otherSlash(scope: HTTPScope, path: string): string | undefined {
  if (path === '/' || path === '*' || `${scope.rootPath}${path}`.startsWith('//')) return undefined;
  return path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
}

/** What the prefix of a group has captured, without the rest that no route matched. */
function ownedParams(params: Params = NO_PARAMS): Params {
  const { '*': _rest, ...captured } = params;
  return captured;
}

/** The path below where the app is mounted; a path that is not below it stands as it is (a proxy has cut it already). */
function localPath(scope: HTTPScope): string {
  const { path, rootPath } = scope;
  if (rootPath === '' || !path.startsWith(rootPath)) return path;
  const local = path.slice(rootPath.length);
  if (local === '') return '/';
  return local.startsWith('/') ? local : path;
}
