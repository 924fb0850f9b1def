import type { App, LifespanReceiveEvent, LifespanScope, Receive, Send, State } from '@pullo/asgi';
import { handledRejection } from '../handled-rejection.js';
import { violation } from './misuse.js';
import { Deferred } from './promises.js';

/** How far the conversation with the app is. */
type Phase = 'called' | 'starting' | 'started' | 'stopping' | 'ended';

/** The start-up or the shutdown of an app has failed. `cause` is what it threw, if it threw. */
export class LifespanFailed extends Error {
  override readonly name = 'LifespanFailed';
  readonly code = 'ERR_LIFESPAN_FAILED';
}

/**
 * One start and stop of an app behind `fetch` (ASGI lifespan 2.0).
 *
 * An app that throws or returns before its first `receive()` does not speak the protocol, and has neither.
 */
export class FetchLifespan {
  /** What start-up leaves for the requests, each of which gets a shallow copy. */
  readonly state: State = {};
  readonly #app: App;
  readonly #onError: (error: unknown) => void;
  readonly #startup = new Deferred();
  readonly #shutdown = new Deferred();
  /** Waiting for the shutdown event. */
  #receivers: ((event: LifespanReceiveEvent) => void)[] = [];
  #phase: Phase = 'called';

  /** `onError` is told what goes wrong between start-up and shutdown. */
  constructor(app: App, onError: (error: unknown) => void) {
    this.#app = app;
    this.#onError = onError;
  }

  /** To be called once. Resolves when the app is ready; rejects with `LifespanFailed`. */
  startup(): Promise<void> {
    void this.#run();
    return this.#startup.promise;
  }

  /** To be called once, after start-up. Resolves when the app has stopped; rejects with `LifespanFailed`. */
  async shutdown(): Promise<void> {
    if (this.#phase !== 'started') return;
    this.#phase = 'stopping';
    for (const resolve of this.#receivers.splice(0)) resolve({ type: 'lifespan.shutdown' });
    await this.#shutdown.promise;
  }

  async #run(): Promise<void> {
    const asgi = { version: '3.0', specVersion: '2.0' } as const;
    const scope: LifespanScope = { type: 'lifespan', asgi, state: this.state };
    try {
      await this.#app(scope, this.#receive, this.#send);
    } catch (error) {
      this.#threw(error);
      return;
    }
    this.#returned();
  }

  readonly #receive: Receive = () => {
    if (this.#phase === 'called') {
      this.#phase = 'starting';
      return Promise.resolve({ type: 'lifespan.startup' });
    }
    return new Promise((resolve) => {
      this.#receivers.push(resolve);
    });
  };

  readonly #send: Send = (event) => {
    const type: unknown = event?.type;
    const [, step, outcome] = typeof type === 'string' ? type.split('.') : [];
    const isAnswer =
      (step === 'startup' && this.#phase === 'starting') ||
      (step === 'shutdown' && this.#phase === 'stopping');
    if (!isAnswer || (outcome !== 'complete' && outcome !== 'failed')) {
      const error = violation(
        `${JSON.stringify(type)} was sent on a lifespan scope, where nothing had asked for it`,
      );
      this.#threw(error);
      return handledRejection(error);
    }
    const message = 'message' in event ? event.message : undefined;
    this.#settle(outcome === 'failed' ? failure(step, message) : undefined);
  };

  /** The app has done what it was asked to, or has failed to. */
  #settle(error: LifespanFailed | undefined): void {
    const isStart = this.#phase === 'starting';
    this.#phase = isStart && error === undefined ? 'started' : 'ended';
    const step = isStart ? this.#startup : this.#shutdown;
    if (error === undefined) step.resolve();
    else step.reject(error);
  }

  #returned(): void {
    if (this.#phase === 'starting' || this.#phase === 'stopping') {
      this.#threw(violation('it returned from its lifespan without an answer'));
      return;
    }
    // Before its first receive(): it does not speak the protocol. After it: it has nothing to do at the end.
    this.#phase = 'ended';
    this.#startup.resolve();
  }

  #threw(error: unknown): void {
    const phase = this.#phase;
    this.#phase = 'ended';
    switch (phase) {
      case 'called':
        this.#startup.resolve();
        if (!isUnsupportedScope(error)) this.#onError(error);
        return;
      case 'starting':
        this.#startup.reject(failure('startup', undefined, error));
        return;
      case 'stopping':
        this.#shutdown.reject(failure('shutdown', undefined, error));
        return;
      case 'started':
        this.#onError(error);
    }
  }
}

function failure(step: 'startup' | 'shutdown', message = '', cause?: unknown): LifespanFailed {
  const reason = message || (cause instanceof Error ? cause.message : '');
  return new LifespanFailed(
    `The ${step} of the app failed${reason === '' ? '.' : `: ${reason}`}`,
    cause === undefined ? undefined : { cause },
  );
}

/** Also one of another copy of the contract's package. */
function isUnsupportedScope(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_UNSUPPORTED_SCOPE';
}
