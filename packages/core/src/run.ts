import {
  type HTTPScope,
  isClientDisconnected,
  type Receive,
  type Send,
  type WebSocketScope,
} from '@pullo/asgi';
import type { Request } from '@pullo/request';
import { BodyUsed, type Response } from '@pullo/response';
import type { Application } from './application.js';
import type { RouteInfo } from './context.js';
import { describeValue } from './describe.js';
import { PipelineError } from './errors.js';
import type { Handshake } from './handshake.js';
import { MountedExchange } from './mounted-exchange.js';
import type { Layer } from './pipeline.js';
import { RunContext } from './run-context.js';
import { isPromiseLike } from './settle.js';
import { toResponse } from './to-response.js';

/** A composed piece of pipeline. It never throws and never rejects: errors have become responses. */
export type Chain = (run: Run) => Response | Promise<Response>;

type Params = Readonly<Record<string, unknown>>;

/** One request on its way through the pipeline: what the chain needs and a handler does not see. */
export class Run {
  readonly application: Application;
  readonly scope: HTTPScope | WebSocketScope;
  readonly receive: Receive;
  readonly route: RouteInfo | undefined;
  readonly params: Params;
  readonly context: RunContext;
  /** What the pipeline ends in: the handler, or what answers in its place. */
  readonly end: Chain;
  request: Request | undefined = undefined;
  /** Of a WebSocket session. */
  readonly handshake: Handshake | undefined;
  /** The last error thrown; shown as `ctx.error`. */
  error: unknown = undefined;
  /** The layer that it came out of; `undefined` for the end of the chain. */
  failedIn: Layer | undefined = undefined;
  /** Sends the response in surroundings of its own, as `contextStorage()` does. */
  sending: ((send: () => void | Promise<void>) => void | Promise<void>) | undefined = undefined;
  /** How many middleware have been called. */
  depth = 0;
  /** The place in the chain of what has ended last: the first middleware is 1, and the handler comes after the last. */
  ended = 0;
  /** The response made last: it belongs to this request alone. */
  response: Response | undefined = undefined;
  #failures: unknown[] | undefined = undefined;
  #background: Promise<unknown>[] | undefined = undefined;
  #replaced: Response[] | undefined = undefined;
  /** Nothing is waited for any more. */
  #isOver = false;

  constructor(
    application: Application,
    scope: HTTPScope | WebSocketScope,
    receive: Receive,
    route: RouteInfo | undefined,
    params: Params,
    end: Chain,
    handshake?: Handshake,
  ) {
    this.application = application;
    this.scope = scope;
    this.receive = receive;
    this.route = route;
    this.params = params;
    this.end = end;
    this.handshake = handshake;
    this.context = new RunContext(this);
  }

  /** Whether a middleware will see the response. */
  get isWatched(): boolean {
    return this.depth > 0;
  }

  /** Adds what a layer provides to the context. Refuses `next(error)`, and instances, whose methods would be left behind. */
  provide(provided: unknown, layer: string): void {
    if (!isPlain(provided)) {
      const advice = provided instanceof Error ? 'throw it' : 'give a plain object, { name: value }';
      throw new PipelineError(`${layer} provides ${describeValue(provided)}: ${advice}.`);
    }
    for (const [key, value] of Object.entries(provided)) {
      if (key in RunContext.prototype) {
        throw new PipelineError(
          `${layer} provides "${key}", which is a part of every context: choose another key.`,
        );
      }
      // True of a context by the types of the pipeline, which say what each layer finds there.
      (this.context as unknown as Record<string, unknown>)[key] = value;
    }
  }

  /**
   * What a handler or a middleware returned, as a response that the request may change: an instance that other requests may
   * share is copied where a middleware could write to it.
   */
  own(value: unknown, name: string): Response {
    const response = toResponse(value, name);
    const mayBeShared = this.isWatched && response === value && response !== this.response;
    this.response = mayBeShared ? response.copy() : response;
    return this.response;
  }

  /** Takes over a response that has been made for this request alone. */
  adopt(response: Response): void {
    this.response = response;
  }

  /** Keeps an error that nobody took: it is thrown out of the app once the answer is sent. */
  fail(error: unknown): void {
    this.#failures ??= [];
    this.#failures.push(error);
  }

  /**
   * Ends, when the exchange is over, the stream of a response that another has replaced: until then what has replaced it
   * may be reading from it.
   */
  drop(response: Response): void {
    if (!isStream(response.content)) return;
    this.#replaced ??= [];
    this.#replaced.push(response);
  }

  waitUntil(promise: PromiseLike<unknown>): void {
    if (!isPromiseLike(promise)) {
      throw new PipelineError(`waitUntil() takes a promise, not ${describeValue(promise)}.`);
    }
    if (this.#isOver) {
      // The caller hears of the mistake: the promise, which nobody has, must not end the process on top of that.
      promise.then(undefined, () => {});
      throw new PipelineError(
        'waitUntil() came when the exchange was over: call it before the handler returns, or in what it has been given.',
      );
    }
    this.#background ??= [];
    this.#background.push(Promise.resolve(promise).catch((error: unknown) => this.fail(error)));
  }

  /** Sends the response, and waits for what goes on after it only if there is something. */
  answer(response: Response, send: Send): void | Promise<void> {
    if (this.error !== undefined) this.#tellAbove();
    const sent = this.#send(response, send);
    if (
      sent !== undefined ||
      this.#background !== undefined ||
      this.#failures !== undefined ||
      this.#replaced !== undefined
    ) {
      return this.#conclude(sent);
    }
    this.#isOver = true;
    return this.request?.dispose();
  }

  /** Where this app is mounted, the pipeline above has the error on its `ctx.error` by the time that it gets the response. */
  #tellAbove(): void {
    const { exchange } = this.scope;
    if (exchange instanceof MountedExchange) exchange.tell(this.error);
  }

  /** A response of a class of one's own may throw where those of Pullo reject. */
  #send(response: Response, send: Send): void | Promise<void> {
    const { scope, receive, sending } = this;
    try {
      return sending === undefined
        ? response(scope, receive, send)
        : sending(() => response(scope, receive, send));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #conclude(sent: void | Promise<void>): Promise<void> {
    await this.#attempt(() => sent?.catch((error: unknown) => this.#rethrow(error)));
    // What runs in the background may add more of it.
    for (const promise of this.#background ?? []) await promise;
    this.#isOver = true;
    for (const response of this.#replaced ?? []) await this.#attempt(() => response.cancel());
    await this.#attempt(() => this.request?.dispose());
    if (this.#failures === undefined) return;
    throw this.#failures.length === 1
      ? this.#failures[0]
      : new AggregateError(this.#failures, 'Several errors came out of one request.');
  }

  /** The stack of a stream that was sent before shows nothing of the app, so that the message names the route. */
  #rethrow(error: unknown): never {
    if (!(error instanceof BodyUsed) || this.route === undefined) throw error;
    const { methods, pattern } = this.route;
    throw new PipelineError(
      `The handler of ${methods.join(', ')} ${pattern} returned a response whose stream has been sent already: make one for each request.`,
      { cause: error },
    );
  }

  /** One step of the end, which does not keep the others from being made. */
  async #attempt(step: () => void | Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      // Nobody is there any more to be told, and an error of the handler must not be hidden by it.
      if (!isClientDisconnected(error)) this.fail(error);
    }
  }
}

function isStream(content: Response['content']): boolean {
  return typeof content === 'object' && content !== null && !(content instanceof Uint8Array);
}

/** Whether an object has its keys from its literal: also one of another realm, and of no prototype. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
