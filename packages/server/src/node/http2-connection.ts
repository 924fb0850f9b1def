import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Service } from '../http/service.js';
import type { Client } from './clients.js';
import { HTTP2Exchange } from './http2-exchange.js';
import { maxHeaderListSize } from './http2-request.js';
import { Peer } from './peer.js';

const { NGHTTP2_ENHANCE_YOUR_CALM } = constants;
const KIB = 1024;
/** How much of a body may be on its way, for each exchange and for the connection: the product with the delay is the speed. */
const STREAM_WINDOW = 256 * KIB;
const CONNECTION_WINDOW = 1024 * KIB;
/** How many requests a client may take back at once, and in a second: each costs a call of the app (CVE-2023-44487). */
const RESET_BURST = 200;
const RESETS_PER_SECOND = 20;
/** How long a connection that has said goodbye may take to end. */
const LINGER_TIME = 1000;

/** A client's connection in HTTP/2: its exchanges run side by side. */
export class HTTP2Connection implements Client {
  readonly service: Service;
  readonly peer: Peer;
  readonly #socket: TLSSocket;
  readonly #session: ServerHttp2Session;
  readonly #exchanges = new Set<HTTP2Exchange>();
  #idleTimer: NodeJS.Timeout | undefined;
  #resetsLeft = RESET_BURST;
  #resetsCountedAt = performance.now();

  constructor(service: Service, socket: TLSSocket) {
    this.service = service;
    this.peer = new Peer(service, socket);
    this.#socket = socket;
    // node:http2 is made for sockets that end as a whole, and would not hear of a client that has left.
    socket.allowHalfOpen = false;
    const { settings } = service;
    const session = performServerHandshake(socket, {
      // More than we allow, so that what is beyond our limits is answered: see the check of the head.
      maxHeaderListPairs: 2 * settings.maxHeaderCount + 8,
      maxSessionInvalidFrames: 100,
      settings: {
        enablePush: false,
        maxConcurrentStreams: settings.http2MaxStreams,
        maxHeaderListSize: maxHeaderListSize(settings),
        initialWindowSize: STREAM_WINDOW,
      },
    });
    this.#session = session;
    session.on('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW));
    session.on('stream', (stream: ServerHttp2Stream, _headers: unknown, _flags: number, raw: string[]) => {
      this.#begin(stream, raw);
    });
    session.on('error', (error) => {
      service.logger.log('debug', `${this.peer.label} - broke the HTTP/2 protocol: ${error.message}`);
    });
    session.on('close', () => this.#linger());
    // A reset of the connection is told by 'close'.
    socket.on('error', () => {});
    socket.on('close', () => clearTimeout(this.#idleTimer));
    // The first request takes no longer than a head of HTTP/1.
    this.#closeAfter(settings.headersTimeout);
  }

  get pending(): number {
    return this.#exchanges.size;
  }

  /** The stream of an exchange has ended, however it did. */
  ended(exchange: HTTP2Exchange): void {
    this.#exchanges.delete(exchange);
    if (exchange.isTakenBack) this.#countReset();
    if (this.#exchanges.size > 0) return;
    if (this.#session.closed) this.#expire();
    else this.#closeAfter(this.service.settings.keepAliveTimeout);
  }

  drain(): void {
    for (const exchange of this.#exchanges) exchange.cycle.drain();
  }

  /** GOAWAY: what runs is answered, and what comes now is the client's to send to another. */
  closeIdle(): void {
    if (!this.#session.closed) this.#session.close();
    if (this.#exchanges.size === 0) this.#expire();
  }

  shutDown(): void {
    for (const exchange of this.#exchanges) exchange.cycle.shutDown();
    this.#session.destroy();
    this.#socket.destroy();
  }

  #begin(stream: ServerHttp2Stream, raw: readonly string[]): void {
    clearTimeout(this.#idleTimer);
    const exchange = new HTTP2Exchange(this, stream, raw);
    this.#exchanges.add(exchange);
    exchange.run();
  }

  #closeAfter(milliseconds: number): void {
    clearTimeout(this.#idleTimer);
    if (this.#session.destroyed || milliseconds === Number.POSITIVE_INFINITY) return;
    this.#idleTimer = setTimeout(() => this.closeIdle(), milliseconds);
  }

  /**
   * The goodbye is on its way, if the client takes it. While something is being written `node:http2` does not read, and it may then miss
   * that the client has left.
   */
  #expire(): void {
    const { idleTimeout } = this.service.settings;
    clearTimeout(this.#idleTimer);
    if (this.#session.destroyed || idleTimeout === Number.POSITIVE_INFINITY) return;
    this.#idleTimer = setTimeout(() => {
      this.#session.destroy();
      this.#socket.destroy();
    }, idleTimeout);
  }

  #countReset(): void {
    const now = performance.now();
    const refilled = ((now - this.#resetsCountedAt) / 1000) * RESETS_PER_SECOND;
    this.#resetsLeft = Math.min(RESET_BURST, this.#resetsLeft + refilled) - 1;
    this.#resetsCountedAt = now;
    if (this.#resetsLeft >= 0 || this.#session.destroyed) return;
    this.service.logger.log('info', `${this.peer.label} - cut off: it takes back too many requests.`);
    // Node takes the code only with an error.
    this.#session.destroy(new Error('too many resets'), NGHTTP2_ENHANCE_YOUR_CALM);
  }

  /** The session is over; the socket gets some time to send what is left. */
  #linger(): void {
    clearTimeout(this.#idleTimer);
    if (this.#socket.destroyed) return;
    this.#idleTimer = setTimeout(() => this.#socket.destroy(), LINGER_TIME);
  }
}
