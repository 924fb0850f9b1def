import type { Application, Endpoint, WebSocketEndpoint } from './application.js';
import type { Branch } from './branch.js';
import type { RouteInfo } from './context.js';
import { Mount } from './mount.js';
import type { Layer } from './pipeline.js';

/** One layer of a pipeline. */
export interface MiddlewareDescription {
  /** `provider` for what `provide()` has added. */
  readonly kind: 'middleware' | 'provider';
  /** Of its function, or what `named` gave it; `null` if it has none. */
  readonly name: string | null;
  readonly description: string | null;
  /** The prefix of the app or group that it was added to, or of the one whose route has it: empty for the app. */
  readonly prefix: string;
}

/** A route, or an app that has been given a prefix or a host. */
export interface RouteDescription {
  readonly kind: RouteInfo['kind'];
  /** `*` is any. */
  readonly methods: readonly string[];
  /** The whole pattern within the app that is described, group prefixes included. */
  readonly pattern: string;
  readonly name: string | null;
  /** What was given as `meta`, as it is; `null` if nothing was. */
  readonly meta: unknown;
  /** What its requests run through, the outermost first. */
  readonly pipeline: readonly MiddlewareDescription[];
  /** The name of the handler's function, or of a mounted app's class or function; `null` if it has none. */
  readonly handler: string | null;
  /** The inside of a mounted Pullo; `null` for what is none. */
  readonly app: AppDescription | null;
}

/** An error handler. */
export interface ErrorHandlerDescription {
  /** The name of a class of errors, or a status. */
  readonly handles: string;
  /** The name of the handler's function; `null` if it has none. */
  readonly handler: string | null;
  /** The prefix of the app or group that it was added to: empty for the app. */
  readonly prefix: string;
}

/** An app as data: what `describe()` gives. It has nothing that JSON does not have, but for what applications put into `meta`. */
export interface AppDescription {
  /** Whether the app has a lifespan of its own. */
  readonly lifespan: boolean;
  /** What is in the app's own pipeline, and so in that of every route. */
  readonly pipeline: readonly MiddlewareDescription[];
  /** In order of registration. */
  readonly routes: readonly RouteDescription[];
  readonly errorHandlers: readonly ErrorHandlerDescription[];
}

/** An app as data. */
export function describeApp(application: Application): AppDescription {
  return {
    lifespan: application.lifespan !== undefined,
    pipeline: describePipeline(application.root),
    routes: application.registered.map(describeEntry),
    errorHandlers: [...describeErrorHandlers(application.root)],
  };
}

function describeEntry(entry: Endpoint | WebSocketEndpoint | Mount): RouteDescription {
  const { kind, methods, pattern, name, meta } = entry.info;
  const isMount = entry instanceof Mount;
  const own = isMount ? [] : entry.layers.slice(entry.branch.layers.length);
  const ownSteps = own.map((layer) => describeLayer(layer, entry.branch.prefix));
  return {
    kind,
    methods,
    pattern,
    name: name ?? null,
    meta: meta ?? null,
    pipeline: [...describePipeline(entry.branch), ...ownSteps],
    handler: (isMount ? appName(entry) : entry.handlerName) || null,
    app: isMount && entry.application !== undefined ? describeApp(entry.application) : null,
  };
}

/** Instances of classes, as responses are, have no name of a function. */
function appName({ app }: Mount): string {
  const kind = Object.prototype.toString.call(app).slice(8, -1);
  return kind.endsWith('Function') ? app.name : kind;
}

function describePipeline(branch: Branch): MiddlewareDescription[] {
  return branch.placedLayers.map(({ layer, prefix }) => describeLayer(layer, prefix));
}

/** A description is an own property, which `named` sets. */
function describeLayer({ kind, source }: Layer, prefix: string): MiddlewareDescription {
  const description: unknown = Object.getOwnPropertyDescriptor(source, 'description')?.value;
  const text = typeof description === 'string' ? description : null;
  return { kind, name: source.name || null, description: text, prefix };
}

function* describeErrorHandlers(branch: Branch): Generator<ErrorHandlerDescription, void> {
  for (const { label, handler } of branch.errors.handled) {
    yield { handles: label, handler: handler || null, prefix: branch.prefix };
  }
  for (const child of branch.children) yield* describeErrorHandlers(child);
}
