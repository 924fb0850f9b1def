import { ClientDisconnected, type HTTPScope, type Receive, type Send, ServerShutdown } from '@pullo/asgi';
import { ExchangeSignal } from './exchange-signal.js';
import { Inbox } from './inbox.js';
import { type Exchanged, Outbox } from './outbox.js';
import { callOf } from './promises.js';
import type { Service } from './service.js';
import type { Transport } from './transport.js';

/**
 * One HTTP exchange: calls the app with `receive` and `send`, and turns its events into calls of a transport.
 *
 * Knows the contract and nothing of the wire. The engine tells it of what happens below with `disconnected`, `refused`,
 * `drain` and `shutDown`.
 */
export class HTTPCycle implements Exchanged {
  readonly exchange = new ExchangeSignal();
  readonly #service: Service;
  readonly #transport: Transport;
  readonly #outbox: Outbox;
  /** Made when the app first receives. */
  #inbox: Inbox | null = null;

  constructor(service: Service, transport: Transport, method: string) {
    this.#service = service;
    this.#transport = transport;
    this.#outbox = new Outbox(service, transport, this, method === 'HEAD');
  }

  /** Calls the app. The scope is the engine's to make, with this cycle's `exchange` in it. */
  run(scope: HTTPScope): void {
    let call: Promise<unknown> | null;
    try {
      call = callOf(this.#service.app(scope, this.#receive, this.send));
    } catch (error) {
      this.threw(error);
      return;
    }
    if (call === null) {
      this.returned();
      return;
    }
    this.#service.enter();
    call.then(
      () => {
        this.returned();
        this.#service.leave();
      },
      (error: unknown) => {
        this.threw(error);
        this.#service.leave();
      },
    );
  }

  /** Whether the app waits for the client to send. */
  get isReceiving(): boolean {
    return this.#inbox?.isAwaited === true;
  }

  /** The client has left, or (`reason`) the server has given up on it. */
  disconnected(reason?: Error): void {
    // An error costs its stack, and every stream of HTTP/2 ends here: 14 % of a small exchange.
    if (!this.#outbox.isOver) this.#outbox.cut(reason ?? new ClientDisconnected());
  }

  /** The request itself turned out wrong while the app was running: the answer is the server's if there is still time for one. */
  refused(status: number, reason: string, cause: Error = new ClientDisconnected(reason)): void {
    if (this.#outbox.isOver) return;
    this.disconnected(cause);
    if (this.#outbox.hasBegun) this.#transport.cut();
    else this.#transport.refuse(status, reason);
  }

  /** The server is stopping: tells a stream, which would not end by itself. */
  drain(): void {
    this.#outbox.drain();
  }

  /** The time that a stopping server leaves to its exchanges is over. */
  shutDown(): void {
    if (this.#outbox.isOver) return;
    this.disconnected(new ServerShutdown());
    this.#transport.cut();
  }

  readonly #receive: Receive = () => {
    if (this.#outbox.isOver) return Promise.resolve({ type: 'http.disconnect' });
    const { maxBodyBytes } = this.#service.settings;
    this.#inbox ??= new Inbox(this.#transport, maxBodyBytes, () => {
      this.refused(413, `The body is longer than ${maxBodyBytes} bytes.`);
    });
    return this.#inbox.receive();
  };

  get send(): Send {
    return this.#outbox.send;
  }

  /** The app has come back. */
  returned(): void {
    this.#outbox.returned();
  }

  /** The app has thrown, or rejected. */
  threw(error: unknown): void {
    this.#outbox.threw(error);
  }

  ended(): void {
    this.#inbox?.end();
  }
}
