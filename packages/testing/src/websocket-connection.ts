import type { Duplex } from 'node:stream';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  encodeFrame,
  type Frame,
  FrameError,
  FrameParser,
  PING,
  PONG,
  TEXT,
} from './websocket-frames.js';

/** A message: text, or bytes. */
export type Message = string | Uint8Array;

/** How a session ended: 1005 if the peer named no code, 1006 if the connection was lost. */
export interface CloseInfo {
  code: number;
  reason: string;
}

/** What a connection tells its owner; the end comes once, and last. */
export interface ConnectionEvents {
  /** A promise holds back the messages after it. */
  message(message: Message): void | Promise<void>;
  closed(info: CloseInfo): void;
}

/** One end of an open WebSocket connection (RFC 6455): framing, fragments, pings and the closing handshake. */
export class WebSocketConnection {
  readonly #socket: Duplex;
  readonly #role: 'client' | 'server';
  readonly #events: ConnectionEvents;
  readonly #parser: FrameParser;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #fragments: Buffer[] = [];
  #fragmentsOpcode = 0;
  #isClosing = false;
  /** What senders wait for while the peer is slow: one for all of them. */
  #room: Promise<void> | null = null;
  #received: CloseInfo | null = null;

  constructor(socket: Duplex, role: 'client' | 'server', events: ConnectionEvents) {
    this.#socket = socket;
    this.#role = role;
    this.#events = events;
    this.#parser = new FrameParser(role === 'client' ? 'server' : 'client');
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => {});
    socket.on('close', () => events.closed(this.#received ?? { code: 1006, reason: '' }));
  }

  /** Whether messages can still be sent. */
  get isOpen(): boolean {
    return !this.#isClosing && !this.#socket.destroyed;
  }

  /** Sends a message; a promise when the sender should wait. */
  send(message: Message): void | Promise<void> {
    const opcode = typeof message === 'string' ? TEXT : BINARY;
    const payload = typeof message === 'string' ? Buffer.from(message) : Buffer.from(message);
    if (this.#socket.write(encodeFrame(opcode, payload, this.#role))) return;
    this.#room ??= this.#waitForRoom();
    return this.#room;
  }

  /** Begins the closing handshake, or answers the peer's; without a code the frame is empty. */
  close(code?: number, reason = ''): void {
    if (!this.isOpen) return;
    const payload = Buffer.alloc(code === undefined ? 0 : 2 + Buffer.byteLength(reason));
    if (code !== undefined) {
      payload.writeUInt16BE(code, 0);
      payload.write(reason, 2);
    }
    this.#isClosing = true;
    this.#socket.write(encodeFrame(CLOSE, payload, this.#role));
  }

  /** Drops the connection without a word: the peer sees 1006. */
  terminate(): void {
    this.#socket.destroy();
  }

  async #waitForRoom(): Promise<void> {
    const socket = this.#socket;
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.on('drain', done).on('close', done);
    });
    this.#room = null;
  }

  #read(chunk: Buffer): void {
    try {
      for (const frame of this.#parser.push(chunk)) this.#take(frame);
    } catch (error) {
      this.close(error instanceof FrameError ? error.closeCode : 1011);
      this.#socket.end();
    }
  }

  #take(frame: Frame): void {
    if (this.#received !== null) return;
    switch (frame.opcode) {
      case PING:
        if (this.isOpen) this.#socket.write(encodeFrame(PONG, frame.payload, this.#role));
        return;
      case PONG:
        return;
      case CLOSE:
        this.#takeClose(frame.payload);
        return;
      default:
        this.#takeData(frame);
    }
  }

  #takeData({ isFinal, opcode, payload }: Frame): void {
    const isContinued = this.#fragments.length > 0;
    if ((opcode === CONTINUATION) !== isContinued) throw new FrameError(1002, 'fragments are out of order');
    if (!isContinued) this.#fragmentsOpcode = opcode;
    this.#fragments.push(payload);
    if (!isFinal) return;
    const whole = this.#fragments.length === 1 ? payload : Buffer.concat(this.#fragments);
    this.#fragments = [];
    const waiting = this.#events.message(
      this.#fragmentsOpcode === TEXT ? this.#decode(whole) : Uint8Array.from(whole),
    );
    if (waiting === undefined) return;
    this.#socket.pause();
    void waiting.then(() => this.#socket.resume());
  }

  #takeClose(payload: Buffer): void {
    if (payload.length === 1) throw new FrameError(1002, 'a close frame has half a code');
    const code = payload.length === 0 ? 1005 : payload.readUInt16BE(0);
    this.#received = { code, reason: payload.length === 0 ? '' : this.#decode(payload.subarray(2)) };
    this.close(code === 1005 ? undefined : code);
    this.#socket.end();
  }

  #decode(bytes: Buffer): string {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      throw new FrameError(1007, 'a text is not UTF-8');
    }
  }
}
