import { Readable } from 'node:stream';
import { errors } from 'undici';
import { isFormData, multipart } from './multipart.js';

/** A request's body in one of two forms: all there, or to be read piece by piece. */
export interface RequestBody {
  /** What the body itself knows of its type; it counts where the caller named none. */
  type: string | null;
  /** In bytes; `null` if only reading tells. */
  length: number | null;
  source: Buffer | AsyncIterable<unknown> | Iterable<unknown>;
}

const EMPTY: RequestBody = { type: null, length: 0, source: Buffer.alloc(0) };

/**
 * The body that `dispatch` was given, in all forms that undici takes: string, buffers, streams, `FormData`, `Blob`,
 * iterables.
 */
export function requestBody(body: unknown): RequestBody {
  if (body == null) return EMPTY;
  if (typeof body === 'string') return whole(Buffer.from(body));
  if (body instanceof ArrayBuffer) return whole(Buffer.from(body));
  if (ArrayBuffer.isView(body)) return whole(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  if (isNodeStream(body)) return { type: null, length: endedLength(body), source: asReadable(body) };
  if (isFormData(body)) return multipart(body);
  if (isBlob(body)) return { type: body.type || null, length: body.size, source: body.stream() };
  if (isIterable(body)) return { type: null, length: null, source: body };
  throw new errors.InvalidArgumentError(
    'body must be a string, a Buffer, a Readable stream, an iterable, or an async iterable',
  );
}

/** A chunk of a streamed body as bytes. */
export function chunkBytes(chunk: unknown): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (chunk instanceof ArrayBuffer) return Buffer.from(chunk);
  if (ArrayBuffer.isView(chunk)) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new errors.InvalidArgumentError(
    `a body's chunks must be strings or bytes, but one was of type ${chunk === null ? 'null' : typeof chunk}`,
  );
}

function whole(bytes: Buffer): RequestBody {
  return { type: null, length: bytes.length, source: bytes };
}

interface NodeStream {
  pipe: unknown;
  on: (event: 'error', listener: (error: Error) => void) => unknown;
}

export function isNodeStream(body: unknown): body is NodeStream & NodeJS.ReadableStream {
  return (
    typeof body === 'object' &&
    body !== null &&
    'pipe' in body &&
    typeof body.pipe === 'function' &&
    'on' in body &&
    typeof body.on === 'function'
  );
}

/** Streams of the time before async iteration are wrapped. */
function asReadable(stream: NodeJS.ReadableStream): AsyncIterable<unknown> {
  return Symbol.asyncIterator in stream ? stream : new Readable().wrap(stream);
}

/** A stream that has been filled and ended before the request knows how long it is. */
function endedLength(stream: NodeJS.ReadableStream): number | null {
  if (!(stream instanceof Readable) || stream.readableObjectMode) return null;
  stream.read(0);
  const state: unknown = Reflect.get(stream, '_readableState');
  const ended = typeof state === 'object' && state !== null && 'ended' in state && state.ended === true;
  return ended ? stream.readableLength : null;
}

function isBlob(body: unknown): body is Blob {
  if (body instanceof Blob) return true;
  if (typeof body !== 'object' || body === null) return false;
  const tag = Object.prototype.toString.call(body);
  return (tag === '[object Blob]' || tag === '[object File]') && 'stream' in body;
}

function isIterable(body: unknown): body is AsyncIterable<unknown> | Iterable<unknown> {
  return (
    typeof body === 'object' && body !== null && (Symbol.asyncIterator in body || Symbol.iterator in body)
  );
}
