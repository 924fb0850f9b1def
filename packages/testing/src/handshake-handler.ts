import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type Dispatcher, errors } from 'undici';
import { toHeaders } from './client-response.js';
import { appSettled, type Handler, type ParsedHeaders } from './handler.js';
import type { AppErrors, ResponseHandler } from './response-handler.js';
import { acceptKey } from './websocket-handshake.js';
import { WebSocketDenied, WebSocketSession } from './websocket-session.js';

/** The undici handler of a client's handshake: it ends in a session, or in the response of a refusal. */
export class HandshakeHandler implements Handler {
  readonly session: Promise<WebSocketSession>;
  /** The value of `sec-websocket-key` to send. */
  readonly key = randomBytes(16).toString('base64');
  readonly #refusal: ResponseHandler;
  readonly #errors: AppErrors;
  #resolve: (session: WebSocketSession) => void = () => {};
  #isOpen = false;
  #appError: { error: unknown } | null = null;

  constructor(refusal: ResponseHandler, errors: AppErrors) {
    this.#refusal = refusal;
    this.#errors = errors;
    this.session = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      refusal.response.then((response) => reject(new WebSocketDenied(response)), reject);
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#refusal.onRequestStart(controller);
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    _status: number,
    headers: ParsedHeaders,
    socket: Duplex,
  ): void {
    if (headers['sec-websocket-accept'] !== acceptKey(this.key)) {
      socket.destroy();
      const error = new errors.SocketError('The server did not answer the key of the WebSocket handshake.');
      this.#refusal.onResponseError(controller, error);
      return;
    }
    this.#isOpen = true;
    this.#resolve(new WebSocketSession(socket, toHeaders(headers), () => this.#takeError()));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: ParsedHeaders,
    statusText: string,
  ): void {
    this.#refusal.onResponseStart(controller, status, headers, statusText);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#refusal.onResponseData(controller, chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: ParsedHeaders): void {
    this.#refusal.onResponseEnd(controller, trailers);
  }

  onResponseError(controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#refusal.onResponseError(controller, error);
  }

  /** Of an open session the error is kept for the next `receive`, or for the end of the client. */
  [appSettled](outcome: { error: unknown } | null): boolean {
    if (!this.#isOpen) return this.#refusal[appSettled](outcome);
    if (outcome === null || !this.#errors.raise) return false;
    this.#appError = outcome;
    this.#errors.unseen.add(outcome);
    return true;
  }

  #takeError(): { error: unknown } | null {
    const outcome = this.#appError;
    if (outcome !== null) this.#errors.unseen.delete(outcome);
    return outcome;
  }
}
