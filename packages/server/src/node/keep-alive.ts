import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { MAX_DELAY } from '../option-kinds.js';
import type { Settings } from '../options.js';

/**
 * Asks the client of a session every now and then whether it is there (RFC 6455, section 5.5.2).
 *
 * Any byte is an answer: a pong cannot overtake a long message. While the session is not read, since the app takes nothing, none is
 * expected.
 */
export class KeepAlive {
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #interval: number;
  readonly #timeout: number;
  readonly #onSilence: () => void;
  #timer: NodeJS.Timeout | undefined;
  #lastLook: NodeJS.Immediate | undefined;
  /** How much the client had sent when it was asked. */
  #bytesRead = 0;

  constructor(
    webSocket: WebSocket,
    socket: Socket,
    { wsPingInterval, wsPingTimeout }: Settings,
    onSilence: () => void,
  ) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#interval = wsPingInterval;
    this.#timeout = wsPingTimeout;
    this.#onSilence = onSilence;
    this.#wait();
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#lastLook);
  }

  #wait(): void {
    if (this.#interval === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#ask(), this.#interval);
  }

  #ask(): void {
    this.#bytesRead = this.#socket.bytesRead;
    this.#webSocket.ping();
    // A process that was busy for too long first reads what has come meanwhile.
    const look = (): void => {
      this.#lastLook = setImmediate(() => this.#judge());
    };
    this.#timer = setTimeout(look, Math.min(this.#timeout, MAX_DELAY));
  }

  #judge(): void {
    const isSilent = this.#socket.bytesRead === this.#bytesRead && !this.#webSocket.isPaused;
    if (isSilent && this.#timeout !== Number.POSITIVE_INFINITY) this.#onSilence();
    else this.#wait();
  }
}
