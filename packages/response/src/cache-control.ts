/** What caches may do with a response. Times are in seconds. */
export interface CacheControl {
  /** How long it is fresh. */
  maxAge?: number;
  /** How long it is fresh for shared caches, in place of `maxAge`. */
  sMaxAge?: number;
  /** Whether shared caches may keep it: `private` is for one user. */
  visibility?: 'public' | 'private';
  /** Never changes under its URL: browsers do not ask again even on reload (RFC 8246). */
  immutable?: boolean;
  /** Kept, but asked about each time. */
  noCache?: boolean;
  /** Not kept at all. */
  noStore?: boolean;
  /** Not changed on the way: no recompression of images. */
  noTransform?: boolean;
  /** Not used when stale, whatever the client would take. */
  mustRevalidate?: boolean;
  /** How long a stale copy may be used while a fresh one is fetched (RFC 5861). */
  staleWhileRevalidate?: number;
  /** How long a stale copy may be used when the origin fails (RFC 5861). */
  staleIfError?: number;
}

/**
 * The value of `cache-control` (RFC 9111, section 5.2.2). Throws `RangeError` for a time that is not a whole number of seconds.
 *
 * @example
 * ```ts
 * import { cacheControl } from '@pullo/response';
 *
 * cacheControl({ visibility: 'public', maxAge: 31_536_000, immutable: true }); // 'public, max-age=31536000, immutable'
 * ```
 */
export function cacheControl(options: CacheControl): string {
  const directives: string[] = [];
  const flag = (name: string, isOn: boolean | undefined) => {
    if (isOn) directives.push(name);
  };
  const time = (name: string, seconds: number | undefined) => {
    if (seconds !== undefined) directives.push(`${name}=${wholeSeconds(name, seconds)}`);
  };
  if (options.visibility !== undefined) directives.push(options.visibility);
  flag('no-store', options.noStore);
  flag('no-cache', options.noCache);
  flag('no-transform', options.noTransform);
  time('max-age', options.maxAge);
  time('s-maxage', options.sMaxAge);
  flag('must-revalidate', options.mustRevalidate);
  flag('immutable', options.immutable);
  time('stale-while-revalidate', options.staleWhileRevalidate);
  time('stale-if-error', options.staleIfError);
  return directives.join(', ');
}

function wholeSeconds(name: string, seconds: number): number {
  if (Number.isSafeInteger(seconds) && seconds >= 0) return seconds;
  throw new RangeError(`Invalid ${name} ${String(seconds)}: it is a whole number of seconds, 0 or more.`);
}
