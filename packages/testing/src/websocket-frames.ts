import { randomBytes } from 'node:crypto';

export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** One frame of RFC 6455, section 5.2, unmasked. */
export interface Frame {
  isFinal: boolean;
  opcode: number;
  payload: Buffer;
}

/** The peer broke the protocol; `closeCode` is what it is told. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly closeCode: number;

  constructor(closeCode: number, message: string) {
    super(message);
    this.closeCode = closeCode;
  }
}

/** A whole message, or a control message, as a frame. Only clients mask theirs (RFC 6455, section 5.3). */
export function encodeFrame(opcode: number, payload: Buffer, role: 'client' | 'server'): Buffer {
  const size = payload.length;
  const extended = size < 126 ? 0 : size < 0x10000 ? 2 : 8;
  const masked = role === 'client';
  const head = Buffer.alloc(2 + extended);
  head[0] = 0x80 | opcode;
  head[1] = (masked ? 0x80 : 0) | (extended === 0 ? size : extended === 2 ? 126 : 127);
  if (extended === 2) head.writeUInt16BE(size, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(size), 2);
  if (!masked) return Buffer.concat([head, payload]);
  const key = randomBytes(4);
  return Buffer.concat([head, key, mask(payload, key)]);
}

/** Cuts the bytes of a connection into frames, however they arrive. */
export class FrameParser {
  readonly #masked: boolean;
  #bytes: Buffer = Buffer.alloc(0);

  /** `from` is who sends the bytes: a client must mask its frames, a server must not. */
  constructor(from: 'client' | 'server') {
    this.#masked = from === 'client';
  }

  /** The frames that are complete by now. Throws `FrameError`. */
  *push(chunk: Buffer): Iterable<Frame> {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const frame = this.#next();
      if (frame === null) return;
      yield frame;
    }
  }

  #next(): Frame | null {
    const bytes = this.#bytes;
    if (bytes.length < 2) return null;
    const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)];
    const opcode = first & 0x0f;
    this.#check(first, second);
    const short = second & 0x7f;
    const keyAt = 2 + (short < 126 ? 0 : short === 126 ? 2 : 8);
    const start = keyAt + (this.#masked ? 4 : 0);
    if (bytes.length < start) return null;
    const size =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < start + size) return null;
    const raw = bytes.subarray(start, start + size);
    this.#bytes = bytes.subarray(start + size);
    const payload = this.#masked ? mask(raw, bytes.subarray(keyAt, start)) : Buffer.from(raw);
    return { isFinal: (first & 0x80) !== 0, opcode, payload };
  }

  #check(first: number, second: number): void {
    const opcode = first & 0x0f;
    if ((first & 0x70) !== 0)
      throw new FrameError(1002, 'a reserved bit is set, but no extension was agreed on');
    if (opcode > PONG || (opcode > BINARY && opcode < CLOSE))
      throw new FrameError(1002, `unknown opcode ${opcode}`);
    if (((second & 0x80) !== 0) !== this.#masked)
      throw new FrameError(1002, 'the mask is missing, or should not be there');
    if (opcode >= CLOSE && ((first & 0x80) === 0 || (second & 0x7f) > 125)) {
      throw new FrameError(1002, 'a control frame is fragmented or too long');
    }
  }
}

function mask(payload: Buffer, key: Buffer): Buffer {
  const result = Buffer.alloc(payload.length);
  for (let i = 0; i < payload.length; i++) result[i] = (payload[i] as number) ^ (key[i % 4] as number);
  return result;
}
