import {
  type App,
  ClientDisconnected,
  type Exchange,
  type HTTPScope,
  type WebSocketScope,
} from '@pullo/asgi';
import type { Application } from './application.js';
import { type Branch, endOf } from './branch.js';
import type { RouteInfo } from './context.js';
import { DirectResponse } from './direct-response.js';
import { PipelineError } from './errors.js';
import { stateFor } from './mounted-state.js';
import { Passage } from './passage.js';
import { compose } from './pipeline.js';
import { countSegments, scopeBelow } from './root-path.js';
import type { Chain } from './run.js';

/** What a mounted app may have beside it. */
export interface MountOptions {
  /** For `ctx.urlFor('name:route')`, where the app is a Pullo, and `ctx.urlFor('name', { '*': path })`; not for a host, which paths do not reach. Default: none. */
  name?: string;
  /** Anything the application wants to know about it: it is on `ctx.route`. */
  meta?: unknown;
}

/** The apps whose inside is known: those of this package. */
const applications = new WeakMap<App, Application>();

/** Remembers what a `Pullo` is made of. */
export function remember(app: App, application: Application): void {
  applications.set(app, application);
}

/** An app that has been given a prefix or a host, with the pipeline that lies around it. */
export class Mount {
  readonly info: RouteInfo;
  readonly branch: Branch;
  readonly app: App;
  /** The inside of a mounted Pullo. */
  readonly application: Application | undefined;
  readonly pipeline: Chain;
  /** Whether nothing stands between a request and the app, which answers its own errors. */
  readonly isBare: boolean;
  /** How many its prefix has. */
  readonly segments: number;

  constructor(info: RouteInfo, branch: Branch, app: App) {
    this.info = info;
    this.branch = branch;
    this.app = app;
    this.application = applications.get(app);
    this.pipeline = compose(branch.layers, endOf);
    this.isBare = this.application !== undefined && branch.layers.length === 0;
    this.segments = info.kind === 'host' || info.pattern === '/' ? 0 : countSegments(info.pattern);
  }

  /** Which app it is: the views of a Pullo are one. */
  get key(): object {
    return this.application ?? this.app;
  }

  /** For messages, at the beginning of a sentence. */
  get label(): string {
    const { kind, pattern } = this.info;
    return kind === 'host' ? `The app of the host "${pattern}"` : `The app mounted at "${pattern}"`;
  }

  /** What ends the pipeline: the app. It gets the server's own `send` where no middleware will see its response. */
  chainFor(scope: HTTPScope): Chain {
    return (run) =>
      run.isWatched ? new Passage(this, run, scope).open() : new DirectResponse(this, run, scope);
  }

  scopeBelow<S extends HTTPScope | WebSocketScope>(scope: S): S {
    return scopeBelow(scope, this.segments, stateFor(scope.state, this.key));
  }

  /** What an app that returns without an answer has done; with the client gone there is none to give. */
  withoutResponse(scope: HTTPScope | WebSocketScope): Error {
    if (isOver(scope)) return new ClientDisconnected();
    return new PipelineError(`${this.label} returned without a response.`);
  }
}

/** Servers that are not Pullo's may leave the exchange out. */
function isOver({ exchange }: { readonly exchange?: Exchange }): boolean {
  return exchange?.signal.aborted === true;
}
