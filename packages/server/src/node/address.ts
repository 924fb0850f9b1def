import type { ClientAddress } from '@pullo/asgi';
import { unmapped } from '../proxy/hop.js';

/** One end of a socket; null for a unix socket, whose ends have no addresses. */
export function address(host: string | undefined, port: number | undefined): ClientAddress | null {
  if (host === undefined || port === undefined) return null;
  // A dual-stack socket shows IPv4 clients as IPv6 addresses.
  return Object.freeze({ host: unmapped(host), port });
}

/** An address as the log has it. */
export function label({ host, port }: ClientAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
