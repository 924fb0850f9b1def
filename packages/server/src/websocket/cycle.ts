import {
  ClientDisconnected,
  isClientDisconnected,
  type Receive,
  type ReceiveEvent,
  type Send,
  type SendEvent,
  ServerShutdown,
  type WebSocketAcceptEvent,
  type WebSocketCloseEvent,
  type WebSocketScope,
  type WebSocketSendEvent,
} from '@pullo/asgi';
import { Congestion } from '../http/congestion.js';
import type { HTTPCycle } from '../http/cycle.js';
import { ExchangeSignal } from '../http/exchange-signal.js';
import { failureOf, violation } from '../http/misuse.js';
import { callOf, handledRejection } from '../http/promises.js';
import type { Service } from '../http/service.js';
import { isUnsupportedScope } from '../unsupported-scope.js';
import { SessionInbox } from './inbox.js';
import {
  acceptFields,
  closeOf,
  messageOf,
  outOfPlace,
  subprotocolOf,
  UNANSWERED,
  unknownEvent,
} from './misuse.js';
import type { WebSocketTransport } from './transport.js';

/**
 * How far the session is. `denying` leaves the rest to the HTTP cycle; `closing` is after the app's close; `over` is when the client
 * has left, or the server has ended it.
 */
type Phase = 'connecting' | 'denying' | 'open' | 'closing' | 'over';

/** What ends a session is told to the client by a code (RFC 6455, section 7.4.1, and the IANA registry). */
const NORMAL = 1000;
const LOST = 1006;
const INTERNAL_ERROR = 1011;
const SERVICE_RESTART = 1012;
const DENIAL = 'websocket.http.response.';

/**
 * One WebSocket session: calls the app with `receive` and `send`, and turns its events into calls of a transport.
 *
 * Knows the contract and nothing of frames. Up to its opening it is an HTTP exchange, and every answer but `websocket.accept` is a
 * response, which is given to the cycle of that exchange. The engine tells it of what happens below with `received`, `ended`, `drain`
 * and `shutDown`.
 */
export class WebSocketCycle {
  readonly #service: Service;
  readonly #http: HTTPCycle;
  readonly #transport: WebSocketTransport;
  readonly #inbox: SessionInbox;
  #subprotocols: readonly string[] = [];
  #phase: Phase = 'connecting';
  /** Made when the app first sends faster than the client takes. */
  #congestion: Congestion | null = null;
  /** What the app did wrong first: logged once, also when it comes back as the app's own error. */
  #failure: unknown = null;

  constructor(service: Service, http: HTTPCycle, transport: WebSocketTransport) {
    this.#service = service;
    this.#http = http;
    this.#transport = transport;
    this.#inbox = new SessionInbox(transport);
  }

