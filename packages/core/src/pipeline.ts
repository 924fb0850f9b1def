import { Callable } from '@pullo/asgi';
import { Response } from '@pullo/response';
import { describeValue } from './describe.js';
import type { ErrorScope } from './error-scope.js';
import { PipelineError } from './errors.js';
import type { Chain, Run } from './run.js';
import type { RunContext } from './run-context.js';
import { isPromiseLike, settle } from './settle.js';
import { isWebResponse } from './web-response.js';

/** One layer of a pipeline. */
export interface Layer {
  readonly kind: 'middleware' | 'provider';
  /** What was given: its name, and what else it carries, tell about the layer. */
  readonly source: AnyMiddleware | AnyProvider;
  /** Given the chain below it, the chain that begins with it. */
  readonly wrap: (inner: Chain) => Chain;
}

// Inside, the types of what is provided are gone: they were checked where the pipeline was built.
export type AnyMiddleware = (
  ctx: RunContext,
  next: (provided?: object) => Response | Promise<Response>,
) => unknown;
export type AnyHandler = (ctx: RunContext) => unknown;
export type AnyProvider = (ctx: RunContext) => unknown;

/** Puts layers around a chain, the first outermost. */
export function compose(layers: readonly Layer[], end: Chain): Chain {
  return layers.reduceRight((inner, layer) => layer.wrap(inner), end);
}

/** The end of a chain: a handler, whose result becomes a response. */
export function handlerChain(handler: AnyHandler, errors: ErrorScope, name: string): Chain {
  const answer = (value: unknown, run: Run): Response => {
    const response = run.own(value, name);
    run.ended = run.depth + 1;
    return response;
  };
  return (run) => {
    try {
      const result = handler(run.context);
      if (!isPromiseLike(result)) return answer(result, run);
      return settle(
        result,
        (value) => answer(value, run),
        (error) => errors.respond(error, run),
      );
    } catch (error) {
      return errors.respond(error, run);
    }
  };
}

/** A layer that adds what a function returns to the context; a response that it returns ends the request. */
export function providerLayer(provider: AnyProvider, errors: ErrorScope): Layer {
  const name = nameOf('The provider', provider);
  const wrap = (inner: Chain): Chain => {
    const proceed = (value: unknown, run: Run): Response | Promise<Response> => {
      if (value instanceof Response || isWebResponse(value)) return run.own(value, name);
      run.provide(value, name);
      return inner(run);
    };
    return (run) => {
      try {
        const result = provider(run.context);
        if (!isPromiseLike(result)) return proceed(result, run);
        return settle(
          result,
          (value) => proceed(value, run),
          (error) => errors.respond(error, run, layer),
        );
      } catch (error) {
        return errors.respond(error, run, layer);
      }
    };
  };
  const layer: Layer = { kind: 'provider', source: provider, wrap };
  return layer;
}

/** A layer that calls a middleware. Throws `PipelineError` for what is none. */
export function middlewareLayer(given: unknown, errors: ErrorScope): Layer {
  const middleware = readMiddleware(given);
  const name = nameOf('The middleware', middleware);
  const wrap = (inner: Chain): Chain => {
    const place = { layer, name, errors, inner };
    return (run) => {
      const step = new Step(run, place);
      try {
        const result = middleware(run.context, (provided) => step.next(provided));
        return isPromiseLike(result) ? step.wait(result) : step.finish(result);
      } catch (error) {
        return step.recover(error);
      }
    };
  };
  const layer: Layer = { kind: 'middleware', source: middleware, wrap };
  return layer;
}

/** A middleware in one chain. */
interface Place {
  readonly layer: Layer;
  /** For messages. */
  readonly name: string;
  readonly errors: ErrorScope;
  /** What `next()` runs. */
  readonly inner: Chain;
}

/** One call of one middleware, and what became of its `next()`. */
class Step {
  readonly #run: Run;
  readonly #place: Place;
  readonly #depth: number;
  #downstream: Response | Promise<Response> | undefined = undefined;
  #isOver = false;

  constructor(run: Run, place: Place) {
    this.#run = run;
    this.#place = place;
    this.#depth = ++run.depth;
  }

