import { type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { HeaderList } from '@pullo/asgi';
import type { ListenerExchange } from './listener-exchange.js';
import type { ListenerRequest } from './listener-request.js';
import type { ListenerSocket } from './listener-socket.js';
import { ownMethods } from './own-methods.js';

type Fields = OutgoingHttpHeaders | OutgoingHttpHeader[];
type Callback = (error?: Error | null) => void;

/** What `writeHead` calls to write the head down, and where `headersSent` looks for it. */
interface HeadStore {
  _header: string | null;
}

/**
 * The response of a listener: Node's own as far as its head goes, whose head and body are sent as events.
 *
 * Nothing goes by the parts of `ServerResponse` that write to a socket: all methods that would are overridden.
 */
export class ListenerResponse extends ServerResponse<ListenerRequest> {
  readonly #exchange: ListenerExchange;
  readonly #isHead: boolean;
  #hasStarted = false;
  /** Whether a response without a body has been sent: what follows is dropped. */
  #isSent = false;
  #trailers: HeaderList | null = null;

  constructor(request: ListenerRequest, socket: ListenerSocket, exchange: ListenerExchange) {
    super(request);
    this.#exchange = exchange;
    this.#isHead = request.method === 'HEAD';
    // The date is the server's to add.
    this.sendDate = false;
    Object.assign(this, METHODS);
    // Not by assignSocket(), which would have node:http write to it.
    Object.assign(this, { socket: socket as unknown as Socket });
  }

  /** Fields go to where `getHeader` finds them: `node:http` would write what is handed in here straight into the head. */
  override writeHead(status: number, reason?: string | Fields, fields?: Fields): this {
    const message = typeof reason === 'string' ? reason : undefined;
    const given = fields ?? (typeof reason === 'string' ? undefined : reason);
    if (given !== undefined) putFields(this, given);
    return message === undefined ? super.writeHead(status) : super.writeHead(status, message);
  }

  /** The head goes out as an event: what node:http would write down here, a tenth of the cost of a small answer, nobody would read. */
  _storeHeader(statusLine: string): void {
    (this as unknown as HeadStore)._header = statusLine;
  }

  override write(chunk: unknown, encoding?: BufferEncoding | Callback, callback?: Callback): boolean {
    const done = typeof encoding === 'function' ? encoding : callback;
    const body = bodyOf(chunk, typeof encoding === 'string' ? encoding : 'utf8');
    if (this.finished || this.destroyed) {
      const error = Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' });
      if (!this.destroyed) this.#exchange.failed(error);
      if (done !== undefined) process.nextTick(done, error);
      return false;
    }
    const taken = this.#sendPiece(body);
    if (taken === undefined) {
      if (done !== undefined) process.nextTick(done);
      return true;
    }
    void taken.then((isTaken) => {
      done?.(isTaken ? null : new Error('The client has left.'));
      if (isTaken) this.emit('drain');
    });
    return false;
  }

  override end(chunk?: unknown, encoding?: BufferEncoding | Callback, callback?: Callback): this {
    if (typeof chunk === 'function') return this.end(undefined, undefined, chunk as Callback);
    if (typeof encoding === 'function') return this.end(chunk, undefined, encoding);
    if (this.finished || this.destroyed) {
      this.finished = true;
      const error = Object.assign(new Error('end after end'), { code: 'ERR_STREAM_ALREADY_FINISHED' });
      if (callback !== undefined) process.nextTick(callback, error);
      return this;
    }
    const body = chunk === undefined || chunk === null ? '' : bodyOf(chunk, encoding ?? 'utf8');
    if (callback !== undefined) this.once('finish', callback);
    this.#start();
    this.finished = true;
    this.#sendLast(body);
    this.#exchange.ended();
    return this;
  }

  override flushHeaders(): void {
    if (!this.finished && !this.destroyed) void this.#sendPiece('');
  }

  /** Sent after the body if the head announced them in its `Trailer` field, as node:http would have it. */
  override addTrailers(headers: OutgoingHttpHeaders | readonly [string, string][]): void {
    const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
    this.#trailers ??= new HeaderList();
    for (const [name, value] of pairs) this.#trailers.append(name, String(value));
  }

  /** The server sends it by itself when the body is read. */
  override writeContinue(callback?: () => void): void {
    if (callback !== undefined) process.nextTick(callback);
  }

  override writeProcessing(): void {}

  override writeEarlyHints(_hints: unknown, callback?: () => void): void {
    if (callback !== undefined) process.nextTick(callback);
  }

  /** The response has been sent. */
  finish(): void {
    this.emit('prefinish');
    this.emit('finish');
    this.close();
  }

  /** Nothing of the response goes out any more. */
  close(): void {
    // What `closed` shows; node:http sets it in the same way.
    Object.assign(this, { destroyed: true, _closed: true });
    process.nextTick(() => this.emit('close'));
  }

  #start(): void {
    if (!this.headersSent) this.writeHead(this.statusCode);
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    const trailers = this.hasHeader('trailer');
    const start = { type: 'http.response.start', status: this.statusCode, headers: fieldsOf(this) } as const;
    void this.#exchange.send(trailers ? { ...start, trailers } : start);
  }

  #sendPiece(body: string | Uint8Array): undefined | Promise<boolean> {
    this.#start();
    if (!this.#isHead) return this.#exchange.send({ type: 'http.response.body', body, moreBody: true });
    this.#sendHead();
    return undefined;
  }

  #sendLast(body: string | Uint8Array): void {
    if (this.#isHead && body.length === 0 && !this.hasHeader('content-length')) this.#sendHead();
    if (this.#isSent) return;
    void this.#exchange.send({ type: 'http.response.body', body });
    if (!this.hasHeader('trailer')) return;
    void this.#exchange.send({ type: 'http.response.trailers', headers: this.#trailers ?? [] });
  }

  /** The answer to HEAD is complete with its first event, which is not the last: its bytes would be counted for the length of the body. */
  #sendHead(): void {
    if (this.#isSent) return;
    this.#isSent = true;
    this.#exchange.sendHead();
  }
}

const METHODS = ownMethods(ListenerResponse);

function putFields(response: ServerResponse, fields: Fields): void {
  if (!Array.isArray(fields)) {
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined) response.setHeader(name, value);
    }
    return;
  }
  // Flat, or pairs as older versions of Node had them.
  const flat = fields.flat();
  for (let i = 0; i < flat.length; i += 2) response.removeHeader(String(flat[i]));
  for (let i = 0; i < flat.length; i += 2) response.appendHeader(String(flat[i]), String(flat[i + 1]));
}

/** `setHeader` has checked them. */
function fieldsOf(response: ServerResponse): HeaderList {
  const flat: string[] = [];
  for (const name of response.getHeaderNames()) {
    const value = response.getHeader(name);
    if (Array.isArray(value)) for (const item of value) flat.push(name, item);
    else flat.push(name, String(value));
  }
  return HeaderList.raw(flat);
}

function bodyOf(chunk: unknown, encoding: BufferEncoding): string | Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk !== 'string') {
    throw Object.assign(new TypeError('A piece of a response is a string, a Buffer or a Uint8Array.'), {
      code: 'ERR_INVALID_ARG_TYPE',
    });
  }
  return encoding === 'utf8' || encoding === 'utf-8' ? chunk : Buffer.from(chunk, encoding);
}
