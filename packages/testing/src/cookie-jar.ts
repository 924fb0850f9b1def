import { parseCookie } from 'undici';

/** A cookie as a jar keeps it (RFC 6265, section 5.3). */
export interface StoredCookie {
  readonly name: string;
  readonly value: string;
  /** The host that set it, or the domain it named. */
  readonly domain: string;
  /** Whether only that host gets it, and not its subdomains. */
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  /** In milliseconds since the epoch; `null` for a cookie that never expires. */
  readonly expires: number | null;
}

/**
 * The cookies of a client: what responses set is sent with later requests by the rules of
 * {@link https://www.rfc-editor.org/rfc/rfc6265#section-5 | RFC 6265, section 5}.
 *
 * @example
 * ```ts
 * import { CookieJar } from '@pullo/testing';
 *
 * const jar = new CookieJar();
 * jar.store('http://testserver/login', ['session=abc; Path=/; HttpOnly']);
 * jar.header('http://testserver/cart'); // 'session=abc'
 * jar.get('session'); // 'abc'
 * ```
 */
export class CookieJar implements Iterable<StoredCookie> {
  readonly #cookies = new Map<string, StoredCookie>();

  /** Takes the values of `set-cookie` from a response to a request for `url`. */
  store(url: string, setCookie: Iterable<string>): void {
    for (const text of setCookie) this.#take(text, new URL(url));
  }

  /** The value of `cookie` for a request to `url`; `null` if there is nothing to send. */
  header(url: string): string | null {
    if (this.#cookies.size === 0) return null;
    const { hostname, pathname, protocol } = new URL(url);
    const fitting = [...this].filter(
      (cookie) =>
        (protocol === 'https:' || !cookie.secure) &&
        domainMatches(hostname, cookie) &&
        pathMatches(pathname, cookie.path),
    );
    fitting.sort((a, b) => b.path.length - a.path.length);
    return fitting.length === 0 ? null : fitting.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  /** The value of the first cookie of a name, wherever it is sent to. */
  get(name: string): string | undefined {
    for (const cookie of this) if (cookie.name === name) return cookie.value;
    return undefined;
  }

  /** Sets a cookie for a URL's host, all paths, as if the app had. */
  set(url: string, name: string, value: string): void {
    const { hostname } = new URL(url);
    this.#put({ name, value, domain: hostname, hostOnly: true, path: '/', secure: false, expires: null });
  }

  /** Removes all cookies of a name. */
  delete(name: string): void {
    for (const [key, cookie] of this.#cookies) if (cookie.name === name) this.#cookies.delete(key);
  }

  clear(): void {
    this.#cookies.clear();
  }

  /** The cookies that have not expired, in the order in which they were first set. */
  *[Symbol.iterator](): IterableIterator<StoredCookie> {
    const now = Date.now();
    for (const cookie of this.#cookies.values()) {
      if (cookie.expires === null || cookie.expires > now) yield cookie;
    }
  }

  #take(text: string, { hostname, pathname }: URL): void {
    const parsed = parseCookie(text);
    if (parsed === null || parsed.name === '') return;
    const domain = parsed.domain?.replace(/^\./, '').toLowerCase() || hostname;
    const hostOnly = !parsed.domain;
    if (!domainMatches(hostname, { domain, hostOnly })) return;
    this.#put({
      name: parsed.name,
      value: parsed.value,
      domain,
      hostOnly,
      path: parsed.path?.startsWith('/') ? parsed.path : defaultPath(pathname),
      secure: parsed.secure ?? false,
      expires: expiry(parsed),
    });
  }

  #put(cookie: StoredCookie): void {
    const key = `${cookie.domain};${cookie.path};${cookie.name}`;
    if (cookie.expires !== null && cookie.expires <= Date.now()) this.#cookies.delete(key);
    else this.#cookies.set(key, cookie);
  }
}

/** `Max-Age` counts before `Expires`. */
function expiry({ maxAge, expires }: { maxAge?: number; expires?: Date | number }): number | null {
  if (maxAge !== undefined) return maxAge <= 0 ? 0 : Date.now() + maxAge * 1000;
  return expires === undefined ? null : Number(expires);
}

function domainMatches(
  hostname: string,
  { domain, hostOnly }: { domain: string; hostOnly: boolean },
): boolean {
  return hostname === domain || (!hostOnly && hostname.endsWith(`.${domain}`));
}

function pathMatches(pathname: string, path: string): boolean {
  if (!pathname.startsWith(path)) return false;
  return pathname.length === path.length || path.endsWith('/') || pathname[path.length] === '/';
}

/** RFC 6265, section 5.1.4. */
function defaultPath(pathname: string): string {
  const end = pathname.lastIndexOf('/');
  return end <= 0 ? '/' : pathname.slice(0, end);
}
