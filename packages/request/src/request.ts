/// <reference lib="esnext.disposable" preserve="true" />
import {
  type ClientAddress,
  HeaderList,
  Headers,
  type HTTPScope,
  isClientDisconnected,
  type Receive,
  type WebSocketScope,
} from '@pullo/asgi';
import {
  acceptedEncodings,
  acceptedLanguages,
  acceptedTypes,
  type ByteRange,
  byteRanges,
  isFresh,
  preconditionFailed,
  type Validators,
} from '@pullo/asgi/http';
import { Body } from './body.js';
import { Cookies } from './cookies.js';
import { BodyConsumed, UnsupportedMediaType } from './errors.js';
import { type FileStore, SpilledFiles } from './file-store.js';
import { readForm } from './form.js';
import { canLookUp } from './header-field.js';
import { parseJSON } from './json.js';
import {
  type BodyLimits,
  DEFAULT_MAX_BYTES,
  type EffectiveFormLimits,
  type FormLimits,
  formLimits,
} from './limits.js';
import { essenceOf, isJSON, matchesMediaType } from './media-type.js';
import { multipartBoundary } from './multipart-head.js';
import { type Part, PartsReader } from './parts.js';
import { Query } from './query.js';
import { readableStream } from './readable-stream.js';
import { requestURL } from './url.js';
import { fromWebRequest, toWebRequest } from './web.js';

/** Making one takes longer than decoding a short text. */
const utf8 = new TextDecoder();

/** What a `Request` can be told beyond its scope. */
export interface RequestOptions extends BodyLimits {
  /** The limits of `formData()` and `parts()`. */
  form?: FormLimits | undefined;
  /** Where files go that are too large for memory: `temporaryFiles()` of `@pullo/request/files`. Default: nowhere, they are refused. */
  files?: FileStore | undefined;
}

/**
 * A request over an ASGI-shaped scope. Nothing is parsed before it is read: making one makes nothing else.
 *
 * The surface is Fetch's where Fetch has a name. Of a WebSocket's handshake it has everything but a body, which is empty.
 *
 * @example
 * ```ts
 * import { type App, UnsupportedScope } from '@pullo/asgi';
 * import { Request } from '@pullo/request';
 *
 * export const app: App = async (scope, receive, send) => {
 *   if (scope.type !== 'http') throw new UnsupportedScope(scope);
 *   await using request = new Request(scope, receive);
 *   const name = request.query.get('name') ?? (await request.text());
 *   send({ type: 'http.response.start', status: 200 });
 *   await send({ type: 'http.response.body', body: `Hello ${name}!\n` });
 * };
 * ```
 */
export class Request implements AsyncDisposable {
  readonly #scope: HTTPScope | WebSocketScope;
  readonly #receive: Receive;
  readonly #options: RequestOptions | undefined;
  #headers: Headers | undefined = undefined;
  #url: URL | undefined = undefined;
  #query: Query | undefined = undefined;
  #cookies: Cookies | undefined = undefined;
  #body: Body | undefined = undefined;
  #stream: ReadableStream<Uint8Array> | undefined = undefined;
  #form: Promise<FormData> | undefined = undefined;
  #spilled: SpilledFiles | undefined = undefined;

  constructor(scope: HTTPScope | WebSocketScope, receive: Receive, options?: RequestOptions) {
    this.#scope = scope;
    this.#receive = receive;
    this.#options = options;
  }

  /** As sent: methods are case-sensitive (RFC 9110, section 9.1). `GET` for the handshake of a WebSocket. */
  get method(): string {
    return this.#scope.type === 'http' ? this.#scope.method : 'GET';
  }

  /** The canonical path, still percent-encoded, `rootPath` included. */
  get path(): string {
    return this.#scope.path;
  }

