import { Response } from '@pullo/response';
import { describeValue } from './describe.js';
import type { ErrorScope } from './error-scope.js';
import { PipelineError } from './errors.js';
import type { Chain, Run } from './run.js';
import type { RunContext } from './run-context.js';
import { isPromiseLike, settle } from './settle.js';
import { isWebResponse } from './to-response.js';

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
  return (run) => {
    try {
      const result = handler(run.context);
      if (!isPromiseLike(result)) return run.own(result, name);
      return settle(
        result,
        (value) => run.own(value, name),
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

/** A layer that calls a middleware. */
export function middlewareLayer(middleware: AnyMiddleware, errors: ErrorScope): Layer {
  const name = nameOf('The middleware', middleware);
  const wrap =
    (inner: Chain): Chain =>
    (run) => {
      const step = new Step(inner, run, name);
      try {
        const result = middleware(run.context, step.next);
        if (!isPromiseLike(result)) return step.finish(result);
        return settle(
          result,
          (value) => step.finish(value),
          (error) => step.recover(error, errors, layer),
        );
      } catch (error) {
        return step.recover(error, errors, layer);
      }
    };
  const layer: Layer = { kind: 'middleware', source: middleware, wrap };
  return layer;
}

/** One call of one middleware, and what became of its `next()`. */
class Step {
  readonly next: (provided?: object) => Response | Promise<Response>;
  readonly #run: Run;
  readonly #name: string;
  #downstream: Response | Promise<Response> | undefined;
  #isOver = false;

  constructor(inner: Chain, run: Run, name: string) {
    this.#run = run;
    this.#name = name;
    run.isWatched = true;
    this.next = (provided) => {
      if (this.#isOver) return refuseLate(name);
      if (this.#downstream !== undefined) {
        throw new PipelineError(`${name} called next() twice: keep the response of the first call.`);
      }
      if (provided !== undefined) run.provide(provided, name);
      this.#downstream = inner(run);
      return this.#downstream;
    };
  }

  /** The response of the layer. What is downstream has ended by then, also if the middleware did not wait for it. */
  finish(result: unknown): Response | Promise<Response> {
    this.#isOver = true;
    const downstream = this.#downstream;
    const response = this.#choose(result);
    if (response === downstream) return response;
    if (downstream instanceof Promise) {
      return downstream.then((replaced) => this.#replace(replaced, result, response));
    }
    return downstream === undefined ? response : this.#replace(downstream, result, response);
  }

  /** A throw after `next()` waits for what is downstream; rethrowing its error keeps the response it has become. */
  recover(error: unknown, errors: ErrorScope, layer: Layer): Response | Promise<Response> {
    this.#isOver = true;
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
    if (result instanceof Response || isWebResponse(result)) return this.#run.own(result, this.#name);
    if (result !== undefined) {
      throw new PipelineError(
        `${this.#name} returned ${describeValue(result)}: return a response, or nothing after calling next().`,
      );
    }
    if (this.#downstream === undefined) {
      throw new PipelineError(
        `${this.#name} returned nothing and did not call next(): return a response, or call next().`,
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

function nameOf(kind: string, fn: { readonly name: string }): string {
  return fn.name === '' ? `${kind} without a name` : `${kind} "${fn.name}"`;
}
