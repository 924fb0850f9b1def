import type { HeaderList } from '@pullo/asgi';
import { isToken } from '@pullo/asgi/http';
import { InvalidCookie } from './errors.js';

/** The attributes of a cookie (RFC 6265bis, section 4.1.2). */
export interface CookieOptions {
  /** The cookie's life in seconds, an integer; browsers end it after 400 days at most. Default: until the browser is closed. */
  maxAge?: number;
  /** When the cookie's life ends; `maxAge` wins over it. Default: until the browser is closed. */
  expires?: Date;
  /** The host whose subdomains get the cookie too. Default: only the host that set it. */
  domain?: string;
  /** The paths that get the cookie begin with this. Default: `/`. */
  path?: string;
  /** Whether the cookie is sent over TLS only. Default: false. */
  secure?: boolean;
  /** Whether the cookie is kept from scripts. Default: false. */
  httpOnly?: boolean;
  /** Which requests from other sites carry the cookie: none, links that are followed, or all (which needs `secure`). Default: `lax`. */
  sameSite?: 'strict' | 'lax' | 'none';
  /** Whether each top-level site has a cookie of its own (CHIPS); needs `secure`. Default: false. */
  partitioned?: boolean;
  /** Which cookies Chromium drops first when there are too many. Default: `medium`, left to the browser. */
  priority?: 'low' | 'medium' | 'high';
}

/** `cookie-octet`s (RFC 6265bis, section 4.1.1). */
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;
const PATH = /^\/[\x20-\x3a\x3c-\x7e]*$/;
const DOMAIN = /^\.?(?:[0-9A-Za-z](?:[0-9A-Za-z-]*[0-9A-Za-z])?\.)*[0-9A-Za-z](?:[0-9A-Za-z-]*[0-9A-Za-z])?$/;
/** In bytes: browsers ignore cookies with more (RFC 6265bis, section 5.7). */
const MAX_NAME_AND_VALUE = 4096;
const MAX_ATTRIBUTE = 1024;

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;
const PRIORITY = { low: 'Low', medium: 'Medium', high: 'High' } as const;

/** What browsers ask of cookies with such a name, whatever its case (RFC 6265bis, section 4.1.3). */
interface Prefix {
  text: string;
  secure: boolean;
  httpOnly: boolean;
  host: boolean;
}

/** The longest first: the first that fits counts. */
const PREFIXES: readonly Prefix[] = [
  { text: '__host-http-', secure: true, httpOnly: true, host: true },
  { text: '__host-', secure: true, httpOnly: false, host: true },
  { text: '__http-', secure: true, httpOnly: true, host: false },
  { text: '__secure-', secure: true, httpOnly: false, host: false },
];

/**
 * The value of a `set-cookie` field, for servers and apps that write their own headers.
 *
 * Throws `InvalidCookie` for what browsers would refuse: a name that is not a token, a value with white space, `"`, `,`, `;`, `\` or
 * characters beyond ASCII (encode those, with `encodeURIComponent` say), more than 4,096 bytes, attributes that do not go together.
 *
 * @example
 * ```ts
 * import { serializeCookie } from '@pullo/response';
 *
 * serializeCookie('theme', 'dark', { maxAge: 3600 }); // 'theme=dark; Max-Age=3600; Path=/; SameSite=Lax'
 * ```
 */
export function serializeCookie(name: string, value: string, options: CookieOptions = {}): string {
  checkNameAndValue(name, value);
  const { path = '/', sameSite = 'lax' } = options;
  let text = `${name}=${value}`;
  if (options.maxAge !== undefined) text += `; Max-Age=${checkMaxAge(name, options.maxAge)}`;
  if (options.expires !== undefined) text += `; Expires=${checkExpires(name, options.expires)}`;
  if (options.domain !== undefined)
    text += `; Domain=${checkAttribute(name, 'domain', options.domain, DOMAIN)}`;
  text += `; Path=${checkAttribute(name, 'path', path, PATH)}`;
  if (options.secure) text += '; Secure';
  if (options.httpOnly) text += '; HttpOnly';
  text += `; SameSite=${known(name, 'sameSite', sameSite, SAME_SITE)}`;
  if (options.partitioned) text += '; Partitioned';
  if (options.priority !== undefined) {
    text += `; Priority=${known(name, 'priority', options.priority, PRIORITY)}`;
  }
  checkTogether(name, options);
  return text;
}

/** A cookie that replaces one with nothing. What its name asks for is added: a browser refuses it otherwise. */
export function deletedCookie(name: string, options: CookieOptions = {}): string {
  const prefix = prefixOf(name);
  return serializeCookie(name, '', {
    ...options,
    secure: options.secure ?? prefix?.secure ?? false,
    httpOnly: options.httpOnly ?? prefix?.httpOnly ?? false,
    maxAge: 0,
    expires: new Date(0),
  });
}

