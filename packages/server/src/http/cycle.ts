import {
  ClientDisconnected,
  ContractViolation,
  type HTTPResponseBodyEvent,
  type HTTPResponseStartEvent,
  type HTTPScope,
  isClientDisconnected,
  type Receive,
  type Send,
  type SendEvent,
  ServerShutdown,
} from '@pullo/asgi';
import { ExchangeSignal } from './exchange-signal.js';
import { Inbox } from './inbox.js';
import { Deferred, handledRejection, isThenable } from './promises.js';
import { ResponseHead } from './response-head.js';
import type { Service } from './service.js';
import type { Transport } from './transport.js';

/** How far the response is. The head is held until the first body event, so that a plain answer is one write. */
type Phase = 'waiting' | 'held' | 'streaming' | 'complete' | 'cut';

const NO_BYTES = new Uint8Array(0);
const FAILED = 'Internal Server Error';

/**
 * One HTTP exchange: calls the app with `receive` and `send`, and turns its events into calls of a transport.
 *
 * Knows the contract and nothing of the wire. The engine tells it of what happens below with `disconnected`, `refused`,
 * `drain` and `shutDown`.
 */
export class HTTPCycle {
  readonly exchange = new ExchangeSignal();
  readonly #service: Service;
  readonly #transport: Transport;
  readonly #isHead: boolean;
  #phase: Phase = 'waiting';
  #head: ResponseHead | null = null;
  /** Bytes of the body sent so far. */
  #sent = 0;
  /** Made when the app first receives. */
  #inbox: Inbox | null = null;
  #writable: Deferred | null = null;
  /** What the app did wrong first: logged once, also when it comes back as the app's own error. */
  #failure: unknown = null;

  constructor(service: Service, transport: Transport, method: string) {
    this.#service = service;
    this.#transport = transport;
    this.#isHead = method === 'HEAD';
  }

  /** Calls the app. The scope is the engine's to make, with this cycle's `exchange` in it. */
  run(scope: HTTPScope): void {
    let result: void | Promise<void>;
    try {
      result = this.#service.app(scope, this.#receive, this.#send);
    } catch (error) {
      this.#threw(error);
      return;
    }
    if (!isThenable(result)) {
      this.#returned();
      return;
    }
    this.#service.enter();
    result.then(
      () => {
        this.#returned();
        this.#service.leave();
      },
      (error: unknown) => {
        this.#threw(error);
        this.#service.leave();
      },
    );
  }

