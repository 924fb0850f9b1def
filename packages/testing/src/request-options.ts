import { HeaderList, type HeadersInit } from '@pullo/asgi';
import { isFormData } from './multipart.js';

/** The parts of a query: lists repeat their name, `undefined` is left out. */
export type QueryInit =
  | URLSearchParams
  | Readonly<Record<string, string | number | boolean | readonly (string | number | boolean)[] | undefined>>;

/** What a request of a client may carry. At most one of `json`, `form` and `body`. */
export interface RequestOptions {
  headers?: HeadersInit;
  /** Added to the path, after a query that it already has. */
  query?: QueryInit;
  /** Sent as JSON, with `content-type: application/json`. */
  json?: unknown;
  /** Sent as a URL-encoded form. A `FormData` is sent as multipart: give it as `body`. */
  form?: QueryInit;
  /** Text, bytes, `FormData`, `URLSearchParams`, `Blob`, a stream or an iterable, as undici takes it. */
  body?: unknown;
  /** Aborting it makes the client leave. */
  signal?: AbortSignal;
  /** Whether redirects are answers or followed, twenty at most, within the origin. Default: `manual`. */
  redirect?: 'manual' | 'follow';
  /** In milliseconds; the request fails with undici's `HeadersTimeoutError`. Default: for ever. */
  headersTimeout?: number;
  /** In milliseconds between two pieces of the body; undici's `BodyTimeoutError`. Default: for ever. */
  bodyTimeout?: number;
}

/** A body with the type that it brings along. */
export interface TypedBody {
  body: unknown;
  type: string | null;
}

export function typedBody(options: RequestOptions): TypedBody {
  const given = (['json', 'form', 'body'] as const).filter((name) => options[name] !== undefined);
  if (given.length > 1)
    throw new TypeError(`A request has one body: give only one of ${given.join(' and ')}.`);
  if (options.json !== undefined) return { body: JSON.stringify(options.json), type: 'application/json' };
  if (isFormData(options.form)) throw new TypeError('A FormData is not sent URL-encoded: give it as body.');
  if (options.form !== undefined) return urlEncoded(searchParams(options.form));
  if (options.body instanceof URLSearchParams) return urlEncoded(options.body);
  return { body: options.body ?? null, type: null };
}

function urlEncoded(params: URLSearchParams): TypedBody {
  return { body: params.toString(), type: 'application/x-www-form-urlencoded;charset=UTF-8' };
}

export function searchParams(init: QueryInit): URLSearchParams {
  if (init instanceof URLSearchParams) return init;
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(init)) {
    if (value === undefined) continue;
    const values = Array.isArray(value) ? value : [value];
    for (const item of values) params.append(name, String(item));
  }
  return params;
}

/** The fields of a request: those of the client, with the request's own in their place. */
export function mergeHeaders(base: HeaderList, own: HeadersInit | undefined): HeaderList {
  const merged = base.clone();
  if (own === undefined) return merged;
  const list = new HeaderList(own);
  for (const [name] of list) merged.delete(name);
  for (const [name, value] of list) merged.append(name, value);
  return merged;
}

const PLAIN_TARGET = /^\/[\x21\x22\x24-\x7e]*$/;

/**
 * The request target for a path: spaces and characters beyond ASCII are encoded, all else stays as it is, dot segments
 * and malformed escapes too, as it is the app's side that has to deal with them. A fragment is not sent.
 */
export function encodeTarget(path: string): string {
  if (PLAIN_TARGET.test(path)) return path;
  if (!path.startsWith('/'))
    throw new TypeError(`Invalid path ${JSON.stringify(path)}: it must begin with "/" or be a URL.`);
  const [target = ''] = path.split('#', 1);
  return target.replace(/[^\x21-\x7e]+/g, (text) => percentEncode(Buffer.from(text)));
}

function percentEncode(bytes: Buffer): string {
  return bytes.toString('hex').replace(/../g, (pair) => `%${pair.toUpperCase()}`);
}
