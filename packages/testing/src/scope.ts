import {
  type ClientAddress,
  type Exchange,
  HeaderList,
  type HTTPScope,
  type ServerAddress,
  type State,
} from '@pullo/asgi';
import type { RequestHead } from './request-head.js';
import { checkHost, parseTarget } from './target.js';

const VERSIONS = Object.freeze({ version: '3.0', specVersion: '2.5' } as const);
const EXTENSIONS = Object.freeze({ 'http.response.trailers': {}, 'http.response.early_hint': {} });
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** What of a scope does not come from the request. */
export interface ScopeBase {
  client: ClientAddress | null;
  state: State;
  exchange: Exchange;
}

/** The scope of a request, as the server would make it. Throws `Refusal`. */
export function httpScope(head: RequestHead, base: ScopeBase): HTTPScope {
  // The first field of a head is always its host.
  checkHost(head.fields[1] ?? '');
  const { path, rawPath, queryString, authority } = parseTarget(head.method, head.target);
  const headers = HeaderList.raw(head.fields);
  if (authority !== null) headers.set('host', authority);
  return {
    type: 'http',
    asgi: VERSIONS,
    httpVersion: '1.1',
    method: head.method,
    scheme: head.origin.protocol === 'https:' ? 'https' : 'http',
    path,
    rawPath,
    queryString,
    rootPath: '',
    headers,
    client: base.client,
    server: serverAddress(head.origin),
    state: { ...base.state },
    extensions: EXTENSIONS,
    exchange: base.exchange,
  };
}

function serverAddress({ hostname, port, protocol }: URL): ServerAddress {
  return { host: hostname, port: port === '' ? (DEFAULT_PORTS[protocol] ?? null) : Number(port) };
}
