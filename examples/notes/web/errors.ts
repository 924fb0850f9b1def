import {
  type BaseContext,
  HTTPError,
  JSONResponse,
  mergeHeaders,
  type Request,
  type Response,
  reasonPhrase,
} from '@pullo/core';
import { errorPage } from './error-page.js';
import { seeOther } from './see-other.js';

/** Problem details (RFC 9457). */
interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
}

/** Answers with a page of ours to those who like pages best. Thrown on, the error is answered by Pullo: as text, or as JSON. */
export function showError(error: Error, ctx: BaseContext): Response {
  if (!wantsPage(ctx.request)) throw error;
  return withHeaders(errorPage(problemOf(error, ctx)), error);
}

/** Who has to sign in first is sent there, and then on to where they were going. */
export function askToSignIn(error: Error, ctx: BaseContext): Response {
  const { request } = ctx;
  if (request.method !== 'GET' || !wantsPage(request)) return showError(error, ctx);
  const { pathname, search } = request.url;
  return seeOther(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}

/** Answers with JSON, whatever was asked for: that is what the API speaks. */
export function problemJSON(error: Error, ctx: BaseContext): Response {
  const problem = problemOf(error, ctx);
  const response = new JSONResponse(problem, {
    status: problem.status,
    mediaType: 'application/problem+json',
  });
  return withHeaders(response, error);
}

function wantsPage(request: Request): boolean {
  return request.accepts(['text/plain', 'application/json', 'text/html']) === 'text/html';
}

/** What a client may know of an error. An unexpected one tells it nothing, and goes to the server's log. */
function problemOf(error: Error, ctx: BaseContext): Problem {
  const status = isForClients(error) ? error.status : 500;
  // A rejection of this kind comes out of the app after the answer.
  if (status >= 500) ctx.waitUntil(Promise.reject(error));
  const { problem, detail } = error instanceof HTTPError ? error : { problem: {}, detail: error.message };
  const isTold = isForClients(error) && detail !== undefined;
  return { title: reasonPhrase(status), ...problem, status, ...(isTold && { detail }) };
}

/** Errors of this app, and those of `@pullo/request` that say so themselves: a form that is too large, JSON that is none. */
function isForClients(error: Error): error is Error & { readonly status: number } {
  if (error instanceof HTTPError) return true;
  return 'expose' in error && error.expose === true && 'status' in error && typeof error.status === 'number';
}

/** `Allow`, `Retry-After` and `WWW-Authenticate` belong to the answer, however it looks. */
function withHeaders(response: Response, error: Error): Response {
  if (error instanceof HTTPError && error.headers !== undefined)
    mergeHeaders(response.headers, error.headers);
  return response;
}
