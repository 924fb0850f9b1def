import {
  type App,
  type HTTPScope,
  localPath,
  type Receive,
  type Send,
  type WebSocketScope,
} from '@pullo/asgi';
import type { RequestOptions } from '@pullo/request';
import { RedirectResponse, Response } from '@pullo/response';
import { type Convertors, type Match, NameTaken, Router } from '@pullo/router';
import { Branch, endOf } from './branch.js';
import type { RouteInfo } from './context.js';
import type { DebugRenderer } from './debug-renderer.js';
import type { ErrorScope } from './error-scope.js';
import { HTTPError, PipelineError, routingError } from './errors.js';
import { FetchHost, type OnUnhandled } from './fetch/fetch-host.js';
import { Handshake } from './handshake.js';
import type { AnyLifespan } from './lifespan.js';
import { Mount, type MountOptions } from './mount.js';
import { MountedSession } from './mounted-session.js';
import { Mounts } from './mounts.js';
import { compose, type Layer } from './pipeline.js';
import { countSegments } from './root-path.js';
import { type Chain, Run } from './run.js';
import { runSession, type SessionEnd } from './websocket-session.js';

/** What both kinds of registered routes have. */
interface AnyEndpoint {
  readonly info: RouteInfo;
  readonly branch: Branch;
  /** The app's, the groups', the route's own: those of `pipeline`. */
  readonly layers: readonly Layer[];
  /** The layers composed; at their end a run has its own `end`: the handler, or what answers on its behalf (405, OPTIONS, a slash redirect). */
  readonly pipeline: Chain;
  /** How many segments stand before the rest that ends the pattern; `undefined` if none does. */
  readonly segmentsBeforeRest: number | undefined;
}

/** A registered route: what its requests run. */
export interface Endpoint extends AnyEndpoint {
  readonly handler: Chain;
  /** The name of the handler's function; empty if it has none. */
  readonly handlerName: string;
}

/** A registered WebSocket route: what its sessions run. */
export interface WebSocketEndpoint extends AnyEndpoint {
  readonly end: SessionEnd;
  readonly handlerName: string;
}

/** What an app is made with, whatever its types. */
interface ApplicationOptions {
  readonly convertors?: Convertors;
  readonly request?: RequestOptions;
  readonly lifespan?: AnyLifespan;
  readonly onUnhandled?: OnUnhandled;
  readonly debug?: DebugRenderer | false | undefined;
}

type Params = Readonly<Record<string, unknown>>;

const NO_PARAMS: Params = Object.freeze(Object.create(null));

/** What an app and its groups and branches share: the routes, and the way of a request through them. */
export class Application {
  readonly root = new Branch();
  readonly requestOptions: RequestOptions | undefined;
  readonly lifespan: AnyLifespan | undefined;
  readonly #debug: DebugRenderer | false | undefined;
  /** The first app that it was mounted in. */
  #parent: Application | undefined = undefined;
  readonly #routes: Router<Endpoint>;
  /** Beside those of HTTP: a page and a session may share a path. */
  readonly #webSockets: Router<WebSocketEndpoint>;
  readonly mounts: Mounts;
  /** Which group or mount owns a path that no route matches. */
  readonly #owners: Router<Branch | Mount>;
  /** Routes and mounts in order of registration. */
  readonly #registered: (Endpoint | WebSocketEndpoint | Mount)[] = [];
  readonly #onUnhandled: OnUnhandled | undefined;
  #fetchHost: FetchHost | undefined = undefined;

  constructor({ convertors, request, lifespan, onUnhandled, debug }: ApplicationOptions) {
    this.requestOptions = request;
    this.lifespan = lifespan;
    this.#onUnhandled = onUnhandled;
    this.#debug = debug;
    this.#routes = new Router({ convertors });
    this.#webSockets = new Router({ convertors });
    this.#owners = new Router({ convertors });
    this.mounts = new Mounts(this, convertors);
  }

