import { AsyncResource } from 'node:async_hooks';
import type { App, ServerAddress, State } from '@pullo/asgi';
import { headerOf } from '../http-options.js';
import type { Logger } from '../logger.js';
import type { Settings } from '../options.js';
import { ProxyReader } from '../proxy/proxy-headers.js';
import { HeadText } from './head-text.js';

/** What the exchanges of one server share. */
export class Service {
  readonly app: App;
  readonly state: State;
  readonly settings: Settings;
  readonly logger: Logger;
  /** Whether the server is stopping: every answer closes its connection then. */
  isDraining = false;
  /** Whether connections that wait for a request are closed. */
  closesIdle = false;
  /** The address of a server whose connections have none: the path of its unix socket. */
  path: ServerAddress | null = null;
  /** Fields for every response, flat, with names in lower case. */
  readonly defaults: readonly string[];
  readonly heads: HeadText;
  /** Null where no proxy is trusted. */
  readonly proxies: ProxyReader | null;
  /** What no exchange runs in. */
  readonly outside = new AsyncResource('Pullo');
  /** Called once, when the server has taken as many requests as it should. */
  whenExhausted: () => void = () => {};
  /** How many requests the server still takes before it is to stop. */
  #left: number;
  #running = 0;
  #whenQuiet: (() => void) | null = null;

  constructor(app: App, state: State, settings: Settings, logger: Logger) {
    this.app = app;
    this.state = state;
    this.settings = settings;
    this.logger = logger;
    this.defaults = defaultsOf(settings);
    this.heads = new HeadText(settings);
    this.proxies = settings.trustedProxies.length === 0 ? null : new ProxyReader(settings);
    this.#left = settings.maxRequests + Math.floor(Math.random() * (settings.maxRequestsJitter + 1));
  }

  /** How many calls of the app have not come back yet: background work of finished exchanges counts. */
  get running(): number {
    return this.#running;
  }

  /** Whether as many calls are under way as may be. */
  get isFull(): boolean {
    return this.#running >= this.settings.limitConcurrency;
  }

  /** A request has come that an app is called for. */
  count(): void {
    this.#left--;
    if (this.#left === 0) this.whenExhausted();
  }

  enter(): void {
    this.#running++;
  }

  leave(): void {
    this.#running--;
    if (this.#running === 0) this.#whenQuiet?.();
  }

  /** Resolves once no call of the app is under way. */
  quiet(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenQuiet = resolve;
    });
  }
}

function defaultsOf({ headers, serverHeader }: Settings): readonly string[] {
  const pairs = headers.map(headerOf).filter((pair) => pair !== null);
  if (serverHeader && !pairs.some(([name]) => name === 'server')) pairs.push(['server', 'pullo']);
  return pairs.flat();
}
