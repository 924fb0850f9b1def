import type { HeadersInit } from '@pullo/asgi';
import type { Request } from '@pullo/request';
import { JSONResponse, type Response, reasonPhrase, TextResponse } from '@pullo/response';
import { HTTPError } from './errors.js';

const JSON_TYPES = ['application/problem+json', 'application/json'] as const;

/** The status of an error: its own `status` if it is one of an error, else 500. */
export function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600
    ? status
    : 500;
}

/**
 * The answer to an error that no handler took: problem details (RFC 9457) if the client prefers JSON, else text.
 * What is not meant for the client, the message of an unexpected error, is not in it.
 */
export function errorResponse(error: unknown, request: Request): Response {
  const status = statusOf(error);
  const title = reasonPhrase(status);
  const detail = detailOf(error, status);
  const headers = error instanceof HTTPError ? error.headers : undefined;
  const init: { status: number; headers?: HeadersInit } = { status, ...(headers && { headers }) };
  const preferred = request.accepts(['text/plain', ...JSON_TYPES]);
  if (preferred !== null && preferred !== 'text/plain') {
    const problem = { type: 'about:blank', title, status, ...(detail !== undefined && { detail }) };
    return new JSONResponse(problem, { ...init, mediaType: 'application/problem+json' });
  }
  return new TextResponse(`${status} ${title}${detail === undefined ? '' : `: ${detail}`}\n`, init);
}

function detailOf(error: unknown, status: number): string | undefined {
  if (error instanceof HTTPError) return error.detail;
  return error instanceof Error && status < 500 ? error.message : undefined;
}
