import { isIP } from 'node:net';
import type { ClientAddress } from '@pullo/asgi';
import type { TrustedProxies } from './trusted-proxies.js';

const BRACKETED = /^\[([0-9A-Fa-f:.]+)\](?::([0-9]{1,5}|_[A-Za-z0-9._-]+))?$/;
const IPV4 = /^([0-9.]+)(?::([0-9]{1,5}|_[A-Za-z0-9._-]+))?$/;

/** An address as proxies write it: with or without brackets and a port, which is 0 if it is not told. Null for anything else. */
export function parseHop(text: string): ClientAddress | null {
  const [, host = text, port] = BRACKETED.exec(text) ?? IPV4.exec(text) ?? [];
  if (isIP(host) === 0) return null;
  const number = Number(port ?? 0);
  return { host: unmapped(host), port: number <= 65535 ? number : 0 };
}

/** An IPv4 address that is written as an IPv6 one, as dual-stack sockets do, is the IPv4 address. */
export function unmapped(host: string): string {
  return /^::ffff:[0-9.]+$/i.test(host) ? host.slice(7) : host;
}

/** Where the walk along a chain of proxies has ended. */
export interface Walk {
  /** Who the last trusted proxy says it was called by, or the peer. */
  client: ClientAddress | null;
  /** The index of the leftmost hop that a trusted proxy has written; -1 if there is none. */
  at: number;
}

/**
 * Follows the hops from the right, where the nearest proxy has written, as long as each was written by a proxy that is trusted:
 * what stands further left may have come from the client. A hop that is no address ends the walk too.
 */
export function walk(hops: readonly string[], peer: ClientAddress | null, trusted: TrustedProxies): Walk {
  let client = peer;
  for (let at = hops.length - 1; at >= 0; at--) {
    const hop = parseHop(hops[at] as string);
    if (hop === null) return { client, at };
    client = hop;
    if (!trusted.has(hop.host)) return { client, at };
  }
  return { client, at: hops.length > 0 ? 0 : -1 };
}
