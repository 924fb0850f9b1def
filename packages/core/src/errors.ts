import type { HeadersInit } from '@pullo/asgi';
import { reasonPhrase } from '@pullo/response';
import { describeValue } from './describe.js';

/** Options of an `HTTPError`. */
export interface HTTPErrorOptions extends ErrorOptions {
  /** What went wrong, for the client to read. Default: nothing but the status's own phrase. */
  detail?: string;
  /** Headers of the answer, such as `www-authenticate` or `retry-after`. */
  headers?: HeadersInit;
}

/**
 * An error that is an answer: thrown in a handler or a middleware it becomes a response of its status.
 *
 * Throws a `RangeError` if the status is not one of an error (RFC 9110, sections 15.5 and 15.6).
 *
 * @example
 * ```ts
 * import { HTTPError } from '@pullo/core';
 *
 * export function find(id: number) {
 *   if (id > 100) throw new HTTPError(404, { detail: `There is no item ${id}.` });
 *   return { id };
 * }
 * ```
 */
export class HTTPError extends Error {
  override readonly name = 'HTTPError';
  readonly code = 'ERR_HTTP';
  /** 400 to 599. */
  readonly status: number;
  readonly detail: string | undefined;
  readonly headers: HeadersInit | undefined;

  constructor(status: number, options: HTTPErrorOptions = {}) {
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(
        `HTTPError takes a status from 400 to 599, not ${status}: return a Response for any other.`,
      );
    }
    const { detail, headers, ...errorOptions } = options;
    super(`${status} ${reasonPhrase(status)}${detail === undefined ? '' : `: ${detail}`}`, errorOptions);
    this.status = status;
    this.detail = detail;
    this.headers = headers;
  }
}

/** The pipeline is used in a way that cannot work: the message names the place and what to do. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  readonly code = 'ERR_PIPELINE';
}

/** What was thrown, as an object: `if (ctx.error)` and `onError(Error, ...)` hold whatever was thrown. */
export function thrownError(thrown: unknown): object {
  if (typeof thrown === 'object' && thrown !== null) return thrown;
  return new PipelineError(`Thrown was ${describeValue(thrown)}: throw an Error, or return a response.`, {
    cause: thrown,
  });
}
