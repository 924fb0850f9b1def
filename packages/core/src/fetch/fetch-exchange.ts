import {
  type App,
  ClientDisconnected,
  type HTTPResponseBodyEvent,
  type HTTPResponseStartEvent,
  type HTTPScope,
  isClientDisconnected,
  type Receive,
  type Send,
  type SendEvent,
  ServerShutdown,
} from '@pullo/asgi';
import { byteLength } from '@pullo/asgi/http';
import { handledRejection } from '../handled-rejection.js';
import { isPromiseLike } from '../settle.js';
import { ExchangeSignal } from './exchange-signal.js';
import { lengthProblem, unknownEvent, violation } from './misuse.js';
import { plainResponse } from './plain-response.js';
import { RequestInbox } from './request-inbox.js';
import { plainBytes, ResponseBody } from './response-body.js';
import { ResponseHead } from './response-head.js';

/** How far the response is. The head is held until the first body event, so that a plain answer needs no stream. */
type Phase = 'waiting' | 'held' | 'streaming' | 'complete' | 'cut';

type WebResponse = globalThis.Response;

/** What an exchange has from its host. */
export interface ExchangeHost {
  /** No new requests are taken, and streams are told to come to their end. */
  readonly isDraining: boolean;
  report(error: unknown, request: globalThis.Request): void;
  /** An app that had gone on has come to its end. */
  ended(exchange: FetchExchange): void;
}

const NO_BYTES = new Uint8Array(0);
/** nginx's status for a client that has left: nobody receives it. */
const CLIENT_CLOSED_REQUEST = 499;

/** One request in Fetch's form, answered by an app: the part of the server between the two. */
export class FetchExchange {
  readonly signal = new ExchangeSignal(this);
  readonly #request: globalThis.Request;
  readonly #host: ExchangeHost;
  readonly #isHead: boolean;
  #phase: Phase = 'waiting';
  #head: ResponseHead | undefined = undefined;
  #body: ResponseBody | undefined = undefined;
  /** Bytes of the body so far. */
  #sent = 0;
  /** Made when the app first receives. */
  #inbox: RequestInbox | undefined = undefined;
  #response: WebResponse | undefined = undefined;
  #onResponse: ((response: WebResponse) => void) | undefined = undefined;
  #onAbort: (() => void) | undefined = undefined;
  /** What the app did wrong first: told once, also when it comes back as the app's own error. */
  #failure: { readonly error: unknown } | undefined = undefined;

  constructor(request: globalThis.Request, host: ExchangeHost) {
    this.#request = request;
    this.#host = host;
    this.#isHead = request.method === 'HEAD';
  }

