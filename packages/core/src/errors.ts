import type { HeadersInit } from '@pullo/asgi';
import { reasonPhrase } from '@pullo/response';
import { describeValue } from './describe.js';
import { checkProblem, type ProblemDetails } from './problem.js';
import { isWebResponse } from './web-response.js';

/** Options of an `HTTPError`. */
export interface HTTPErrorOptions extends ErrorOptions {
  /** What went wrong this time, for the client to read. Default: nothing but the status's own phrase. */
  detail?: string;
  /** Headers of the answer, such as `www-authenticate` or `retry-after`; those that describe its content are the answer's own. */
  headers?: HeadersInit;
  /** The kind of problem, and members of one's own, as problem details have them (RFC 9457). Default: none. */
  problem?: ProblemDetails;
}

/**
 * An error that is an answer: thrown in a handler or a middleware it becomes a response of its status.
 *
 * Throws a `RangeError` if the status is not one of an error (RFC 9110, sections 15.5 and 15.6), and a `TypeError` for members of
 * `problem` that problem details cannot have (RFC 9457, section 3).
 *
 * @example
 * ```ts
 * import { HTTPError } from '@pullo/core';
 *
 * export function pay(price: number, balance: number) {
 *   if (balance >= price) return balance - price;
 *   throw new HTTPError(403, {
 *     detail: `Your balance is ${balance}, and that costs ${price}.`,
 *     problem: { type: 'https://example.com/problems/out-of-credit', title: 'Out of Credit', balance },
 *   });
 * }
 * ```
 */
export class HTTPError extends Error {
  override readonly name: string = 'HTTPError';
  readonly code: string = 'ERR_HTTP';
  /** 400 to 599. */
  readonly status: number;
  readonly detail: string | undefined;
  readonly headers: HeadersInit | undefined;
  readonly problem: ProblemDetails | undefined;

  constructor(status: number, options: HTTPErrorOptions = {}) {
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(
        `HTTPError takes a status from 400 to 599, not ${status}: return a Response for any other.`,
      );
    }
    const { detail, headers, problem, ...errorOptions } = options;
    if (problem !== undefined) checkProblem(problem);
    super(statusLine(status, problem?.title, detail), errorOptions);
    this.status = status;
    this.detail = detail;
    this.headers = headers;
    this.problem = problem;
  }
}

/** The pipeline is used in a way that cannot work: the message names the place and what to do. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  readonly code = 'ERR_PIPELINE';
}

/** What the status of an error means in a few words; for one that is not registered, its class (RFC 9110, section 15). */
export function phraseOf(status: number): string {
  return reasonPhrase(status) || (status < 500 ? 'Client Error' : 'Server Error');
}

/** An error in one line, such as `404 Not Found: There is no item 7.` */
export function statusLine(status: number, title = phraseOf(status), detail?: string): string {
  return `${status} ${title}${detail === undefined ? '' : `: ${detail}`}`;
}

/**
 * An error that routing makes of a request that matches nothing. Without a stack, which would show the inside of Pullo alone and cost
 * more than all the rest of a 404: 4.8 of 7 µs.
 */
export function routingError(status: 404 | 405, options?: HTTPErrorOptions): HTTPError {
  const limit: unknown = Reflect.get(Error, 'stackTraceLimit');
  // Not an assignment, which throws where the built-ins are frozen. Nothing runs in between but the constructor.
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    return new HTTPError(status, options);
  } finally {
    Reflect.set(Error, 'stackTraceLimit', limit);
  }
}

/** What was thrown, as an object: `if (ctx.error)` and `onError(Error, ...)` hold whatever was thrown. */
export function thrownError(thrown: unknown): object {
  if (thrown instanceof Error) return thrown;
  if (typeof thrown === 'object' && thrown !== null && !isWebResponse(thrown)) return thrown;
  return new PipelineError(`Thrown was ${describeValue(thrown)}: throw an Error, or return a response.`, {
    cause: thrown,
  });
}