  /**
   * The whole URL, made of the scope's parts on first read.
   *
   * A `Host` that is missing or malformed is replaced by the server's address. A well-formed one is still the client's
   * word: check it against the hosts that you serve before you put it into a link.
   */
  get url(): URL {
    this.#url ??= requestURL(this.#scope, this.headers.get('host'));
    return this.#url;
  }

  /** The query, parsed on first read. */
  get query(): Query {
    this.#query ??= new Query(this.#scope.queryString);
    return this.#query;
  }

  /** The header fields: a view of the scope's, not a copy. */
  get headers(): Headers {
    this.#headers ??= Headers.of(headerList(this.#scope.headers));
    return this.#headers;
  }

  /** The cookies, parsed on first read. */
  get cookies(): Cookies {
    this.#cookies ??= new Cookies(this.headers.get('cookie'));
    return this.#cookies;
  }

  /** The peer, or `null` where there is none to name (a Unix socket). */
  get client(): ClientAddress | null {
    return this.#scope.client;
  }

  /**
   * Aborts when the request is over before its time, with the reason `ClientDisconnected`, `RequestTimeout` or `ServerShutdown`.
   *
   * From a server without `exchange` it is made out of `receive`: it tells of a disconnect only, once the body has been read.
   */
  get signal(): AbortSignal {
    // The type promises an exchange, other people's servers do not.
    const exchange = this.#scope.exchange as HTTPScope['exchange'] | undefined;
    return exchange === undefined ? this.#source.signal : exchange.signal;
  }

