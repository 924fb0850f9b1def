import type { ReadableStream } from 'node:stream/web';
import { HeaderList, Headers } from '@pullo/asgi';
import type { ParsedHeaders } from './handler.js';
import type { ResponseBody } from './response-body.js';

/** A 1xx response that came before the final one. */
export interface InformationalResponse {
  readonly status: number;
  readonly headers: Headers;
}

/** What a `ClientResponse` is made of. */
export interface ResponseParts {
  url: string;
  status: number;
  statusText: string;
  headers: ParsedHeaders;
  informational: readonly InformationalResponse[];
  body: ResponseBody;
  trailers: () => ParsedHeaders;
}

/**
 * What a client gets for a request: the names are those of Fetch's `Response`.
 *
 * It is there when the head is: the body comes as it is read. `text`, `json`, `bytes`, `arrayBuffer`, `blob` and `formData` may be
 * called any number of times, but not beside `body`.
 *
 * @example
 * ```ts
 * import { JSONResponse } from '@pullo/response';
 * import { client } from '@pullo/testing';
 *
 * await using http = client(new JSONResponse({ ok: true }));
 * const response = await http.get('/');
 * console.log(response.status, response.headers.get('content-type'), await response.json());
 * ```
 */
export class ClientResponse {
  readonly #parts: ResponseParts;
  #headers: Headers | null = null;

  constructor(parts: ResponseParts) {
    this.#parts = parts;
  }

  get status(): number {
    return this.#parts.status;
  }

  get statusText(): string {
    return this.#parts.statusText;
  }

  /** Whether the status is from 200 to 299. */
  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  /** The URL that this is the answer of: the last one, if redirects were followed. */
  get url(): string {
    return this.#parts.url;
  }

  get headers(): Headers {
    this.#headers ??= toHeaders(this.#parts.headers);
    return this.#headers;
  }

  /** The 1xx responses that came before. */
  get informational(): readonly InformationalResponse[] {
    return this.#parts.informational;
  }

  /** The fields that came after the body: there once the body has been read. */
  get trailers(): Headers {
    return toHeaders(this.#parts.trailers());
  }

  /** The body as a stream of bytes, once. The app feels how fast it is read. */
  get body(): ReadableStream<Uint8Array> {
    return this.#parts.body.stream();
  }

  /** Whether the body has been asked for. */
  get bodyUsed(): boolean {
    return this.#parts.body.used;
  }

  /** The whole body. Rejects if the connection is lost before its end, as all readers do. */
  bytes(): Promise<Uint8Array> {
    return this.#parts.body.bytes();
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return new Uint8Array(await this.bytes()).buffer;
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  /** The body as JSON. The type is yours to know: nothing checks it. Throws `SyntaxError`. */
  async json<T = unknown>(): Promise<T> {
    return JSON.parse(await this.text());
  }

  async blob(): Promise<Blob> {
    return new Blob([await this.bytes()], { type: this.headers.get('content-type') ?? '' });
  }

  async formData(): Promise<FormData> {
    const type = this.headers.get('content-type') ?? '';
    return new globalThis.Response(await this.bytes(), { headers: { 'content-type': type } }).formData();
  }

  /** Leaves without reading the rest: the app sees that its client has gone. */
  cancel(reason: Error = new Error('The test cancelled the response.')): void {
    this.#parts.body.cancel(reason);
  }

  /** `using` cancels what has not been read. */
  [Symbol.dispose](): void {
    this.cancel();
  }
}

/** The fields of a parsed head, repeated ones apart. */
export function toHeaders(parsed: ParsedHeaders): Headers {
  const flat: string[] = [];
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value === 'string') flat.push(name, value);
    else for (const item of value) flat.push(name, item);
  }
  return Headers.of(HeaderList.raw(flat));
}
