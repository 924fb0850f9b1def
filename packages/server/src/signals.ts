import type { Logger } from './logger.js';
import type { RunningServer } from './server.js';

/** The signals that end a server: Ctrl+C, and what supervisors send. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * One Ctrl+C may arrive more than once: the terminal signals every process of its group, and npm and other wrappers hand on
 * what they got. In milliseconds; nobody presses twice that fast.
 */
const ECHO_TIME = 200;

/** SIGINT and SIGTERM from the start of a server to its end: the first stops it, also during start-up; the second forces. */
export class StopSignals {
  readonly #logger: Logger;
  #server: RunningServer | null = null;
  #received: NodeJS.Signals | null = null;
  #receivedAt = 0;
  readonly #listener = (signal: NodeJS.Signals): void => this.#take(signal);

  constructor(logger: Logger) {
    this.#logger = logger;
    for (const signal of SIGNALS) process.on(signal, this.#listener);
  }

  /** The server is up: a signal that came before stops it now. */
  stops(server: RunningServer): void {
    this.#server = server;
    void server.closed.then(() => this.release());
    if (this.#received !== null) server.stop(this.#received);
  }

  release(): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener);
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