/** Adds a cookie to a list in place of the one that a browser would replace with it. */
export function addCookie(list: HeaderList, cookie: string): void {
  if (!list.has('set-cookie')) {
    list.append('set-cookie', cookie);
    return;
  }
  const identity = identityOf(cookie);
  const others = list.getAll('set-cookie').filter((other) => identityOf(other) !== identity);
  list.delete('set-cookie');
  for (const other of others) list.append('set-cookie', other);
  list.append('set-cookie', cookie);
}

/** Name, domain and path, by which browsers tell cookies apart, and whether it is partitioned. Case counts in names and paths. */
function identityOf(cookie: string): string {
  const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
  const identifying = attributes.flatMap((attribute) => {
    const [name = '', value = ''] = attribute.split(/=(.*)/s);
    const key = name.toLowerCase();
    if (key === 'path') return [`path=${value}`];
    return key === 'domain' || key === 'partitioned' ? [`${key}=${value.toLowerCase()}`] : [];
  });
  return [pair.slice(0, pair.indexOf('=')), ...identifying.sort()].join(';');
}

function checkNameAndValue(name: string, value: string): void {
  if (!isToken(name)) {
    throw new InvalidCookie(
      `Invalid cookie name ${JSON.stringify(name)}: a name is letters, digits and !#$%&'*+-.^_\`|~`,
    );
  }
  if (typeof value !== 'string' || !VALUE.test(value)) {
    throw new InvalidCookie(
      `Invalid value of cookie "${name}": it has white space, a quote, comma, semicolon, backslash or a character beyond ASCII; encode it first, with encodeURIComponent say.`,
    );
  }
  const length = name.length + value.length;
  if (length > MAX_NAME_AND_VALUE) {
    throw new InvalidCookie(
      `Cookie "${name}" has ${length} bytes: browsers ignore cookies with more than ${MAX_NAME_AND_VALUE} of name and value.`,
    );
  }
}

function checkMaxAge(name: string, seconds: number): number {
  if (Number.isSafeInteger(seconds)) return seconds;
  throw new InvalidCookie(
    `Invalid maxAge ${String(seconds)} of cookie "${name}": it is an integer, in seconds.`,
  );
}

function checkExpires(name: string, date: Date): string {
  const year = date instanceof Date ? date.getUTCFullYear() : Number.NaN;
  if (year >= 1601 && year <= 9999) return date.toUTCString();
  throw new InvalidCookie(
    `Invalid expires ${String(date)} of cookie "${name}": it is a Date in the years 1601 to 9999, which are those that browsers read.`,
  );
}

function checkAttribute(name: string, attribute: string, text: string, pattern: RegExp): string {
  if (pattern.test(text) && text.length <= MAX_ATTRIBUTE) return text;
  throw new InvalidCookie(
    `Invalid ${attribute} ${JSON.stringify(text)} of cookie "${name}": ${attribute === 'path' ? 'it begins with "/" and has no ";", control characters or characters beyond ASCII' : 'it is a host name in ASCII'}, of at most ${MAX_ATTRIBUTE} bytes.`,
  );
}

function known<T extends string>(
  name: string,
  attribute: string,
  value: T,
  texts: Readonly<Record<T, string>>,
): string {
  if (Object.hasOwn(texts, value)) return texts[value];
  throw new InvalidCookie(
    `Invalid ${attribute} ${JSON.stringify(value)} of cookie "${name}": it is one of ${Object.keys(texts).join(', ')}.`,
  );
}

function prefixOf(name: string): Prefix | undefined {
  if (!name.startsWith('__')) return undefined;
  const lowerCase = name.toLowerCase();
  return PREFIXES.find(({ text }) => lowerCase.startsWith(text));
}

/** The combinations that browsers refuse (RFC 6265bis, section 5.7). */
function checkTogether(name: string, options: CookieOptions): void {
  const { secure = false } = options;
  if (options.sameSite === 'none' && !secure) throw needs(name, 'sameSite: "none"', 'secure: true');
  if (options.partitioned && !secure) throw needs(name, 'partitioned', 'secure: true');
  const prefix = prefixOf(name);
  if (prefix === undefined) return;
  if (!secure) throw needs(name, 'its prefix', 'secure: true');
  if (prefix.httpOnly && !options.httpOnly) throw needs(name, 'its prefix', 'httpOnly: true');
  if (!prefix.host) return;
  if (options.domain !== undefined) throw needs(name, 'its prefix', 'no domain');
  if ((options.path ?? '/') !== '/') throw needs(name, 'its prefix', 'path: "/"');
}

function needs(name: string, what: string, wanted: string): InvalidCookie {
  return new InvalidCookie(`Cookie "${name}" would be refused by browsers: ${what} needs ${wanted}.`);
}
