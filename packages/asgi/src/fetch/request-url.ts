import { HeaderList } from '../header-list.js';
import type { HTTPScope } from '../scope.js';

/** `uri-host [":" port]` (RFC 9110, section 7.2) without the sub-delims and escapes that no real host has. */
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;
/** What the URL parser leaves as it is, or less: it is three times as expensive as this. */
const PLAIN_PATH = /^\/[A-Za-z0-9!$%&()*+,\-./:;=@_~]*$/;
const PLAIN_QUERY = /^[A-Za-z0-9!$%&()*+,\-./:;=?@_~[\]]*$/;

/** The URL that the client asked for, as the URL parser writes it. A host that is missing, repeated or none is not used: the server's address stands in its place. */
export function requestURL(scope: HTTPScope, path: string): string {
  const { queryString } = scope;
  const origin = originOf(scope);
  const target = path === '*' ? '/' : path;
  if (PLAIN_PATH.test(target) && !target.includes('/.') && PLAIN_QUERY.test(queryString)) {
    return queryString === '' ? origin + target : `${origin}${target}?${queryString}`;
  }
  const query = queryString === '' ? '' : `?${queryString.replaceAll('#', '%23')}`;
  return new URL(`${origin}${target}${query}`).href;
}

/** Most requests ask for the same host as the one before. */
let last = { scheme: '', host: '', origin: '' };

function originOf(scope: HTTPScope): string {
  const host = hostOf(scope.headers);
  const { scheme } = scope;
  if (host === null) return urlOrigin(scheme, serverAuthority(scope));
  if (last.host !== host || last.scheme !== scheme) {
    const text = `${scheme}://${host}`;
    // What looks like a host may be none to the URL parser: 1.2.3.999, or port 70000.
    if (!URL.canParse(text)) return urlOrigin(scheme, serverAuthority(scope));
    last = { scheme, host, origin: urlOrigin(scheme, host) };
  }
  return last.origin;
}

function urlOrigin(scheme: string, authority: string): string {
  return new URL(`${scheme}://${authority}`).origin;
}

function hostOf(headers: HTTPScope['headers']): string | null {
  const fields = headers instanceof HeaderList ? headers : new HeaderList(headers);
  const hosts = fields.getAll('host');
  const host = hosts.length === 1 ? (hosts[0] as string) : '';
  return HOST.test(host) ? host : null;
}

function serverAuthority({ server }: HTTPScope): string {
  // A unix socket has a path and no port: nothing that could stand in a URL.
  if (server === null || server.port === null) return 'localhost';
  return `${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`;
}
