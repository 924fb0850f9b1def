import { createHash } from 'node:crypto';
import { HTMLResponse, JSONResponse, type Response, TextResponse } from '@pullo/response';
import type { DebugRenderer, FailedRequest } from '../debug-renderer.js';
import { errorFormat } from '../error-format.js';
import { errorHeaders } from '../error-response.js';
import { type IsSecret, secretNames } from './hidden.js';
import { debugPageHTML } from './page.js';
import { makeReport } from './report.js';
import { STYLE } from './style.js';
import { problemTrace, textTrace } from './trace.js';

/** Options of `debugPage`. */
export interface DebugPageOptions {
  /**
   * Names of headers, of parameters of the query and of the route whose values are not shown, beside those that Pullo knows: what has to do
   * with tokens, keys, passwords, secrets, cookies and sessions. Case does not count. Default: none.
   */
  hide?: readonly (string | RegExp)[];
}

/** `debugPage()` was called where `NODE_ENV` is `production`. */
export class DebugInProduction extends Error {
  override readonly name = 'DebugInProduction';
  readonly code = 'ERR_DEBUG_IN_PRODUCTION';
}

const HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/**
 * Makes what an app shows of its unexpected errors while it is developed: the error with its causes, the source around the stack, the request
 * with its secrets hidden, route and pipeline. A page for browsers, problem details or text for others.
 *
 * It shows source code to whoever can reach the app. Throws `DebugInProduction` if `NODE_ENV` is `production`.
 *
 * @example
 * ```ts
 * import { Pullo } from '@pullo/core';
 * import { debugPage } from '@pullo/core/debug';
 *
 * const inDevelopment = process.env.NODE_ENV === 'development';
 * export const app = new Pullo({ debug: inDevelopment && debugPage() }).get('/', () => {
 *   throw new Error('What does this look like?');
 * });
 * ```
 */
export function debugPage(options: DebugPageOptions = {}): DebugRenderer {
  if (process.env.NODE_ENV === 'production') {
    throw new DebugInProduction(
      'debugPage() shows source code to every client, and NODE_ENV is "production": give debug only in development, as in new Pullo({ debug: process.env.NODE_ENV === "development" && debugPage() }).',
    );
  }
  const isSecret = secretNames(options.hide);
  return (failed) => render(failed, isSecret);
}

async function render(failed: FailedRequest, isSecret: IsSecret): Promise<Response> {
  const report = await makeReport(failed, isSecret);
  const headers = errorHeaders(failed.error);
  headers.set('cache-control', 'no-store');
  const init = { status: report.status, headers };
  switch (errorFormat(failed.context.request)) {
    case 'json':
      return new JSONResponse(problemTrace(report), { ...init, mediaType: 'application/problem+json' });
    case 'html':
      headers.set('content-security-policy', POLICY);
      return new HTMLResponse(debugPageHTML(report), init);
    default:
      return new TextResponse(textTrace(report), init);
  }
}
