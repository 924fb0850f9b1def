import {
  type ClientAddress,
  HeaderList,
  Headers,
  type HTTPScope,
  isClientDisconnected,
  type Receive,
  type WebSocketScope,
} from '@pullo/asgi';
import { Body } from './body.js';
import { Cookies } from './cookies.js';
import { UnsupportedMediaType } from './errors.js';
import { parseJSON } from './json.js';
import { type BodyLimits, DEFAULT_MAX_BYTES } from './limits.js';
import { isJSON, parseMediaType } from './media-type.js';
import { Query } from './query.js';
import { requestURL } from './url.js';

/** What a `Request` can be told beyond its scope. */
export interface RequestOptions extends BodyLimits {}

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
    const exchange = this.#scope.exchange as HTTPScope['exchange'] | undefined;
    return exchange === undefined
      ? this.#source.isDisconnected()
      : isClientDisconnected(exchange.signal.reason);
  }

  /**
   * The body as a stream. The same one each time, but for a body in memory, which gives a new one each time.
   *
   * There is no limit but the server's. It fails like `stream()`.
   */
  get body(): ReadableStream<Uint8Array> {
    if (this.#stream !== undefined && !this.#source.buffered) return this.#stream;
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
  async text(limits?: BodyLimits): Promise<string> {
    return new TextDecoder().decode(await this.#read('text()', limits));
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
  async json<T = unknown>(limits?: BodyLimits): Promise<T> {
    const contentType = this.headers.get('content-type');
    const type = parseMediaType(contentType);
    if (type === null || !isJSON(type.essence)) {
      throw new UnsupportedMediaType(contentType, 'application/json, or a type that ends in +json');
    }
    return parseJSON(await this.#read('json()', limits)) as T;
  }

  /** Lets go of what the request holds. */
  async [Symbol.asyncDispose](): Promise<void> {}

  get #source(): Body {
    if (this.#body === undefined) {
      const scope = this.#scope;
      const receive = scope.type === 'http' ? this.#receive : emptyBody;
      this.#body = new Body(receive, this.headers.get('content-length'), scope.exchange);
    }
    return this.#body;
  }

  #read(reader: string, limits: BodyLimits | undefined): Promise<Uint8Array> {
    const maxBytes = limits?.maxBytes ?? this.#options?.maxBytes ?? DEFAULT_MAX_BYTES;
    return this.#source.read(maxBytes, reader);
  }
}

/** `Headers.of` needs a list; other servers' scopes have pairs. They are not checked again: a server has parsed them. */
function headerList(pairs: HTTPScope['headers']): HeaderList {
  return pairs instanceof HeaderList ? pairs : HeaderList.raw(Array.from(pairs).flat());
}

const emptyBody: Receive = async () => ({ type: 'http.request', body: new Uint8Array(), moreBody: false });

/** Pulls only when somebody reads: taking `body` must not start the reading. */
function readableStream(source: AsyncGenerator<Uint8Array, void, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await source.return();
      },
    },
    { highWaterMark: 0 },
  );
}
