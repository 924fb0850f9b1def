import type { App, LifespanScope, ReceiveEvent, SendEvent, State } from '@pullo/asgi';
import { Inbox } from './inbox.js';
import { type Deferred, deferred } from './promises.js';

/**
 * Whether an app's lifespan is run: `auto` goes on without it if the app throws or returns before it asked for the
 * first event, since it does not speak lifespan then; `on` takes that for an error; `off` never calls.
 */
export type LifespanMode = 'auto' | 'on' | 'off';

/** The app's start or stop went wrong. `cause` is what it threw, if it threw. */
export class LifespanError extends Error {
  override readonly name = 'LifespanError';
  readonly code = 'ERR_LIFESPAN';
}

/** The start and the stop of an app, each run once. */
export class Lifespan {
  readonly #app: App;
  readonly #mode: LifespanMode;
  readonly #inbox = new Inbox();
  readonly #startup = step();
  readonly #shutdown = step();
  #phase: 'idle' | 'starting' | 'running' | 'stopping' | 'over' = 'idle';
  #asked = false;

  /** What runs, as a person would call it. */
  get step(): string {
    return this.#phase === 'starting' ? "the lifespan's start-up" : "the lifespan's shutdown";
  }

  /** What start-up left for the requests. */
  readonly state: State = {};

  constructor(app: App, mode: LifespanMode) {
    this.#app = app;
    this.#mode = mode;
  }

  /** Whether requests can be served without waiting. */
  get started(): boolean {
    return this.#phase === 'running' || (this.#phase === 'over' && this.#asked === false);
  }

  /** Runs the start-up once. Rejects with `LifespanError` if the app could not start. */
  start(): Promise<void> {
    if (this.#phase !== 'idle') return this.#startup.promise;
    if (this.#mode === 'off') {
      this.#over();
      return this.#startup.promise;
    }
    this.#phase = 'starting';
    void this.#run();
    return this.#startup.promise;
  }

  /** Runs the shutdown once, if the app has started. Rejects with `LifespanError` if it failed. */
  async stop(): Promise<void> {
    if (this.#phase === 'idle') {
      this.#over();
      return;
    }
    await this.#startup.promise.catch(() => {});
    if (this.#phase === 'running') {
      this.#phase = 'stopping';
      this.#inbox.put({ type: 'lifespan.shutdown' });
    }
    await this.#shutdown.promise;
  }

  /** The app sent what it may not, and may go on all the same. */
  fail(error: unknown): void {
    if (this.#phase === 'starting' && this.#asked) this.#settle({ error });
  }

  async #run(): Promise<void> {
    const scope: LifespanScope = {
      type: 'lifespan',
      asgi: { version: '3.0', specVersion: '2.0' },
      state: this.state,
    };
    this.#inbox.put({ type: 'lifespan.startup' });
    let failure: { error: unknown } | null = null;
    try {
      await this.#app(scope, this.#receive, this.#send);
    } catch (error) {
      failure = { error };
    }
    this.#settle(failure);
  }

  readonly #receive = (): Promise<ReceiveEvent> => {
    this.#asked = true;
    return this.#inbox.receive();
  };

  readonly #send = (event: SendEvent): void => {
    switch (event.type) {
      case 'lifespan.startup.complete':
        if (this.#phase !== 'starting') return;
        this.#phase = 'running';
        this.#startup.resolve();
        return;
      case 'lifespan.startup.failed':
        this.#startup.reject(new LifespanError(`The app failed to start: ${event.message ?? ''}`));
        this.#over();
        return;
      case 'lifespan.shutdown.complete':
        this.#over();
        return;
      case 'lifespan.shutdown.failed':
        this.#shutdown.reject(new LifespanError(`The app failed to stop: ${event.message ?? ''}`));
        this.#over();
    }
  };

  /** The app has returned or thrown. */
  #settle(failure: { error: unknown } | null): void {
    if (this.#phase === 'over') return;
    const speaksLifespan = this.#asked || this.#mode === 'on';
    if (this.#phase === 'starting' && speaksLifespan) {
      this.#startup.reject(outcome('start', failure));
    } else if (failure !== null && this.#asked) {
      this.#shutdown.reject(outcome('stop', failure));
    }
    this.#over();
  }

  #over(): void {
    this.#phase = 'over';
    this.#startup.resolve();
    this.#shutdown.resolve();
  }
}

function outcome(verb: 'start' | 'stop', failure: { error: unknown } | null): LifespanError {
  if (failure === null) {
    return new LifespanError(`The app returned from its lifespan before "lifespan.startup.complete".`);
  }
  const { error } = failure;
  const message = error instanceof Error ? error.message : String(error);
  return new LifespanError(`The app failed to ${verb}: ${message}`, { cause: error });
}

/** A step may fail while nobody waits for it: whoever asks later hears of it. */
function step(): Deferred {
  const result = deferred();
  result.promise.catch(() => {});
  return result;
}
