import type { HTTPScope, Receive, ReceiveEvent } from '@pullo/asgi';
import { Request, type RequestOptions } from '@pullo/request';

const encoder = new TextEncoder();

export type Chunk = string | Uint8Array;

/** The parts of a request that a row of a table cares about. */
export interface RequestParts extends RequestOptions {
  method?: string;
  path?: string;
  query?: string;
  headers?: readonly (readonly [string, string])[];
  /** Events in order: a piece of body, or the disconnect. Default: an empty body. After the last, the client stays. */
  chunks?: readonly (Chunk | 'disconnect')[];
  /** Changes of the scope beyond these. */
  scope?: Readonly<Record<string, unknown>>;
}

export function toBytes(chunk: Chunk): Uint8Array {
  return typeof chunk === 'string' ? encoder.encode(chunk) : chunk;
}

/** A scope as a correct server makes it. */
export function httpScope(parts: RequestParts = {}): HTTPScope {
  const { method = 'GET', path = '/', query = '', headers = [['host', 'example.org']], scope = {} } = parts;
  return {
    type: 'http',
    asgi: { version: '3.0', specVersion: '2.5' },
    httpVersion: '1.1',
    method,
    scheme: 'http',
    path,
    rawPath: path,
    queryString: query,
    rootPath: '',
    headers,
    client: { host: '127.0.0.1', port: 54321 },
    server: { host: '127.0.0.1', port: 8000 },
    state: {},
    extensions: {},
    exchange: { signal: new AbortController().signal },
    ...scope,
  };
}

/** Plays chunks as events; a piece is the last one when nothing follows it. */
export function receiveOf(chunks: readonly (Chunk | 'disconnect')[]): Receive {
  const events: ReceiveEvent[] = chunks.map((chunk, index) => {
    if (chunk === 'disconnect') return { type: 'http.disconnect' };
    return { type: 'http.request', body: toBytes(chunk), moreBody: index < chunks.length - 1 };
  });
  return async () => events.shift() ?? new Promise<never>(() => {});
}

export function makeRequest(parts: RequestParts = {}): Request {
  const { form, files, maxBytes, chunks = [''] } = parts;
  return new Request(httpScope(parts), receiveOf(chunks), { form, files, maxBytes });
}

/** A POST of this type. */
export function post(
  type: string | null,
  chunks: readonly (Chunk | 'disconnect')[],
  parts: RequestParts = {},
): Request {
  const headers: [string, string][] = [['host', 'example.org']];
  if (type !== null) headers.push(['content-type', type]);
  return makeRequest({ method: 'POST', headers, chunks, ...parts });
}

export async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of pieces) text += decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}

/** A form as pairs; a file is its name, type and text. */
export async function formPairs(form: FormData): Promise<[string, string | [string, string, string]][]> {
  const pairs: [string, string | [string, string, string]][] = [];
  for (const [name, value] of form) {
    pairs.push([name, typeof value === 'string' ? value : await fileTriple(value)]);
  }
  return pairs;
}

async function fileTriple(file: File): Promise<[string, string, string]> {
  // Bun's File adds a charset to the type text/plain.
  return [file.name, file.type.replace(';charset=utf-8', ''), await file.text()];
}
