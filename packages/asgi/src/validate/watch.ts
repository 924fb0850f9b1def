import type { App, Receive, Send } from '../app.js';
import { isClientDisconnected } from '../errors.js';
import type { ReceiveEvent, SendEvent } from '../events.js';
import type { Scope } from '../scope.js';
import { show } from './fields.js';
import { HTTPRules } from './http-rules.js';
import { LifespanRules } from './lifespan-rules.js';
import type { Rules } from './rules.js';
import { UnknownRules } from './unknown-rules.js';
import { ContractViolation } from './violation.js';
import { WebSocketRules } from './websocket-rules.js';

function rulesOf(scope: Scope): Rules {
  switch (scope.type) {
    case 'http':
      return new HTTPRules(scope);
    case 'websocket':
      return new WebSocketRules(scope);
    case 'lifespan':
      return new LifespanRules();
    default:
      return new UnknownRules((scope as { type: string }).type);
  }
}

/** One call of an app, watched from both sides. */
export class Watch {
  readonly #scope: Scope;
  readonly #receive: Receive;
  readonly #send: Send;
  readonly #rules: Rules;
  /** The scope as the server handed it over. */
  readonly #given: Readonly<Record<string, unknown>>;
  /** The first breach, boxed, since an app's generator of headers may throw anything. */
  #breach: { error: unknown } | undefined;
  /** Once the server has taken the last event of the app: the one event that is left to receive. */
  #lastEvent: string | undefined;
  /** The server has refused a legal event, as it does when the client has left. */
  #isCutOff = false;

  constructor(scope: Scope, receive: Receive, send: Send) {
    this.#scope = scope;
    this.#receive = receive;
    this.#send = send;
    this.#rules = rulesOf(scope);
    this.#given = { ...scope };
  }

  run(app: App): void | Promise<void> {
    let result: unknown;
    try {
      result = app(
        this.#scope,
        () => this.#received(),
        (event) => this.#sent(event),
      );
    } catch (error) {
      throw this.#breach === undefined ? error : this.#breach.error;
    }
    if (!isThenable(result)) return this.#ended(result);
    return Promise.resolve(result).then(
      (value) => this.#ended(value),
      (error) => {
        throw this.#breach === undefined ? error : this.#breach.error;
      },
    );
  }

  /** What is to be said of an app that did not throw. */
  #ended(value: unknown): void {
    if (this.#breach !== undefined) throw this.#breach.error;
    if (value !== undefined) {
      throw new ContractViolation(
        'app',
        `it returned ${show(value)}, but an app returns nothing, or a promise of nothing`,
      );
    }
    const problem = this.#rules.unfinished();
    if (problem !== undefined && !this.#hasEarlyEnd()) throw new ContractViolation('app', problem);
    this.#checkScopeUnchanged();
  }

  /** Whether the exchange ended without the app, which then need not finish it. The signal is read only when it matters. */
  #hasEarlyEnd(): boolean {
    return this.#isCutOff || ('exchange' in this.#scope && this.#scope.exchange.signal.aborted);
  }

  /** A change would show in the layers above. What `state` holds may change. */
  #checkScopeUnchanged(): void {
    const now: Readonly<Record<string, unknown>> = { ...this.#scope };
    for (const name of new Set([...Object.keys(this.#given), ...Object.keys(now)])) {
      if (Object.is(this.#given[name], now[name])) continue;
      throw new ContractViolation(
        'app',
        `it changed scope.${name} from ${show(this.#given[name])} to ${show(now[name])}: pass on a copy, { ...scope, ${name} }`,
      );
    }
  }

  #received(): Promise<ReceiveEvent> {
    return handled(this.#nextEvent());
  }

  async #nextEvent(): Promise<ReceiveEvent> {
    const lastEvent = this.#lastEvent;
    try {
      const event = await this.#callReceive();
      this.#note(() => this.#checkReceived(event, lastEvent));
      return event;
    } catch (error) {
      this.#isCutOff ||= isClientDisconnected(error);
      throw error;
    }
  }

  #checkReceived(event: ReceiveEvent, lastEvent: string | undefined): void {
    this.#rules.received(event);
    if (lastEvent === undefined || event.type === lastEvent) return;
    throw new ContractViolation(
      'server',
      `receive() gave ${event.type} after the end of the exchange: give ${lastEvent}, every time`,
    );
  }

  #callReceive(): Promise<ReceiveEvent> {
    return this.#note(() => {
      let result: unknown;
      try {
        result = this.#receive();
      } catch (error) {
        throw new ContractViolation(
          'server',
          `receive() threw ${show(error)}: it must return a promise that rejects`,
          { cause: error },
        );
      }
      if (isThenable(result)) return result as Promise<ReceiveEvent>;
      throw new ContractViolation(
        'server',
        `receive() returned ${show(result)}, but must return a promise of an event`,
      );
    });
  }

  #sent(event: SendEvent): void | Promise<void> {
    try {
      const checked = this.#note(() => this.#rules.sent(event));
      return this.#taken(this.#note(() => this.#callSend(checked)));
    } catch (error) {
      return handled(Promise.reject(error));
    }
  }

  #callSend(event: SendEvent): unknown {
    let result: unknown;
    try {
      result = this.#send(event);
    } catch (error) {
      throw new ContractViolation(
        'server',
        `send() threw ${show(error)}: it must return a promise that rejects`,
        { cause: error },
      );
    }
    if (result === undefined || isThenable(result)) return result;
    throw new ContractViolation(
      'server',
      `send() returned ${show(result)}, but must return nothing or a promise of nothing`,
    );
  }

  /** Follows an event that the server took: what it answers tells whether the client is there. */
  #taken(result: unknown): void | Promise<void> {
    const lastEvent = this.#rules.lastEvent();
    if (result === undefined) {
      this.#lastEvent ??= lastEvent;
      return;
    }
    const settled = Promise.resolve(result).then(
      (value) => {
        this.#lastEvent ??= lastEvent;
        if (value !== undefined) this.#note(() => promisedSomething(value));
      },
      (error) => {
        this.#isCutOff = true;
        throw error;
      },
    );
    return handled(settled);
  }

  /** Does something and keeps the first error that comes of it. */
  #note<Result>(check: () => Result): Result {
    try {
      return check();
    } catch (error) {
      this.#breach ??= { error };
      throw error;
    }
  }
}

function promisedSomething(value: unknown): never {
  throw new ContractViolation(
    'server',
    `send() promised ${show(value)}, but must return nothing or a promise of nothing`,
  );
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

/** The same promise, marked so that the process does not count its rejection as unhandled. */
function handled<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => {});
  return promise;
}
