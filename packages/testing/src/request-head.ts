import { stringify } from 'node:querystring';
import { isToken } from '@pullo/asgi/http';
import { type Dispatcher, errors } from 'undici';

const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const TARGET = /^[\x21-\xff]+$/;
const DIGITS = /^\d+$/;

/** The methods whose requests say `content-length: 0` when they have no body (RFC 9110, section 8.6). */
const EXPECT_PAYLOAD = new Set(['PUT', 'POST', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH']);

/** The head of a request as undici would write it, but for its framing, which depends on the body. */
export interface RequestHead {
  method: string;
  /** The request target, with its query. */
  target: string;
  origin: URL;
  /** The fields as one flat array, in the order and the letter case of the wire. */
  fields: string[];
  /** The fields name a `content-type`. */
  hasType: boolean;
  /** The `content-length` that the caller announced. */
  announcedLength: number | null;
}

/**
 * Checks what `dispatch` was given by the rules of undici's own client and puts the head together.
 *
 * Throws undici's `InvalidArgumentError` and `NotSupportedError`, for the same arguments as undici does.
 */
export function requestHead(options: Dispatcher.DispatchOptions): RequestHead {
  checkTimeout('headersTimeout', options.headersTimeout);
  checkTimeout('bodyTimeout', options.bodyTimeout);
  if (options.throwOnError != null) throw new errors.InvalidArgumentError('invalid throwOnError');
  const method = checkMethod(options.method);
  const origin = new URL(options.origin ?? 'http://testserver');
  const head: RequestHead = {
    method,
    target: checkTarget(options, method),
    origin,
    fields: [],
    hasType: false,
    announcedLength: null,
  };
  const collector = new FieldCollector(head, options.reset ?? method === 'HEAD');
  for (const [name, value] of headerEntries(options.headers)) collector.add(name, value);
  head.fields.unshift(
    'host',
    collector.host ?? origin.host,
    'connection',
    typeof options.upgrade === 'string' ? 'upgrade' : collector.close ? 'close' : 'keep-alive',
    ...(typeof options.upgrade === 'string' ? ['upgrade', checkUpgrade(options.upgrade)] : []),
  );
  return head;
}

/** Whether the client takes fields after the body (RFC 9110, section 10.1.4). */
export function acceptsTrailers({ fields }: RequestHead): boolean {
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i]?.toLowerCase() === 'te' && /(?:^|[\s,])trailers(?:$|[\s,;])/i.test(fields[i + 1] ?? ''))
      return true;
  }
  return false;
}

/** Adds the framing fields that a body of this length has on the wire; `null` is a length not known. */
export function addFraming(head: RequestHead, length: number | null): void {
  const expectsPayload = EXPECT_PAYLOAD.has(head.method);
  if (length === 0 && !expectsPayload) return;
  const known = length ?? head.announcedLength;
  if (length !== null && length > 0 && head.announcedLength !== null && head.announcedLength !== length) {
    throw new errors.RequestContentLengthMismatchError();
  }
  if (known === null) head.fields.push('transfer-encoding', 'chunked');
  else head.fields.push('content-length', String(known));
}

/** Sorts out the fields that undici writes itself or refuses. */
class FieldCollector {
  host: string | null = null;
  close: boolean;
  readonly #head: RequestHead;

  constructor(head: RequestHead, close: boolean) {
    this.#head = head;
    this.close = close;
  }

  add(name: string, value: unknown): void {
    if (value === undefined) return;
    const lower = name.toLowerCase();
    if (!isToken(lower)) throw new errors.InvalidArgumentError('invalid header key');
    const values = Array.isArray(value) ? value : [value];
    for (const item of values) this.#take(name, lower, fieldValue(name, item), Array.isArray(value));
  }

