import { isClientDisconnected } from '@pullo/asgi';
import { Response } from '@pullo/response';
import type { BaseContext } from './context.js';
import { describeValue } from './describe.js';
import { errorResponse } from './error-response.js';
import { HTTPError, PipelineError, thrownError } from './errors.js';
import { explainFailure } from './explain-failure.js';
import type { HandlerResult } from './handler.js';
import type { Layer } from './pipeline.js';
import { statusOf } from './problem-view.js';
import type { Run } from './run.js';
import { isPromiseLike, settle } from './settle.js';
import { isWebResponse } from './web-response.js';

/** A class of errors, abstract or not. */
// biome-ignore lint/suspicious/noExplicitAny: a constructor's parameters do not matter here, and only `any` stands for all of them
export type ErrorClass<E> = abstract new (...args: any[]) => E;

/** Turns an error into what a handler may return. */
export type ErrorHandler<E, Ctx extends BaseContext = BaseContext> = (
  error: E,
  ctx: Ctx,
) => HandlerResult | Promise<HandlerResult>;

interface Entry {
  /** The class or status that it is for. */
  readonly label: string;
  /** For messages. */
  readonly name: string;
  readonly handler: ErrorHandler<unknown>;
}

/** nginx's status for a client that has left: nobody receives it, but a log above may show it. */
const CLIENT_CLOSED_REQUEST = 499;

/** The error handlers of an app, a group or a branch; what it has none for goes to its parent. */
export class ErrorScope {
  readonly #parent: ErrorScope | undefined;
  /** By the prototype of a class, or by status. */
  readonly #entries = new Map<unknown, Entry>();

  constructor(parent?: ErrorScope) {
    this.#parent = parent;
  }

  add(kind: unknown, handler: ErrorHandler<unknown>): void {
    const { key, label } = keyOf(kind);
    if (typeof handler !== 'function') {
      throw new PipelineError(
        `onError(${label}) needs a function (error, ctx) to call, not ${describeValue(handler)}.`,
      );
    }
    if (handler.length > 2) {
      throw new PipelineError(
        `onError(${label}) needs a function (error, ctx) that returns the answer, and ${describeValue(handler)} takes ${handler.length} parameters.`,
      );
    }
    if (this.#entries.has(key)) {
      throw new PipelineError(`There is an error handler for ${label} already: keep one of them.`);
    }
    this.#entries.set(key, { label, name: `The error handler for ${label}`, handler });
  }

  /** What there is a handler for here, in order of registration, and the name of its function. */
  get handled(): readonly { readonly label: string; readonly handler: string }[] {
    return Array.from(this.#entries.values(), ({ label, handler }) => ({ label, handler: handler.name }));
  }

  /** The response that an error becomes, which came out of a layer or of the end of the chain. Never throws or rejects. */
  respond(thrown: unknown, run: Run, from?: Layer): Response | Promise<Response> {
    run.failedIn = from;
    try {
      return this.#respond(thrownError(thrown), run);
    } catch (failure) {
      return unanswerable(failure, run);
    }
  }

  #respond(error: object, run: Run): Response | Promise<Response> {
    run.error = error;
    if (isClientDisconnected(error)) return new Response(null, { status: CLIENT_CLOSED_REQUEST });
    const entry = this.#find(error);
    if (entry === undefined) return this.#respondAbove(error, run);
    const { handler, name } = entry;
    try {
      const result = handler(error, run.context);
      if (!isPromiseLike(result)) return answer(result, error, run, name);
      return settle(
        result,
        (value) => answer(value, error, run, name),
        (failure) => this.#recover(failure, run),
      );
    } catch (failure) {
      return this.#respondAbove(failure, run);
    }
  }

  #recover(failure: unknown, run: Run): Response | Promise<Response> {
    try {
      return this.#respondAbove(failure, run);
    } catch (another) {
      return unanswerable(another, run);
    }
  }

  #respondAbove(thrown: unknown, run: Run): Response | Promise<Response> {
    if (this.#parent !== undefined) return this.#parent.respond(thrown, run, run.failedIn);
    const error = thrownError(thrown);
    run.error = error;
    try {
      const response = errorResponse(error, run.context.request);
      return statusOf(error) < 500 ? response : fail(error, run, response);
    } catch (failure) {
      // Such as an HTTPError whose headers are none.
      run.error = failure;
      return fail(failure, run, errorResponse(failure, run.context.request));
    }
  }

  /** The nearest class in the prototype chain. A status is nearer than `HTTPError` and `Error`, and farther than any other class. */
  #find(error: object): Entry | undefined {
    if (this.#entries.size === 0) return undefined;
    const byStatus = this.#entries.get(statusOf(error));
    for (let proto = Object.getPrototypeOf(error); proto !== null; proto = Object.getPrototypeOf(proto)) {
      if (byStatus !== undefined && (proto === HTTPError.prototype || proto === Error.prototype))
        return byStatus;
      const entry = this.#entries.get(proto);
      if (entry !== undefined) return entry;
    }
    return byStatus;
  }
}

function fail(error: unknown, run: Run, response: Response): Response | Promise<Response> {
  run.fail(error);
  return explainFailure(error, run, response);
}

/** What was thrown fails whoever looks at it, as a revoked Proxy does: an error of ours stands for it from here on. */
function unanswerable(cause: unknown, run: Run): Response | Promise<Response> {
  const error = new PipelineError(
    'Thrown was what cannot be looked at, such as an error with a getter that throws, or a revoked Proxy: throw an Error.',
    { cause },
  );
  run.error = error;
  return fail(error, run, errorResponse(error, run.context.request));
}

/** What an error handler returned; where it has not made a response itself, of the status of the error. */
function answer(value: unknown, error: object, run: Run, name: string): Response {
  if (value instanceof Response || isWebResponse(value)) return run.own(value, name);
  const status = statusOf(error);
  if (value === null) return run.own(new Response(null, { status }), name);
  const response = run.own(value, name);
  response.status = status;
  return response;
}

function keyOf(kind: unknown): { readonly key: unknown; readonly label: string } {
  if (typeof kind === 'number' && Number.isInteger(kind) && kind >= 400 && kind < 600) {
    return { key: kind, label: String(kind) };
  }
  if (typeof kind === 'function' && typeof kind.prototype === 'object' && kind.prototype !== null) {
    return { key: kind.prototype, label: kind.name };
  }
  throw new PipelineError(
    `onError takes a class of errors or a status from 400 to 599, and then a handler, not ${describeValue(kind)} first: ` +
      'onError(Error, (error, ctx) => ...) takes every error.',
  );
}
