import { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { RequestTimeout } from '@pullo/asgi';
import { Refusal } from '../http/refusal.js';
import { refusalText } from '../http/refusal-text.js';
import type { Service } from '../http/service.js';
import type { Acceptor } from './acceptor.js';
import { NodeExchange } from './exchange.js';
import type { IncomingRequest } from './incoming-request.js';
import { Peer } from './peer.js';
import { NodeSession } from './session.js';

/** How many pipelined requests may wait before the socket is no longer read. */
const MAX_WAITING = 16;
/** How many may wait before the client is cut: a packet of 64 KiB may hold 2,000, which cost node:http some 5 KiB each. */
const MAX_FLOOD = 500;
/** How much of a body that the app left unread is taken off the wire to keep the connection. */
const MAX_DISCARDED_BYTES = 64 * 1024;
const MAX_DISCARD_TIME = 500;
/** How long a connection is still read after its last answer: a reset would take the answer from the client. */
const LINGER_TIME = 1000;
/** How much of what follows is read meanwhile, and for how long at most: a client that takes nothing could send for ever. */
const MAX_REST_BYTES = 16 * 1024 * 1024;
const MAX_REST_TIME = 30_000;

const NONE: never[] = [];

/** A client's connection: its exchanges run one at a time and in order, however many requests the client has sent ahead. */
export class Connection {
  readonly service: Service;
  readonly socket: Socket;
  readonly peer: Peer;
  #exchange: NodeExchange | null = null;
  #lastResponse: ServerResponse | null = null;
  #waiting: { request: IncomingRequest; response: ServerResponse }[] = NONE;
  /** What is answered once the requests before it have been. */
  #refusal: Refusal | null = null;
  /** Begins the session that is asked for, once the requests before it have been answered. */
  #beginSession: (() => void) | null = null;
  #session: NodeSession | null = null;
  /** Whether the next request has waited for a turn of the event loop. */
  #hasWaited = false;
  /** Whether a last answer has been given: nothing that arrives counts any more. */
  #isOver = false;
  /** From where and until when what comes after it is read, once the sweeper has seen that. */
  #rest: { from: number; until: number } | null = null;
  #hasUnreadBody = false;
  /** Whether there has been an answer: what comes before the first has its time from `node:http`. */
  #hasAnswered = false;
  /** How much had been read when the connection was last looked at, and how many times in a row it was found idle. */
  #bytesRead = 0;
  #idleSweeps = 0;
  /** Whether the socket has a time-out, within which the client has to take or send something. */
  #limit: 'none' | 'soon' | 'set' = 'none';
  #timer: NodeJS.Timeout | null = null;

  constructor(service: Service, socket: Socket) {
    this.service = service;
    this.socket = socket;
    this.peer = new Peer(service, socket);
    // What node:http calls after the last response of a connection. It would reset one whose client is still sending.
    socket.destroySoon = () => this.#closeSoon();
    socket.on('close', () => this.#closed());
  }

  /** How many exchanges are under way or wait for their turn. */
  get pending(): number {
    return (this.#exchange === null ? 0 : 1) + this.#waiting.length + (this.#beginSession === null ? 0 : 1);
  }

  take(request: IncomingRequest, response: ServerResponse): void {
    if (this.#isOver) {
      request.discardBody();
      return;
    }
    const isFree = this.#exchange === null && this.#waiting.length === 0;
    if (isFree && !this.service.isFull) {
      this.#begin(request, response);
      return;
    }
    if (this.#waiting.length === 0) this.#waiting = [{ request, response }];
    else this.#waiting.push({ request, response });
    if (isFree) this.#takeNext();
    if (this.#waiting.length < MAX_WAITING) return;
    this.socket.pause();
    this.limitIdleness();
    if (this.#waiting.length <= MAX_FLOOD) return;
    this.#isOver = true;
    this.socket.destroy();
  }

  #begin(request: IncomingRequest, response: ServerResponse): void {
    this.unlimit();
    const exchange = new NodeExchange(this, request, response);
    try {
      const scope = exchange.scope();
      this.#exchange = exchange;
      exchange.cycle.run(scope);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refuse(error, exchange);
    }
  }

  /** The client asks for a session, and `node:http` has left the socket, with `head` being what came next. */
  upgrade(request: IncomingRequest, head: Buffer, acceptor: Acceptor): void {
    const { socket } = this;
    if (this.#isOver) {
      socket.resume();
      return;
    }
    this.#takeOver();
    this.#beginSession = () => this.#openSession(request, head, acceptor);
    if (this.#exchange === null && this.#waiting.length === 0) this.#afterLastResponse();
  }

  /** The client asks for a way through to another server, and `node:http` has left the socket: nothing that comes next counts. */
  tunnel(): void {
    this.#takeOver();
    this.socket.resume();
    this.broken(new Refusal(501, 'This server is not a proxy.'));
  }

  /** Does what `node:http` did for the responses that are still to come, which has taken all its listeners off the socket. */
  #takeOver(): void {
    const { socket } = this;
    socket.on('drain', () => this.#exchange?.response.emit('drain'));
    socket.on('timeout', () => this.timedOut());
    socket.on('end', () => socket.destroySoon());
    // The end comes with 'close' all the same.
    socket.on('error', () => {});
  }

  #openSession(request: IncomingRequest, head: Buffer, acceptor: Acceptor): void {
    this.unlimit();
    const exchange = new NodeExchange(this, request, new ServerResponse(request));
    const session = new NodeSession(this, exchange, acceptor, head);
    try {
      const scope = session.scope();
      this.#exchange = exchange;
      this.#session = session;
      session.cycle.run(scope);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refuse(error, exchange);
    }
  }

  /** Gives the socket to a response that stands for a session, as `node:http` would, and ends the connection after it. */
  answerInPlace(response: ServerResponse): void {
    const { socket } = this;
    socket.resume();
    response.once('finish', () => {
      response.detachSocket(socket);
      socket.destroySoon();
    });
    response.assignSocket(socket);
  }

  /** The final body event of an exchange is there, and about to be sent. */
  ending(exchange: NodeExchange): void {
    this.#hasUnreadBody = exchange.isBodyPending;
  }

  /** The response of an exchange is on its way: the next may begin. */
  ended(exchange: NodeExchange): void {
    this.#exchange = null;
    this.#hasAnswered = true;
    if (this.socket.writableLength === 0) this.unlimit();
    this.#lastResponse = exchange.response;
    if (this.#hasUnreadBody) this.#discard(exchange.request);
    if (!exchange.response.shouldKeepAlive) {
      // node:http closes the connection once the response is out.
      this.#giveUp();
      return;
    }
    if (
      this.#waiting.length > 0 ||
      this.#beginSession !== null ||
      this.#refusal !== null ||
      this.service.closesIdle
    ) {
      this.#afterLastResponse();
    }
  }

  /** The last answer has been given: nothing that the client has sent beyond it counts. */
  #giveUp(): void {
    this.#isOver = true;
    const last = this.#waiting.at(-1);
    if (last !== undefined) {
      this.#hasUnreadBody = true;
      last.request.discardBody();
      this.socket.resume();
    }
    this.#waiting = NONE;
    this.#beginSession = null;
  }

  /** A response has gone out: an idle connection does not keep it, which would be 1.4 of its 6.4 KiB. */
  sent(response: ServerResponse): void {
    if (this.#lastResponse === response) this.#lastResponse = null;
  }

  #afterLastResponse(): void {
    const response = this.#lastResponse;
    // node:http takes the socket from a response that has been sent.
    if (response === null || response.socket === null) this.#next();
    else response.once('finish', () => this.#next());
  }

  /** It is called from what the last exchange runs in: what the app keeps there by `AsyncLocalStorage` is not for the next one to see. */
  #next(): void {
    this.service.outside.runInAsyncScope(this.#takeNext, this);
  }

  #takeNext(): void {
    if (this.#isOver || this.#exchange !== null) return;
    // The call whose response has just gone out may be about to come back: it has one turn of the event loop before it counts.
    const isEarly = this.service.isFull && !this.#hasWaited;
    this.#hasWaited = isEarly;
    if (isEarly) {
      setImmediate(() => this.#next());
      return;
    }
    const next = this.#waiting.shift();
    if (next !== undefined) {
      if (this.#waiting.length === 0) this.socket.resume();
      this.#begin(next.request, next.response);
    } else if (this.#beginSession !== null) {
      const begin = this.#beginSession;
      this.#beginSession = null;
      begin();
    } else if (this.#refusal !== null) {
      this.refuse(this.#refusal, null);
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
  refuse(refusal: Refusal, exchange: NodeExchange | null): void {
    const { status, message } = refusal;
    this.#exchange = null;
    this.#giveUp();
    const isHead = exchange?.request.method === 'HEAD';
    const { head, body } = refusalText(refusal, this.service);
    this.socket.write(isHead ? head : head + body, 'latin1');
    this.service.logger.log('debug', `${this.peer.label} - refused with ${status}: ${message}`);
    exchange?.logRefusal(status, isHead ? 0 : body.length);
    exchange?.request.discardBody();
    this.socket.resume();
    this.#linger();
  }

  /** From now on the client has to take or send something every now and then, as long as an exchange waits for it. */
  limitIdleness(): void {
    const { idleTimeout } = this.service.settings;
    if (idleTimeout === Number.POSITIVE_INFINITY) return;
    this.#limit = 'set';
    this.socket.setTimeout(idleTimeout);
  }

  /** The same from the next sweep on: most that a client has to send is there before that, and needs no timer. */
  limitIdlenessSoon(): void {
    if (this.#limit === 'none') this.#limit = 'soon';
  }

  unlimit(): void {
    if (this.#limit === 'set') this.socket.setTimeout(0);
    this.#limit = 'none';
  }

  /** Beyond its limits the rest is not read any more: what the client does not take either then has a time-out. */
  #limitRest(): void {
    const { bytesRead } = this.socket;
    const now = performance.now();
    const time = Math.min(MAX_REST_TIME, this.service.settings.requestTimeout);
    this.#rest ??= { from: bytesRead, until: now + time };
    if (bytesRead - this.#rest.from > MAX_REST_BYTES || now > this.#rest.until) this.socket.pause();
  }

  /** Called by the sweeper. Ends the connection if it has waited for its next request at `limit` calls in a row. */
  sweep(limit: number): void {
    const { socket } = this;
    if (this.#limit === 'soon') this.limitIdleness();
    if (this.#isOver) this.#limitRest();
    const { bytesRead } = socket;
    const isIdle =
      this.#hasAnswered && this.pending === 0 && bytesRead === this.#bytesRead && socket.writableLength === 0;
    this.#bytesRead = bytesRead;
    this.#idleSweeps = isIdle ? this.#idleSweeps + 1 : 0;
    if (this.#idleSweeps >= limit) socket.destroy();
  }

  /** Nothing has gone over the socket for its time-out. */
  timedOut(): void {
    const exchange = this.#exchange;
    if (exchange === null) {
      if (this.socket.writableLength > 0) this.socket.destroy();
      else this.unlimit();
    } else if (this.socket.writableLength > 0) {
      exchange.cycle.disconnected(
        new RequestTimeout('The client took nothing of the response for too long.'),
      );
      this.socket.destroy();
    } else if (exchange.cycle.isReceiving && exchange.isBodyPending) {
      this.broken(new Refusal(408, 'The request took too long to arrive.'));
    } else {
      // It is the app that takes its time. Whether a client has left shows only where its socket is read.
      if (this.#waiting.length >= MAX_WAITING) this.socket.resume();
      this.limitIdleness();
    }
  }

  /** The server is stopping: what runs is told, and its answer is the last of the connection. */
  drain(): void {
    if (this.#session === null) this.#exchange?.cycle.drain();
    else this.#session.cycle.drain();
  }

  /** Ends the connection if it waits for a request. */
  closeIdle(): void {
    if (this.#exchange === null) this.#afterLastResponse();
  }

  /** The time that a stopping server leaves to its exchanges is over. */
  shutDown(): void {
    if (this.#session === null) this.#exchange?.cycle.shutDown();
    else this.#session.cycle.shutDown();
    this.socket.destroy();
  }

  /** Ends the connection so that the client sees that it was not meant to end. */
  reset(): void {
    // Without TLS only a reset tells, which there is in TCP alone; the end of a TLS connection is told in its own words, or missed.
    if (this.peer.tls !== null || this.peer.client === null) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  /** Takes a body that nobody read off the wire, if it is short, so that the next request can be seen. */
  #discard(request: IncomingRequest): void {
    let left = MAX_DISCARDED_BYTES;
    const timer = setTimeout(() => this.#linger(), MAX_DISCARD_TIME);
    this.#timer = timer;
    request.discardBody((bytes) => {
      left -= bytes;
      if (left < 0) this.#linger();
      if (!request.complete) return;
      clearTimeout(timer);
      this.#hasUnreadBody = false;
    });
  }

  #closeSoon(): void {
    if (this.#hasUnreadBody) this.#linger();
    else Socket.prototype.destroySoon.call(this.socket);
  }

  /** Says goodbye, and goes on reading for a while what the client still sends (RFC 9112, section 9.6). */
  #linger(): void {
    this.#isOver = true;
    const { socket } = this;
    if (socket.writableEnded) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    // A client that takes its time with the answer may have it all.
    if (socket.writableLength > 0) this.limitIdleness();
    socket.end(() => {
      if (!socket.destroyed) this.#timer = setTimeout(() => socket.destroy(), LINGER_TIME);
    });
  }

  #closed(): void {
    this.#isOver = true;
    this.#waiting = NONE;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#beginSession = null;
    this.#session?.closed();
    if (this.#session?.isOpen !== true) this.#exchange?.closed();
  }
}