  /** What shows failures: that of the app it is mounted in, unless it says otherwise. */
  get debug(): DebugRenderer | false | undefined {
    return this.#debug ?? this.#parent?.debug;
  }

  get registered(): readonly (Endpoint | WebSocketEndpoint | Mount)[] {
    return this.#registered;
  }

  /** What answers `fetch`: one for all the views of an app, which have one lifespan. */
  fetchHost(app: App): FetchHost {
    this.#fetchHost ??= new FetchHost(app, this.#onUnhandled);
    return this.#fetchHost;
  }

  /** Adds a route. `own` are the layers of this route alone, inside those of its branch. */
  add(branch: Branch, info: RouteInfo, own: readonly Layer[], handler: Chain, handlerName: string): void {
    refuseNamesake(info, this.#webSockets);
    if (this.mounts.hasName(info.name)) throw nameTaken(info.name);
    const layers = [...branch.layers, ...own];
    const endpoint = { ...endpointOf(info, branch, layers), handler, handlerName };
    for (const method of info.methods) {
      this.#routes.add(method, info.pattern, endpoint, { name: info.name });
    }
    this.#registered.push(endpoint);
    branch.seal(`the route ${info.methods.join(', ')} ${info.pattern}`);
  }

  addWebSocket(
    branch: Branch,
    info: RouteInfo,
    own: readonly Layer[],
    end: SessionEnd,
    handlerName: string,
  ): void {
    refuseNamesake(info, this.#routes);
    if (this.mounts.hasName(info.name)) throw nameTaken(info.name);
    const layers = [...branch.layers, ...own];
    const endpoint = { ...endpointOf(info, branch, layers), end, handlerName };
    this.#webSockets.add('GET', info.pattern, endpoint, { name: info.name });
    this.#registered.push(endpoint);
    branch.seal(`the WebSocket route ${info.pattern}`);
  }

  /** Gives a group the paths under its prefix; of two groups with one prefix the first has them. */
  own(branch: Branch): void {
    for (const pattern of [branch.prefix, `${branch.prefix}/*`]) {
      if (!this.#owners.has('*', pattern)) this.#owners.add('*', pattern, branch);
    }
  }

  /** Gives an app the paths under a prefix that no route serves: also those of a group with the same prefix. */
  mount(branch: Branch, prefix: string, app: unknown, options: MountOptions): void {
    const { name } = options;
    const isTaken =
      name !== undefined && (this.#routes.named(name) ?? this.#webSockets.named(name)) !== undefined;
    if (isTaken) throw nameTaken(name);
    const mount = this.mounts.add(branch, prefix, app, options);
    const { pattern } = mount.info;
    for (const owned of pattern === '/' ? ['/*'] : [pattern, `${pattern}/*`]) {
      this.#owners.remove('*', owned);
      this.#owners.add('*', owned, mount);
    }
    this.#adopt(mount);
    branch.seal(`the mount "${pattern}"`);
  }

  host(branch: Branch, pattern: string, app: unknown, options: MountOptions): void {
    this.#adopt(this.mounts.addHost(branch, pattern, app, options));
    branch.seal(`the host "${pattern}"`);
  }

  /** The path of a name, below where this app is mounted. Throws `PipelineError` for a name that nothing has. */
  url(name: string, params?: Params): string {
    const path = this.findURL(name, params);
    if (path !== undefined) return path;
    const known = [...this.names()];
    const names = known.slice(0, 20).map((known) => JSON.stringify(known));
    throw new PipelineError(
      `urlFor(${JSON.stringify(name)}): nothing has that name. Known are ${names.join(', ') || 'none'}${known.length > 20 ? ', …' : ''}: ` +
        'a route has its name from its options, { name }, and so has a mount, whose routes are "mount:route".',
    );
  }

  /** The same, `undefined` for a name that nothing has. */
  findURL(name: string, params?: Params): string | undefined {
    if (this.#routes.named(name) !== undefined) return this.#routes.url(name, params);
    if (this.#webSockets.named(name) !== undefined) return this.#webSockets.url(name, params);
    return this.mounts.url(name, params);
  }

  *names(): IterableIterator<string> {
    const infos = this.#registered
      .map(({ info }) => info)
      .filter(({ kind }) => kind === 'http' || kind === 'websocket');
    yield* new Set(infos.flatMap(({ name }) => name ?? []));
    yield* this.mounts.names();
  }

  /** Answers one request. Makes no promise where nothing waits. */
  run(scope: HTTPScope, receive: Receive, send: Send): void | Promise<void> {
    if (this.mounts.hasHosts) {
      const host = this.mounts.matchHost(scope);
      if (host !== undefined) return this.#runMount(scope, receive, send, host.value, host.params);
    }
    const path = localPath(scope);
    const found = this.#routes.match(scope.method, path);
    if (found === undefined) return this.#runUnmatched(scope, receive, send, path);
    const { pipeline, handler, info, segmentsBeforeRest } = found.value;
    if (segmentsBeforeRest !== undefined) {
      const { owner, params } = this.#ownerOf(path);
      if (goesBefore(owner, segmentsBeforeRest)) return this.#runMount(scope, receive, send, owner, params);
    }
    return execute(pipeline, new Run(this, scope, receive, info, found.params, handler), send);
  }

  /** Leads one WebSocket session, or refuses it. A path with a slash too many or too few is refused: no client follows a redirect. */
  runWebSocket(scope: WebSocketScope, receive: Receive, send: Send): Promise<void> {
    const host = this.mounts.hasHosts ? this.mounts.matchHost(scope) : undefined;
    if (host !== undefined) return this.#runMountedSession(scope, receive, send, host.value, host.params);
    const path = localPath(scope);
    const found = this.#webSockets.match('GET', path);
    if (found === undefined) return this.#runUnmatchedSession(scope, receive, send, path);
    const { pipeline, end, info, segmentsBeforeRest } = found.value;
    if (segmentsBeforeRest !== undefined) {
      const { owner, params } = this.#ownerOf(path);
      if (goesBefore(owner, segmentsBeforeRest))
        return this.#runMountedSession(scope, receive, send, owner, params);
    }
    const handshake = new Handshake(scope, receive, send);
    const lead: Chain = (run) => end(run, handshake);
    const run = new Run(this, scope, receive, info, found.params, lead, handshake);
    return runSession(pipeline, run, handshake, send);
  }

  #runUnmatchedSession(scope: WebSocketScope, receive: Receive, send: Send, path: string): Promise<void> {
    const { owner, params } = this.#ownerOf(path);
    if (owner instanceof Mount) return this.#runMountedSession(scope, receive, send, owner, params);
    const handshake = new Handshake(scope, receive, send);
    const run = new Run(this, scope, receive, undefined, params, notFound(owner.errors), handshake);
    return runSession(owner.pipeline, run, handshake, send);
  }

  #runMountedSession(
    scope: WebSocketScope,
    receive: Receive,
    send: Send,
    mount: Mount,
    params: Params,
  ): Promise<void> {
    const session = new MountedSession(mount, scope, receive, send);
    const run = new Run(this, scope, receive, mount.info, params, session.end);
    return session.run(run);
  }

  #adopt(mount: Mount): void {
    this.#registered.push(mount);
    if (mount.application !== undefined) mount.application.#parent ??= this;
  }

  #runMount(
    scope: HTTPScope,
    receive: Receive,
    send: Send,
    mount: Mount,
    params: Params,
  ): void | Promise<void> {
    if (mount.isBare) return mount.app(mount.scopeBelow(scope), receive, send);
    const run = new Run(this, scope, receive, mount.info, params, mount.chainFor(scope));
    return execute(mount.pipeline, run, send);
  }

  #runUnmatched(scope: HTTPScope, receive: Receive, send: Send, path: string): void | Promise<void> {
    const { owner, params } = this.#ownerOf(path);
    if (owner instanceof Mount) return this.#runMount(scope, receive, send, owner, params);
    const found = this.#routes.matchAny(path);
    if (found !== undefined) {
      const allow = allowHeader(this.#routes.allowed(path));
      const end = scope.method === 'OPTIONS' ? answerOptions(allow) : refuseMethod(allow);
      return this.#runOnBehalf(scope, receive, send, found, end);
    }
    const other = otherSlash(scope, path);
    const elsewhere = other === undefined ? undefined : this.#routes.matchAny(other);
    if (other !== undefined && elsewhere !== undefined) {
      return this.#runOnBehalf(scope, receive, send, elsewhere, redirectTo(scope, other));
    }
    const session = this.#webSockets.match('GET', path);
    if (session !== undefined) return this.#runOnBehalf(scope, receive, send, session, askForUpgrade);
    return this.#runNotFound(scope, receive, send, owner, params);
  }

  /** Runs the pipeline of a route with another end than its handler. */
  #runOnBehalf(
    scope: HTTPScope,
    receive: Receive,
    send: Send,
    found: Match<Pick<Endpoint, 'info' | 'branch' | 'pipeline'>, Params>,
    end: (errors: ErrorScope) => Chain,
  ): void | Promise<void> {
    const { info, branch, pipeline } = found.value;
    return execute(pipeline, new Run(this, scope, receive, info, found.params, end(branch.errors)), send);
  }

  #runNotFound(
    scope: HTTPScope,
    receive: Receive,
    send: Send,
    branch: Branch,
    params: Params,
  ): void | Promise<void> {
    const isServerWide = scope.path === '*' && scope.method === 'OPTIONS';
    const end: Chain = isServerWide ? () => new Response(null, { status: 204 }) : notFound(branch.errors);
    return execute(branch.pipeline, new Run(this, scope, receive, undefined, params, end), send);
  }

