import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { type BodyChunk, type HTTPScope, RequestTimeout } from '@pullo/asgi';
import { HTTPCycle } from '../http/cycle.js';
import { addDefaults } from '../http/default-headers.js';
import { Refusal } from '../http/refusal.js';
import { parseTarget } from '../http/target.js';
import type { Transport } from '../http/transport.js';
import { label } from './address.js';
import { HTTP2Body, PIECE } from './http2-body.js';
import type { HTTP2Connection } from './http2-connection.js';
import { HTTP2Log } from './http2-log.js';
import { checkHTTP2Head, type HTTP2Head, readHead } from './http2-request.js';

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants;
const VERSIONS = Object.freeze({ version: '3.0', specVersion: '2.5' } as const);
const EXTENSIONS = Object.freeze({
  'http.response.pathsend': Object.freeze({}),
  'http.response.zerocopysend': Object.freeze({}),
  'http.response.trailers': Object.freeze({}),
  'http.response.early_hint': Object.freeze({}),
});
/** Fields of HTTP/1 connections, which make a message of HTTP/2 malformed (RFC 9113, section 8.2.2); the cycle has taken out others. */
const OF_CONNECTIONS: ReadonlySet<string> = new Set(['http2-settings', 'proxy-connection', 'te', 'upgrade']);

/** One stream of `node:http2`, as the transport of an `HTTPCycle`. */
export class HTTP2Exchange implements Transport {
  readonly cycle: HTTPCycle;
  readonly stream: ServerHttp2Stream;
  readonly #connection: HTTP2Connection;
  readonly #head: HTTP2Head;
  readonly #log: HTTP2Log;
  /** Whether all of the request's body has come. */
  #hasEnded: boolean;
  /** Whether the client waits for 100 Continue before it sends the body. */
  #isExpecting: boolean;
  #requestTimer: NodeJS.Timeout | undefined;
  #trailers: readonly string[] = [];
  readonly #body: HTTP2Body;
  /** Runs while the exchange waits for its client. */
  #idleTimer: NodeJS.Timeout | undefined;
  /** Whether the server has ended the stream before its time. */
  #isCut = false;