  #take(name: string, lower: string, value: string, listed: boolean): void {
    switch (lower) {
      case 'host':
        if (this.host !== null) throw new errors.InvalidArgumentError('duplicate host header');
        if (listed) throw new errors.InvalidArgumentError('invalid host header');
        this.host = value;
        return;
      case 'content-length':
        if (this.#head.announcedLength !== null) {
          throw new errors.InvalidArgumentError('duplicate content-length header');
        }
        if (listed || !DIGITS.test(value)) {
          throw new errors.InvalidArgumentError('invalid content-length header');
        }
        this.#head.announcedLength = Number(value);
        return;
      case 'transfer-encoding':
      case 'keep-alive':
      case 'upgrade':
        throw new errors.InvalidArgumentError(`invalid ${lower} header`);
      case 'expect':
        throw new errors.NotSupportedError('expect header not supported');
      case 'connection':
        this.#connection(value, listed);
        return;
      default:
        if (lower === 'content-type') this.#head.hasType = true;
        this.#head.fields.push(name, value);
    }
  }

  #connection(value: string, listed: boolean): void {
    const tokens = value
      .toLowerCase()
      .split(',')
      .map((token) => token.trim());
    if (listed || !tokens.every(isToken)) {
      throw new errors.InvalidArgumentError('invalid connection header');
    }
    if (tokens.includes('close')) this.close = true;
  }
}

function fieldValue(name: string, value: unknown): string {
  if (value === null) return '';
  if (typeof value === 'object') throw new errors.InvalidArgumentError(`invalid ${name} header`);
  const text = String(value);
  if (!VALUE.test(text)) throw new errors.InvalidArgumentError(`invalid ${name} header`);
  return text;
}

/** The forms of undici's `headers`: a flat array, pairs, or a plain object. */
function* headerEntries(headers: unknown): Iterable<[name: string, value: unknown]> {
  if (headers == null) return;
  if (Array.isArray(headers)) {
    if (headers.length % 2 !== 0) throw new errors.InvalidArgumentError('headers array must be even');
    for (let i = 0; i < headers.length; i += 2) yield [String(headers[i]), headers[i + 1]];
    return;
  }
  if (typeof headers !== 'object') {
    throw new errors.InvalidArgumentError('headers must be an object or an array');
  }
  if (!hasSafeIterator(headers)) {
    yield* Object.entries(headers);
    return;
  }
  for (const pair of headers) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new errors.InvalidArgumentError('headers must be in key-value pair format');
    }
    yield [String(pair[0]), pair[1]];
  }
}

/** An iterator that comes from a polluted `Object.prototype` does not count. */
function hasSafeIterator(headers: object): headers is Iterable<unknown> {
  if (!(Symbol.iterator in headers)) return false;
  if (Object.hasOwn(headers, Symbol.iterator)) return true;
  const prototype: unknown = Object.getPrototypeOf(headers);
  return prototype !== null && prototype !== Object.prototype;
}

function checkMethod(method: unknown): string {
  if (typeof method !== 'string') throw new errors.InvalidArgumentError('method must be a string');
  if (!isToken(method)) throw new errors.InvalidArgumentError('invalid request method');
  return method;
}

function checkTarget({ path, query }: Dispatcher.DispatchOptions, method: string): string {
  if (typeof path !== 'string') throw new errors.InvalidArgumentError('path must be a string');
  if (!path.startsWith('/') && !/^https?:\/\//.test(path) && method !== 'CONNECT') {
    throw new errors.InvalidArgumentError('path must be an absolute URL or start with a slash');
  }
  if (!TARGET.test(path)) throw new errors.InvalidArgumentError('invalid request path');
  if (query == null) return path;
  if (/[?#]/.test(path)) {
    throw new Error('Query params cannot be passed when url already contains "?" or "#".');
  }
  const text = stringify(query);
  return text === '' ? path : `${path}?${text}`;
}

function checkUpgrade(upgrade: string): string {
  if (!VALUE.test(upgrade)) throw new errors.InvalidArgumentError('invalid upgrade header');
  return upgrade;
}

function checkTimeout(name: string, value: number | null | undefined): void {
  if (value == null) return;
  if (!Number.isFinite(value) || value < 0) throw new errors.InvalidArgumentError(`invalid ${name}`);
}
