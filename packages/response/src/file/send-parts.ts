import { type HeaderList, type HTTPScope, isClientDisconnected, type Receive, type Send } from '@pullo/asgi';
import { type ByteRange, byteLength } from '@pullo/asgi/http';
import { Response } from '../response.js';
import { type OpenFile, PIECE } from './open-file.js';

/** A piece of a body: text, or bytes of the file. */
export type Part = string | ByteRange;

/** What is answered: `content-length` is there already, and without parts there is no content. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly parts: readonly Part[];
}

/** In bytes. */
export function sizeOf(part: Part): number {
  return typeof part === 'string' ? byteLength(part) : part.end + 1 - part.start;
}

/**
 * Sends an answer that bytes of the file are a part of: at once if it is short, read by the server where that has
 * `http.response.zerocopysend`, and piece by piece elsewhere. It is the file that was looked at in any case.
 */
export async function sendParts(
  file: OpenFile,
  { status, headers, parts }: Answer,
  scope: HTTPScope,
  receive: Receive,
  send: Send,
): Promise<void> {
  const [part] = parts;
  if (part === undefined || scope.method === 'HEAD') {
    await new Response(null, { status, headers })(scope, receive, send);
  } else if (parts.length === 1 && typeof part !== 'string' && sizeOf(part) <= PIECE) {
    const bytes = await file.readAll(part);
    await new Response(bytes, { status, headers })(scope, receive, send);
  } else if ('http.response.zerocopysend' in (scope.extensions ?? {})) {
    await send({ type: 'http.response.start', status, headers });
    for (const [index, each] of parts.entries()) {
      await sendPart(file, each, index < parts.length - 1 ? 'more follow' : 'last', send);
    }
  } else {
    await new Response(pieces(file, parts), { status, headers })(scope, receive, send);
  }
}

async function sendPart(
  file: OpenFile,
  part: Part,
  place: 'more follow' | 'last',
  send: Send,
): Promise<void> {
  const moreBody = place !== 'last';
  if (typeof part === 'string') return send({ type: 'http.response.body', body: part, moreBody });
  const where = { file: file.descriptor, offset: part.start, count: sizeOf(part) };
  try {
    await send({ type: 'http.response.zerocopysend', ...where, moreBody });
  } catch (error) {
    if (!isClientDisconnected(error)) file.checkLength();
    throw error;
  }
}

async function* pieces(file: OpenFile, parts: readonly Part[]): AsyncGenerator<string | Uint8Array, void> {
  for (const part of parts) {
    if (typeof part === 'string') yield part;
    else yield* file.read(part);
  }
}