  /** Calls the app. The scope is the engine's to make, with the `exchange` of the HTTP cycle in it. */
  run(scope: WebSocketScope): void {
    this.#subprotocols = scope.subprotocols;
    let call: Promise<unknown> | null;
    try {
      call = callOf(this.#service.app(scope, this.#receive, this.#send));
    } catch (error) {
      this.#threw(error);
      return;
    }
    if (call === null) {
      this.#returned();
      return;
    }
    this.#service.enter();
    call.then(
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

  /** A message has come. */
  received(message: string | Uint8Array): void {
    const event: ReceiveEvent =
      typeof message === 'string'
        ? { type: 'websocket.receive', text: message, bytes: null }
        : { type: 'websocket.receive', bytes: message, text: null };
    this.#inbox.put(event, message.length);
  }

  /** The session has ended: 1005 if the client named no code, 1006 if the connection was lost. */
  ended(code: number, reason: string): void {
    if (this.#phase === 'denying') this.#http.disconnected();
    else this.#end(new ClientDisconnected());
    this.#inbox.end(code, reason);
  }

  /** The server is stopping: the signal tells the app, which has one turn of the event loop to say goodbye in its own words. */
  drain(): void {
    if (this.#phase === 'denying') {
      this.#http.drain();
    } else if (this.#phase === 'connecting') {
      this.#phase = 'over';
      this.#http.refused(503, 'The server is stopping: try again soon.', new ServerShutdown());
      this.#inbox.end(LOST, '');
    } else if (this.#phase === 'open') {
      ExchangeSignal.abort(this.#http.exchange, new ServerShutdown());
      setImmediate(() => this.#closeForRestart());
    }
  }

  /** The time that a stopping server leaves to its sessions is over. */
  shutDown(): void {
    if (this.#phase === 'denying') {
      this.#http.shutDown();
    } else {
      this.#end(new ServerShutdown());
      this.#transport.cut();
    }
    this.#inbox.end(LOST, '');
  }

  #closeForRestart(): void {
    if (this.#phase !== 'open') return;
    this.#end(new ServerShutdown());
    this.#transport.close(SERVICE_RESTART, '');
  }

  readonly #receive: Receive = () => this.#inbox.receive();

  /** Never throws: what the app does wrong it hears by a promise, and so does whoever sends to a client that has left. */
  readonly #send: Send = (event) => {
    if (this.#phase === 'over') return handledRejection(this.#failure ?? new ClientDisconnected());
    try {
      return this.#take(event);
    } catch (error) {
      this.#fail(error);
      return handledRejection(error);
    }
  };

  #take(event: SendEvent): void | Promise<void> {
    const type: SendEvent['type'] | undefined = event?.type;
    switch (type) {
      case 'websocket.accept':
        return this.#accept(event as WebSocketAcceptEvent);
      case 'websocket.send':
        return this.#sendMessage(event as WebSocketSendEvent);
      case 'websocket.close':
        return this.#close(event as WebSocketCloseEvent);
      case 'websocket.http.response.start':
      case 'websocket.http.response.body':
        return this.#deny(event);
      default:
        throw unknownEvent(type);
    }
  }

  #accept(event: WebSocketAcceptEvent): void | Promise<void> {
    if (this.#phase !== 'connecting') throw this.#outOfPlace(event.type);
    const subprotocol = subprotocolOf(event, this.#subprotocols);
    const fields = acceptFields(event);
    this.#phase = 'open';
    if (!this.#transport.accept(subprotocol, fields)) {
      this.ended(LOST, '');
      return handledRejection(new ClientDisconnected());
    }
    if (this.#service.isDraining) this.drain();
  }

  #sendMessage(event: WebSocketSendEvent): void | Promise<void> {
    if (this.#phase !== 'open') throw this.#outOfPlace(event.type);
    if (this.#transport.send(messageOf(event))) return;
    // A client that takes nothing at all has been cut off.
    if (this.#isOver()) return handledRejection(new ClientDisconnected());
    this.#congestion ??= new Congestion(this.#transport);
    return this.#congestion.over();
  }

  #close(event: WebSocketCloseEvent): void {
    if (this.#phase === 'closing' || this.#phase === 'denying') throw this.#outOfPlace(event.type);
    const { code, reason } = closeOf(event);
    if (this.#phase === 'open') {
      this.#phase = 'closing';
      this.#transport.close(code, reason);
      return;
    }
    this.#refuse(403);
  }

  /** An answer without a body. */
  #refuse(status: number): void {
    this.#beginDenial();
    void this.#http.send({ type: 'http.response.start', status });
    void this.#http.send({ type: 'http.response.body' });
    this.#inbox.end(LOST, '');
  }

  /** The extension `websocket.http.response`: the events are those of a response under another name. */
  #deny(event: SendEvent): void | Promise<void> {
    const isStart = event.type === 'websocket.http.response.start';
    if (this.#phase !== (isStart ? 'connecting' : 'denying')) throw this.#outOfPlace(event.type);
    if (isStart) this.#beginDenial();
    const type = `http.response.${event.type.slice(DENIAL.length)}`;
    const sent = this.#http.send({ ...event, type } as SendEvent);
    if (!isStart && !('moreBody' in event && event.moreBody === true)) this.#inbox.end(LOST, '');
    return sent;
  }

  #beginDenial(): void {
    this.#phase = 'denying';
    this.#transport.deny();
  }

  #isOver(): boolean {
    return this.#phase === 'over';
  }

  /** The session takes nothing more of the app. */
  #end(reason: Error): void {
    this.#phase = 'over';
    ExchangeSignal.abort(this.#http.exchange, reason);
    this.#congestion?.end();
  }

  #outOfPlace(type: string): Error {
    return this.#phase === 'over' ? new ClientDisconnected() : outOfPlace(type, this.#phase);
  }

  #returned(): void {
    this.#inbox.abandon();
    if (this.#phase === 'denying') {
      this.#http.returned();
      this.#inbox.end(LOST, '');
    } else if (this.#phase === 'connecting') {
      this.#fail(violation(UNANSWERED));
    } else if (this.#phase === 'open') {
      this.#phase = 'closing';
      this.#transport.close(NORMAL, '');
    }
  }

  #threw(error: unknown): void {
    this.#inbox.abandon();
    if (this.#phase === 'over' && isClientDisconnected(error)) return;
    if (this.#phase === 'connecting' && isUnsupportedScope(error)) this.#refuse(501);
    else if (this.#phase !== 'denying' && ExchangeSignal.isReason(this.#http.exchange, error))
      this.#closeForRestart();
    else this.#fail(error);
  }

  /** An error of the app: a 500 before the session is open, and after it the code that stands for one. */
  #fail(thrown: unknown): void {
    const error = failureOf(thrown);
    if (error === this.#failure) return;
    this.#failure ??= error;
    if (this.#phase === 'denying') {
      this.#http.threw(error);
      this.#inbox.end(LOST, '');
    } else if (this.#phase === 'connecting') {
      this.#beginDenial();
      this.#http.threw(error);
      this.#inbox.end(LOST, '');
    } else {
      this.#service.logger.log('error', 'Exception in the app', error);
      if (this.#phase !== 'open') return;
      this.#end(new ClientDisconnected());
      this.#transport.close(INTERNAL_ERROR, '');
    }
  }
}
