import { HeaderList, type HTTPScope, type WebSocketScope } from '@pullo/asgi';
import { type Convertors, type Match, RouteConflict, Router } from '@pullo/router';
import { HostRouter } from '@pullo/router/host';
import type { Application } from './application.js';
import type { Branch } from './branch.js';
import type { RouteInfo } from './context.js';
import { PipelineError } from './errors.js';
import { Mount, type MountOptions } from './mount.js';
import { checkApp } from './mountable.js';

type Params = Readonly<Record<string, unknown>>;

/** The apps mounted in an app, by prefix and by host. */
export class Mounts {
  /** A plain property: every request asks for it. */
  hasHosts = false;
  readonly #all: Mount[] = [];
  /** By the pattern of what lies below them, which is what names are made into. */
  readonly #prefixes: Router<Mount>;
  readonly #hosts: HostRouter<Mount>;
  readonly #application: Application;

  constructor(application: Application, convertors: Convertors | undefined) {
    this.#application = application;
    this.#prefixes = new Router({ convertors });
    this.#hosts = new HostRouter({ convertors });
  }

  get list(): readonly Mount[] {
    return this.#all;
  }

  /** Throws `PipelineError` for a prefix that is none, and for what cannot be mounted. */
  add(branch: Branch, prefix: string, given: unknown, options: MountOptions): Mount {
    const call = `mount(${JSON.stringify(prefix)})`;
    if (typeof prefix !== 'string' || (prefix !== '/' && !/^\/.*[^/]$/s.test(prefix))) {
      throw new PipelineError(
        `The prefix of a mount begins with "/" and does not end with it, unlike ${JSON.stringify(prefix)}: "/" alone is for an app that has all the rest.`,
      );
    }
    const pattern = branch.resolve(prefix);
    const mount = this.#make('mount', call, pattern, branch, given, options);
    try {
      this.#prefixes.add('*', below(pattern), mount, { name: options.name });
    } catch (error) {
      if (!(error instanceof RouteConflict)) throw error;
      const existing = JSON.stringify(error.existing.pattern.slice(0, -'/*'.length) || '/');
      throw new PipelineError(
        `${call}: there is an app at ${existing} already, mount one of them elsewhere.`,
        {
          cause: error,
        },
      );
    }
    this.#all.push(mount);
    return mount;
  }

  /** As above. */
  addHost(branch: Branch, pattern: string, given: unknown, options: MountOptions): Mount {
    const call = `host(${JSON.stringify(pattern)})`;
    if (branch.prefix !== '') {
      throw new PipelineError(
        `${call} stands in the group "${branch.prefix}", but a host has all of its paths: call it on the app.`,
      );
    }
    const mount = this.#make('host', call, pattern, branch, given, options);
    this.#hosts.add(pattern, mount);
    this.hasHosts = true;
    this.#all.push(mount);
    return mount;
  }

  /** The app of the host that a request asks for. Several `Host` fields, or one that is malformed, are no host. */
  matchHost({ headers }: HTTPScope | WebSocketScope): Match<Mount, Params> | undefined {
    const host = (headers instanceof HeaderList ? headers : new HeaderList(headers)).get('host');
    return host === null ? undefined : this.#hosts.match(host);
  }

  /** Whether an app is mounted here, or in one that is. */
  reaches(application: Application): boolean {
    return this.#all.some(
      (mount) => mount.application === application || mount.application?.mounts.reaches(application),
    );
  }

  hasName(name: string | undefined): boolean {
    return name !== undefined && this.#prefixes.named(name) !== undefined;
  }

  /** The names that lead to mounted apps and to what is named in them. */
  *names(): IterableIterator<string> {
    for (const { info, application } of this.#all) {
      if (info.kind === 'host' || info.name === undefined) continue;
      yield info.name;
      for (const inner of application?.names() ?? []) yield `${info.name}:${inner}`;
    }
  }

  /** The path of a mounted app, or of what has a name in it; `undefined` where nothing has. */
  url(name: string, params: Params = {}): string | undefined {
    if (this.#prefixes.named(name) !== undefined) return this.#prefixes.url(name, { '*': '', ...params });
    for (const { info, application } of this.#all) {
      if (info.kind === 'host' || info.name === undefined || !name.startsWith(`${info.name}:`)) continue;
      const inner = application?.findURL(name.slice(info.name.length + 1), params);
      if (inner === undefined) continue;
      return this.#prefixes.url(info.name, { ...params, '*': '' }).slice(0, -1) + inner;
    }
    return undefined;
  }

  #make(
    kind: 'mount' | 'host',
    call: string,
    pattern: string,
    branch: Branch,
    given: unknown,
    options: MountOptions,
  ): Mount {
    const { name, meta } = options;
    const app = checkApp(given, call);
    const info: RouteInfo = Object.freeze({ kind, methods: ANY, pattern, name, meta });
    const mount = new Mount(info, branch, app);
    const { application } = mount;
    if (application === this.#application || application?.mounts.reaches(this.#application)) {
      throw new PipelineError(`${call} would mount the app in itself: requests would never come to an end.`);
    }
    return mount;
  }
}

const ANY = Object.freeze(['*']);

function below(pattern: string): string {
  return pattern === '/' ? '/*' : `${pattern}/*`;
}
