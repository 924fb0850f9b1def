import type { HTTPScope } from '../scope.js';

/** `uri-host [":" port]` (RFC 9110, section 7.2) without the sub-delims and escapes that no real host has. */
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;

/** The URL that the client asked for, as text. A host that is missing, repeated or none is not used: the server's address stands in its place. */
export function requestURL(scope: HTTPScope, path: string, host: string | null): string {
  const authority = host !== null && HOST.test(host) ? host : serverAuthority(scope);
  const query = scope.queryString === '' ? '' : `?${scope.queryString.replaceAll('#', '%23')}`;
  return `${scope.scheme}://${authority}${path === '*' ? '/' : path}${query}`;
}

export function serverAuthority({ server }: HTTPScope): string {
  // A unix socket has a path and no port: nothing that could stand in a URL.
  if (server === null || server.port === null) return 'localhost';
  return `${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`;
}
