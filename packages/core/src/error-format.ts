import type { Request } from '@pullo/request';

/** What an error is answered as. */
export type ErrorFormat = 'text' | 'html' | 'json';

const JSON_TYPES = ['application/problem+json', 'application/json'] as const;

/**
 * What a client wants an error as (RFC 9110, section 12.5.1). Between equals, what it names goes before what a wildcard takes: a browser
 * whose header is `text/html` and any other type wants a page, and HTTP libraries that send `application/json, text/plain` parse JSON.
 *
 * @example
 * ```ts
 * import { errorFormat, errorResponse, HTMLResponse, HTTPError, Pullo } from '@pullo/core';
 *
 * export const app = new Pullo().onError(HTTPError, (error, { request }) => {
 *   if (errorFormat(request) !== 'html') return errorResponse(error, request);
 *   return new HTMLResponse('<h1>That did not work.</h1>', { status: error.status });
 * });
 * ```
 */
export function errorFormat(request: Request): ErrorFormat {
  const accept = request.headers.get('accept');
  if (accept === null || accept === '*/*') return 'text';
  const named = accept.toLowerCase();
  const preferred = request.accepts([
    ...JSON_TYPES.filter((type) => named.includes(type)),
    ...(named.includes('text/html') ? (['text/html'] as const) : []),
    'text/plain',
    'text/html',
    ...JSON_TYPES,
  ]);
  if (preferred === null || preferred === 'text/plain') return 'text';
  return preferred === 'text/html' ? 'html' : 'json';
}