  next(provided: object | undefined): Response | Promise<Response> {
    const { name, inner } = this.#place;
    if (this.#isOver) return refuseLate(name);
    if (this.#downstream !== undefined) {
      throw new PipelineError(`${name} called next() twice: keep the response of the first call.`);
    }
    if (provided !== undefined) this.#run.provide(provided, name);
    this.#downstream = inner(this.#run);
    return this.#downstream;
  }

  /** The response of a middleware that has returned a promise. One `then` for a layer: each is a promise more (docs/benchmarks/pipeline.md). */
  wait(result: PromiseLike<unknown>): Promise<Response> {
    const downstream = this.#downstream;
    if (downstream instanceof Promise && result === downstream) {
      // What is below never rejects, and its response is the request's own.
      this.#isOver = true;
      return downstream;
    }
    const promise = result instanceof Promise ? result : Promise.resolve(result);
    return promise.then(
      (value) => this.#settle(value),
      (error) => this.recover(error),
    );
  }

  #settle(value: unknown): Response | Promise<Response> {
    try {
      return this.finish(value);
    } catch (error) {
      return this.recover(error);
    }
  }

  /** The response of the layer. What is downstream has ended by then, also if the middleware did not wait for it. */
  finish(result: unknown): Response | Promise<Response> {
    this.#isOver = true;
    const run = this.#run;
    const downstream = this.#downstream;
    // What is below has ended, and its response is handed on: nothing to wait for, and nothing to check.
    const { response: own } = run;
    if (run.ended === this.#depth + 1 && own !== undefined && (result === own || result === undefined)) {
      run.ended = this.#depth;
      return own;
    }
    const response = this.#choose(result);
    if (response === downstream) return response;
    if (downstream instanceof Promise) {
      return downstream.then((replaced) => this.#replace(replaced, result, response));
    }
    return downstream === undefined ? response : this.#replace(downstream, result, response);
  }

  /** A throw after `next()` waits for what is downstream; rethrowing its error keeps the response it has become. */
  recover(error: unknown): Response | Promise<Response> {
    this.#isOver = true;
    const { errors, layer } = this.#place;
    const run = this.#run;
    const downstream = this.#downstream;
    if (downstream === undefined) return errors.respond(error, run, layer);
    const after = (response: Response): Response | Promise<Response> => {
      // `throw undefined` rethrows nothing: ctx.error is undefined only where nothing has been thrown.
      if (error !== undefined && error === run.error) return response;
      run.drop(response);
      return errors.respond(error, run, layer);
    };
    return downstream instanceof Promise ? downstream.then(after) : after(downstream);
  }

  #replace<R>(downstream: Response, result: unknown, response: R): R {
    if (downstream !== result) this.#run.drop(downstream);
    return response;
  }

  #choose(result: unknown): Response | Promise<Response> {
    const { name } = this.#place;
    if (result instanceof Response || isWebResponse(result)) return this.#run.own(result, name);
    if (result !== undefined) {
      throw new PipelineError(
        `${name} returned ${describeValue(result)}: return a response, or nothing after calling next().`,
      );
    }
    if (this.#downstream === undefined) {
      throw new PipelineError(
        `${name} returned nothing and did not call next(): return a response, or call next().`,
      );
    }
    return this.#downstream;
  }
}

/** Nobody may be there to catch it, and a timer that throws would end the process: the refusal is for those who await it. */
function refuseLate(name: string): Promise<Response> {
  const refusal = Promise.reject(
    new PipelineError(
      `${name} called next() after it had returned: await next(), or return what it returns.`,
    ),
  );
  refusal.catch(() => {});
  return refusal;
}

/** JavaScript has no compiler that would say what a middleware is. */
function readMiddleware(given: unknown): AnyMiddleware {
  if (typeof given !== 'function') {
    throw new PipelineError(`A middleware is a function (ctx, next), not ${describeValue(given)}.`);
  }
  if (given instanceof Callable) {
    throw new PipelineError(
      `A middleware is a function (ctx, next), and ${describeValue(given)} is an app, which takes (scope, receive, send).`,
    );
  }
  if (given.length > 2) {
    throw new PipelineError(
      `A middleware is a function (ctx, next), and ${describeValue(given)} takes ${given.length} parameters, as those of Express, (req, res, next), do: it would get no res.`,
    );
  }
  // True by the signatures of those who register it: the context provides what the middleware requires.
  return given as AnyMiddleware;
}

function nameOf(kind: string, fn: { readonly name: string }): string {
  return fn.name === '' ? `${kind} without a name` : `${kind} "${fn.name}"`;
}
