import type { HeadersInit } from '@pullo/asgi';
import type { Request } from '@pullo/request';
import { JSONResponse, type Response, reasonPhrase, TextResponse } from '@pullo/response';
import { HTTPError } from './errors.js';

const JSON_TYPES = ['application/problem+json', 'application/json'] as const;

/** Errors of other packages that are answers: those of `@pullo/request`, and of any that says that clients may see them. */
interface ExposedError extends Error {
  readonly status: number;
  readonly expose: true;
}

/** The status of an error that is an answer, else 500: the `status` of an HTTP client's error is that of another server. */
export function statusOf(error: unknown): number {
  return error instanceof HTTPError || isExposed(error) ? error.status : 500;
}

function isExposed(error: unknown): error is ExposedError {
  if (!(error instanceof Error) || !('expose' in error) || error.expose !== true) return false;
  if (!('status' in error) || typeof error.status !== 'number') return false;
  return Number.isInteger(error.status) && error.status >= 400 && error.status < 600;
}

/**
 * The answer to an error that no handler took: problem details (RFC 9457) if the client prefers JSON, else text.
 * What is not meant for the client, the message of an unexpected error, is not in it.
 */
export function errorResponse(error: unknown, request: Request): Response {
  const status = statusOf(error);
  const title = reasonPhrase(status);
  const detail = detailOf(error);
  const headers = error instanceof HTTPError ? error.headers : undefined;
  const init: { status: number; headers?: HeadersInit } = { status, ...(headers && { headers }) };
  const preferred = request.accepts(['text/plain', ...JSON_TYPES]);
  if (preferred !== null && preferred !== 'text/plain') {
    const problem = { type: 'about:blank', title, status, ...(detail !== undefined && { detail }) };
    return new JSONResponse(problem, { ...init, mediaType: 'application/problem+json' });
  }
  return new TextResponse(`${status} ${title}${detail === undefined ? '' : `: ${detail}`}\n`, init);
}

function detailOf(error: unknown): string | undefined {
  if (error instanceof HTTPError) return error.detail;
  return isExposed(error) ? error.message : undefined;
}