  /** The client has left, or (`reason`) the server has given up on it. */
  disconnected(reason: Error = new ClientDisconnected()): void {
    if (this.#isOver()) return;
    this.#phase = 'cut';
    ExchangeSignal.abort(this.exchange, reason);
    this.#settle();
  }

  /** The request itself turned out wrong while the app was running: the answer is the server's if there is still time for one. */
  refused(status: number, reason: string, cause: Error = new ClientDisconnected(reason)): void {
    const hasBegun = this.#phase === 'streaming';
    if (this.#isOver()) return;
    this.disconnected(cause);
    if (hasBegun) this.#transport.cut();
    else this.#transport.refuse(status, reason);
  }

  /** The server is stopping: tells a stream, which would not end by itself. */
  drain(): void {
    if (this.#phase === 'streaming') ExchangeSignal.abort(this.exchange, new ServerShutdown());
  }

  /** The time that a stopping server leaves to its exchanges is over. */
  shutDown(): void {
    if (this.#isOver()) return;
    this.disconnected(new ServerShutdown());
    this.#transport.cut();
  }

  readonly #receive: Receive = () => {
    if (this.#isOver()) return Promise.resolve({ type: 'http.disconnect' });
    this.#inbox ??= this.#openInbox();
    return this.#inbox.receive();
  };

  #openInbox(): Inbox {
    const { maxBodyBytes } = this.#service.settings;
    return new Inbox(this.#transport, maxBodyBytes, () => {
      this.refused(413, `The body is longer than ${maxBodyBytes} bytes.`);
    });
  }

  readonly #send: Send = (event) => {
    const type: SendEvent['type'] | undefined = event?.type;
    if (type === 'http.response.body') return this.#sendBody(event as HTTPResponseBodyEvent);
    if (type === 'http.response.start') return this.#sendStart(event as HTTPResponseStartEvent);
    if (this.#phase === 'cut') return this.#goneRejection();
    return this.#misused(unknownEvent(type));
  };

  #sendStart(event: HTTPResponseStartEvent): void | Promise<void> {
    if (this.#phase === 'cut') return this.#goneRejection();
    if (this.#phase !== 'waiting') {
      return this.#misused(
        violation('http.response.start was sent a second time: a response has one, before its body'),
      );
    }
    const { status, headers } = event;
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      return this.#misused(
        violation(
          `http.response.start has the status ${String(status)}: it must be an integer from 200 to 599`,
        ),
      );
    }
    try {
      this.#head = new ResponseHead(status, headers ?? []);
    } catch (error) {
      return this.#misused(error);
    }
    this.#phase = 'held';
  }

  #sendBody(event: HTTPResponseBodyEvent): void | Promise<void> {
    if (this.#phase === 'complete') return this.#sendTooLate();
    if (this.#phase === 'cut') return this.#goneRejection();
    const head = this.#head;
    if (head === null) {
      return this.#misused(
        violation('http.response.body was sent before http.response.start: that comes first'),
      );
    }
    const body = event.body ?? NO_BYTES;
    if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
      return this.#misused(
        violation(`http.response.body has a body that is neither a string nor a Uint8Array`),
      );
    }
    const size = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
    const isLast = event.moreBody !== true;
    if (this.#isBodiless(head.status)) return this.#sendBodiless(head, size, isLast);

    this.#sent += size;
    const problem = lengthProblem(head.length, this.#sent, isLast);
    if (problem !== undefined) return this.#misused(violation(problem));
    if (isLast && this.#phase === 'held') {
      this.#phase = 'complete';
      if (head.length === -1) head.length = size;
      this.#transport.respond(head.status, this.#headers(head), body, size);
      this.#settle();
      return;
    }
    if (this.#phase === 'held') this.#begin(head);
    const isWritable = this.#transport.write(body, size);
    if (isLast) return this.#finish();
    return isWritable ? undefined : this.#whenWritable();
  }

  /** The response is complete and stays as it is. After a 500 of the server's, the app hears what that was for. */
  #sendTooLate(): Promise<void> {
    if (this.#failure !== null) return this.#goneRejection();
    return this.#misused(
      violation('http.response.body was sent after the final one: set moreBody on all but the last'),
    );
  }

  /**
   * A response to HEAD, or of a status without a body: the bytes are dropped, the fields stay. It is whole with the first
   * body event; an app that goes on streaming is told to stop, since it might never end.
   */
  #sendBodiless(head: ResponseHead, size: number, isLast: boolean): void {
    if (this.#isHead && isLast && head.length === -1) head.length = size;
    this.#phase = isLast ? 'complete' : 'cut';
    if (!isLast) ExchangeSignal.abort(this.exchange, new ClientDisconnected('The response has no body.'));
    this.#transport.respond(head.status, this.#headers(head), NO_BYTES, 0);
    this.#settle();
  }

  #begin(head: ResponseHead): void {
    this.#phase = 'streaming';
    this.#transport.start(head.status, this.#headers(head));
    if (this.#service.isDraining) this.drain();
  }

  #finish(): void {
    this.#phase = 'complete';
    this.#transport.finish();
    this.#settle();
  }

  #isOver(): boolean {
    return this.#phase === 'complete' || this.#phase === 'cut';
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
    if (head.closes || this.#service.isDraining) this.#transport.closeAfter();
    return headers;
  }

  #whenWritable(): Promise<void> {
    if (this.#writable !== null) return this.#writable.promise;
    const writable = new Deferred();
    this.#writable = writable;
    this.#transport.whenWritable(() => {
      if (this.#writable === writable) this.#writable = null;
      writable.resolve();
    });
    return writable.promise;
  }

  /** The exchange is over: whoever waits for something of it hears so. */
  #settle(): void {
    this.#inbox?.end();
    if (this.#writable === null) return;
    this.#writable.reject(new ClientDisconnected());
    this.#writable = null;
  }

  #goneRejection(): Promise<void> {
    return handledRejection(this.#failure ?? new ClientDisconnected());
  }

  #misused(error: unknown): Promise<void> {
    this.#fail(error);
    return handledRejection(error);
  }

  #returned(): void {
    if (this.#isOver()) return;
    const problem =
      this.#phase === 'waiting'
        ? 'it returned without a response: send http.response.start and http.response.body, or throw'
        : 'it returned before its response was complete: send a last http.response.body whose moreBody is false';
    this.#fail(violation(problem));
  }

  #threw(error: unknown): void {
    if (this.#isOver() && isClientDisconnected(error)) return;
    if (this.#isOver() && ExchangeSignal.isReason(this.exchange, error)) return;
    this.#fail(error);
  }

  /** An error of the app: a 500 if there is still room for it, else the client must see that the response is not whole. */
  #fail(error: unknown): void {
    if (error !== this.#failure && !ExchangeSignal.isReason(this.exchange, error))
      this.#service.logger.log('error', 'Exception in the app', error);
    this.#failure ??= error;
    switch (this.#phase) {
      case 'waiting':
        this.#phase = 'complete';
        this.#respondFailure();
        return;
      case 'held':
      case 'streaming':
        this.disconnected();
        this.#transport.cut();
    }
  }

  #respondFailure(): void {
    const headers = ['content-type', 'text/plain; charset=utf-8', 'content-length', String(FAILED.length)];
    if (this.#service.isDraining) this.#transport.closeAfter();
    if (this.#isHead) this.#transport.respond(500, headers, NO_BYTES, 0);
    else this.#transport.respond(500, headers, FAILED, FAILED.length);
    this.#settle();
  }
}

function violation(problem: string): ContractViolation {
  return new ContractViolation('app', problem);
}

function unknownEvent(type: unknown): ContractViolation {
  return violation(
    typeof type === 'string'
      ? `${JSON.stringify(type)} is not an event that this server takes on an http scope: scope.extensions tells what it has beyond http.response.start and http.response.body`
      : 'what it sent has no type: an event is an object such as { type: "http.response.body" }',
  );
}

function lengthProblem(announced: number, size: number, isLast: boolean): string | undefined {
  if (announced === -1 || size === announced) return undefined;
  if (size > announced) {
    return `the body has ${size} bytes or more, but content-length is ${announced}: announce the number of bytes, not of characters`;
  }
  return isLast ? `the body ended after ${size} bytes, but content-length is ${announced}` : undefined;
}
