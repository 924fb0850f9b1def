import { HTTPError, phraseOf } from './errors.js';

/** Errors of other packages that are answers: those of `@pullo/request`, and of any that says that clients may see them. */
interface ExposedError extends Error {
  readonly status: number;
  readonly expose: true;
}

/** What a client may know of an error. */
export interface ProblemView {
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  /** The other members of problem details: `type` and `instance` where they were given, and extension members. */
  readonly members: readonly (readonly [name: string, value: unknown])[];
}

/**
 * The status that an error is answered with: its own if it is an answer, an `HTTPError` or one that says `expose: true`, else 500, as the `status` of an
 * HTTP client's error is that of another server.
 *
 * @example
 * ```ts
 * import { HTTPError, statusOf } from '@pullo/core';
 *
 * statusOf(new HTTPError(409)); // 409
 * statusOf(new TypeError()); // 500
 * ```
 */
export function statusOf(error: unknown): number {
  return error instanceof HTTPError || isExposed(error) ? error.status : 500;
}

/** What a client may know of an error: of an unexpected one, nothing but that there was one. */
export function problemView(error: unknown): ProblemView {
  const status = statusOf(error);
  if (!(error instanceof HTTPError) || error.problem === undefined) {
    return { status, title: phraseOf(status), detail: detailOf(error), members: [] };
  }
  const { title = phraseOf(status), ...rest } = error.problem;
  const members = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { status, title, detail: error.detail, members };
}

function isExposed(error: unknown): error is ExposedError {
  if (!(error instanceof Error) || !('expose' in error) || error.expose !== true) return false;
  if (!('status' in error) || typeof error.status !== 'number') return false;
  return Number.isInteger(error.status) && error.status >= 400 && error.status < 600;
}

function detailOf(error: unknown): string | undefined {
  if (error instanceof HTTPError) return error.detail;
  return isExposed(error) ? error.message : undefined;
}
