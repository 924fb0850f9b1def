import type { ClientAddress } from '@pullo/asgi';

/**
 * The peer, as far as the host tells of it: by `requestIP` of Bun's server or by `remoteAddr` of Deno's info.
 *
 * Never by a header: `cf-connecting-ip` and `x-forwarded-for` are the client's own word wherever the app is reached by another way
 * than the proxy that sets them.
 */
export function clientAddress(
  request: globalThis.Request,
  platform: readonly unknown[],
): ClientAddress | null {
  const [host] = platform;
  if (typeof host !== 'object' || host === null) return null;
  if ('requestIP' in host && typeof host.requestIP === 'function') {
    return addressOf(host.requestIP(request), 'address');
  }
  return 'remoteAddr' in host ? addressOf(host.remoteAddr, 'hostname') : null;
}

/** Null also for a Unix socket, which has a path in place of an address. */
function addressOf(value: unknown, key: string): ClientAddress | null {
  if (typeof value !== 'object' || value === null) return null;
  const { [key]: host, port } = value as Record<string, unknown>;
  return typeof host === 'string' && typeof port === 'number' ? { host, port } : null;
}
