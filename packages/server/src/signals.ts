import type { Logger } from './logger.js';

/** The signals that end a server: Ctrl+C, what supervisors send, and that the terminal has been closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * One Ctrl+C may arrive more than once: the terminal signals every process of its group, and npm and other wrappers hand on
 * what they got. In milliseconds; nobody presses twice that fast.
 */
const ECHO_TIME = 200;

/** A server, or the parent of several. */
export interface Stoppable {
  /** Begins to stop; does nothing if it has begun. */
  stop(signal: NodeJS.Signals | null): void;
  /** Ends the waiting of `stop`. */
  force(): void;
  readonly closed: Promise<unknown>;
}

/** What may stop a server, from before it has started. */
export interface Stopper {
  /** The server is up: what came before stops it now. */
  stops(server: Stoppable): void;
  /** The server has served its time: whether another is about to take its place, and it shall go on until it is told to stop. */
  replaces?(): boolean;
  release(): void;
}

/** The signals from the start of a server to its end: the first stops it, also during start-up; the second forces. */
export class StopSignals implements Stopper {
  readonly #logger: Logger;
  readonly #signals: readonly NodeJS.Signals[];
  #server: Stoppable | null = null;
  #received: NodeJS.Signals | null = null;
  #receivedAt = 0;
  readonly #listener = (signal: NodeJS.Signals): void => this.#take(signal);

  constructor(logger: Logger, signals: readonly NodeJS.Signals[] = SIGNALS) {
    this.#logger = logger;
    this.#signals = signals;
    for (const signal of signals) process.on(signal, this.#listener);
  }

  stops(server: Stoppable): void {
    this.#server = server;
    void server.closed.then(() => this.release());
    if (this.#received !== null) server.stop(this.#received);
  }

  release(): void {
    for (const signal of this.#signals) process.off(signal, this.#listener);
  }

  #take(signal: NodeJS.Signals): void {
    if (this.#received === null) {
      this.#received = signal;
      this.#receivedAt = performance.now();
      this.#server?.stop(signal);
      if (this.#server === null) this.#logger.log('info', `${signal}: stopping once the app has started.`);
      return;
    }
    if (signal === this.#received && performance.now() - this.#receivedAt < ECHO_TIME) return;
    if (this.#server !== null) {
      this.#logger.log('warning', `${signal} again: stopping at once.`);
      this.#server.force();
      return;
    }
    // A start-up that hangs: the signal takes its usual effect.
    this.release();
    process.kill(process.pid, signal);
  }
}