  /** Whose middleware and error handlers a path has that no route matches, or which mounted app. */
  #ownerOf(path: string): { readonly owner: Branch | Mount; readonly params: Params } {
    const found = this.#owners.match('*', path);
    return { owner: found?.value ?? this.root, params: ownedParams(found?.params) };
  }
}

function execute(chain: Chain, run: Run, send: Send): void | Promise<void> {
  const response = chain(run);
  return response instanceof Promise
    ? response.then((settled) => run.answer(settled, send))
    : run.answer(response, send);
}

/** A mount says more of a path than a rest that begins further up: `get('/*', page)` leaves `/assets` to the app that is mounted there. */
function goesBefore(owner: Branch | Mount, segmentsBeforeRest: number): owner is Mount {
  return owner instanceof Mount && owner.segments > segmentsBeforeRest;
}

function endpointOf(info: RouteInfo, branch: Branch, layers: readonly Layer[]): AnyEndpoint {
  const hasRest = /\/\*\w*$/.test(info.pattern);
  const segmentsBeforeRest = hasRest ? countSegments(info.pattern) - 1 : undefined;
  return { info, branch, layers, pipeline: compose(layers, endOf), segmentsBeforeRest };
}

/** A path and a name belong together, whatever is served there: `urlFor` has the name alone. */
function refuseNamesake({ name, pattern }: RouteInfo, others: Router<unknown>): void {
  const namesake = name === undefined ? undefined : others.named(name);
  if (name === undefined || namesake === undefined || namesake.pattern === pattern) return;
  throw new NameTaken(name, pattern, namesake);
}

function nameTaken(name: string | undefined): PipelineError {
  return new PipelineError(`A route and a mount are both named ${JSON.stringify(name)}: rename one of them.`);
}

function notFound(errors: ErrorScope): Chain {
  return (run) => errors.respond(routingError(404), run);
}

/** RFC 9110, section 15.5.22; the fields go together (section 7.8). */
function askForUpgrade(errors: ErrorScope): Chain {
  const detail = 'There is a WebSocket at this path.';
  const headers = { upgrade: 'websocket', connection: 'upgrade' };
  return (run) => errors.respond(new HTTPError(426, { detail, headers }), run);
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
