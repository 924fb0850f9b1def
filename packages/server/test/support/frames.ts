import { connect, type TLSSocket } from 'node:tls';
import type { Server } from '@pullo/server';
import { onTestFinished } from 'vitest';
import { TRUSTING } from './certificates.ts';

/** Types of frames (RFC 9113, section 6). */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  rst: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  continuation: 9,
} as const;

/** `GET / https` from the static table of HPACK, and `:authority: a`. */
export const GET_HEADERS = Buffer.from([0x82, 0x84, 0x87, 0x41, 0x01, 0x61]);

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const HEAD = 9;

/** The bytes of a frame. */
export function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A client that speaks frames, and minds no rule. */
export class Frames {
  readonly ended: Promise<void>;
  /** Resolves when the server has sent its settings. */
  readonly greeted: Promise<void>;
  /** The code of the last GOAWAY. */
  goaway: number | null = null;
  hasEnded = false;
  readonly #socket: TLSSocket;
  readonly #counts = new Map<number, number>();
  #rest = Buffer.alloc(0);

  /** `preface` is what it begins with: all that it has to, with no settings of its own. */
  constructor(server: Server, preface: string | null = null) {
    const { host, port } = server;
    this.#socket = connect({ host, port, ...TRUSTING, ALPNProtocols: ['h2'] });
    this.#socket.on('error', () => {});
    if (preface === null) this.send(Buffer.concat([Buffer.from(PREFACE), frame(FRAME.settings, 0, 0)]));
    else this.send(Buffer.from(preface));
    this.greeted = new Promise((resolve) => this.#socket.once('data', () => resolve()));
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.ended = new Promise((resolve) => {
      this.#socket.on('close', () => {
        this.hasEnded = true;
        resolve();
      });
    });
    onTestFinished(() => {
      this.#socket.destroy();
    });
  }

  send(bytes: Buffer): this {
    if (this.#socket.writable) this.#socket.write(bytes);
    return this;
  }

  /** How many frames of a type have come. */
  count(type: number): number {
    return this.#counts.get(type) ?? 0;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= HEAD) {
      const end = HEAD + this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < end) return;
      const type = this.#rest.readUInt8(3);
      this.#counts.set(type, this.count(type) + 1);
      if (type === FRAME.goaway) this.goaway = this.#rest.readUInt32BE(HEAD + 4);
      this.#rest = this.#rest.subarray(end);
    }
  }
}