  /** Calls the app; a promise, which never rejects, where it goes on. There is a response by its end. */
  run(app: App, scope: HTTPScope): void | Promise<void> {
    let result: void | Promise<void>;
    try {
      result = app(scope, this.#receive, this.#send);
    } catch (error) {
      return this.#threw(error);
    }
    if (!isPromiseLike(result)) return this.#returned();
    return Promise.resolve(result).then(
      () => {
        this.#returned();
        this.#host.ended(this);
      },
      (error: unknown) => {
        this.#threw(error);
        this.#host.ended(this);
      },
    );
  }

  /** The response, as soon as the app has sent its first piece. */
  response(): WebResponse | Promise<WebResponse> {
    return (
      this.#response ??
      new Promise((resolve) => {
        this.#onResponse = resolve;
      })
    );
  }

  /** Begins to look whether the client leaves. Not before somebody asks: a plain request needs no listener. */
  watchClient(): void {
    if (this.#onAbort !== undefined || this.#isOver()) return;
    // Workers without `enable_request_signal` have none.
    const signal: AbortSignal | null | undefined = this.#request.signal;
    this.#onAbort = () => {
      this.#body?.fail(signal?.reason);
      this.#disconnected(new ClientDisconnected(undefined, { cause: signal?.reason }));
    };
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener('abort', this.#onAbort);
  }

  /** The host is stopping: tells a stream, which would not end by itself. */
  drain(): void {
    if (this.#phase === 'streaming') ExchangeSignal.abort(this.signal, new ServerShutdown());
  }

  /** The time that a stopping host leaves to its exchanges is over. */
  shutDown(): void {
    if (this.#isOver()) return;
    const reason = new ServerShutdown();
    if (this.#body === undefined) this.#answer(503, 'Service Unavailable');
    this.#body?.fail(reason);
    this.#disconnected(reason);
  }

  readonly #receive: Receive = () => {
    if (this.#isOver()) return Promise.resolve({ type: 'http.disconnect' });
    this.#inbox ??= new RequestInbox(this.#request);
    // A short body is there at once, or fails when its client leaves.
    if (!this.#inbox.takesWhole) this.watchClient();
    return this.#inbox.receive();
  };

  readonly #send: Send = (event) => {
    const type: SendEvent['type'] | undefined = event?.type;
    if (type === 'http.response.body') return this.#sendBody(event as HTTPResponseBodyEvent);
    if (type === 'http.response.start') return this.#sendStart(event as HTTPResponseStartEvent);
    if (this.#phase === 'cut') return this.#goneRejection();
    return this.#misused(unknownEvent(type));
  };

  #sendStart({ status, headers }: HTTPResponseStartEvent): void | Promise<void> {
    if (this.#phase === 'cut') return this.#goneRejection();
    if (this.#phase !== 'waiting') {
      return this.#misused(
        violation('http.response.start was sent a second time: a response has one, before its body'),
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
    if (head === undefined) {
      return this.#misused(
        violation('http.response.body was sent before http.response.start: that comes first'),
      );
    }
    const body = event.body ?? NO_BYTES;
    if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
      return this.#misused(
        violation('http.response.body has a body that is neither a string nor a Uint8Array'),
      );
    }
    const isLast = event.moreBody !== true;
    if (this.#isBodiless(head.status)) return this.#sendBodiless(head, body, isLast);
    if (isLast && this.#phase === 'held') return this.#sendWhole(head, body);
    return this.#sendPiece(head, plainBytes(body), isLast);
  }

  /** An answer in one piece. Its length is checked and left out: the host counts what it sends, and a field less is time saved. */
  #sendWhole(head: ResponseHead, body: string | Uint8Array): void | Promise<void> {
    if (head.length !== -1) {
      const size = typeof body === 'string' ? byteLength(body) : body.byteLength;
      const problem = lengthProblem(head.length, size, true);
      if (problem !== undefined) return this.#misused(violation(problem));
      head.length = -1;
    }
    // Fetch would add a type to text that has none.
    const content = typeof body === 'string' && head.hasType ? body : plainBytes(body);
    this.#phase = 'complete';
    this.#respond(head.toWeb(content));
    this.#settle();
  }

  #sendPiece(head: ResponseHead, bytes: Uint8Array<ArrayBuffer>, isLast: boolean): void | Promise<void> {
    this.#sent += bytes.byteLength;
    const problem = head.length === -1 ? undefined : lengthProblem(head.length, this.#sent, isLast);
    if (problem !== undefined) return this.#misused(violation(problem));
    const stream = this.#body ?? this.#begin(head);
    const waiting = stream.write(bytes);
    if (!isLast) return waiting;
    this.#phase = 'complete';
    stream.close();
    this.#settle();
  }

  #begin(head: ResponseHead): ResponseBody {
    const body = new ResponseBody((cause) =>
      this.#disconnected(new ClientDisconnected(undefined, { cause })),
    );
    this.#body = body;
    this.#phase = 'streaming';
    this.#respond(head.toWeb(body.stream));
    if (this.#host.isDraining) this.drain();
    return body;
  }

  /**
   * A response to HEAD, or of a status without a body: the bytes are dropped, the fields stay. It is whole with the first
   * body event; an app that goes on streaming is told to stop, since it might never end.
   */
  #sendBodiless(head: ResponseHead, body: string | Uint8Array, isLast: boolean): void {
    if (this.#isHead && isLast && head.length === -1) head.length = plainBytes(body).byteLength;
    if (head.status === 204 || head.status === 205) head.length = -1;
    this.#phase = isLast ? 'complete' : 'cut';
    if (!isLast) ExchangeSignal.abort(this.signal, new ClientDisconnected('The response has no body.'));
    this.#respond(head.toWeb(null));
    this.#settle();
  }

  /** The response is complete and stays as it is. After a 500 of the host's, the app hears what that was for. */
  #sendTooLate(): Promise<void> {
    if (this.#failure !== undefined) return this.#goneRejection();
    return this.#misused(
      violation('http.response.body was sent after the final one: set moreBody on all but the last'),
    );
  }

  #respond(response: WebResponse): void {
    this.#response = response;
    this.#onResponse?.(response);
  }

  /** An answer of the host's own. */
  #answer(status: number, text: string): void {
    this.#respond(this.#isHead ? new globalThis.Response(null, { status }) : plainResponse(status, text));
  }

  #isOver(): boolean {
    return this.#phase === 'complete' || this.#phase === 'cut';
  }

  #isBodiless(status: number): boolean {
    return this.#isHead || status === 204 || status === 205 || status === 304;
  }

  /** The client has left, or the host has given up on it: nobody waits for a response, but there has to be one. */
  #disconnected(reason: Error): void {
    if (this.#isOver()) return;
    this.#phase = 'cut';
    if (this.#response === undefined) this.#answer(CLIENT_CLOSED_REQUEST, 'Client Closed Request');
    ExchangeSignal.abort(this.signal, reason);
    this.#settle();
  }

  /** The exchange is over: whoever waits for something of it hears so. */
  #settle(): void {
    this.#inbox?.end();
    this.#body?.end(new ClientDisconnected());
    if (this.#onAbort !== undefined) this.#request.signal?.removeEventListener('abort', this.#onAbort);
  }

  #goneRejection(): Promise<void> {
    return handledRejection(this.#failure === undefined ? new ClientDisconnected() : this.#failure.error);
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
    const isInterruption = isClientDisconnected(error) || ExchangeSignal.isReason(this.signal, error);
    if (!this.#isOver() || !isInterruption) this.#fail(error);
  }

  /** An error of the app: a 500 if there is still room for it, else the client must see that the response is not whole. */
  #fail(error: unknown): void {
    const isNew = this.#failure === undefined || this.#failure.error !== error;
    if (isNew && !ExchangeSignal.isReason(this.signal, error)) {
      this.#host.report(error, this.#request);
    }
    this.#failure ??= { error };
    switch (this.#phase) {
      case 'waiting':
        this.#phase = 'complete';
        this.#answer(500, 'Internal Server Error');
        this.#settle();
        return;
      case 'held':
      case 'streaming':
        this.#cut(error);
    }
  }

  #cut(error: unknown): void {
    const head = this.#head as ResponseHead;
    if (this.#isBodiless(head.status)) this.#answer(500, 'Internal Server Error');
    else (this.#body ?? this.#begin(head)).fail(error);
    this.#disconnected(new ClientDisconnected());
  }
}
