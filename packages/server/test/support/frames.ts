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
  window: 8,
  continuation: 9,
} as const;

/** `GET / https` from the static table of HPACK, and `:authority: a`. */
export const GET_HEADERS = Buffer.from([0x82, 0x84, 0x87, 0x41, 0x01, 0x61]);

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const HEAD = 9;

/** The bytes of a frame. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A number of four bytes, as settings, windows and codes are. */
export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A setting (RFC 9113, section 6.5.1). */
export function setting(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([0, id]), word(value)]);
}

/** A field of HPACK that is neither in a table nor to be put in one. */
export function field(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

function text(characters: string): Buffer {
  const bytes = Buffer.from(characters, 'latin1');
  return Buffer.concat([bytes.length < 127 ? Buffer.from([bytes.length]) : long(bytes.length), bytes]);
}

/** An integer of HPACK that does not fit into seven bits. */
function long(value: number): Buffer {
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

/** A client that speaks frames, and minds no rule. */
export class Frames {
  readonly ended: Promise<void>;
  /** Resolves when the server has sent its settings. */
  readonly greeted: Promise<void>;
  /** The code of the last GOAWAY. */
  goaway: number | null = null;
  hasEnded = false;
  /** The code with which each stream was reset. */
  readonly resets = new Map<number, number>();
  /** How many bytes have come on each stream. */
  readonly bytes = new Map<number, number>();
  /** Streams whose response has come to its end. */
  readonly complete = new Set<number>();
  readonly #socket: TLSSocket;
  readonly #counts = new Map<number, number>();
  #rest = Buffer.alloc(0);

  /** `preface` is what it begins with: all that it has to, with no settings of its own. */
  constructor(
    server: Pick<Server, 'host' | 'port'>,
    preface: string | null = null,
    settings: Buffer = Buffer.alloc(0),
  ) {
    const { host, port } = server;
    this.#socket = connect({ host, port, ...TRUSTING, ALPNProtocols: ['h2'] });
    this.#socket.on('error', () => {});
    if (preface === null)
      this.send(Buffer.concat([Buffer.from(PREFACE), frame(FRAME.settings, 0, 0, settings)]));
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
      const length = this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < HEAD + length) return;
      const type = this.#rest.readUInt8(3);
      const stream = this.#rest.readUInt32BE(5);
      this.#counts.set(type, this.count(type) + 1);
      if (type === FRAME.goaway) this.goaway = this.#rest.readUInt32BE(HEAD + 4);
      if (type === FRAME.rst) this.resets.set(stream, this.#rest.readUInt32BE(HEAD));
      if (type === FRAME.data) this.bytes.set(stream, (this.bytes.get(stream) ?? 0) + length);
      const ends = type === FRAME.data || type === FRAME.headers;
      if (ends && (this.#rest.readUInt8(4) & 1) === 1) this.complete.add(stream);
      this.#rest = this.#rest.subarray(HEAD + length);
    }
  }
}
