import { HeaderList } from '@pullo/asgi';
import { bytesOf } from './chunk.js';
import type { Body, StreamContent } from './content.js';
import { isBodiless } from './status.js';
import { type Pull, Stream } from './stream.js';

/** What a response takes over from one of Fetch. */
export interface WebParts {
  status: number;
  headers: HeaderList;
  content: StreamContent | null;
}

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

/** Throws `InvalidStatus`, later, for `Response.error()` and opaque redirects: their status is 0. */
export function fromWeb(web: globalThis.Response): WebParts {
  const headers = new HeaderList(web.headers);
  // Only a response that came over the network has a URL. Its body has been decoded by then, so that the encoding and
  // the length in its header are no longer those of its body.
  if (web.url !== '') removeTransport(headers);
  return { status: web.status, headers, content: web.body };
}

function removeTransport(headers: HeaderList): void {
  const named = headers.get('connection')?.split(',') ?? [];
  for (const name of named) {
    if (name.trim() !== '') headers.delete(name.trim());
  }
  for (const name of HOP_BY_HOP) headers.delete(name);
  if (!headers.has('content-encoding')) return;
  headers.delete('content-encoding');
  headers.delete('content-length');
}

export function toWeb(status: number, list: HeaderList, body: Body): globalThis.Response {
  const headers = new globalThis.Headers();
  for (const [name, value] of list) headers.append(name, value);
  return new globalThis.Response(isBodiless(status) ? null : webBody(body, list), { status, headers });
}

function webBody(body: Body, list: HeaderList): BodyInit | null {
  if (body === null) return null;
  if (body instanceof Stream) return readable(body.open());
  // Fetch would add a type to text that has none.
  if (typeof body === 'string') return list.has('content-type') ? body : new TextEncoder().encode(body);
  // Bytes over shared memory, which Fetch refuses, are copied.
  return body.buffer instanceof ArrayBuffer
    ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
    : body.slice();
}

function readable(pull: Pull): globalThis.ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const step = await pull.next();
        if (step.done) return controller.close();
        try {
          controller.enqueue(bytesOf(step.value));
        } catch (error) {
          await pull.stop(error);
          throw error;
        }
      },
      cancel: (reason) => pull.stop(reason),
    },
    { highWaterMark: 0 },
  );
}
