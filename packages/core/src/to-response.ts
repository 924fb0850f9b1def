import { JSONResponse, Response, StreamingResponse, TextResponse } from '@pullo/response';
import { describeValue } from './describe.js';
import { PipelineError } from './errors.js';
import { isWebResponse } from './web-response.js';

const ADVICE = 'return a Response, text, bytes, a stream, null, or something that JSON has';

/** What a handler returned, as a response. `name` is that of the handler, for errors. */
export function toResponse(value: unknown, name: string): Response {
  switch (typeof value) {
    case 'string':
      return new TextResponse(value);
    case 'number':
    case 'boolean':
      return new JSONResponse(value);
    case 'function':
      if (value instanceof Response) return value;
      break;
    case 'object':
      return value === null ? new Response(null, { status: 204 }) : objectToResponse(value, name);
  }
  throw new PipelineError(`${name} returned ${describeValue(value)}: ${ADVICE}.`);
}

function objectToResponse(value: object, name: string): Response {
  if (value instanceof Error) {
    throw new PipelineError(`${name} returned ${describeValue(value)}: throw it.`, { cause: value });
  }
  try {
    if (value instanceof Uint8Array || value instanceof ArrayBuffer) {
      return new Response(value, { mediaType: 'application/octet-stream' });
    }
    if (isWebResponse(value)) return Response.from(value);
    if (value instanceof ReadableStream || Symbol.asyncIterator in value) {
      return new StreamingResponse(value as ReadableStream<Uint8Array> | AsyncIterable<string | Uint8Array>);
    }
    if (isData(value)) return new JSONResponse(value);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new PipelineError(`${name} returned ${describeValue(value)} that cannot be sent: ${problem}`, {
      cause: error,
    });
  }
  throw new PipelineError(`${name} returned ${describeValue(value)}, which JSON does not have: ${ADVICE}.`);
}

/** Whether JSON keeps what an object holds: a `Blob`, a `Map` or a `RegExp` would become `{}` without a word. */
function isData(value: object): boolean {
  if (Array.isArray(value)) return true;
  if ('toJSON' in value && typeof value.toJSON === 'function') return true;
  if (ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set) return false;
  if (isIterator(value)) return false;
  return Object.prototype.toString.call(value) === '[object Object]' || Object.keys(value).length > 0;
}

function isIterator(value: object): boolean {
  return Symbol.iterator in value && 'next' in value && typeof value.next === 'function';
}
