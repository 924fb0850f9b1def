import {
  type Exchange,
  type HTTPScope,
  isClientDisconnected,
  type Receive,
  type Send,
  type SendEvent,
} from '@pullo/asgi';
import { whenAborted } from '../../http/exchange-signal.js';
import type { NodeListener } from './from-node-listener.js';
import { ListenerRequest } from './listener-request.js';
import { ListenerResponse } from './listener-response.js';
import { ListenerSocket } from './listener-socket.js';

/** One call of a listener of `node:http`: its request, its response, and the end of both. */
export class ListenerExchange {
  readonly #socket: ListenerSocket;
  readonly #request: ListenerRequest;
  readonly #response: ListenerResponse;
  readonly #receive: Receive;
  readonly #send: Send;
  readonly #exchange: Exchange;
  /** Ends the watch over the client, which begins where the listener has not answered at once. */
  #unwatch: (() => void) | null = null;
  #isOver = false;
  #isHeadSent = false;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(scope: HTTPScope, receive: Receive, send: Send) {
    this.#receive = receive;
    this.#send = send;
    this.#exchange = scope.exchange;
    this.#socket = new ListenerSocket(scope, (error) => this.#cut(error));
    this.#request = new ListenerRequest(scope, receive, this.#socket, () => this.#left());
    this.#response = new ListenerResponse(this.#request, this.#socket, this);
  }

  /** Calls the listener; resolves when its response is complete or its client has left, rejects when it fails. */
  run(listener: NodeListener): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      try {
        const result = listener(this.#request, this.#response);
        if (result instanceof Promise) result.catch((error: unknown) => this.failed(error));
      } catch (error) {
        this.failed(error);
      }
      if (!this.#isOver && !this.#isHeadSent) {
        this.#unwatch = whenAborted(this.#exchange, (reason) => this.#aborted(reason));
      }
    });
  }

  /** Sends an event; the promise, where there is one, resolves with whether it was taken. */
  send(event: SendEvent): undefined | Promise<boolean> {
    const taken = this.#send(event);
    if (taken === undefined) return undefined;
    return taken.then(
      () => true,
      (error: unknown) => {
        if (isClientDisconnected(error)) this.#left();
        else this.failed(error);
        return false;
      },
    );
  }

  /** Sends an answer to HEAD: the server takes it for complete, and tells apps by the signal that they need not go on. */
  sendHead(): void {
    this.#isHeadSent = true;
    this.#unwatch?.();
    void this.send({ type: 'http.response.body', moreBody: true });
  }

  /** The last event of the response has been sent. */
  ended(): void {
    this.#settle();
    this.#resolve();
    process.nextTick(() => {
      this.#response.finish();
      this.#request.release();
    });
  }

  /** The listener did something wrong: whoever runs the app hears of it. */
  failed(error: unknown): void {
    this.#reject(error);
    this.#left();
  }

  /** The listener has destroyed the socket. */
  #cut(error: Error | null): void {
    if (this.#isOver) return;
    this.failed(
      error ?? new Error('The listener destroyed the connection before its response was complete.'),
    );
  }

  #aborted(reason: unknown): void {
    // A server that is stopping still takes the rest; when it has waited long enough the exchange is cut, which shows by `receive` only.
    if (Object(reason).code !== 'ERR_SERVER_SHUTDOWN') this.#left();
    else if (this.#request.complete) void this.#receive().then(() => this.#left());
  }

  /** Nobody waits for the response any more. */
  #left(): void {
    if (this.#isOver) return;
    this.#settle();
    this.#resolve();
    this.#socket.destroy();
    this.#request.abort();
    this.#response.close();
  }

  #settle(): void {
    this.#isOver = true;
    this.#unwatch?.();
  }
}
