import { JSONResponse, Response, StreamingResponse, TextResponse } from '@pullo/response';
import { PipelineError } from './errors.js';

const ADVICE = 'return a Response, text, bytes, a stream, null, or something that JSON has';

/** What a handler returned, as a response. `name` is that of the handler, for errors. */
export function toResponse(value: unknown, name: string): Response {
  switch (typeof value) {
    case 'string':
      return new TextResponse(value);
    case 'function':
      if (value instanceof Response) return value;
      break;
    case 'number':
    case 'boolean':
      return new JSONResponse(value);
    case 'object':
      return value === null ? new Response(null, { status: 204 }) : objectToResponse(value, name);
  }
  throw new PipelineError(`${name} returned ${describeValue(value)}: ${ADVICE}.`);
}

function objectToResponse(value: object, name: string): Response {
  if (value instanceof Uint8Array) return new Response(value, { mediaType: 'application/octet-stream' });
  if (isWebResponse(value)) return Response.from(value);
  if (value instanceof ReadableStream || Symbol.asyncIterator in value) {
    return new StreamingResponse(value as ReadableStream<Uint8Array> | AsyncIterable<string | Uint8Array>);
  }
  if (value instanceof Map || value instanceof Set || isIterator(value)) {
    throw new PipelineError(`${name} returned ${describeValue(value)}, which JSON does not have: ${ADVICE}.`);
  }
  return new JSONResponse(value);
}

/** Whether a value is a response of the Fetch standard, of this realm or a polyfill. */
export function isWebResponse(value: unknown): value is globalThis.Response {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.prototype.toString.call(value) === '[object Response]' &&
    'headers' in value
  );
}

/** Names a value for a message. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return `a function (${value.name || 'without a name'})`;
  if (typeof value === 'object' && value !== null)
    return `a ${Object.prototype.toString.call(value).slice(8, -1)}`;
  return `${typeof value === 'bigint' ? 'the bigint ' : ''}${String(value)}`;
}

function isIterator(value: object): boolean {
  return Symbol.iterator in value && 'next' in value && typeof value.next === 'function';
}
