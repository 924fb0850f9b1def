import type { Socket } from 'node:net';
import type { Client } from './clients.js';

/** A connection whose TLS handshake is not done: nobody waits for it when the server stops. */
export class Handshake implements Client {
  readonly pending = 0;
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  drain(): void {}

  closeIdle(): void {
    this.socket.destroy();
  }

  shutDown(): void {
    this.socket.destroy();
  }
}
