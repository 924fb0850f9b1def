import { formatHTTPDate, parseHTTPDate } from './http-date.js';

/** What conditions and ranges depend on: a `Request` of `@pullo/request` or of Fetch fits, and so does a `HeaderList` with a method. */
export interface RequestHead {
  readonly method: string;
  readonly headers: { get(name: string): string | null };
}

/** What tells one version of a resource from another. */
export interface Validators {
  /** With its quotes, and with `W/` if it is weak. */
  etag?: string | null | undefined;
  /** Compared in whole seconds, as HTTP dates are. */
  lastModified?: Date | null | undefined;
}

/**
 * Whether the answer is 412: `If-Match`, else `If-Unmodified-Since`, fails, or `If-None-Match` does for other methods than GET and
 * HEAD (RFC 9110, section 13.2.2, steps 1 to 3). Dates that cannot be read are ignored.
 *
 * @example
 * ```ts
 * import { HeaderList } from '@pullo/asgi';
 * import { preconditionFailed } from '@pullo/asgi/http';
 *
 * const headers = new HeaderList([['If-Match', '"v1"']]);
 * preconditionFailed({ method: 'PUT', headers }, { etag: '"v2"' }); // true
 * ```
 */
export function preconditionFailed({ method, headers }: RequestHead, validators: Validators): boolean {
  const ifMatch = headers.get('if-match');
  if (ifMatch !== null) {
    if (!names(ifMatch, validators.etag, isSameStrong)) return true;
  } else if (isModifiedSince(headers.get('if-unmodified-since'), validators.lastModified) === true) {
    return true;
  }
  const ifNoneMatch = headers.get('if-none-match');
  return !isRead(method) && ifNoneMatch !== null && names(ifNoneMatch, validators.etag, isSameWeak);
}

/**
 * Whether the client's copy is still good, so that the answer is 304: `If-None-Match`, else `If-Modified-Since`, of a GET or HEAD
 * (RFC 9110, section 13.2.2, steps 3 and 4). Dates that cannot be read are ignored. Ask `preconditionFailed` first.
 *
 * @example
 * ```ts
 * import { isFresh, preconditionFailed, type RequestHead } from '@pullo/asgi/http';
 *
 * export function status(request: RequestHead, etag: string): 200 | 304 | 412 {
 *   if (preconditionFailed(request, { etag })) return 412;
 *   return isFresh(request, { etag }) ? 304 : 200;
 * }
 * ```
 */
export function isFresh({ method, headers }: RequestHead, validators: Validators): boolean {
  if (!isRead(method)) return false;
  const ifNoneMatch = headers.get('if-none-match');
  if (ifNoneMatch !== null) return names(ifNoneMatch, validators.etag, isSameWeak);
  return isModifiedSince(headers.get('if-modified-since'), validators.lastModified) === false;
}

/**
 * Whether `Range` counts (RFC 9110, section 13.1.5): without `If-Range`, or where that names the very version at hand. A date
 * does so only when the resource has been at rest for a second, as it could have changed twice within one (section 8.8.2.2).
 */
export function ifRangeHolds(ifRange: string | null, { etag, lastModified }: Validators): boolean {
  if (ifRange === null) return true;
  if (ifRange.includes('"')) return etag != null && isSameStrong(ifRange.trim(), etag);
  if (lastModified == null) return false;
  return ifRange.trim() === formatHTTPDate(lastModified) && Date.now() - lastModified.getTime() > 1000;
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** What stands in the quotes of an entity tag may have a comma. */
const ENTITY_TAG = /(?:W\/)?"[^"]*"/g;

function names(
  list: string,
  etag: string | null | undefined,
  isSame: (a: string, b: string) => boolean,
): boolean {
  if (list.trim() === '*') return true;
  if (etag == null) return false;
  return list.match(ENTITY_TAG)?.some((candidate) => isSame(candidate, etag)) ?? false;
}

function isSameStrong(a: string, b: string): boolean {
  return a === b && a.startsWith('"');
}

function isSameWeak(a: string, b: string): boolean {
  return a.replace(/^W\//, '') === b.replace(/^W\//, '');
}

/** `null` where there is nothing to compare. */
function isModifiedSince(header: string | null, lastModified: Date | null | undefined): boolean | null {
  const since = header === null ? null : parseHTTPDate(header);
  const modified = lastModified?.getTime() ?? Number.NaN;
  if (since === null || Number.isNaN(modified)) return null;
  return Math.floor(modified / 1000) > since.getTime() / 1000;
}
