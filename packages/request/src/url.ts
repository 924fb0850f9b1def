import type { HTTPScope, WebSocketScope } from '@pullo/asgi';

/** `uri-host [":" port]` (RFC 9110, section 7.2) without the sub-delims and escapes that no real host has. */
const HOST = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{0,5}))?$/;
/** A name nobody has (RFC 2606): where it is still there, the URL parser did not take the other one. */
const UNSET = 'unset.invalid';

/**
 * The URL that the client asked for.
 *
 * It is made by setting the parts of a URL one by one, so that no part can spill into another. A `Host` that is missing,
 * repeated or not a host is not used at all: the server's address stands in its place.
 */
export function requestURL(scope: HTTPScope | WebSocketScope, host: string | null): URL {
  const url = new URL(`${scope.scheme}://${UNSET}`);
  if (host === null || !setHost(url, host)) setServer(url, scope);
  url.pathname = scope.path === '*' ? '/' : scope.path;
  // The setter drops one question mark: without this one, it would drop one of the query's.
  if (scope.queryString !== '') url.search = `?${scope.queryString}`;
  return url;
}

function setHost(url: URL, host: string): boolean {
  const match = HOST.exec(host);
  if (match === null) return false;
  const port = match[2] ?? '';
  if (Number(port) > 65_535) return false;
  url.hostname = match[1] as string;
  if (url.hostname === UNSET) return false;
  url.port = port;
  return true;
}

function setServer(url: URL, { server }: HTTPScope | WebSocketScope): void {
  // A Unix socket has a path and no port: nothing that could stand in a URL.
  if (server === null || server.port === null) {
    url.hostname = 'localhost';
    return;
  }
  url.hostname = server.host.includes(':') ? `[${server.host}]` : server.host;
  if (url.hostname === UNSET) url.hostname = 'localhost';
  url.port = String(server.port);
}
