import { HeaderList, type WebSocketScope } from '@pullo/asgi';
import type { WebSocket } from 'ws';
import { addDefaults } from '../http/default-headers.js';
import { Refusal } from '../http/refusal.js';
import { timeout } from '../timeout.js';
import { WebSocketCycle } from '../websocket/cycle.js';
import { type Handshake, readHandshake } from '../websocket/handshake.js';
import type { WebSocketTransport } from '../websocket/transport.js';
import type { Acceptor } from './acceptor.js';
import type { Connection } from './connection.js';
import type { NodeExchange } from './exchange.js';
import { KeepAlive } from './keep-alive.js';

/** How much waits to be sent before a sender has to. */
const HIGH_WATER_MARK = 64 * 1024;
/** How many times its idle timeout a client may take for what was sent before the close. */
const FLUSH_TIMES = 10;
const NO_BYTES = Buffer.alloc(0);
const NO_ANSWER = 1011;
const LOST = 1006;
const EXTENSIONS = Object.freeze({ 'websocket.http.response': Object.freeze({}) });

/** A request for a session on `node:http`, and then the session on `ws`, as the transport of a `WebSocketCycle`. */
export class NodeSession implements WebSocketTransport {
  readonly cycle: WebSocketCycle;
  readonly #connection: Connection;
  readonly #exchange: NodeExchange;
  readonly #acceptor: Acceptor;
  /** What came after the handshake in one packet with it. */
  #head: Buffer;
  #handshake: Handshake | null = null;
  #webSocket: WebSocket | null = null;
  #keepAlive: KeepAlive | null = null;
  /** Whether it is to be closed once the client has taken what was sent before. */
  #isFlushing = false;
  #onWritable: (() => void)[] = [];
  /** What each message calls back when it has gone out, or can't any more: that is told by the end of the session. */
  readonly #onSent = (error?: Error): void => {
    if (!(error instanceof Error)) this.#checkRoom();
  };

  constructor(connection: Connection, exchange: NodeExchange, acceptor: Acceptor, head: Buffer) {
    this.#connection = connection;
    this.#exchange = exchange;
    this.#acceptor = acceptor;
    // An empty one would keep the memory of the whole packet.
    this.#head = head.byteLength === 0 ? NO_BYTES : head;
    this.cycle = new WebSocketCycle(connection.service, exchange.cycle, this);
  }

  /** The scope of the session: that of its request, checked as any other. Throws `Refusal` for one that no app shall see. */
  scope(): WebSocketScope {
    // Before the request is counted: the last that the server takes may have its session.
    const { isDraining } = this.#connection.service;
    if (isDraining) throw new Refusal(503, 'The server is stopping: try again soon.');
    const { method, scheme, ...shared } = this.#exchange.scope();
    const handshake = readHandshake(HeaderList.raw(this.#exchange.request.rawHeaders));
    this.#handshake = handshake;
    return {
      ...shared,
      type: 'websocket',
      scheme: scheme === 'https' ? 'wss' : 'ws',
      subprotocols: handshake.subprotocols,
      extensions: 'tls' in shared.extensions ? { ...EXTENSIONS, tls: shared.extensions.tls } : EXTENSIONS,
    };
  }

  /** Whether the socket is that of `ws`. */
  get isOpen(): boolean {
    return this.#webSocket !== null;
  }

  accept(subprotocol: string | null, headers: readonly string[]): boolean {
    const { service, socket } = this.#connection;
    const fields = [...headers];
    if (service.settings.dateHeader) addDefaults(fields, ['date', new Date().toUTCString()]);
    addDefaults(fields, service.defaults);
    const handshake = this.#handshake as Handshake;
    const webSocket = this.#acceptor.accept(socket, this.#head, handshake, subprotocol, fields);
    if (webSocket === null) return false;
    this.#head = NO_BYTES;
    this.#webSocket = webSocket;
    this.#keepAlive = new KeepAlive(webSocket, socket, service.settings, () => this.#unanswered());
    webSocket.on('message', (data: Buffer, isBinary) => {
      this.cycle.received(isBinary ? plainBytes(data) : data.toString());
    });
    webSocket.on('error', (error) => {
      service.logger.log(
        'debug',
        `${this.#connection.peer.label} - broke the WebSocket protocol: ${error.message}`,
      );
      this.#end(LOST, '');
    });
    webSocket.on('close', (code, reason) => this.#end(code, reason.toString()));
    this.#exchange.accepted(headers);
    return true;
  }

  deny(): void {
    this.#connection.answerInPlace(this.#exchange.response);
  }

  send(message: string | Uint8Array): boolean {
    const webSocket = this.#webSocket as WebSocket;
    if (webSocket.bufferedAmount > this.#connection.service.settings.wsMaxBufferedBytes) {
      this.#tooSlow();
      return false;
    }
    this.#exchange.messageSent(message);
    webSocket.send(message, this.#onSent);
    return webSocket.bufferedAmount < HIGH_WATER_MARK;
  }

  whenWritable(callback: () => void): void {
    this.#onWritable.push(callback);
  }

  /**
   * The time that a client has to answer begins when it has what was sent before. Until then it is not read, so that the time-out of its
   * socket is that of what it takes; what Node reads ahead all the same could put that off, but not for ever.
   */
  close(code: number, reason: string): void {
    const webSocket = this.#webSocket as WebSocket;
    this.#keepAlive?.stop();
    if (webSocket.bufferedAmount < HIGH_WATER_MARK) {
      webSocket.close(code, reason);
      return;
    }
    const { settings } = this.#connection.service;
    this.#isFlushing = true;
    webSocket.pause();
    this.#connection.limitIdleness();
    const timer = timeout(FLUSH_TIMES * settings.idleTimeout, () => this.cut());
    webSocket.once('close', () => clearTimeout(timer));
    this.whenWritable(() => {
      clearTimeout(timer);
      this.#isFlushing = false;
      this.#connection.unlimit();
      webSocket.resume();
      webSocket.close(code, reason);
    });
  }

  pause(): void {
    this.#webSocket?.pause();
  }

  resume(): void {
    if (!this.#isFlushing) this.#webSocket?.resume();
  }

  cut(): void {
    this.#connection.socket.destroy();
  }

  /** The connection has ended: an open session is told by `ws`, when it has given out what had arrived. */
  closed(): void {
    if (this.#webSocket === null) this.cycle.ended(LOST, '');
  }

  #checkRoom(): void {
    if (this.#onWritable.length === 0 || (this.#webSocket?.bufferedAmount ?? 0) >= HIGH_WATER_MARK) return;
    for (const callback of this.#onWritable.splice(0)) callback();
  }

  #unanswered(): void {
    this.#webSocket?.close(NO_ANSWER, 'keepalive ping timeout');
    this.#end(LOST, 'keepalive ping timeout');
  }

  #tooSlow(): void {
    const { logger, settings } = this.#connection.service;
    const { label } = this.#connection.peer;
    logger.log('info', `${label} - cut off: more than ${settings.wsMaxBufferedBytes} bytes waited for it.`);
    this.#end(LOST, '');
    this.cut();
  }

  #end(code: number, reason: string): void {
    this.#keepAlive?.stop();
    this.#exchange.sessionEnded(code);
    this.cycle.ended(code, reason);
  }
}

/** Bytes that keep no more memory than they have: `ws` gives a part of what came in one packet. */
function plainBytes(data: Buffer): Uint8Array {
  if (data.byteLength === data.buffer.byteLength) return new Uint8Array(data.buffer);
  return new Uint8Array(data);
}
