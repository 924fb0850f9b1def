import { type Empty, HTTPError, type Middleware, type Request } from '@pullo/core';
import type { State } from '../state.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what other sites make a browser send (CSRF). It asks the browser, whose word a page cannot forge: `Sec-Fetch-Site`, or `Origin` from
 * a browser too old for it. A request with neither is not from a browser, and carries no cookies that its sender does not know.
 *
 * The `SameSite=Lax` of the session is the other half: it counts a subdomain as the same site, this does not.
 */
export const sameOrigin: Middleware<Empty, Empty, unknown, State> = ({ request, state }, next) => {
  if (SAFE.has(request.method) || isOwn(request, state.site.originOf(request))) return next();
  throw new HTTPError(403, { detail: 'This form was sent from another site.' });
};

function isOwn({ headers }: Request, own: string): boolean {
  const site = headers.get('sec-fetch-site');
  // "none" is the user: a bookmark, or a form sent again from the history.
  if (site !== null) return site === 'same-origin' || site === 'none';
  const origin = headers.get('origin');
  return origin === null || origin === own;
}
