import { InvalidRedirect } from './errors.js';
import { refuseInit } from './refuse-init.js';
import { Response, type ResponseInit } from './response.js';

/** The statuses of a redirect: 303 makes the next request a GET, 307 and 308 keep the method, 301 and 308 may be cached. */
export type RedirectStatus = 301 | 302 | 303 | 307 | 308;

/** What a redirect has besides its target. */
export interface RedirectInit extends Omit<ResponseInit, 'status' | 'mediaType'> {
  /** Default: 307. */
  status?: RedirectStatus;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** What a URL parser would take out silently, so that what was checked is not what is followed, and what would end a header. */
const CONTROL = /\p{Cc}/u;
const LONE_SURROGATE = /\p{Surrogate}/gu;
/** What may stand in a URI reference (RFC 3986, appendix A); `%` only before two hex digits. */
const NOT_URI = /%(?![0-9A-Fa-f]{2})|[^\w\-.~:/?#[\]@!$&'()*+,;=%]+/g;

/**
 * Sends the client to another URL, absolute or relative to the one it asked for.
 *
 * Characters that may not stand in a URL are percent-encoded, a backslash too, which browsers take for a slash; escapes stay.
 * Where the target comes from the request, check it first: nothing here keeps it on the same host.
 * Throws `InvalidRedirect` for control characters and statuses that are not 301, 302, 303, 307 or 308.
 *
 * @example
 * ```ts
 * import { RedirectResponse } from '@pullo/response';
 *
 * export const app = new RedirectResponse('/login?next=/häst', { status: 303 });
 * // location: /login?next=/h%C3%A4st
 * ```
 */
export class RedirectResponse extends Response {
  constructor(url: string | URL, init: RedirectInit = {}) {
    if (typeof init !== 'object') refuseInit(init);
    const { status = 307 } = init;
    if (!REDIRECTS.has(status)) {
      throw new InvalidRedirect(`Status ${String(status)} is no redirect: use 301, 302, 303, 307 or 308.`);
    }
    const location = encodeTarget(String(url));
    super(null, { ...init, status });
    this.headerList.set('location', location);
  }
}

function encodeTarget(target: string): string {
  if (CONTROL.test(target)) {
    throw new InvalidRedirect(`Cannot redirect to ${JSON.stringify(target)}: it has a control character.`);
  }
  return target.replace(LONE_SURROGATE, '\ufffd').replace(NOT_URI, encodeURIComponent);
}
