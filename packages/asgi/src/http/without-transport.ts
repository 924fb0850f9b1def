import type { HeaderList } from '../header-list.js';

/** Fields of one connection, which end there (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/**
 * Takes out of the fields of a response that came over the network what was true of its way here only, and gives them back: the
 * fields of the connection and, as its body has been decoded, the encoding and the length.
 *
 * @example
 * ```ts
 * import { HeaderList } from '@pullo/asgi';
 * import { withoutTransport } from '@pullo/asgi/http';
 *
 * const upstream = await fetch('https://example.org/');
 * const headers = withoutTransport(new HeaderList(upstream.headers));
 * ```
 */
export function withoutTransport(headers: HeaderList): HeaderList {
  const named = headers.get('connection')?.split(',') ?? [];
  for (const name of named) {
    if (name.trim() !== '') headers.delete(name.trim());
  }
  for (const name of HOP_BY_HOP) headers.delete(name);
  if (!headers.has('content-encoding')) return headers;
  headers.delete('content-encoding');
  headers.delete('content-length');
  return headers;
}
