import type { Socket } from 'node:net';
import type { ServerAddress } from '@pullo/asgi';
import type { ShutdownFailed } from './errors.js';
import type { Lifespan } from './lifespan.js';
import type { Logger } from './logger.js';
import type { NodeEngine } from './node/engine.js';
import type { Settings } from './options.js';
import type { Stoppable } from './signals.js';

/** The longest that an idle connection keeps a server that stops: a client that asks on and on is just sending its next request. */
const MAX_STOP_TIME = 250;
/** The same for one that retires. */
const MAX_RETIRE_TIME = 5000;

/** How a server came to its end. */
export interface StopReport {
  /** The signal that stopped it, or null if `close()` did. */
  signal: NodeJS.Signals | null;
  /** Whether a second signal ended it at once, without the app's shutdown. */
  isForced: boolean;
  /** How many exchanges and background tasks were cut because the graceful timeout was over. */
  cut: number;
  /** Why the app's shutdown failed, if it did. */
  error: ShutdownFailed | null;
}

/** A running server, from `serve`. */
export interface Server extends AsyncDisposable {
  /** The address that it listens on, or the path of its unix socket. */
  readonly host: string;
  /** The port that it listens on: the one picked if 0 was asked for, and 0 on a unix socket. */
  readonly port: number;
  /** Where it is reached, without a slash at the end: `http://127.0.0.1:8000`, or `unix:/run/app.sock`. */
  readonly url: string;
  /** Host and port together; the port of a unix socket is null, as it is in the scope of its requests. */
  readonly address: ServerAddress;
  /**
   * Stops: accepts nothing more, closes idle connections after a moment (250 ms, or a tenth of `gracefulTimeout` if that is
   * less), tells streams by their `exchange.signal`, waits for what runs and
   * cuts it after `gracefulTimeout`, then runs the app's lifespan shutdown. Calling it again waits for the same end.
   * Rejects with `ShutdownFailed` if the app's shutdown failed; the server has stopped all the same.
   */
  close(): Promise<void>;
  /** Resolves when the server has stopped, whatever stopped it. Never rejects. */
  readonly closed: Promise<StopReport>;
}

/** Stops the engine first and the app after it, once. */
export class RunningServer implements Server, Stoppable {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly address: ServerAddress;
  readonly closed: Promise<StopReport>;
  /** Resolves when it begins to stop. */
  readonly stopping: Promise<void>;
  readonly #engine: NodeEngine;
  readonly #lifespan: Lifespan;
  readonly #settings: Settings;
  readonly #logger: Logger;
  #isStopping = false;
  #isForced = false;
  #reportClosed: (report: StopReport) => void = () => {};
  #endWaiting: () => void = () => {};
  #reportStopping: () => void = () => {};

  constructor(
    engine: NodeEngine,
    lifespan: Lifespan,
    settings: Settings,
    logger: Logger,
    address: ServerAddress,
  ) {
    this.host = address.host;
    this.port = address.port ?? 0;
    this.url = urlOf(address, settings);
    this.address = address;
    this.#engine = engine;
    this.#lifespan = lifespan;
    this.#settings = settings;
    this.#logger = logger;
    this.closed = new Promise((resolve) => {
      this.#reportClosed = resolve;
    });
    this.stopping = new Promise((resolve) => {
      this.#reportStopping = resolve;
    });
  }

  async close(): Promise<void> {
    this.stop(null);
    const { error } = await this.closed;
    if (error !== null) throw error;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Serves a connection that another process has accepted; answers whether it does, for one that stops takes none. */
  take(socket: Socket): boolean {
    if (this.#isStopping) return false;
    this.#engine.take(socket);
    return true;
  }

  /** Begins to stop; does nothing if it has begun. */
  stop(signal: NodeJS.Signals | null): void {
    this.#begin(signal, Math.min(MAX_STOP_TIME, this.#settings.gracefulTimeout / 10));
  }

  /**
   * Begins to stop in favour of another that takes the new connections: idle ones may bring a last request until their
   * keep-alive time is over, or a tenth of the graceful timeout, so that no client meets a connection that is closed just as it sends.
   */
  retire(): void {
    const { keepAliveTimeout, gracefulTimeout } = this.#settings;
    this.#begin(null, Math.min(keepAliveTimeout, gracefulTimeout / 10, MAX_RETIRE_TIME));
  }

  /** Stops at once: what runs is cut, and the app's shutdown is not waited for. */
  force(): void {
    this.#isForced = true;
    this.#engine.force();
    this.#endWaiting();
  }

  #begin(signal: NodeJS.Signals | null, idleTime: number): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#reportStopping();
    void this.#stop(signal, idleTime).then(this.#reportClosed);
  }

  async #stop(signal: NodeJS.Signals | null, idleTime: number): Promise<StopReport> {
    this.#logger.log('info', 'Shutting down');
    const cut = await this.#engine.stop(this.#settings.gracefulTimeout, idleTime);
    if (cut > 0)
      this.#logger.log('warning', `Cut ${cut} exchanges or background tasks that were still running.`);
    const error = this.#isForced ? null : await this.#stopApp();
    if (error !== null) this.#logger.log('error', error.message, error.cause);
    this.#logger.log('info', `Finished server process [${process.pid}]`);
    this.#logger.flush?.();
    return { signal, isForced: this.#isForced, cut, error };
  }

  async #stopApp(): Promise<ShutdownFailed | null> {
    const forced = new Promise<null>((resolve) => {
      this.#endWaiting = () => resolve(null);
    });
    const failure = this.#lifespan.shutdown().then(
      () => null,
      (error: ShutdownFailed) => error,
    );
    return Promise.race([failure, forced]);
  }
}

/** Where a server is reached that listens at an address. */
export function urlOf({ host, port }: ServerAddress, { tlsCert }: Pick<Settings, 'tlsCert'>): string {
  if (port === null) return host.startsWith('fd:') ? host : `unix:${host}`;
  const scheme = tlsCert === undefined ? 'http' : 'https';
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
