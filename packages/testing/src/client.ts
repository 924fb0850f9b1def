import { type App, HeaderList, type HeadersInit } from '@pullo/asgi';
import { Agent, type Dispatcher } from 'undici';
import { AppDispatcher, type AppDispatcherOptions } from './app-dispatcher.js';
import type { ClientResponse } from './client-response.js';
import { baseURL, checkTarget } from './client-target.js';
import { CookieJar } from './cookie-jar.js';
import { HandshakeHandler } from './handshake-handler.js';
import type { LiveServer } from './live-server.js';
import { followRedirects } from './redirects.js';
import {
  encodeTarget,
  mergeHeaders,
  type RequestOptions,
  searchParams,
  typedBody,
} from './request-options.js';
import { type AppErrors, ResponseHandler } from './response-handler.js';
import type { WebSocketSession } from './websocket-session.js';

/** What all requests of a client have in common. */
export interface ClientOptions extends Pick<AppDispatcherOptions, 'lifespan' | 'onError' | 'closeTimeout'> {
  /** Paths are relative to it. Default: `http://testserver`, or the server's URL. */
  baseURL?: string | URL;
  /** The cookies to begin with: a jar, or names and values. Default: none. */
  cookies?: CookieJar | Readonly<Record<string, string>>;
  /** Sent with every request. */
  headers?: HeadersInit;
  /**
   * Whether an error that the app throws is thrown in the test; else it is answered as a server would, with 500. Default: true. A live
   * server always answers.
   */
  raiseAppErrors?: boolean;
}

/** What the handshake of a WebSocket session may carry. */
export interface WebSocketOptions extends Pick<RequestOptions, 'headers' | 'query' | 'signal'> {
  /** Offered to the app, the favourite first. Default: none. */
  subprotocols?: readonly string[];
}

/**
 * A client for an app, called in process, or for a server that is listening. Throws `TypeError` for what is neither, and for a base URL
 * that is none.
 *
 * The app's lifespan starts with the first request and ends with `close`, which `await using` calls.
 *
 * @example
 * ```ts
 * import type { App } from '@pullo/asgi';
 * import { client } from '@pullo/testing';
 *
 * const app: App = async (_scope, _receive, send) => {
 *   send({ type: 'http.response.start', status: 200 });
 *   await send({ type: 'http.response.body', body: 'Hello' });
 * };
 * await using http = client(app, { headers: { accept: 'text/plain' } });
 * const response = await http.get('/');
 * console.log(response.status, await response.text()); // 200 Hello
 * ```
 */
export function client(target: App | LiveServer, options: ClientOptions = {}): Client {
  return new Client(target, options);
}

/** Sends requests and keeps cookies; made by `client`. */
export class Client implements AsyncDisposable {
  /** What the requests go through: for undici's own functions, `request('http://testserver/', { dispatcher })`. */
  readonly dispatcher: Dispatcher;
  /** What responses have set, and requests are sent. */
  readonly cookies: CookieJar;
  readonly #target: App | LiveServer;
  readonly #headers: HeaderList;
  #baseURL: URL | null;
  readonly #appErrors: AppErrors;

