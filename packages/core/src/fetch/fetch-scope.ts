import type { Exchange, HTTPScope, ServerAddress, State } from '@pullo/asgi';
import { PLATFORM } from '../platform.js';
import { clientAddress } from './client-address.js';
import { parseTarget } from './target.js';
import { WebHeaders } from './web-headers.js';

const VERSIONS = Object.freeze({ version: '3.0', specVersion: '2.5' } as const);

/** What of a scope does not come from the request. */
export interface ScopeBase {
  readonly platform: readonly unknown[];
  readonly state: State;
  readonly exchange: Exchange;
}

/** The scope of a request in Fetch's form. Throws `BadPath`. */
export function fetchScope(request: globalThis.Request, { platform, state, exchange }: ScopeBase): HTTPScope {
  const { isSecure, host, path, rawPath, queryString } = parseTarget(request.url);
  return {
    type: 'http',
    asgi: VERSIONS,
    // Fetch does not tell.
    httpVersion: '1.1',
    method: request.method,
    scheme: isSecure ? 'https' : 'http',
    path,
    rawPath,
    queryString,
    rootPath: '',
    headers: new WebHeaders(request.headers, host),
    client: clientAddress(request, platform),
    server: serverAddress(host, isSecure),
    state: { ...state },
    extensions: { [PLATFORM]: platform },
    exchange,
  };
}

/** Most requests ask for the same host as the one before. */
let last: { readonly host: string; readonly isSecure: boolean; readonly address: ServerAddress } | undefined;

function serverAddress(host: string, isSecure: boolean): ServerAddress {
  if (last === undefined || last.host !== host || last.isSecure !== isSecure) {
    last = { host, isSecure, address: Object.freeze(parseHost(host, isSecure)) };
  }
  return last.address;
}

function parseHost(host: string, isSecure: boolean): ServerAddress {
  const colon = host.indexOf(':', host.lastIndexOf(']') + 1);
  const name = colon === -1 ? host : host.slice(0, colon);
  const port = colon === -1 ? (isSecure ? 443 : 80) : Number(host.slice(colon + 1));
  return { host: name.startsWith('[') ? name.slice(1, -1) : name, port };
}
