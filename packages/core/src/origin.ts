import type { Request } from '@pullo/request';
import { describeValue } from './describe.js';
import { PipelineError } from './errors.js';

/**
 * The origins, besides the app's own, whose pages may open a WebSocket: a list, `'*'` for all, or a function that says so.
 */
export type Origins = readonly string[] | '*' | ((origin: string) => boolean);

/** `scheme://host:port` with nothing after it, or what browsers send for a page that has no origin. */
const ORIGIN = /^(?:[a-z][a-z\d+.-]*:\/\/[^\s/?#@,A-Z]+|null)$/;

/** The option `origins` of a route, checked. */
export function readOrigins(options: object, route: string): Origins {
  const origins = 'origins' in options ? options.origins : undefined;
  if (origins === undefined) return [];
  if (origins === '*' || typeof origins === 'function') return origins as Origins;
  if (!Array.isArray(origins)) {
    throw new PipelineError(
      `The origins of ${route} are a list, '*' or a function, not ${describeValue(origins)}.`,
    );
  }
  for (const origin of origins) {
    if (typeof origin === 'string' && ORIGIN.test(origin)) continue;
    throw new PipelineError(
      `${route} has among its origins ${describeValue(origin)}: write a scheme and a host as browsers send them, such as "https://example.org", ` +
        'with nothing after the host but a port that is not the usual one.',
    );
  }
  return origins;
}

/**
 * Whether whoever asks for a session may have it: a page of the app's own origin, one of `origins`, or no page at all.
 *
 * Browsers let every page open a WebSocket to every host and send the cookies along, so without this any page that a user visits
 * could talk in their name (cross-site WebSocket hijacking, CWE-1385).
 */
export function isWelcome(request: Request, origins: Origins): boolean {
  const origin = request.headers.get('origin');
  if (origin === null || origins === '*') return true;
  if (isOwn(origin, request.url)) return true;
  // A promise, of which the types warn, is no yes.
  return typeof origins === 'function' ? origins(origin) === true : origins.includes(origin);
}

/** Hosts and ports are compared. A proxy may have taken off the TLS, but never puts it on: over `wss`, `http` is another origin. */
function isOwn(origin: string, url: URL): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol } = new URL(origin);
  if (protocol !== 'https:' && (protocol !== 'http:' || url.protocol === 'wss:')) return false;
  return new URL(`${protocol}//${url.host}`).origin === origin;
}
