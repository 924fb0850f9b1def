import {
  Callable,
  type Exchange,
  type HeaderList,
  Headers,
  type HeadersInit,
  type HTTPResponseStartEvent,
  type HTTPScope,
  type Receive,
  type Scope,
  type Send,
  UnsupportedScope,
  type WebSocketScope,
} from '@pullo/asgi';
import { type Background, sendThen, settleBoth } from './background.js';
import { type Body, bodyOf, type Content, type StreamContent } from './content.js';
import { addContentLength, headersFor, withoutContent } from './content-headers.js';
import { addCookie, type CookieOptions, deletedCookie, serializeCookie } from './cookie.js';
import { canDeny, denial } from './denial.js';
import { refuseInit } from './refuse-init.js';
import { sendStream } from './send-stream.js';
import { sendWhole } from './send-whole.js';
import { checkStatus, isBodiless, reasonPhrase } from './status.js';
import { Stream } from './stream.js';
import { fromWeb, toWeb } from './web.js';

/** What a response has besides its content. */
export interface ResponseInit {
  /** 200 to 599. Default: 200. */
  status?: number;
  /** Default: `content-type` and, where it is known, `content-length`; those given here win. */
  headers?: HeadersInit;
  /** The type of the content; `; charset=utf-8` is added to `text/` types that have none. Default: the class's own. */
  mediaType?: string;
  /** Runs after the last byte has been handed to the server, also if the client has left; its errors come out of the app. */
  background?: Background;
}

const DEFAULTS: ResponseInit = Object.freeze({});

/**
 * A response that is an app: `await response(scope, receive, send)` sends it.
 *
 * A string is sent as `text/plain`, bytes and streams without a type, unless `mediaType` or a header says otherwise.
 * It can be sent any number of times, unless its content is a stream, and sending does not change it. Responses to HEAD and those of status 204,
 * 205 and 304 are sent without content. On a WebSocket it refuses the session.
 *
 * Throws `InvalidStatus`, `InvalidHeader` and `InvalidContent`; sending a stream again rejects with `BodyUsed`.
 *
 * @example
 * ```ts
 * import { type App, UnsupportedScope } from '@pullo/asgi';
 * import { Response } from '@pullo/response';
 *
 * export const app: App = (scope, receive, send) => {
 *   if (scope.type !== 'http') throw new UnsupportedScope(scope);
 *   const response = new Response(`You asked for ${scope.path}\n`, { headers: { 'cache-control': 'no-store' } });
 *   return response(scope, receive, send);
 * };
 * ```
 */
export class Response extends Callable {
  /** The media type of content whose type is not given; `null` leaves it to the kind of content. */
  static readonly mediaType: string | null = null;

  #status: number;
  #list: HeaderList;
  #headers: Headers | undefined;
  #body: Body;
  /** Work to do once the response has been sent. */
  background: Background | undefined;

  constructor(content: Content = null, init: ResponseInit = DEFAULTS) {
    super();
    if (typeof init !== 'object') refuseInit(init);
    this.#status = init.status === undefined ? 200 : checkStatus(init.status);
    this.#body = bodyOf(content);
    this.#list = headersFor(this.#body, this.#status, init.mediaType ?? new.target.mediaType, init.headers);
    this.#headers = undefined;
    this.background = init.background;
  }

  /** Takes over a Fetch response: status, all headers, and the body as a stream. */
  static from(web: globalThis.Response): Response {
    const { status, headers, content } = fromWeb(web);
    return new Response(content, { status, headers });
  }

  get status(): number {
    return this.#status;
  }

  set status(status: number) {
    this.#status = checkStatus(status);
  }

