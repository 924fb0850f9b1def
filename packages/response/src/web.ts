import { HeaderList } from '@pullo/asgi';
import { withoutTransport } from '@pullo/asgi/http';
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

/** Throws `InvalidStatus`, later, for `Response.error()` and opaque redirects: their status is 0. */
export function fromWeb(web: globalThis.Response): WebParts {
  const fields = new HeaderList(web.headers);
  // Only a response that came over the network has a URL. Its body has been decoded by then, so that the encoding and
  // the length in its header are no longer those of its body.
  const headers = web.url === '' ? fields : withoutTransport(fields);
  return { status: web.status, headers, content: web.body };
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
