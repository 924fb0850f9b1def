import { HeaderList } from '@pullo/asgi';
import type { Request } from '@pullo/request';
import { addVary, HTMLResponse, JSONResponse, type Response, TextResponse } from '@pullo/response';
import { type ErrorFormat, errorFormat } from './error-format.js';
import { HTTPError, statusLine } from './errors.js';
import { memberText } from './member-text.js';
import { PROBLEM_PAGE_POLICY, problemPage } from './problem-page.js';
import { type ProblemView, problemView } from './problem-view.js';

/** Those of an `HTTPError` may come from an answer that is passed on, and would say of this one what is not true. */
const CONTENT_FIELDS = ['content-type', 'content-length', 'content-encoding'] as const;

/** Options of `errorResponse`. */
export interface ErrorResponseOptions {
  /** What the answer is: problem details as JSON, a page, or a line of text. Default: what the client's `Accept` prefers. */
  as?: ErrorFormat;
}

/**
 * The answer that an error gets where no handler takes it: problem details (RFC 9457), a page or text, as `Accept` has it, or `as` says.
 *
 * What is not meant for the client, the message of an unexpected error, is not in it. Throws `InvalidHeader` for an `HTTPError` whose headers are none.
 *
 * @example
 * ```ts
 * import { errorResponse, HTTPError, Pullo } from '@pullo/core';
 *
 * export const app = new Pullo().group('/api', (api) => {
 *   api.onError(HTTPError, (error, { request }) => errorResponse(error, request, { as: 'json' }));
 * });
 * ```
 */
export function errorResponse(
  error: unknown,
  request: Request,
  { as = errorFormat(request) }: ErrorResponseOptions = {},
): Response {
  const view = problemView(error);
  const headers = errorHeaders(error);
  const init = { status: view.status, headers };
  switch (as) {
    case 'json':
      return new JSONResponse(problemDetails(view), { ...init, mediaType: 'application/problem+json' });
    case 'html':
      headers.append('content-security-policy', PROBLEM_PAGE_POLICY);
      return new HTMLResponse(problemPage(view), init);
    default:
      return new TextResponse(problemText(view), init);
  }
}

/** The fields of an answer that depends on `Accept`, and that nobody takes for another type than it has. */
export function errorHeaders(error: unknown): HeaderList {
  const own = error instanceof HTTPError ? error.headers : undefined;
  if (own === undefined) return HeaderList.raw(['vary', 'Accept', 'x-content-type-options', 'nosniff']);
  const headers = new HeaderList(own);
  for (const name of CONTENT_FIELDS) headers.delete(name);
  addVary(headers, 'Accept');
  headers.set('x-content-type-options', 'nosniff');
  return headers;
}

/** In the order of the RFC's examples; what the status and the detail say cannot be said otherwise by a member. */
function problemDetails({ status, title, detail, members }: ProblemView): object {
  return {
    type: 'about:blank',
    title,
    status,
    ...(detail !== undefined && { detail }),
    ...Object.fromEntries(members),
  };
}

function problemText({ status, title, detail, members }: ProblemView): string {
  const lines = members.map(([name, value]) => `${name}: ${memberText(value)}`);
  return `${[statusLine(status, title, detail), ...lines].join('\n')}\n`;
}
