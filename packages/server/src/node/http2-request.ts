import { HeaderList } from '@pullo/asgi';
import { isHost } from '@pullo/asgi/http';
import { Refusal } from '../http/refusal.js';

const TRAILERS = /(?:^|,)[ \t]*trailers[ \t]*(?:;|,|$)/i;
const VISIBLE = /^[!-~]*$/;
/** What RFC 9113, section 10.5.1, counts with each field beside its name and value. */
const FIELD_COST = 32;

/** The head of a request in HTTP/2, taken apart. nghttp2 has refused what is malformed (RFC 9113, section 8). */
export interface HTTP2Head {
  method: string;
  /** `:path`. */
  target: string;
  scheme: string;
  /** Without pseudo-headers; `host` stands first. */
  headers: HeaderList;
  /** How many fields there were; those of cookies, each of which browsers send as one, are one. */
  count: number;
  /** The bytes of the head, by the rule of SETTINGS_MAX_HEADER_LIST_SIZE without the cost of each field. */
  size: number;
  /** How many hosts it names that are not the same. */
  hosts: readonly string[];
  takesTrailers: boolean;
}

/** Reads the flat list of a head, pseudo-headers first. */
export function readHead(raw: readonly string[]): HTTP2Head {
  const pseudo: Record<string, string> = {};
  const fields: string[] = [];
  const cookies: string[] = [];
  const hosts: string[] = [];
  let size = 0;
  let takesTrailers = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    size += name.length + value.length + 4;
    if (name.startsWith(':')) pseudo[name] = value;
    else if (name === 'host') hosts.push(value);
    // RFC 9113, section 8.2.3: a client may send each cookie as a field of its own.
    else if (name === 'cookie') cookies.push(value);
    else fields.push(name, value);
    if (name === 'te') takesTrailers ||= TRAILERS.test(value);
  }
  if (pseudo[':authority'] !== undefined) hosts.unshift(pseudo[':authority']);
  if (cookies.length > 0) fields.push('cookie', cookies.join('; '));
  if (hosts[0] !== undefined) fields.unshift('host', hosts[0]);
  return {
    method: pseudo[':method'] ?? '',
    target: pseudo[':path'] ?? '',
    scheme: pseudo[':scheme'] ?? '',
    headers: HeaderList.raw(fields),
    count: raw.length / 2 - Math.max(0, cookies.length - 1),
    size,
    hosts,
    takesTrailers,
  };
}

/** The rules of a head that stand whatever the app is; throws `Refusal`. */
export function checkHTTP2Head(head: HTTP2Head, maxBodyBytes: number): void {
  if (head.method === 'CONNECT') throw new Refusal(501, 'This server is not a proxy.');
  if (head.scheme !== 'https' && head.scheme !== 'http') {
    throw new Refusal(400, 'The scheme is neither https nor http.');
  }
  const [host] = head.hosts;
  if (host === undefined) throw new Refusal(400, 'There is neither :authority nor a Host field.');
  // RFC 9113, section 8.3.1: a Host field says what :authority says, or the request is malformed.
  if (head.hosts.some((other) => other.toLowerCase() !== host.toLowerCase())) {
    throw new Refusal(400, 'The Host field and :authority differ.');
  }
  if (!isHost(host)) throw new Refusal(400, 'The host is not valid.');
  if (!head.target.startsWith('/') && head.target !== '*') {
    throw new Refusal(400, 'The :path is neither a path nor the * of OPTIONS.');
  }
  // nghttp2 lets bytes beyond ASCII pass, which a URL does not have (RFC 3986, section 2); the parser of HTTP/1 does not.
  if (!VISIBLE.test(head.target)) throw new Refusal(400, 'The :path has bytes beyond ASCII.');
  const expect = head.headers.get('expect');
  if (expect !== null && expect.toLowerCase() !== '100-continue') {
    throw new Refusal(417, 'This server knows the expectation 100-continue only.');
  }
  if (Number(head.headers.get('content-length') ?? 0) > maxBodyBytes) {
    throw new Refusal(413, `The body is longer than ${maxBodyBytes} bytes.`);
  }
}

/** What to announce as SETTINGS_MAX_HEADER_LIST_SIZE, and to take from nghttp2, so that heads beyond our own limits are answered. */
export function maxHeaderListSize(settings: {
  maxHeaderBytes: number;
  maxTargetBytes: number;
  maxHeaderCount: number;
}): number {
  return settings.maxHeaderBytes + 2 * settings.maxTargetBytes + FIELD_COST * settings.maxHeaderCount;
}
