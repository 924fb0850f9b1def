import { type ServerResponse, STATUS_CODES } from 'node:http';
import { type BodyChunk, HeaderList, type HTTPScope } from '@pullo/asgi';
import { HTTPCycle } from '../http/cycle.js';
import { Refusal } from '../http/refusal.js';
import { checkHead } from '../http/request-head.js';
import { parseTarget } from '../http/target.js';
import type { Transport } from '../http/transport.js';
import type { AccessRecord } from '../logger.js';
import { AccessEntry, printable } from './access-entry.js';
import { label } from './address.js';
import type { Connection } from './connection.js';
import type { IncomingRequest } from './incoming-request.js';

/** What is in a head beside method, target and fields: ` ` and ` HTTP/1.1` and two line breaks. */
const FRAME_OF_HEAD = 14;
const VERSIONS = Object.freeze({ version: '3.0', specVersion: '2.5' } as const);
/** What HTTP/1.0 has no room for, in 1.1 only. */
const EXTENSIONS_1_0 = Object.freeze({
  'http.response.pathsend': Object.freeze({}),
  'http.response.zerocopysend': Object.freeze({}),
});
const EXTENSIONS_1_1 = Object.freeze({
  'http.response.pathsend': Object.freeze({}),
  'http.response.zerocopysend': Object.freeze({}),
  'http.response.trailers': Object.freeze({}),
  'http.response.early_hint': Object.freeze({}),
});

/** Up to how many bytes are copied behind their head, to be one write with it: by far cheaper than two, which are a call of `writev`. */
const MAX_JOINED = 16 * 1024;

/** One request and response of `node:http`, as the transport of an `HTTPCycle`. */
export class NodeExchange implements Transport {
  readonly cycle: HTTPCycle;
  readonly request: IncomingRequest;
  readonly response: ServerResponse;
  readonly #connection: Connection;
  /** How many bytes of the request's body are still to be read; Infinity while their number is not known. */
  #left: number;
  /** Whether the client waits for 100 Continue before it sends the body. */
  #isExpecting: boolean;
  /** The canonical target, for the access log. */
  #target = '';
  /** Who the client is for the access log, if a proxy says so: else the peer. */
  #client: string | null = null;
  /** Made where the access log wants to know more than the status. */
  readonly #entry: AccessEntry | null;

  constructor(connection: Connection, request: IncomingRequest, response: ServerResponse) {
    this.#connection = connection;
    this.request = request;
    this.response = response;
    const { settings, logger } = connection.service;
    if (!settings.dateHeader) response.sendDate = false;
    this.#entry =
      settings.accessLog && settings.accessLogFormat === 'json'
        ? new AccessEntry(logger, HeaderList.raw(request.rawHeaders).get('user-agent'))
        : null;
    this.#left = request.fields.bodyLength;
    this.#isExpecting =
      this.#left > 0 && request.fields.expect !== undefined && request.httpVersionMinor === 1;
    // node:http drops what came in one packet with the request, if it does not upgrade: what comes after cannot be trusted.
    if (request.fields.upgrade !== undefined) this.closeAfter();
    this.cycle = new HTTPCycle(connection.service, this, request.method as string);
  }

  /** The scope of the request; throws `Refusal` for one that no app shall see. */
  scope(): HTTPScope {
    const request = this.request;
    const connection = this.#connection;
    const { settings, state } = connection.service;
    const method = request.method as string;
    if (connection.service.isFull) {
      throw new Refusal(503, 'The server is busy: try again soon.', ['Retry-After', '1']);
    }
    if (request.rawHeaders.length > 2 * settings.maxHeaderCount) {
      throw new Refusal(431, `There are more than ${settings.maxHeaderCount} header fields.`);
    }
    checkHead(request.httpVersionMajor, request.httpVersionMinor, request.fields, settings.maxBodyBytes);
    const target = parseTarget(method, request.url as string, settings.maxTargetBytes);
    const headSize = method.length + (request.url as string).length + FRAME_OF_HEAD + request.fields.size;
    if (headSize > settings.maxHeaderBytes) throw new Refusal(431, 'The head of the request is too long.');
    const headers = HeaderList.raw(request.rawHeaders);
    // RFC 9112, section 3.2.2: the authority of the target takes the place of the Host field.
    if (target.authority !== null) headers.set('host', target.authority);
    const path = target.path === '*' ? '*' : settings.rootPath + target.path;
    this.#target = target.queryString === '' ? path : `${path}?${target.queryString}`;
    const forwarding = connection.peer.forwarding(headers);
    if (forwarding !== null) {
      if (forwarding.host !== null) headers.set('host', forwarding.host);
      if (forwarding.client !== null) this.#client = label(forwarding.client);
    }
    const extensions = request.httpVersionMinor === 1 ? EXTENSIONS_1_1 : EXTENSIONS_1_0;
    connection.service.count();
    return {
      type: 'http',
      asgi: VERSIONS,
      httpVersion: request.httpVersionMinor === 1 ? '1.1' : '1.0',
      method,
      scheme: forwarding?.scheme ?? (connection.peer.tls === null ? 'http' : 'https'),
      path,
      rawPath: target.rawPath,
      queryString: target.queryString,
      rootPath: settings.rootPath,
      headers,
      client: forwarding === null ? connection.peer.client : forwarding.client,
      server: connection.peer.server,
      state: { ...state },
      extensions: connection.peer.tls === null ? extensions : { ...extensions, tls: connection.peer.tls },
      exchange: this.cycle.exchange,
    };
  }

