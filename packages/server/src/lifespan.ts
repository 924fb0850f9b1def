import {
  type App,
  ContractViolation,
  type LifespanReceiveEvent,
  type LifespanScope,
  type Receive,
  type Send,
  type SendEvent,
  type State,
} from '@pullo/asgi';
import { ShutdownFailed, StartupFailed } from './errors.js';
import { Deferred, handledRejection } from './http/promises.js';
import type { Logger } from './logger.js';
import type { LifespanMode } from './options.js';
import { isUnsupportedScope } from './unsupported-scope.js';

/** How far the conversation with the app is. */
type Phase = 'called' | 'starting' | 'started' | 'stopping' | 'ended';

/**
 * The start and stop of an app, over the lifespan protocol (ASGI lifespan 2.0).
 *
 * An app that throws or returns before its first `receive()` does not speak the protocol; all later failures are failures.
 */
export class Lifespan {
  /** What start-up leaves for the requests, each of which gets a shallow copy. */
  readonly state: State = {};
  readonly #app: App;
  readonly #mode: LifespanMode;
  readonly #logger: Logger;
  readonly #startup = new Deferred();
  readonly #shutdown = new Deferred();
  /** Waiting for the shutdown event. */
  #receivers: ((event: LifespanReceiveEvent) => void)[] = [];
  #phase: Phase = 'called';
  #failure: unknown = null;

  constructor(app: App, mode: LifespanMode, logger: Logger) {
    this.#app = app;
    this.#mode = mode;
    this.#logger = logger;
  }

  /** Resolves when the app is ready, or does not speak the protocol; rejects with `StartupFailed`. */
  async startup(): Promise<void> {
    if (this.#mode === 'off') {
      this.#phase = 'ended';
      return;
    }
    this.#logger.log('info', 'Waiting for application startup.');
    void this.#run();
    await this.#startup.promise;
  }

  /** Resolves when the app has stopped; rejects with `ShutdownFailed`. */
  async shutdown(): Promise<void> {
    if (this.#failure !== null)
      throw new ShutdownFailed('Application shutdown failed.', { cause: this.#failure });
    if (this.#phase !== 'started') return;
    this.#logger.log('info', 'Waiting for application shutdown.');
    this.#phase = 'stopping';
    for (const resolve of this.#receivers.splice(0)) resolve({ type: 'lifespan.shutdown' });
    await this.#shutdown.promise;
    this.#logger.log('info', 'Application shutdown complete.');
  }

  async #run(): Promise<void> {
    const scope: LifespanScope = {
      type: 'lifespan',
      asgi: { version: '3.0', specVersion: '2.0' },
      state: this.state,
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
    return new Promise((resolve) => {
      this.#receivers.push(resolve);
    });
  };

  readonly #send: Send = (event) => {
    const problem = this.#problemOf(event);
    if (problem !== undefined) {
      const error = new ContractViolation('app', problem);
      this.#threw(error);
      return handledRejection(error);
    }
    switch (event.type) {
      case 'lifespan.startup.complete':
        this.#phase = 'started';
        this.#logger.log('info', 'Application startup complete.');
        this.#startup.resolve();
        return;
      case 'lifespan.startup.failed':
        this.#phase = 'ended';
        this.#startup.reject(new StartupFailed(withMessage('Application startup failed', event.message)));
        return;
      case 'lifespan.shutdown.complete':
        this.#phase = 'ended';
        this.#shutdown.resolve();
        return;
      case 'lifespan.shutdown.failed':
        this.#phase = 'ended';
        this.#shutdown.reject(new ShutdownFailed(withMessage('Application shutdown failed', event.message)));
    }
  };

  #problemOf(event: SendEvent): string | undefined {
    const type: SendEvent['type'] | undefined = event?.type;
    switch (type) {
      case 'lifespan.startup.complete':
      case 'lifespan.startup.failed':
        return this.#phase === 'starting'
          ? undefined
          : `${type} was sent, which answers lifespan.startup, and once`;
      case 'lifespan.shutdown.complete':
      case 'lifespan.shutdown.failed':
        return this.#phase === 'stopping'
          ? undefined
          : `${type} was sent, which answers lifespan.shutdown, and once`;
      default:
        return `${JSON.stringify(type)} is not an event to send on a lifespan scope`;
    }
  }

  #returned(): void {
    if (this.#phase === 'called') {
      this.#unsupported(undefined);
      return;
    }
    const question = this.#phase === 'starting' ? 'lifespan.startup' : 'lifespan.shutdown';
    if (this.#phase === 'starting' || this.#phase === 'stopping') {
      this.#threw(new ContractViolation('app', `it returned without an answer to ${question}`));
    }
    this.#phase = 'ended';
  }

  #threw(error: unknown): void {
    const phase = this.#phase;
    if (phase === 'called') {
      this.#unsupported(error);
      return;
    }
    this.#phase = 'ended';
    if (phase === 'starting') {
      this.#startup.reject(new StartupFailed('Application startup failed.', { cause: error }));
    } else if (phase === 'stopping') {
      this.#shutdown.reject(new ShutdownFailed('Application shutdown failed.', { cause: error }));
    } else if (this.#failure === null && phase === 'started') {
      this.#failure = error;
      this.#logger.log('error', 'Exception in the lifespan of the app', error);
    }
  }

  #unsupported(error: unknown): void {
    this.#phase = 'ended';
    if (this.#mode === 'on') {
      const message = 'The app does not speak the lifespan protocol, which lifespan "on" asks for.';
      this.#startup.reject(new StartupFailed(message, error === undefined ? undefined : { cause: error }));
      return;
    }
    this.#logger.log(
      'info',
      'The app does not speak the lifespan protocol: it has no start-up and shutdown.',
    );
    if (error !== undefined && !isUnsupportedScope(error)) {
      this.#logger.log('warning', 'That is, it threw this before its first receive():', error);
    }
    this.#logger.log('info', 'Application startup complete.');
    this.#startup.resolve();
  }
}

function withMessage(problem: string, message: string | undefined): string {
  return message === undefined || message === '' ? `${problem}.` : `${problem}: ${message}`;
}
