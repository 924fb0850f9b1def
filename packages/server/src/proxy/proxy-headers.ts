import type { ClientAddress, HeaderList } from '@pullo/asgi';
import { isHost } from '@pullo/asgi/http';
import { type ForwardedElement, parseForwarded } from './forwarded-field.js';
import { walk } from './hop.js';
import { TrustedProxies } from './trusted-proxies.js';

/** Which fields the trusted proxies write. Only these are read: proxies pass on the others as the client sent them. */
export type ProxyHeaders = 'x-forwarded' | 'forwarded';

/** What proxies say of a request. */
export interface Forwarding {
  client: ClientAddress | null;
  /** Null if they do not say. */
  scheme: 'http' | 'https' | null;
  /** Null if they do not say, or are not asked. */
  host: string | null;
}

interface ProxyOptions {
  trustedProxies: readonly string[];
  proxyHeaders: ProxyHeaders;
  forwardedHost: boolean;
}

/** Reads what trusted proxies tell of a request that they pass on. */
export class ProxyReader {
  readonly #trusted: TrustedProxies;
  readonly #reads: ProxyHeaders;
  readonly #readsHost: boolean;

  constructor({ trustedProxies, proxyHeaders, forwardedHost }: ProxyOptions) {
    this.#trusted = new TrustedProxies(trustedProxies);
    this.#reads = proxyHeaders;
    this.#readsHost = forwardedHost;
  }

  /** Whether a peer is a proxy whose fields count. */
  trusts(peer: ClientAddress | null): boolean {
    return this.#trusted.has(peer === null ? null : peer.host);
  }

  /** What the fields of a request say, which has come from a trusted peer. */
  read(headers: HeaderList, peer: ClientAddress | null): Forwarding {
    return this.#reads === 'forwarded' ? this.#forwarded(headers, peer) : this.#xForwarded(headers, peer);
  }

  #xForwarded(headers: HeaderList, peer: ClientAddress | null): Forwarding {
    const { client } = walk(listOf(headers, 'x-forwarded-for'), peer, this.#trusted);
    // Of several the last is what the nearest proxy wrote.
    const scheme = schemeOf(listOf(headers, 'x-forwarded-proto').at(-1));
    const host = this.#readsHost ? hostOf(listOf(headers, 'x-forwarded-host').at(-1)) : null;
    return { client, scheme, host };
  }

  #forwarded(headers: HeaderList, peer: ClientAddress | null): Forwarding {
    const elements = elementsOf(headers);
    const hops = elements.map((element) => element.get('for') ?? '');
    const { client, at } = walk(hops, peer, this.#trusted);
    const element = elements[at];
    const host = this.#readsHost ? hostOf(element?.get('host')) : null;
    return { client, scheme: schemeOf(element?.get('proto')), host };
  }
}

/** The items of all fields of a name, in order. */
function listOf(headers: HeaderList, name: string): string[] {
  const value = headers.get(name);
  return value === null ? [] : value.split(',').map((item) => item.trim());
}

/** Each line is read by itself, so that one that the client has spoiled does not spoil that of a proxy. */
function elementsOf(headers: HeaderList): ForwardedElement[] {
  const unreadable: ForwardedElement = new Map();
  return headers.getAll('forwarded').flatMap((line) => parseForwarded(line) ?? [unreadable]);
}

/** A proxy of WebSocket sessions may name those; the scheme of the request is then that below. */
function schemeOf(text: string | undefined): 'http' | 'https' | null {
  switch (text?.toLowerCase()) {
    case 'http':
    case 'ws':
      return 'http';
    case 'https':
    case 'wss':
      return 'https';
    default:
      return null;
  }
}

function hostOf(text: string | undefined): string | null {
  return text !== undefined && text !== '' && isHost(text) ? text : null;
}
