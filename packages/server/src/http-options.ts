import { canonicalPath, HeaderList } from '@pullo/asgi';
import { integer, type Kind, limit, milliseconds, oneOf, yesOrNo } from './option-kinds.js';
import type { OptionTable } from './option-table.js';
import type { ProxyHeaders } from './proxy/proxy-headers.js';
import { isProxyName } from './proxy/trusted-proxies.js';

/** The options of `serve` that concern requests and responses. */
export interface HTTPOptions {
  /**
   * Proxies whose word on the client, the scheme and the host is taken: addresses, networks such as `10.0.0.0/8`, and `unix` for
   * who connects to a unix socket. `*` takes everybody's, so that any client may claim any address unless a proxy in front
   * overwrites the fields. Default: none.
   */
  trustedProxies?: readonly string[];
  /** Which fields they write: `x-forwarded` (For, Proto, Host), or `forwarded` (RFC 7239). Default: `x-forwarded`. */
  proxyHeaders?: ProxyHeaders;
  /** Whether the host that trusted proxies tell takes the place of the Host field. Default: false. */
  forwardedHost?: boolean;
  /** The prefix that a proxy in front takes off the path: it is `rootPath` of the scope, and put before each path. Default: none. */
  rootPath?: string;
  /** Fields for every response, such as `X-Frame-Options: DENY`, unless the app sends one of that name. Default: none. */
  headers?: readonly string[];
  /** Whether responses say `server: pullo`. Default: false. */
  serverHeader?: boolean;
  /** Whether responses have a date. Default: true. */
  dateHeader?: boolean;
  /** How requests are logged: `json` has their duration, bytes, user agent and request id too. Default: `text`. */
  accessLogFormat?: 'text' | 'json';
  /** The most calls of the app at a time, background work included; beyond it requests get 503. Default: Infinity. */
  limitConcurrency?: number;
  /** After how many requests the server stops gracefully, for a supervisor to start it anew. Default: Infinity. */
  maxRequests?: number;
  /** The most by which `maxRequests` is raised, at random, so that workers do not stop all at once. Default: 0. */
  maxRequestsJitter?: number;
  /** How long an exchange may wait for a client that neither sends nor takes a byte. Default: 60 s. */
  idleTimeout?: number;
}

const SECOND = 1000;

const proxyNames: Kind<readonly string[]> = {
  expected:
    'a list of IP addresses, networks such as "10.0.0.0/8", "unix", or "*" for everybody (host names are not taken)',
  accepts: (value): value is readonly string[] => isListOf(value, isProxyName),
  form: 'list',
};

const prefix: Kind<string> = {
  expected: 'empty, or a path such as "/api": canonical, with a slash at its beginning and none at its end',
  accepts: (value): value is string => typeof value === 'string' && isPrefix(value),
  form: 'text',
};

const headerLines: Kind<readonly string[]> = {
  expected: 'a list of header fields such as "X-Frame-Options: DENY", none of the framing',
  asWritten:
    'a header field such as "X-Frame-Options: DENY", none of the framing; in a variable each is a line of its own',
  accepts: (value): value is readonly string[] => isListOf(value, isHeaderLine),
  // Commas are common in their values.
  form: 'lines',
};

/** The rows of the table that concern requests and responses. */
export const HTTP_OPTIONS: OptionTable<Required<HTTPOptions>> = {
  accessLogFormat: {
    kind: oneOf('text', 'json'),
    default: 'text',
    flag: { group: 'Log', value: 'format', help: 'text, or json with duration, bytes and request id' },
  },
  headers: {
    kind: headerLines,
    default: [],
    flag: {
      group: 'Responses',
      name: 'header',
      value: 'name: value',
      help: 'field for every response; may be repeated',
      fallback: 'none',
    },
  },
  serverHeader: {
    kind: yesOrNo,
    default: false,
    flag: { group: 'Responses', help: 'say "server: pullo"' },
  },
  dateHeader: {
    kind: yesOrNo,
    default: true,
    flag: { group: 'Responses', help: 'send the date' },
  },
  limitConcurrency: {
    kind: limit(1),
    default: Number.POSITIVE_INFINITY,
    flag: { group: 'Limits', help: 'most requests in work at a time, else 503' },
  },
  maxRequests: {
    kind: limit(1),
    default: Number.POSITIVE_INFINITY,
    flag: { group: 'Limits', help: 'stop after that many requests, to be started anew' },
  },
  maxRequestsJitter: {
    kind: integer(0, Number.MAX_SAFE_INTEGER),
    default: 0,
    flag: { group: 'Limits', help: 'most by which that number is raised at random' },
  },
  idleTimeout: {
    kind: milliseconds(1),
    default: 60 * SECOND,
    flag: { group: 'Timeouts', help: 'how long to wait for a client that neither sends nor reads' },
  },
  trustedProxies: {
    kind: proxyNames,
    default: [],
    flag: {
      group: 'Proxy',
      name: 'trusted-proxy',
      value: 'address',
      help: 'address or network of a proxy to believe, unix, or * for everybody; may be repeated',
      fallback: 'none',
    },
  },
  proxyHeaders: {
    kind: oneOf('x-forwarded', 'forwarded'),
    default: 'x-forwarded',
    flag: { group: 'Proxy', value: 'fields', help: 'x-forwarded or forwarded: the fields it writes' },
  },
  forwardedHost: {
    kind: yesOrNo,
    default: false,
    flag: { group: 'Proxy', help: 'take the host that a trusted proxy tells' },
  },
  rootPath: {
    kind: prefix,
    default: '',
    flag: { group: 'Proxy', value: 'path', help: 'prefix that the proxy takes off', fallback: 'none' },
  },
};

/** A field of `headers` in two; null if it is none, or one that is the server's own. */
export function headerOf(line: string): readonly [name: string, value: string] | null {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
  if (OWN.has(name)) return null;
  try {
    const [pair] = new HeaderList([[name, line.slice(colon + 1)]]);
    return pair ?? null;
  } catch {
    return null;
  }
}

const OWN: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function isHeaderLine(line: string): boolean {
  return headerOf(line) !== null;
}

function isPrefix(path: string): boolean {
  if (path === '') return true;
  if (!path.startsWith('/') || path.endsWith('/')) return false;
  try {
    return canonicalPath(path) === path;
  } catch {
    return false;
  }
}

function isListOf(value: unknown, isItem: (item: string) => boolean): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && isItem(item));
}
