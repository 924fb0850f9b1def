import { Duplex } from 'node:stream';

/** Two ends of a connection in memory: what is written to one is read from the other. (`stream.duplexPair` came with Node 22.) */
export function duplexPair(): [Duplex, Duplex] {
  const left = new End();
  const right = new End();
  left.other = right;
  right.other = left;
  return [left, right];
}

/** A write is done when the other end wants more, so that a slow reader is felt. */
class End extends Duplex {
  other: End | null = null;
  #onRead: (() => void) | null = null;

  constructor() {
    // As sockets are: when the other end has ended, this one ends too.
    super({ allowHalfOpen: false });
  }

  override _read(): void {
    const onRead = this.#onRead;
    this.#onRead = null;
    onRead?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.other === null || this.other.destroyed || this.other.push(chunk)) done();
    else this.other.#onRead = done;
  }

  override _final(done: () => void): void {
    this.other?.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { other } = this;
    this.other = null;
    this._read();
    if (other !== null && !other.destroyed) queueMicrotask(() => other.destroy());
    done(error);
  }
}
