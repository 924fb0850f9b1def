import type { HeaderList } from '@pullo/asgi';
import { httpDate, parseHTTPDate } from './http-date.js';

/** What tells one version of a file from another. */
export interface Validators {
  /** With its quotes, and with `W/` if it is weak. */
  etag: string;
  /** In milliseconds, whole seconds. */
  lastModified: number;
}

/** What the preconditions of a GET or HEAD come to. */
export type Verdict = 'send' | 'not-modified' | 'failed';

/** Evaluates them in the order of RFC 9110, section 13.2.2. Dates that cannot be read are ignored, as it says. */
export function evaluate(headers: HeaderList, validators: Validators): Verdict {
  const ifMatch = headers.get('if-match');
  if (ifMatch !== null) {
    if (!names(ifMatch, validators.etag, 'strong')) return 'failed';
  } else if (isModifiedSince(headers.get('if-unmodified-since'), validators) === true) {
    return 'failed';
  }
  const ifNoneMatch = headers.get('if-none-match');
  if (ifNoneMatch !== null) return names(ifNoneMatch, validators.etag, 'weak') ? 'not-modified' : 'send';
  return isModifiedSince(headers.get('if-modified-since'), validators) === false ? 'not-modified' : 'send';
}

/**
 * Whether `Range` counts (RFC 9110, section 13.1.5): without `If-Range`, or where that names the very version at hand. A date
 * does so only when the file has been at rest for a second, as it could have changed twice within one.
 */
export function ifRangeHolds(ifRange: string | null, { etag, lastModified }: Validators): boolean {
  if (ifRange === null) return true;
  if (ifRange.includes('"')) return isSameStrong(ifRange.trim(), etag);
  return ifRange.trim() === httpDate(lastModified) && Date.now() - lastModified > 1000;
}

/** What stands in the quotes of an entity tag may have a comma. */
const ENTITY_TAG = /(?:W\/)?"[^"]*"/g;

function names(list: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true;
  const tags = list.match(ENTITY_TAG) ?? [];
  return tags.some((tag) =>
    comparison === 'strong' ? isSameStrong(tag, etag) : opaque(tag) === opaque(etag),
  );
}

function isSameStrong(a: string, b: string): boolean {
  return a === b && !a.startsWith('W/');
}

function opaque(etag: string): string {
  return etag.replace(/^W\//, '');
}

function isModifiedSince(header: string | null, { lastModified }: Validators): boolean | null {
  const since = header === null ? null : parseHTTPDate(header);
  return since === null ? null : lastModified > since;
}