  /** The reason phrase of the status, for people to read: it is not sent. */
  get statusText(): string {
    return reasonPhrase(this.#status);
  }

  /** Whether the status is 200 to 299. */
  get ok(): boolean {
    return this.#status < 300;
  }

  /** The response's header fields; changes are sent. */
  get headers(): Headers {
    this.#headers ??= Headers.of(this.#list);
    return this.#headers;
  }

  /** The header fields as they are sent, in order: what `headers` is a view of. */
  get headerList(): HeaderList {
    return this.#list;
  }

  /** The content as it will be sent. A stream may be taken from here instead of being sent. */
  get content(): string | Uint8Array | StreamContent | null {
    return this.#body instanceof Stream ? this.#body.source : this.#body;
  }

  /**
   * Adds a cookie, in place of one of the same name, domain and path that was set before (RFC 6265bis, section 4.1).
   *
   * Throws `InvalidCookie` for what browsers would refuse.
   */
  setCookie(name: string, value: string, options?: CookieOptions): this {
    addCookie(this.#list, serializeCookie(name, value, options));
    return this;
  }

  /** Tells the browser to forget a cookie: `domain`, `path` and `partitioned` must be those it was set with. */
  deleteCookie(name: string, options?: CookieOptions): this {
    addCookie(this.#list, deletedCookie(name, options));
    return this;
  }

  /** A response with a status and headers of its own over the same content: changing one does not change the other. */
  copy(): Response {
    return this.#with(this.#body, this.#list.clone());
  }

  /**
   * A copy with other content, such as this content compressed: `content-length` follows it, everything else is kept.
   *
   * @example
   * ```ts
   * import { Response } from '@pullo/response';
   *
   * export function shout(response: Response): Response {
   *   const { content } = response;
   *   return typeof content === 'string' ? response.withContent(content.toUpperCase()) : response;
   * }
   * ```
   */
  withContent(content: Content): Response {
    const body = bodyOf(content);
    const list = this.#list.clone();
    list.delete('content-length');
    addContentLength(list, body, this.#status);
    return this.#with(body, list);
  }

  /** Ends the source of a stream that will not be sent after all; other content needs nothing. */
  async cancel(reason?: unknown): Promise<void> {
    if (this.#body instanceof Stream) await this.#body.cancel(reason);
  }

  /**
   * The same response as Fetch has it. `background` stays behind: run it when the body has been read. Throws `BodyUsed` for
   * a stream that has been sent already.
   */
  toWeb(): globalThis.Response {
    return toWeb(this.#status, this.#list, this.#body);
  }

  protected handle(scope: Scope, _receive: Receive, send: Send): void | Promise<void> {
    if (scope.type === 'http') return this.#respond(scope, scope.method, send);
    if (scope.type !== 'websocket') throw new UnsupportedScope(scope);
    if (canDeny(scope)) return this.#respond(scope, 'GET', denial(send));
    return this.#refuse(send);
  }

  /** Nothing here makes a promise for plain content: a server that took both events at once is done. */
  #respond(scope: HTTPScope | WebSocketScope, method: string, send: Send): void | Promise<void> {
    const status = this.#status;
    if (method === 'HEAD' || isBodiless(status)) return this.#sendHead(send);
    const start: HTTPResponseStartEvent = { type: 'http.response.start', status, headers: this.#list };
    const body = this.#body;
    if (body instanceof Stream) return sendStream(body, start, exchangeOf(scope), send, this.background);
    const sent = sendWhole(start, body ?? '', send);
    return this.background === undefined ? sent : sendThen(sent, this.background);
  }

  #sendHead(send: Send): void | Promise<void> {
    const status = this.#status;
    const headers = withoutContent(this.#list, status);
    return this.#withoutBody(sendWhole({ type: 'http.response.start', status, headers }, '', send));
  }

  /** A server without denial responses can only close: the client sees a 403. */
  #refuse(send: Send): void | Promise<void> {
    return this.#withoutBody(send({ type: 'websocket.close' }));
  }

  /** A source that is not sent is ended. */
  #withoutBody(sent: void | Promise<void>): void | Promise<void> {
    const { background } = this;
    const body = this.#body;
    if (!(body instanceof Stream)) return background === undefined ? sent : sendThen(sent, background);
    return sendThen(sent, () => settleBoth(body.cancel(), background));
  }

  /** Made by the base's constructor, so a subclass with private state of its own overrides `copy` and `withContent`. */
  #with(body: Body, list: HeaderList): Response {
    const copy: Response = Reflect.construct(Response, [], this.constructor);
    copy.#status = this.#status;
    copy.#list = list;
    copy.#body = body;
    // `background`, and the fields of a subclass.
    return Object.assign(copy, this);
  }
}

/** Servers that are not Pullo's may leave it out. */
function exchangeOf(scope: { exchange?: Exchange }): Exchange | undefined {
  return scope.exchange;
}
