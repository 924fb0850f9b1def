import type { App, LifespanScope, Receive, ReceiveEvent, Send, State } from '@pullo/asgi';
import { PipelineError } from './errors.js';
import { handledRejection } from './handled-rejection.js';

/** The start or stop of a mounted app failed; the message of one that told of it itself is all there is to know. */
export class MountedLifespanError extends Error {
  override readonly name = 'MountedLifespanError';
  readonly code = 'ERR_MOUNTED_LIFESPAN';
}

/**
 * The start and the stop of a mounted app, over the lifespan protocol. An app that throws, returns or sends before its first `receive()` does not speak
 * it, and is left alone, as servers do.
 */
export class MountedLifespan {
  readonly #app: App;
  /** For messages. */
  readonly #label: string;
  readonly #state: State;
  #phase: 'idle' | 'called' | 'starting' | 'running' | 'stopping' | 'over' = 'idle';
  /** Settles the step that is being waited for. */
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #receivers: ((event: ReceiveEvent) => void)[] = [];
  /** What it threw while requests were served. */
  #failure: { readonly error: unknown } | undefined;

  constructor(app: App, label: string, state: State) {
    this.#app = app;
    this.#label = label;
    this.#state = state;
  }

  /** Rejects with what went wrong. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#phase = 'called';
      void this.#run();
    });
  }

  stop(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#problem('stop', this.#failure.error));
    if (this.#phase !== 'running') return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#phase = 'stopping';
      for (const receive of this.#receivers.splice(0)) receive({ type: 'lifespan.shutdown' });
    });
  }

  async #run(): Promise<void> {
    const scope: LifespanScope = {
      type: 'lifespan',
      asgi: { version: '3.0', specVersion: '2.0' },
      state: this.#state,
    };
    try {
      await this.#app(scope, this.#receive, this.#send);
      this.#returned();
    } catch (error) {
      this.#threw(error);
    }
  }

  readonly #receive: Receive = () => {
    if (this.#phase === 'called') {
      this.#phase = 'starting';
      return Promise.resolve({ type: 'lifespan.startup' });
    }
    if (this.#phase === 'stopping') return Promise.resolve({ type: 'lifespan.shutdown' });
    return new Promise((resolve) => {
      this.#receivers.push(resolve);
    });
  };

  readonly #send: Send = (event) => {
    if (this.#phase === 'called') {
      this.#end();
      return handledRejection(new PipelineError(`${this.#label} sent ${event.type} to its lifespan.`));
    }
    switch (event.type) {
      case 'lifespan.startup.complete':
        if (this.#phase !== 'starting') break;
        this.#phase = 'running';
        this.#resolve();
        return;
      case 'lifespan.startup.failed':
        if (this.#phase !== 'starting') break;
        this.#fail('start', event.message);
        return;
      case 'lifespan.shutdown.complete':
        if (this.#phase !== 'stopping') break;
        this.#end();
        return;
      case 'lifespan.shutdown.failed':
        if (this.#phase !== 'stopping') break;
        this.#fail('stop', event.message);
        return;
    }
    const misuse = new PipelineError(
      `${event.type} is not what a lifespan sends while it is ${this.#phase}.`,
    );
    this.#threw(misuse);
    return handledRejection(misuse);
  };

  #returned(): void {
    if (this.#phase === 'starting') this.#fail('start', 'it returned without an answer to lifespan.startup');
    else if (this.#phase === 'stopping')
      this.#fail('stop', 'it returned without an answer to lifespan.shutdown');
    else this.#end();
  }

  #threw(error: unknown): void {
    const phase = this.#phase;
    if (phase === 'running') this.#failure = { error };
    if (phase !== 'starting' && phase !== 'stopping') {
      this.#end();
      return;
    }
    this.#phase = 'over';
    this.#reject(this.#problem(phase === 'starting' ? 'start' : 'stop', error));
  }

  #end(): void {
    this.#phase = 'over';
    this.#resolve();
  }

  #fail(step: 'start' | 'stop', message = ''): void {
    this.#phase = 'over';
    this.#reject(new MountedLifespanError(`${this.#label} failed to ${step}: ${message}`));
  }

  #problem(step: 'start' | 'stop', error: unknown): Error {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return new MountedLifespanError(`${this.#label} failed to ${step}: ${message}`, { cause: error });
  }
}
