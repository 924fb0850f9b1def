import type { Socket } from 'node:net';
import type { Client } from './clients.js';

/** A connection whose TLS handshake is not done: nobody waits for it when the server stops. */
export class Handshake implements Client {
  readonly pending = 0;
  readonly socket: Socket;
  readonly #timer: NodeJS.Timeout;

  /** One that is not over after so many milliseconds is cut: of a client that resets its connection as the handshake ends, Node may never say that it has left. */
  constructor(socket: Socket, milliseconds: number) {
    this.socket = socket;
    this.#timer = setTimeout(() => socket.destroy(), milliseconds);
  }

  /** It is done, or has failed. */
  over(): void {
    clearTimeout(this.#timer);
  }

  drain(): void {}

  closeIdle(): void {
    this.socket.destroy();
  }

  shutDown(): void {
    this.socket.destroy();
  }
}
