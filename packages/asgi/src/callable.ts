import type { App, Receive, Send } from './app.js';
import { inspectCustom } from './inspect.js';
import type { Scope } from './scope.js';

/** An instance of a `Callable` is an app: `await instance(scope, receive, send)` calls its `handle`. */
export interface Callable extends App {}

/**
 * The base of classes whose instances are apps. A subclass implements `handle`.
 *
 * Instances are functions, so they print as `[app Name]` and not as source code, and `JSON.stringify` refuses
 * them instead of leaving them out silently.
 *
 * @example
 * ```ts
 * import { Callable, type Receive, type Scope, type Send } from '@pullo/asgi';
 *
 * class Teapot extends Callable {
 *   protected handle(_scope: Scope, _receive: Receive, send: Send) {
 *     send({ type: 'http.response.start', status: 418 });
 *     return send({ type: 'http.response.body', body: 'short and stout' });
 *   }
 * }
 * export const app = new Teapot();
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: as above
export abstract class Callable {
  constructor() {
    const app = (scope: Scope, receive: Receive, send: Send) => instance.handle(scope, receive, send);
    // The one cast: `app` has the App signature already, and the next line gives it the prototype of the class
    // being constructed. Returning it from the constructor makes it `this` of the subclass, private fields included.
    const instance = Object.setPrototypeOf(app, new.target.prototype) as this;
    // biome-ignore lint/correctness/noConstructorReturn: that is how an instance becomes a function
    return instance;
  }

  /** Answers one exchange: what happens when the instance is called. */
  protected abstract handle(scope: Scope, receive: Receive, send: Send): void | Promise<void>;

  /** Throws `TypeError`, also for an instance deep in other data. */
  toJSON(): never {
    throw new TypeError(
      `${this.constructor.name} is an app and has no JSON form: return it from a handler or call it, but do not put it into data.`,
    );
  }

  get [Symbol.toStringTag](): string {
    return this.constructor.name;
  }

  toString(): string {
    return `[app ${this.constructor.name}]`;
  }

  /** How Node's `console.log` and `util.inspect` show it. */
  [inspectCustom](): string {
    return this.toString();
  }
}

// Instances keep `call`, `apply` and `bind`, without `extends Function`, whose constructor a strict CSP forbids.
Object.setPrototypeOf(Callable.prototype, Function.prototype);
