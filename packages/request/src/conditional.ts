import type { Headers } from '@pullo/asgi';

/** What tells one version of a resource from another. */
export interface Validators {
  /** With its quotes, and with `W/` if it is weak. */
  etag?: string | null | undefined;
  /** Compared in whole seconds, as HTTP dates are. */
  lastModified?: Date | null | undefined;
}

/** Whether `If-Match`, `If-Unmodified-Since` or `If-None-Match` fails (RFC 9110, section 13.2.2, steps 1, 2 and 3). */
export function preconditionFailed(method: string, headers: Headers, validators: Validators): boolean {
  const ifMatch = headers.get('if-match');
  if (ifMatch !== null) {
    if (!matches(ifMatch, validators.etag, isSameStrong)) return true;
  } else if (modifiedSince(headers.get('if-unmodified-since'), validators.lastModified) === true) {
    return true;
  }
  const ifNoneMatch = headers.get('if-none-match');
  return !isRead(method) && ifNoneMatch !== null && matches(ifNoneMatch, validators.etag, isSameWeak);
}

/** Whether a GET or HEAD is answered with 304 (RFC 9110, section 13.2.2, steps 3 and 4). */
export function isFresh(method: string, headers: Headers, validators: Validators): boolean {
  if (!isRead(method)) return false;
  const ifNoneMatch = headers.get('if-none-match');
  if (ifNoneMatch !== null) return matches(ifNoneMatch, validators.etag, isSameWeak);
  return modifiedSince(headers.get('if-modified-since'), validators.lastModified) === false;
}

/** Whether a `Range` counts (RFC 9110, section 13.1.5): without `If-Range`, or where it is the very version at hand. */
export function ifRangeHolds(ifRange: string | null, { etag, lastModified }: Validators): boolean {
  if (ifRange === null) return true;
  if (ifRange.includes('"')) return isSameStrong(ifRange.trim(), etag ?? '');
  return lastModified != null && Date.parse(ifRange) === wholeSeconds(lastModified);
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Entity tags of a list: what stands in quotes may have a comma. */
const ENTITY_TAG = /(?:W\/)?"[^"]*"/g;

function matches(
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

/** `undefined` where there is nothing to compare; a date that cannot be read is ignored. */
function modifiedSince(header: string | null, lastModified: Date | null | undefined): boolean | undefined {
  if (header === null || lastModified == null) return undefined;
  const since = Date.parse(header);
  return Number.isNaN(since) ? undefined : wholeSeconds(lastModified) > since;
}

function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}
