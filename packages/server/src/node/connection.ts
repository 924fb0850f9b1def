import { type ServerResponse, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import { type ClientAddress, RequestTimeout, type ServerAddress } from '@pullo/asgi';
import { Refusal } from '../http/refusal.js';
import type { Service } from '../http/service.js';
import { NodeExchange } from './exchange.js';
import type { IncomingRequest } from './incoming-request.js';

/** How many pipelined requests may wait before the socket is no longer read. */
const MAX_WAITING = 16;
/** How much of a body that the app left unread is taken off the wire to keep the connection. */
const MAX_DISCARDED_BYTES = 64 * 1024;
const MAX_DISCARD_TIME = 500;
/** How long a connection is still read after its last answer: a reset would take the answer from the client. */
const LINGER_TIME = 1000;

const UNPRINTABLE = /[^\x21-\x7e]|"/g;

/** A client's connection: its exchanges run one at a time and in order, however many requests the client has sent ahead. */
export class Connection {
  readonly service: Service;
  readonly socket: Socket;
  readonly client: ClientAddress | null;
  readonly server: ServerAddress | null;
  /** `host:port` of the client for the log. */
  readonly clientLabel: string;
  #exchange: NodeExchange | null = null;
  #lastResponse: ServerResponse | null = null;
  #waiting: { request: IncomingRequest; response: ServerResponse }[] = [];
  /** What is answered once the requests before it have been. */
  #refusal: Refusal | null = null;
  /** Whether a last answer has been given: nothing that arrives counts any more. */
  #isOver = false;
  #hasUnreadBody = false;
  #timer: NodeJS.Timeout | null = null;
  readonly #next = (): void => this.#takeNext();

  constructor(service: Service, socket: Socket) {
    this.service = service;
    this.socket = socket;
    this.client = address(socket.remoteAddress, socket.remotePort);
    this.server = address(socket.localAddress, socket.localPort) ?? service.path;
    this.clientLabel = this.client === null ? '' : label(this.client);
    // What node:http calls after the last response of a connection. It would reset one whose client is still sending.
    socket.destroySoon = () => this.#closeSoon();
    socket.on('close', () => this.#closed());
    // The end comes with 'close' all the same. node:http has a listener, but takes it away when it gets a CONNECT.
    socket.on('error', () => {});
  }

  /** How many exchanges are under way or wait for their turn. */
  get pending(): number {
    return (this.#exchange === null ? 0 : 1) + this.#waiting.length;
  }

  take(request: IncomingRequest, response: ServerResponse): void {
    if (this.#isOver) return;
    if (this.#exchange === null && this.#waiting.length === 0) {
      this.#begin(request, response);
      return;
    }
    this.#waiting.push({ request, response });
    if (this.#waiting.length === MAX_WAITING) this.socket.pause();
  }

  #begin(request: IncomingRequest, response: ServerResponse): void {
    const exchange = new NodeExchange(this, request, response);
    try {
      const scope = exchange.scope();
      this.#exchange = exchange;
      exchange.cycle.run(scope);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refuse(error.status, error.message, exchange);
    }
  }

  /** The final body event of an exchange is there, and about to be sent. */
  ending(exchange: NodeExchange): void {
    this.#hasUnreadBody = exchange.isBodyPending;
  }

  /** The response of an exchange is on its way: the next may begin. */
  ended(exchange: NodeExchange): void {
    this.#exchange = null;
    this.#lastResponse = exchange.response;
    if (this.#hasUnreadBody) this.#discard(exchange.request);
    if (!exchange.response.shouldKeepAlive) {
      // node:http closes the connection once the response is out.
      this.#isOver = true;
      this.#waiting = [];
      return;
    }
    if (this.#waiting.length > 0 || this.#refusal !== null || this.service.closesIdle)
      this.#afterLastResponse();
  }

  #afterLastResponse(): void {
    const response = this.#lastResponse;
    if (response === null || response.writableFinished) this.#next();
    else response.once('finish', this.#next);
  }

  #takeNext(): void {
    if (this.#isOver || this.#exchange !== null) return;
    const next = this.#waiting.shift();
    if (next !== undefined) {
      if (this.#waiting.length === 0) this.socket.resume();
      this.#begin(next.request, next.response);
    } else if (this.#refusal !== null) {
      this.refuse(this.#refusal.status, this.#refusal.message, null);
    } else if (this.service.closesIdle) {
      this.#closeSoon();
    }
  }

  /** The parser, or a timer of `node:http`, has given up on the connection. */
  broken(refusal: Refusal | null): void {
    if (refusal === null || this.#isOver || !this.socket.writable) {
      if (!this.#isOver) this.socket.destroy();
      return;
    }
    const last = this.#waiting.at(-1);
    if (last !== undefined && !last.request.complete) {
      this.#waiting.pop();
    } else if (this.#exchange?.isBodyPending === true) {
      const cause = refusal.status === 408 ? new RequestTimeout() : undefined;
      this.#exchange.cycle.refused(refusal.status, refusal.message, cause);
      return;
    }
    this.#refusal = refusal;
    if (this.#exchange === null) this.#afterLastResponse();
  }

  /** Answers in the server's own name and closes the connection. */
  refuse(status: number, reason: string, exchange: NodeExchange | null): void {
    const request = exchange?.request ?? null;
    this.#isOver = true;
    this.#exchange = null;
    this.#waiting = [];
    const text = `${reason}\n`;
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      `Date: ${new Date().toUTCString()}`,
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(text)}`,
      'Connection: close',
    ].join('\r\n');
    this.socket.write(`${head}\r\n\r\n${request?.method === 'HEAD' ? '' : text}`, 'latin1');
    this.#logRefusal(status, reason, request);
    request?.removeAllListeners('readable').resume();
    this.#linger();
  }

  #logRefusal(status: number, reason: string, request: IncomingRequest | null): void {
    const { settings, logger } = this.service;
    logger.log('debug', `${this.clientLabel} - refused with ${status}: ${reason}`);
    if (!settings.accessLog || request === null) return;
    logger.access({
      client: this.clientLabel,
      method: request.method as string,
      target: (request.url as string).slice(0, settings.maxTargetBytes).replace(UNPRINTABLE, escapeChar),
      httpVersion: request.httpVersion,
      status,
    });
  }

  /** The server is stopping: what runs is told, and its answer is the last of the connection. */
  drain(): void {
    this.#exchange?.cycle.drain();
  }

  /** Ends the connection if it waits for a request. */
  closeIdle(): void {
    if (this.#exchange === null) this.#afterLastResponse();
  }

  /** The time that a stopping server leaves to its exchanges is over. */
  shutDown(): void {
    this.#exchange?.cycle.shutDown();
    this.socket.destroy();
  }

  /** Takes a body that nobody read off the wire, if it is short, so that the next request can be seen. */
  #discard(request: IncomingRequest): void {
    let left = MAX_DISCARDED_BYTES;
    const timer = setTimeout(() => this.#linger(), MAX_DISCARD_TIME);
    this.#timer = timer;
    request.removeAllListeners('readable');
    request.on('data', (chunk: Uint8Array) => {
      left -= chunk.byteLength;
      if (left < 0) this.#linger();
    });
    request.on('end', () => {
      clearTimeout(timer);
      this.#hasUnreadBody = false;
    });
    request.resume();
  }

  #closeSoon(): void {
    if (this.#hasUnreadBody) this.#linger();
    else Socket.prototype.destroySoon.call(this.socket);
  }

  /** Says goodbye, and goes on reading for a while what the client still sends (RFC 9112, section 9.6). */
  #linger(): void {
    this.#isOver = true;
    if (this.socket.writableEnded) return;
    this.socket.end();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.socket.destroy(), LINGER_TIME);
  }

  #closed(): void {
    this.#isOver = true;
    this.#waiting = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#exchange?.cycle.disconnected();
  }
}

function address(host: string | undefined, port: number | undefined): ClientAddress | null {
  if (host === undefined || port === undefined) return null;
  // A dual-stack socket shows IPv4 clients as IPv6 addresses.
  const isMapped = host.startsWith('::ffff:') && host.includes('.');
  return Object.freeze({ host: isMapped ? host.slice(7) : host, port });
}

function label({ host, port }: ClientAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function escapeChar(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
