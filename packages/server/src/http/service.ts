import type { App, ServerAddress, State } from '@pullo/asgi';
import type { Logger } from '../logger.js';
import type { Settings } from '../options.js';

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
  #running = 0;
  #whenQuiet: (() => void) | null = null;

  constructor(app: App, state: State, settings: Settings, logger: Logger) {
    this.app = app;
    this.state = state;
    this.settings = settings;
    this.logger = logger;
  }

  /** How many calls of the app have not come back yet: background work of finished exchanges counts. */
  get running(): number {
    return this.#running;
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
