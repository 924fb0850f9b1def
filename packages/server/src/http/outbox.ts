import {
  ClientDisconnected,
  HeaderList,
  type HTTPResponseBodyEvent,
  type HTTPResponseEarlyHintEvent,
  type HTTPResponsePathSendEvent,
  type HTTPResponseStartEvent,
  type HTTPResponseTrailersEvent,
  type HTTPResponseZeroCopySendEvent,
  isClientDisconnected,
  type Send,
  type SendEvent,
  ServerShutdown,
} from '@pullo/asgi';
import { Congestion } from './congestion.js';
import { addDefaults } from './default-headers.js';
import { linkFields } from './early-hints.js';
import { ExchangeSignal } from './exchange-signal.js';
import { type FilePart, FileTransfer } from './file-transfer.js';
import {
  failureOf,
  filePart,
  incomplete,
  lengthProblem,
  outOfPlace,
  shorterFile,
  trailersOutOfPlace,
  unknownEvent,
  violation,
} from './misuse.js';
import { checkPath, withPath } from './open-path.js';
import { handledRejection } from './promises.js';
import { ResponseHead } from './response-head.js';
import type { Service } from './service.js';
import { Trailers } from './trailers.js';
import type { Transport } from './transport.js';

/**
 * How far the response is. The head is held until the first body event, so that a plain answer is one write. `file` is a body
 * that the server reads itself, `part` a piece of one that it reads from an open file of the app's, `trailers` waits for what follows a body.
 */
type Phase = 'waiting' | 'held' | 'streaming' | 'file' | 'part' | 'trailers' | 'complete' | 'cut';

const NO_BYTES = new Uint8Array(0);
const NO_FIELDS: readonly string[] = [];
const FAILED = 'Internal Server Error';
const FAILURE_HEADERS = new HeaderList([
  ['content-type', 'text/plain; charset=utf-8'],
  ['content-length', String(FAILED.length)],
]);

/** What the sending half of an exchange tells the whole. */
export interface Exchanged {
  readonly exchange: ExchangeSignal;
  /** The response is complete, or never will be. */
  ended(): void;
}

/**
 * The sending half of an exchange: the events of the app become calls of a transport, in the order that the contract has for them, or are told to be
 * out of it.
 */
export class Outbox {
  readonly #service: Service;
  readonly #transport: Transport;
  readonly #whole: Exchanged;
  readonly #isHead: boolean;
  #phase: Phase = 'waiting';
  #head: ResponseHead | null = null;
  /** Whether a head has gone out, and its body has not ended. */
  #hasBegun = false;
  /** Made when the app announces them. */
  #trailers: Trailers | null = null;
  /** Bytes of the body sent so far. */
  #sent = 0;
  /** Made when the app first sends faster than the client takes. */
  #congestion: Congestion | null = null;
  /** Made for each file. */
  #transfer: FileTransfer | null = null;
  /** What the app did wrong first: logged once, also when it comes back as the app's own error. */
  #failure: unknown = null;

  constructor(service: Service, transport: Transport, whole: Exchanged, isHead: boolean) {
    this.#service = service;
    this.#transport = transport;
    this.#whole = whole;
    this.#isHead = isHead;
  }