  /** Whether bytes of the request's body are still to come. */
  get isBodyPending(): boolean {
    return this.#left > 0 && !this.request.complete;
  }

  get takesTrailers(): boolean {
    return this.request.httpVersionMinor === 1 && this.request.fields.takesTrailers;
  }

  closeAfter(): void {
    this.response.shouldKeepAlive = false;
  }

  inform(status: number, headers: readonly string[]): void {
    if (this.request.httpVersionMinor === 0) return;
    // Not the writeEarlyHints of node:http, which refuses valid links. The responses before this one are out.
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
    for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`;
    this.#connection.socket.write(`${head}\r\n`, 'latin1');
  }

  respond(status: number, headers: string[], body: BodyChunk, size: number): void {
    const response = this.response;
    this.#log(status, headers);
    this.#connection.ending(this);
    if (this.#writeWhole(status, headers, body, size)) {
      this.#ended(size);
      return;
    }
    this.#addConnection(status, headers);
    response.writeHead(status, headers);
    if (size === 0) response.end();
    else if (typeof body !== 'string') response.end(body);
    // Else the bytes go by themselves: node:http would write the head as UTF-8 along with the body, though its fields are Latin-1.
    else if (size === body.length) response.end(body, 'latin1');
    else response.end(Buffer.from(body));
    this.#ended(size);
  }

  /**
   * Writes head and body with one call of the socket's, and then tells `node:http` that the response has been sent, as `response.end`
   * does: a tenth or more of the cost of a small answer less (docs/decisions/node-http.md). For the common case only, false for others: those that end the connection or speak of it,
   * and large bytes.
   */
  #writeWhole(status: number, headers: string[], body: BodyChunk, size: number): boolean {
    const { request, response } = this;
    const { socket, service } = this.#connection;
    if (size > MAX_JOINED && !isASCII(body, size)) return false;
    if (!response.shouldKeepAlive || request.httpVersionMinor === 0 || request.fields.expect !== undefined)
      return false;
    if (status === 426 || response.socket !== socket || !socket.writable) return false;
    const head = service.heads.of(status, headers);
    response.statusCode = status;
    socket.write(joined(head, body, size), 'latin1', (error) => {
      if (error) return;
      this.#connection.sent(response);
      response.emit('finish');
    });
    return true;
  }

  start(status: number, headers: string[]): void {
    // It takes the place of 100 Continue, which would come in the middle of the body now.
    this.#isExpecting = false;
    this.#log(status, headers);
    this.#addConnection(status, headers);
    this.response.writeHead(status, headers);
  }

  /** Only 426 keeps its Upgrade, which Connection then has to name (RFC 9110, sections 7.8 and 15.5.22). */
  #addConnection(status: number, headers: string[]): void {
    const { keepAlive } = this.#connection.service.heads;
    if (keepAlive !== null && this.response.shouldKeepAlive && this.request.httpVersionMinor === 1)
      headers.push('Keep-Alive', keepAlive);
    if (status === 426)
      headers.push('connection', this.response.shouldKeepAlive ? 'upgrade' : 'upgrade, close');
  }

  write(body: BodyChunk, size: number): boolean {
    const response = this.response;
    this.#entry?.add(size);
    if (size === 0) {
      response.flushHeaders();
      return true;
    }
    if (typeof body !== 'string') return response.write(body);
    return size === body.length ? response.write(body, 'latin1') : response.write(Buffer.from(body));
  }

  lend(bytes: Uint8Array, taken: () => void): void {
    this.#entry?.add(bytes.byteLength);
    this.response.write(bytes, taken);
    if (this.#connection.socket.writableLength > 0) this.#connection.limitIdleness();
  }

  finish(trailers: readonly string[]): void {
    this.#connection.ending(this);
    if (trailers.length > 0) this.response.addTrailers(pairs(trailers));
    this.response.end();
    this.#ended(0);
  }

  /** The last of the response, of `size` bytes, has been handed over. */
  #ended(size: number): void {
    // A client that does not take it keeps the connection for so long and no longer.
    if (this.#connection.socket.writableLength > 0) this.#connection.limitIdleness();
    this.#entry?.add(size);
    this.#entry?.end(true);
    this.#connection.ended(this);
  }

  whenWritable(callback: () => void): void {
    this.#connection.limitIdleness();
    this.response.once('drain', callback);
  }

  refuse(status: number, reason: string): void {
    this.#connection.refuse(new Refusal(status, reason), this);
  }

  /** The connection has ended. */
  closed(): void {
    this.cycle.disconnected();
    this.#entry?.end(false);
  }

  cut(): void {
    this.#entry?.end(false);
    // Without a length or chunks the client takes the end of the connection for the end of the body: only a reset tells.
    if (this.request.httpVersionMinor === 0) this.#connection.reset();
    else this.#connection.socket.destroy();
  }

  readBody(): Uint8Array | null {
    if (this.#left === 0) return null;
    const body = this.request.readBody();
    if (body !== null) this.#left -= body.byteLength;
    return body;
  }

  get isBodyRead(): boolean {
    return this.#left === 0 || this.request.isBodyRead;
  }

  whenReadable(callback: () => void): void {
    if (this.#isExpecting) {
      this.#isExpecting = false;
      this.response.writeContinue();
    }
    this.#connection.limitIdlenessSoon();
    this.request.whenArrived(callback);
  }

  /** The session that the request asks for is open. */
  accepted(headers: readonly string[]): void {
    this.#log(101, headers);
  }

  /** A message has been sent in the session. */
  messageSent(message: string | Uint8Array): void {
    this.#entry?.add(typeof message === 'string' ? Buffer.byteLength(message) : message.byteLength);
  }

  /** The session has ended with this code. */
  sessionEnded(code: number): void {
    this.#entry?.end(code !== 1006, code);
  }

  #log(status: number, headers: readonly string[]): void {
    const { settings, logger } = this.#connection.service;
    if (!settings.accessLog) return;
    const record: AccessRecord = {
      client: this.#client ?? this.#connection.peer.label,
      method: this.request.method as string,
      target: this.#target.includes('"') ? this.#target.replaceAll('"', '%22') : this.#target,
      httpVersion: this.request.httpVersion,
      status,
    };
    if (this.request.upgrade) record.protocol = 'websocket';
    if (this.#entry === null) logger.access(record);
    else this.#entry.begin(record, headers);
  }

  /** The server has refused the request, with so many bytes. */
  logRefusal(status: number, bytes: number): void {
    const { settings } = this.#connection.service;
    if (this.#target === '')
      this.#target = printable((this.request.url as string).slice(0, settings.maxTargetBytes));
    this.#log(status, []);
    this.#entry?.add(bytes);
    this.#entry?.end(true);
  }
}

/** As many bytes as characters: text that can be sent as Latin-1 along with the head. */
function isASCII(body: BodyChunk, size: number): body is string {
  return typeof body === 'string' && size === body.length;
}

/** A head, whose fields are Latin-1, and a body whose text is UTF-8. */
function joined(head: string, body: BodyChunk, size: number): string | Buffer {
  if (size === 0) return head;
  if (isASCII(body, size)) return head + body;
  const whole = Buffer.allocUnsafe(head.length + size);
  whole.write(head, 'latin1');
  if (typeof body === 'string') whole.write(body, head.length);
  else whole.set(body, head.length);
  return whole;
}

function pairs(flat: readonly string[]): [string, string][] {
  const all: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) all.push([flat[i] as string, flat[i + 1] as string]);
  return all;
}