  /** Whether the client is known to have left. No event is lost by asking. */
  async isDisconnected(): Promise<boolean> {
    if (this.#body?.disconnected) return true;
    const exchange = this.#scope.exchange as HTTPScope['exchange'] | undefined;
    return exchange === undefined
      ? this.#source.isDisconnected()
      : isClientDisconnected(exchange.signal.reason);
  }

  /**
   * The body as a stream: the same one each time until its end has come. A body in memory gives a new one each time.
   *
   * There is no limit but the server's. It fails like `stream()`.
   */
  get body(): ReadableStream<Uint8Array> {
    if (this.#stream !== undefined && !this.#source.complete) return this.#stream;
    this.#stream = readableStream(this.#source.stream('body'));
    return this.#stream;
  }

  /** Whether the body is gone: streamed, cut, or over a limit while it was read. */
  get bodyUsed(): boolean {
    return this.#body?.used ?? false;
  }

  /**
   * The body piece by piece, as it arrives; pieces are never empty. There is no limit but the server's.
   *
   * It throws `ClientDisconnected` if the body does not come to its end, and `BodyConsumed` if the body was streamed before.
   */
  stream(): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#source.stream('stream()');
  }

  /**
   * The whole body. The same array for every reader: do not change it.
   *
   * Rejects with `ContentTooLarge` (over `maxBytes`, 1 MiB by default), `ClientDisconnected` (cut, never half a body), or
   * `BodyConsumed` (streamed before).
   */
  bytes(limits?: BodyLimits): Promise<Uint8Array> {
    return this.#read('bytes()', limits);
  }

  /** A copy of the whole body. Rejects like `bytes()`. */
  async arrayBuffer(limits?: BodyLimits): Promise<ArrayBuffer> {
    const bytes = await this.#read('arrayBuffer()', limits);
    return new Uint8Array(bytes).buffer;
  }

  /** The whole body as UTF-8, as Fetch decodes it: whatever the charset says, malformed bytes become U+FFFD. Rejects like `bytes()`. */
  text(limits?: BodyLimits): Promise<string> {
    return this.#read('text()', limits).then(decodeText);
  }

  /** A copy of the whole body as a `Blob` of its media type. Rejects like `bytes()`. */
  async blob(limits?: BodyLimits): Promise<Blob> {
    const bytes = await this.#read('blob()', limits);
    return new Blob([new Uint8Array(bytes)], { type: this.headers.get('content-type') ?? '' });
  }

  /**
   * The body as JSON; a new value each time. `T` is your claim: nothing checks it.
   *
   * Rejects with `UnsupportedMediaType` unless `Content-Type` is `application/json` or ends in `+json`, with `BadJSON`
   * (also for the keys `__proto__` and `constructor.prototype`), and like `bytes()`.
   */
  json<T = unknown>(limits?: BodyLimits): Promise<T> {
    const contentType = this.#field('content-type');
    const essence = essenceOf(contentType);
    if (essence === null || !isJSON(essence)) {
      const expected = 'application/json, or a type that ends in +json';
      return Promise.reject(new UnsupportedMediaType(contentType, expected));
    }
    return this.#read('json()', limits).then(decodeJSON) as Promise<T>;
  }

  /**
   * The body as a form, `multipart/form-data` or `application/x-www-form-urlencoded`; the same one for every caller.
   *
   * Files are in memory up to `maxFileMemoryBytes`, beyond it in the file store, until the request is disposed. Rejects with
   * `UnsupportedMediaType`, `BadForm`, `ContentTooLarge` (each limit has a default), and like `stream()`.
   */
  formData(limits?: FormLimits): Promise<FormData> {
    this.#form ??= this.#readForm(formLimits(limits, this.#options?.form));
    return this.#form;
  }

  /**
   * The parts of a multipart form, each as soon as its headers have arrived. Nothing is kept: what is not read is skipped.
   *
   * Throws like `formData()`; `maxFileMemoryBytes` has no meaning here.
   */
  async *parts(limits?: FormLimits): AsyncGenerator<Part, void, undefined> {
    const contentType = this.headers.get('content-type');
    if (!this.is('multipart/form-data')) throw new UnsupportedMediaType(contentType, 'multipart/form-data');
    const effective = formLimits(limits, this.#options?.form);
    this.#source.checkAnnounced(effective.maxBytes);
    yield* new PartsReader(this.#source.stream('parts()'), multipartBoundary(contentType), effective).parts();
  }

  /**
   * Whether the body is of a media type: a whole one, `text/*`, or a suffix such as `+json`. Parameters do not count.
   *
   * @example
   * ```ts
   * import type { Request } from '@pullo/request';
   *
   * export const isJSON = (request: Request) => request.is('application/json') || request.is('+json');
   * ```
   */
  is(type: string): boolean {
    const essence = essenceOf(this.headers.get('content-type'));
    return essence !== null && matchesMediaType(essence, type);
  }

  /**
   * The one of `types` that the client likes best (`Accept`), or `null` if it takes none of them. Between equals the
   * earlier one wins; without the header it is the first.
   *
   * @example
   * ```ts
   * import type { Request } from '@pullo/request';
   *
   * export const wantsHTML = (request: Request) => request.accepts(['application/json', 'text/html']) === 'text/html';
   * ```
   */
  accepts<const T extends string>(types: readonly T[]): T | null {
    return acceptedTypes(this.headers.get('accept'), types)[0] ?? null;
  }

  /** The one of the content codings that the client likes best (`Accept-Encoding`), or `null`. `identity` is acceptable unless it is excluded. */
  acceptsEncodings<const T extends string>(encodings: readonly T[]): T | null {
    return acceptedEncodings(this.headers.get('accept-encoding'), encodings)[0] ?? null;
  }

  /** The one of the languages that the client likes best (`Accept-Language`), or `null`. A range `de` takes `de-AT` too. */
  acceptsLanguages<const T extends string>(languages: readonly T[]): T | null {
    return acceptedLanguages(this.headers.get('accept-language'), languages)[0] ?? null;
  }

  /**
   * Whether the client's copy is still good, so that the answer is 304: `If-None-Match`, else `If-Modified-Since`, of a GET or HEAD.
   *
   * Ask `preconditionFailed` first, as RFC 9110, section 13.2.2, has it.
   */
  isFresh(validators: Validators): boolean {
    return isFresh(this, validators);
  }

  /** Whether the answer is 412: `If-Match`, else `If-Unmodified-Since`, fails, or `If-None-Match` does for other methods than GET and HEAD. */
  preconditionFailed(validators: Validators): boolean {
    return preconditionFailed(this, validators);
  }

  /**
   * The ranges that a GET asks for out of `size` bytes, merged where they overlap or touch, in the order asked for.
   *
   * `null`: send the whole (no `Range`, one that cannot be read, more than 32 ranges, or an `If-Range` that does not hold against
   * `validators`; by date it holds only for what has been at rest for a second). Empty: none can be satisfied, answer with 416.
   */
  range(size: number, validators?: Validators): ByteRange[] | null {
    return byteRanges(this, size, validators);
  }

  /**
   * The request as Fetch's, for code that takes one. Its body is this one's, so it can be read here or there.
   *
   * Fetch has no body for GET and HEAD. Throws `TypeError` for the methods that Fetch forbids (CONNECT, TRACE, TRACK), and
   * `BodyConsumed` if the body was streamed before.
   */
  toWeb(): globalThis.Request {
    if (this.bodyUsed) throw new BodyConsumed('toWeb()');
    return toWebRequest(this);
  }

  /**
   * Fetch's request as one of these. It has no `client`; the server's address is the URL's.
   *
   * Throws `BadPath` if its path has no canonical form.
   */
  static from(request: globalThis.Request, options?: RequestOptions): Request {
    const { scope, receive } = fromWebRequest(request);
    return new Request(scope, receive, options);
  }

  /** How Node's `console.log` and `util.inspect` show it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Request { ${this.method} ${this.path} }`;
  }

  /** Removes the files of a form; a promise only if there are any. Core calls it when the exchange is over. */
  dispose(): void | Promise<void> {
    return this.#spilled?.[Symbol.asyncDispose]();
  }

  /** `dispose` for a raw app: `await using request = ...`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #readForm(limits: EffectiveFormLimits): Promise<FormData> {
    const source = this.#source;
    this.#spilled ??= new SpilledFiles();
    try {
      return await readForm({
        contentType: this.headers.get('content-type'),
        limits,
        store: this.#options?.files,
        spilled: this.#spilled,
        stream: () => {
          source.checkAnnounced(limits.maxBytes);
          return source.stream('formData()');
        },
        read: (maxBytes) => source.read(maxBytes, 'formData()'),
      });
    } catch (error) {
      // While the body is there, another call may do better: with other limits, say.
      if (!source.used) this.#form = undefined;
      throw error;
    }
  }

  #field(name: string): string | null {
    const { headers } = this.#scope;
    return this.#headers === undefined && canLookUp(headers) ? headers.get(name) : this.headers.get(name);
  }

  get #source(): Body {
    if (this.#body === undefined) {
      const scope = this.#scope;
      const receive = scope.type === 'http' ? this.#receive : emptyBody;
      this.#body = new Body(receive, this.#field('content-length'), scope.exchange);
    }
    return this.#body;
  }

  #read(reader: string, limits: BodyLimits | undefined): Promise<Uint8Array> {
    const maxBytes = limits?.maxBytes ?? this.#options?.maxBytes ?? DEFAULT_MAX_BYTES;
    return this.#source.read(maxBytes, reader);
  }
}

const decodeText = (bytes: Uint8Array): string => utf8.decode(bytes);
const decodeJSON = (bytes: Uint8Array): unknown => parseJSON(bytes);

/** `Headers.of` needs a list; other servers' scopes have pairs. They are not checked again: a server has parsed them. */
function headerList(pairs: HTTPScope['headers']): HeaderList {
  return pairs instanceof HeaderList ? pairs : HeaderList.raw(Array.from(pairs).flat());
}

const emptyBody: Receive = async () => ({ type: 'http.request', body: new Uint8Array(), moreBody: false });