  constructor(connection: HTTP2Connection, stream: ServerHttp2Stream, raw: readonly string[]) {
    this.#connection = connection;
    this.stream = stream;
    const { service, peer } = connection;
    const head = readHead(raw);
    this.#head = head;
    this.#log = new HTTP2Log(service, peer.label, {
      method: head.method,
      rawTarget: head.target,
      userAgent: () => head.headers.get('user-agent'),
    });
    this.#hasEnded = stream.endAfterHeaders;
    this.#isExpecting = !this.#hasEnded && head.headers.get('expect') !== null;
    this.cycle = new HTTPCycle(service, this, head.method);
    this.#body = new HTTP2Body(stream, () => this.#idleTimer?.refresh());
    // 'close' follows, with the code.
    stream.on('error', () => {});
    stream.on('close', () => this.#closed());
    if (!this.#hasEnded) this.#awaitBody();
  }

  /** Calls the app, or answers for it. */
  run(): void {
    try {
      this.cycle.run(this.#scope());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(error);
    }
  }

  #scope(): HTTPScope {
    const head = this.#head;
    const { service, peer } = this.#connection;
    const { settings, state } = service;
    if (service.isFull) {
      throw new Refusal(503, 'The server is busy: try again soon.', ['Retry-After', '1']);
    }
    if (head.count > settings.maxHeaderCount) {
      throw new Refusal(431, `There are more than ${settings.maxHeaderCount} header fields.`);
    }
    checkHTTP2Head(head, settings.maxBodyBytes);
    const target = parseTarget(head.method, head.target, settings.maxTargetBytes);
    if (head.size > settings.maxHeaderBytes) throw new Refusal(431, 'The head of the request is too long.');
    const path = target.path === '*' ? '*' : settings.rootPath + target.path;
    this.#log.target = target.queryString === '' ? path : `${path}?${target.queryString}`;
    const forwarding = peer.forwarding(head.headers);
    if (forwarding !== null) {
      if (forwarding.host !== null) head.headers.set('host', forwarding.host);
      if (forwarding.client !== null) this.#log.client = label(forwarding.client);
    }
    service.count();
    return {
      type: 'http',
      asgi: VERSIONS,
      httpVersion: '2',
      method: head.method,
      scheme: forwarding?.scheme ?? 'https',
      path,
      rawPath: target.rawPath,
      queryString: target.queryString,
      rootPath: settings.rootPath,
      headers: head.headers,
      client: forwarding === null ? peer.client : forwarding.client,
      server: peer.server,
      state: { ...state },
      extensions: peer.tls === null ? EXTENSIONS : { ...EXTENSIONS, tls: peer.tls },
      exchange: this.cycle.exchange,
    };
  }

  get takesTrailers(): boolean {
    return this.#head.takesTrailers;
  }

  /** Other exchanges share the connection: it ends when the server stops, with a GOAWAY. */
  closeAfter(): void {}

  inform(status: number, headers: readonly string[]): void {
    if (this.stream.destroyed) return;
    this.#attempt(() => this.stream.additionalHeaders({ ':status': status, ...grouped(headers) }));
  }

  respond(status: number, headers: string[], body: BodyChunk, size: number): void {
    this.#log.begin(status, headers);
    this.#attempt(() => {
      this.#respond(status, headers, { endStream: size === 0 });
      if (size > 0) this.#sendWhole(bytesOf(body, size));
      else this.#stopReading();
    });
    this.#ended(size);
  }

  start(status: number, headers: string[]): void {
    // It takes the place of 100 Continue.
    this.#isExpecting = false;
    this.#log.begin(status, headers);
    this.#attempt(() => this.#respond(status, headers, { waitForTrailers: this.takesTrailers }));
  }

  write(body: BodyChunk, size: number): boolean {
    this.#log.add(size);
    // The head goes out by itself.
    if (size === 0) return true;
    return this.#body.write(bytesOf(body, size));
  }

  lend(bytes: Uint8Array, taken: () => void): void {
    this.#log.add(bytes.byteLength);
    this.#body.write(bytes, taken);
    this.#limitIdleness();
  }

  finish(trailers: readonly string[]): void {
    this.#trailers = trailers;
    this.#body.end(() => this.#stopReading());
    this.#ended(0);
  }

  whenWritable(callback: () => void): void {
    this.#limitIdleness();
    this.#body.whenWritable(callback);
  }

  refuse(status: number, reason: string): void {
    this.#refuse(new Refusal(status, reason));
  }

  cut(): void {
    this.#log.end(false);
    this.#reset(NGHTTP2_INTERNAL_ERROR);
  }

  /** Whether the client has broken the exchange off, or has made nghttp2 do it. */
  get isTakenBack(): boolean {
    return this.stream.aborted && !this.#isCut;
  }

  readBody(): Uint8Array | null {
    if (this.#hasEnded) return null;
    const body: Buffer | null = this.stream.read();
    if (body !== null) this.#idleTimer?.refresh();
    return body;
  }

  get isBodyRead(): boolean {
    return this.#hasEnded;
  }

  whenReadable(callback: () => void): void {
    if (this.#isExpecting) {
      this.#isExpecting = false;
      this.#attempt(() => this.stream.additionalHeaders({ ':status': 100 }));
    }
    this.#limitIdleness();
    this.#idleTimer?.refresh();
    this.stream.on('readable', callback).on('end', callback);
  }

  #awaitBody(): void {
    const { requestTimeout } = this.#connection.service.settings;
    if (requestTimeout !== Number.POSITIVE_INFINITY) {
      this.#requestTimer = setTimeout(() => this.#tooSlow(), requestTimeout);
    }
    this.stream.once('end', () => {
      // It also comes where the client has reset the stream: half a body must not pass for a whole one.
      this.#hasEnded = !this.stream.closed;
      clearTimeout(this.#requestTimer);
    });
  }

  #tooSlow(): void {
    // An app may leave what has come unread for as long as it likes.
    if (this.stream.state.remoteClose === 1) return;
    this.cycle.refused(408, 'The request took too long to arrive.', new RequestTimeout());
  }

  #respond(
    status: number,
    headers: readonly string[],
    options: { endStream?: boolean; waitForTrailers?: boolean },
  ): void {
    if (this.stream.destroyed) return;
    if (options.waitForTrailers === true) {
      this.stream.once('wantTrailers', () => {
        this.#attempt(() => this.stream.sendTrailers(grouped(this.#trailers)));
      });
    }
    const { dateHeader } = this.#connection.service.settings;
    this.stream.respond({ ':status': status, ...grouped(headers) }, { ...options, sendDate: dateHeader } as {
      endStream?: boolean;
    });
  }

  /** Ends the response with its one piece, or with as many as it takes. */
  #sendWhole(bytes: Uint8Array): void {
    if (this.stream.destroyed) return;
    if (bytes.byteLength <= PIECE) {
      this.stream.end(bytes);
      this.#stopReading();
      return;
    }
    this.#body.write(bytes);
    this.#body.end(() => this.#stopReading());
  }

  /** node:http2 throws for fields that it doesn't send, such as a second `content-type`. */
  #attempt<Result>(sending: () => Result): Result | undefined {
    try {
      return sending();
    } catch (error) {
      this.#connection.service.logger.log('error', 'A response that HTTP/2 does not allow', error);
      this.#reset(NGHTTP2_INTERNAL_ERROR);
      return undefined;
    }
  }

  /** The last of the response, of `size` bytes, has been handed over. */
  #ended(size: number): void {
    this.#log.add(size);
    this.#log.end(true);
    this.#limitIdleness();
    this.#idleTimer?.refresh();
  }

  /** RFC 9113, section 8.1: the client need not send the rest of a body that nobody reads. */
  #stopReading(): void {
    if (!this.#hasEnded && !this.stream.destroyed) this.stream.close(NGHTTP2_NO_ERROR);
  }

  /**
   * Destroyed at once: `close` ends the stream too, which on Node 24 goes out before the reset, so that what came of the response would pass for a
   * whole one; and a session that nghttp2 has given up sends nothing more, and would keep the stream for as long as the client stays.
   */
  #reset(code: number): void {
    this.#isCut = true;
    this.stream.close(code);
    this.stream.destroy();
  }

  #refuse(refusal: Refusal): void {
    const { service, peer } = this.#connection;
    const { status, message } = refusal;
    const headers = ['content-type', 'text/plain; charset=utf-8', 'content-length', `${message.length + 1}`];
    headers.push(...refusal.headers);
    addDefaults(headers, service.defaults);
    const isHead = this.#head.method === 'HEAD';
    service.logger.log('debug', `${peer.label} - refused with ${status}: ${message}`);
    this.#log.refused(status, isHead ? 0 : message.length + 1);
    this.#attempt(() => {
      this.#respond(status, headers, { endStream: isHead });
      if (!isHead) this.stream.end(`${message}\n`);
    });
    this.#stopReading();
    this.#limitIdleness();
  }

  /** From now on the client has to take or send something of this exchange every now and then: not of the connection, where a PING would do. */
  #limitIdleness(): void {
    const { idleTimeout } = this.#connection.service.settings;
    if (idleTimeout === Number.POSITIVE_INFINITY || this.stream.destroyed) return;
    this.#idleTimer ??= setTimeout(() => this.#timedOut(), idleTimeout);
  }

  #timedOut(): void {
    if (this.#body.isPending) {
      this.cycle.disconnected(new RequestTimeout('The client took nothing of the response for too long.'));
      this.#reset(NGHTTP2_CANCEL);
      return;
    }
    if (this.cycle.isReceiving && !this.#hasEnded) this.#tooSlow();
    this.#idleTimer?.refresh();
  }

  #closed(): void {
    clearTimeout(this.#requestTimer);
    clearTimeout(this.#idleTimer);
    this.cycle.disconnected();
    this.#log.end(false);
    this.#connection.ended(this);
  }
}

/** As in HTTP/1: as many bytes as characters is ASCII. */
function bytesOf(body: BodyChunk, size: number): Uint8Array {
  if (typeof body !== 'string') return body;
  return Buffer.from(body, size === body.length ? 'latin1' : 'utf8');
}

/** Flat fields as `node:http2` takes them: those of one name together. */
function grouped(flat: readonly string[]): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = Object.create(null);
  for (let i = 0; i < flat.length; i += 2) {
    const name = (flat[i] as string).toLowerCase();
    if (OF_CONNECTIONS.has(name)) continue;
    const value = flat[i + 1] as string;
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (typeof before === 'string') headers[name] = [before, value];
    else before.push(value);
  }
  return headers;
}