  /** Whether nothing is sent any more. */
  get isOver(): boolean {
    return this.#phase === 'complete' || this.#phase === 'cut';
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** What the app still sends is dropped, and the app told so. Not for a response that is over. */
  cut(reason: Error): void {
    this.#phase = 'cut';
    ExchangeSignal.abort(this.#whole.exchange, reason);
    this.#end();
  }

  /** The server is stopping: tells a stream, which would not end by itself. */
  drain(): void {
    if (this.#phase === 'streaming') ExchangeSignal.abort(this.#whole.exchange, new ServerShutdown());
  }

  /** The app has come back. What it threw, if anything, goes to `threw`. */
  returned(): void {
    // A file is read on without the app.
    if (this.isOver || (this.#phase === 'file' && this.#trailers?.isSent !== true)) return;
    this.#fail(incomplete(this.#phase === 'waiting', this.#trailers?.isSent === true));
  }

  threw(error: unknown): void {
    if (this.isOver && isClientDisconnected(error)) return;
    if (this.isOver && ExchangeSignal.isReason(this.#whole.exchange, error)) return;
    this.#fail(error);
  }

  /** Never throws: what the app does wrong it hears by a promise, and so does whoever sends to a client that has left. */
  readonly send: Send = (event) => {
    try {
      return this.#take(event);
    } catch (error) {
      return this.#misused(error);
    }
  };

  #take(event: SendEvent): void | Promise<void> {
    const type: SendEvent['type'] | undefined = event?.type;
    if (type === 'http.response.body') return this.#sendBody(event as HTTPResponseBodyEvent);
    if (this.#phase === 'cut') return this.#goneRejection();
    switch (type) {
      case 'http.response.start':
        return this.#sendStart(event as HTTPResponseStartEvent);
      case 'http.response.pathsend':
        return this.#sendPath(event as HTTPResponsePathSendEvent);
      case 'http.response.zerocopysend':
        return this.#sendZeroCopy(event as HTTPResponseZeroCopySendEvent);
      case 'http.response.trailers':
        return this.#sendTrailers(event as HTTPResponseTrailersEvent);
      case 'http.response.early_hint':
        return this.#sendEarlyHint(event as HTTPResponseEarlyHintEvent);
      default:
        throw unknownEvent(type);
    }
  }

  #sendStart(event: HTTPResponseStartEvent): void {
    if (this.#phase !== 'waiting') {
      throw violation('http.response.start was sent a second time: a response has one, before its body');
    }
    const head = ResponseHead.of(event);
    this.#head = head;
    this.#phase = 'held';
    if (event.trailers !== true) return;
    // They follow a body in chunks, which one of a known length is not (RFC 9112, section 7.1).
    const isSent = head.length === -1 && this.#transport.takesTrailers && !this.#isBodiless(head.status);
    this.#trailers = new Trailers(isSent);
  }

  #sendBody(event: HTTPResponseBodyEvent): void | Promise<void> {
    const head = this.#head;
    if (head === null || (this.#phase !== 'held' && this.#phase !== 'streaming')) {
      return this.#outOfPlace('http.response.body');
    }
    const body = event.body ?? NO_BYTES;
    if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
      throw violation(`http.response.body has a body that is neither a string nor a Uint8Array`);
    }
    const size = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
    const isLast = event.moreBody !== true;
    if (this.#isBodiless(head.status)) return this.#sendBodiless(head, size, isLast);

    this.#sent += size;
    const problem = lengthProblem(head.length, this.#sent, isLast);
    if (problem !== undefined) throw violation(problem);
    if (isLast && this.#phase === 'held' && this.#trailers?.isSent !== true) {
      this.#phase = 'complete';
      if (head.length === -1) head.length = size;
      this.#transport.respond(head.status, this.#headers(head), body, size);
      this.#end();
      return;
    }
    if (this.#phase === 'held') this.#begin(head);
    const isWritable = this.#transport.write(body, size);
    if (isLast) return this.#endBody();
    if (isWritable) return;
    this.#congestion ??= new Congestion(this.#transport);
    return this.#congestion.over();
  }

  #sendPath({ path }: HTTPResponsePathSendEvent): void | Promise<void> {
    const head = this.#head;
    if (head === null || this.#phase !== 'held') return this.#outOfPlace('http.response.pathsend');
    checkPath(path);
    this.#phase = 'file';
    const sent = this.#openAndSend(head, path);
    sent.catch(() => {});
    return sent;
  }

  /** Rejects, as a misuse does, with why the file could not be sent. */
  async #openAndSend(head: ResponseHead, path: string): Promise<void> {
    try {
      await withPath(path, head.length, (part) => this.#sendPart(head, part, true));
    } catch (error) {
      if (this.isOver) throw this.#failure ?? new ClientDisconnected();
      if (!this.#hasBegun) this.#phase = 'waiting';
      this.#fail(error);
      throw error;
    }
  }

  #sendZeroCopy(event: HTTPResponseZeroCopySendEvent): void | Promise<void> {
    const head = this.#head;
    if (head === null || (this.#phase !== 'held' && this.#phase !== 'streaming')) {
      return this.#outOfPlace('http.response.zerocopysend');
    }
    const isLast = event.moreBody !== true;
    const left = head.length === -1 ? Number.POSITIVE_INFINITY : head.length - this.#sent;
    const part = filePart(event, left);
    const problem = lengthProblem(head.length, this.#sent + (event.count ?? left), isLast);
    if (problem !== undefined) throw violation(problem);
    this.#phase = 'part';
    const sent = this.#sendPart(head, part, isLast);
    sent.catch(() => {});
    return sent;
  }

  /** Rejects with why the bytes could not be read; an app that throws it on is a 500 if nothing has gone out by then. */
  async #sendPart(head: ResponseHead, part: FilePart, isLast: boolean): Promise<void> {
    const { count } = part;
    const isMeasured = count !== Number.POSITIVE_INFINITY;
    if (this.#isBodiless(head.status)) {
      if (!this.isOver) this.#sendBodiless(head, isMeasured ? count : -1, isLast);
      return;
    }
    const isWhole = isLast && isMeasured && !this.#hasBegun;
    if (isWhole && this.#trailers?.isSent !== true) head.length = count;
    this.#transfer = new FileTransfer(this.#transport, part);
    try {
      if (this.isOver) throw new ClientDisconnected();
      const size = await this.#transfer.run(() => this.#start(head));
      if (isMeasured && size < count) throw shorterFile(count, size);
      this.#sent += size;
    } catch (error) {
      if (this.isOver) throw this.#failure ?? new ClientDisconnected();
      this.#phase = this.#hasBegun ? 'streaming' : 'waiting';
      throw error;
    }
    this.#start(head);
    this.#phase = 'streaming';
    if (isLast) this.#endBody();
  }

  #sendTrailers(event: HTTPResponseTrailersEvent): void {
    const trailers = this.#trailers;
    if (trailers === null || (this.#phase !== 'trailers' && this.#phase !== 'complete')) {
      throw trailersOutOfPlace(trailers !== null);
    }
    trailers.add(event);
    if (trailers.hasEnded && this.#phase === 'trailers') this.#finish(trailers.fields);
  }

  /** Once the head has gone out there is no room for a 103 any more, and the links are dropped. */
  #sendEarlyHint({ links }: HTTPResponseEarlyHintEvent): void | Promise<void> {
    if (this.#phase === 'waiting' || this.#phase === 'trailers' || this.#phase === 'complete') {
      return this.#outOfPlace('http.response.early_hint');
    }
    const fields = linkFields(links);
    if (this.#phase === 'held' && fields.length > 0) this.#transport.inform(103, fields);
  }

  /** An event that belongs between the start and the end of the body came before, after, or beside a file that is the body. */
  #outOfPlace(type: string): Promise<void> {
    if (this.#phase === 'cut') return this.#goneRejection();
    // After a 500 of the server's, the app hears what that was for.
    if (this.#phase === 'complete' && this.#failure !== null) return this.#goneRejection();
    throw outOfPlace(type, this.#phase);
  }

  /**
   * A response to HEAD, or of a status without a body: the bytes are dropped, the fields stay. It is whole with the first
   * body event; an app that goes on streaming is told to stop, since it might never end.
   */
  #sendBodiless(head: ResponseHead, size: number, isLast: boolean): void {
    if (this.#isHead && isLast && head.length === -1) head.length = size;
    this.#phase = isLast ? 'complete' : 'cut';
    if (!isLast)
      ExchangeSignal.abort(this.#whole.exchange, new ClientDisconnected('The response has no body.'));
    this.#transport.respond(head.status, this.#headers(head), NO_BYTES, 0);
    this.#end();
  }

  #begin(head: ResponseHead): void {
    this.#phase = 'streaming';
    this.#start(head);
    if (this.#service.isDraining) this.drain();
  }

  #start(head: ResponseHead): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#transport.start(head.status, this.#headers(head));
  }

  #endBody(): void {
    if (this.#trailers?.isSent === true) this.#phase = 'trailers';
    else this.#finish(NO_FIELDS);
  }

  #finish(trailers: readonly string[]): void {
    this.#phase = 'complete';
    this.#transport.finish(trailers);
    this.#end();
  }

  #isBodiless(status: number): boolean {
    return this.#isHead || status === 204 || status === 205 || status === 304;
  }

  /** The app's fields with those that are the server's. */
  #headers(head: ResponseHead): string[] {
    const { headers, status } = head;
    // RFC 9110, section 8.6: none with 204; section 15.3.6: a 205 has no content, and says so.
    if (status === 205) headers.push('content-length', '0');
    else if (head.length !== -1 && status !== 204) headers.push('content-length', String(head.length));
    const { defaults } = this.#service;
    if (defaults.length > 0) addDefaults(headers, defaults);
    if (this.#trailers?.isSent === true && head.trailer !== null) headers.push('trailer', head.trailer);
    if (head.closes || this.#service.isDraining) this.#transport.closeAfter();
    return headers;
  }

  /** Whoever waits for something of the exchange hears that it is over. */
  #end(): void {
    this.#whole.ended();
    this.#congestion?.end();
    this.#transfer?.end();
  }

  #goneRejection(): Promise<void> {
    return handledRejection(this.#failure ?? new ClientDisconnected());
  }

  #misused(error: unknown): Promise<void> {
    this.#fail(error);
    return handledRejection(error);
  }

  /** An error of the app: a 500 if there is still room for it, else the client must see that the response is not whole. */
  #fail(thrown: unknown): void {
    const error = failureOf(thrown);
    if (error !== this.#failure && !ExchangeSignal.isReason(this.#whole.exchange, error))
      this.#service.logger.log('error', 'Exception in the app', error);
    this.#failure ??= error;
    if (this.#phase === 'waiting') {
      this.#phase = 'complete';
      this.#respondFailure();
    } else if (!this.isOver) {
      this.cut(new ClientDisconnected());
      this.#transport.cut();
    }
  }

  #respondFailure(): void {
    const head = ResponseHead.of({ type: 'http.response.start', status: 500, headers: FAILURE_HEADERS });
    if (this.#isHead) this.#transport.respond(500, this.#headers(head), NO_BYTES, 0);
    else this.#transport.respond(500, this.#headers(head), FAILED, FAILED.length);
    this.#end();
  }
}