  constructor(target: App | LiveServer, options: ClientOptions) {
    checkTarget(target);
    const isApp = typeof target === 'function';
    this.dispatcher = isApp ? new AppDispatcher(target, options) : new Agent();
    this.#target = target;
    this.#baseURL = options.baseURL === undefined ? null : baseURL(options.baseURL);
    this.#headers = new HeaderList(options.headers);
    this.#appErrors = {
      isLocal: isApp,
      raise: isApp && (options.raiseAppErrors ?? true),
      unseen: new Set(),
    };
    this.cookies = this.#jar(options.cookies);
  }

  /** Runs the app's start-up, which otherwise the first request does. Rejects with `LifespanError`. */
  async start(): Promise<void> {
    if (this.dispatcher instanceof AppDispatcher) await this.dispatcher.start();
  }

  /**
   * Sends a request. Resolves when the head of the response is there.
   *
   * `path` begins with `/` and is relative to the base URL, or is a whole URL. Rejects with what the app threw, if
   * `raiseAppErrors` holds, and with undici's errors (`SocketError` if the connection was lost). Throws `TypeError` for options that
   * contradict each other.
   */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<ClientResponse> {
    if (options.redirect === 'follow') {
      return followRedirects((...step) => this.#send(...step), method, path, options);
    }
    return this.#send(method, path, options);
  }

  /** Sends a GET: see `request`. */
  get(path: string, options?: RequestOptions): Promise<ClientResponse> {
    return this.request('GET', path, options);
  }

  /** Sends a HEAD: see `request`. */
  head(path: string, options?: RequestOptions): Promise<ClientResponse> {
    return this.request('HEAD', path, options);
  }

  /** Sends a POST: see `request`. */
  post(path: string, options?: RequestOptions): Promise<ClientResponse> {
    return this.request('POST', path, options);
  }

  /** Sends a PUT: see `request`. */
  put(path: string, options?: RequestOptions): Promise<ClientResponse> {
    return this.request('PUT', path, options);
  }

  /** Sends a PATCH: see `request`. */
  patch(path: string, options?: RequestOptions): Promise<ClientResponse> {
    return this.request('PATCH', path, options);
  }

  /** Sends a DELETE: see `request`. */
  delete(path: string, options?: RequestOptions): Promise<ClientResponse> {
    return this.request('DELETE', path, options);
  }

  /** Sends a OPTIONS: see `request`. */
  options(path: string, options?: RequestOptions): Promise<ClientResponse> {
    return this.request('OPTIONS', path, options);
  }

  /**
   * Opens a WebSocket session. Rejects with `WebSocketDenied`, which has the response, if the app refuses it.
   */
  async websocket(path: string, options: WebSocketOptions = {}): Promise<WebSocketSession> {
    const { origin, target } = this.#locate(path, options);
    const url = `${origin}${target}`;
    const handler = new HandshakeHandler(
      new ResponseHandler(url, this.#appErrors, options.signal),
      this.#appErrors,
    );
    const headers = this.#fields(url, options.headers);
    headers.set('sec-websocket-key', handler.key);
    headers.set('sec-websocket-version', '13');
    const { subprotocols = [] } = options;
    if (subprotocols.length > 0) headers.set('sec-websocket-protocol', subprotocols.join(', '));
    this.dispatcher.dispatch(
      { origin, path: target, method: 'GET', headers: [...headers.flat], upgrade: 'websocket' },
      handler as Dispatcher.DispatchHandler,
    );
    const session = await handler.session;
    this.cookies.store(url, session.headers.getSetCookie());
    return session;
  }

  /**
   * Leaves what is still open and stops the app. Rejects with `LifespanError` if the app failed to stop, with `AppStillRunning` if
   * something of it did not end within `closeTimeout`, and with what the app threw after its responses had been handed over and no reader has
   * seen, if `raiseAppErrors` holds, so that no error is lost: several errors come in an `AggregateError`.
   */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    await this.dispatcher.destroy().catch((error: unknown) => failures.push(error));
    for (const { error } of this.#appErrors.unseen) failures.push(error);
    this.#appErrors.unseen.clear();
    if (failures.length > 1)
      throw new AggregateError(failures, 'Several errors of the app came out when its client closed.');
    if (failures.length === 1) throw failures[0];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #send(method: string, path: string, options: RequestOptions): Promise<ClientResponse> {
    const { origin, target } = this.#locate(path, options);
    const url = `${origin}${target}`;
    const { body, type } = typedBody(options);
    const headers = this.#fields(url, options.headers);
    if (type !== null && !headers.has('content-type')) headers.append('content-type', type);
    const handler = new ResponseHandler(url, this.#appErrors, options.signal);
    // undici's type of `body` lacks the iterables, streams and blobs that it takes.
    this.dispatcher.dispatch(
      {
        origin,
        path: target,
        method,
        headers: [...headers.flat],
        body: body as Exclude<Dispatcher.DispatchOptions['body'], undefined>,
        headersTimeout: options.headersTimeout ?? 0,
        bodyTimeout: options.bodyTimeout ?? 0,
      },
      handler as Dispatcher.DispatchHandler,
    );
    return handler.response.then((response) => {
      this.cookies.store(url, response.headers.getSetCookie());
      return response;
    });
  }

  #fields(url: string, own: HeadersInit | undefined): HeaderList {
    const headers = mergeHeaders(this.#headers, own);
    const cookie = this.cookies.header(url);
    if (cookie !== null) headers.append('cookie', cookie);
    return headers;
  }

  #locate(path: string, options: Pick<RequestOptions, 'query'>): { origin: string; target: string } {
    const isURL = /^(?:http|ws)s?:\/\//.test(path);
    const base = isURL ? new URL(path.replace(/^ws/, 'http')) : this.#base;
    const prefix = this.#base.pathname.replace(/\/$/, '');
    const target = isURL ? `${base.pathname}${base.search}` : `${prefix}${encodeTarget(path)}`;
    if (options.query === undefined) return { origin: base.origin, target };
    const query = searchParams(options.query).toString();
    if (query === '') return { origin: base.origin, target };
    return { origin: base.origin, target: `${target}${target.includes('?') ? '&' : '?'}${query}` };
  }

  /** The URL of a server is read when it is needed: it may not listen yet when its client is made. */
  get #base(): URL {
    this.#baseURL ??= new URL(typeof this.#target === 'function' ? 'http://testserver' : this.#target.url);
    return this.#baseURL;
  }

  #jar(cookies: ClientOptions['cookies']): CookieJar {
    if (cookies instanceof CookieJar) return cookies;
    const jar = new CookieJar();
    for (const [name, value] of Object.entries(cookies ?? {})) jar.set(this.#base.href, name, value);
    return jar;
  }
}
