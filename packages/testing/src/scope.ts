import {
  type ClientAddress,
  canonicalPath,
  type Exchange,
  HeaderList,
  type HTTPScope,
  type State,
} from '@pullo/asgi';
import type { RequestHead } from './request-head.js';

const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)(.*)$/;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** What a dispatcher puts into all of its scopes. */
export interface ScopeBase {
  client: ClientAddress | null;
  state: State;
  exchange: Exchange;
}

/** The scope of a request, as the server would make it. Throws `BadPath`. */
export function httpScope(head: RequestHead, base: ScopeBase): HTTPScope {
  const target = originForm(head);
  const mark = target.indexOf('?');
  const rawPath = mark === -1 ? target : target.slice(0, mark);
  const { protocol, hostname, port } = head.origin;
  return {
    type: 'http',
    asgi: { version: '3.0', specVersion: '2.5' },
    httpVersion: '1.1',
    method: head.method,
    scheme: protocol === 'https:' ? 'https' : 'http',
    path: canonicalPath(rawPath),
    rawPath,
    queryString: mark === -1 ? '' : target.slice(mark + 1),
    rootPath: '',
    headers: HeaderList.raw(head.fields),
    client: base.client,
    server: { host: hostname, port: port === '' ? (DEFAULT_PORTS[protocol] ?? null) : Number(port) },
    state: { ...base.state },
    extensions: { 'http.response.trailers': {}, 'http.response.early_hint': {} },
    exchange: base.exchange,
  };
}

/** An absolute-form target names the host, and the field yields to it (RFC 9112, section 3.2.2). */
function originForm(head: RequestHead): string {
  const absolute = ABSOLUTE_FORM.exec(head.target);
  if (absolute === null) return head.target;
  const [, host = '', rest = ''] = absolute;
  head.fields[1] = host;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
