import type { Empty, Middleware } from '@pullo/core';
import type { State } from '../state.js';

/** Everything comes from this origin, and nothing is inline: what gets past the escaping of a template does not run. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = [
  ['content-security-policy', CONTENT_SECURITY_POLICY],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'same-origin'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['permissions-policy', 'camera=(), geolocation=(), microphone=()'],
  // Somebody else may sit down at this computer: nothing but the assets, which say so, is kept.
  ['cache-control', 'no-store'],
] as const;

/** Puts these on every response, errors included, unless it has its own. */
export const securityHeaders: Middleware<Empty, Empty, unknown, State> = async ({ request, state }, next) => {
  const response = await next();
  for (const [name, value] of HEADERS) {
    if (!response.headers.has(name)) response.headers.set(name, value);
  }
  if (state.site.isSecure(request)) response.headers.set('strict-transport-security', 'max-age=31536000');
  return response;
};
