import { isClientDisconnected } from '@pullo/asgi';
import { Response } from '@pullo/response';
import type { BaseContext } from './context.js';
import { errorResponse, statusOf } from './error-response.js';
import { HTTPError } from './errors.js';
import type { HandlerResult } from './handler.js';
import type { Run } from './run.js';

/** A class of errors, abstract or not. */
// biome-ignore lint/suspicious/noExplicitAny: a constructor's parameters do not matter here, and only `any` stands for all of them
export type ErrorClass<E> = abstract new (...args: any[]) => E;

/** Turns an error into what a handler may return. */
export type ErrorHandler<E, Ctx extends BaseContext = BaseContext> = (
  error: E,
  ctx: Ctx,
) => HandlerResult | Promise<HandlerResult>;

/** nginx's status for a client that has left: nobody receives it, but a log above may show it. */
const CLIENT_CLOSED_REQUEST = 499;

/** The error handlers of an app, a group or a branch; what it has none for goes to its parent. */
export class ErrorScope {
  readonly #parent: ErrorScope | undefined;
  readonly #byClass = new Map<object, ErrorHandler<unknown>>();
  readonly #byStatus = new Map<number, ErrorHandler<unknown>>();

  constructor(parent?: ErrorScope) {
    this.#parent = parent;
  }

  /** Registers for the prototype of a class, or a status; answers whether there was none before. */
  add(key: object | number, handler: ErrorHandler<unknown>): boolean {
    const handlers: Map<unknown, ErrorHandler<unknown>> = typeof key === 'number'
      ? this.#byStatus
      : this.#byClass;
    if (handlers.has(key)) return false;
    handlers.set(key, handler);
    return true;
  }

  /** The response that an error becomes. Never throws or rejects. */
  respond(error: unknown, run: Run): Response | Promise<Response> {
    run.error = error;
    if (isClientDisconnected(error)) return new Response(null, { status: CLIENT_CLOSED_REQUEST });
    const handler = this.#find(error);
    if (handler === undefined) return this.#respondAbove(error, run);
    try {
      const result = handler(error, run.context);
      if (!(result instanceof Promise)) return run.own(result, 'An error handler');
      return result
        .then((value) => run.own(value, 'An error handler'))
        .catch((failure: unknown) => this.#respondAbove(failure, run));
    } catch (failure) {
      return this.#respondAbove(failure, run);
    }
  }

  #respondAbove(error: unknown, run: Run): Response | Promise<Response> {
    if (this.#parent !== undefined) return this.#parent.respond(error, run);
    run.error = error;
    if (statusOf(error) >= 500) run.fail(error);
    return run.own(errorResponse(error, run.context.request), 'An error');
  }

  /** The nearest class in the prototype chain. A status is nearer than `HTTPError` and `Error`, and farther than any other class. */
  #find(error: unknown): ErrorHandler<unknown> | undefined {
    const byStatus = this.#byStatus.get(statusOf(error));
    for (let proto = prototypeOf(error); proto !== null; proto = Object.getPrototypeOf(proto)) {
      if (byStatus !== undefined && (proto === HTTPError.prototype || proto === Error.prototype))
        return byStatus;
      const handler = this.#byClass.get(proto);
      if (handler !== undefined) return handler;
    }
    return byStatus;
  }
}

function prototypeOf(error: unknown): object | null {
  return typeof error === 'object' && error !== null ? Object.getPrototypeOf(error) : null;
}
