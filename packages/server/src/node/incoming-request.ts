import { IncomingMessage } from 'node:http';
import { HeadFields } from '../http/head-fields.js';

/** Where `node:http` notes whether its parser takes a request for an upgrade. */
const IS_UPGRADE = Symbol('isUpgrade');
const NO_PIECES: Uint8Array[] = [];
/** How many pieces are kept apart: one of a byte, from a chunk of a byte, costs almost 200 times that. */
const MAX_PIECES = 256;
const WEBSOCKET = /(?:^|,)[ \t]*websocket[ \t]*(?:,|$)/i;

/**
 * A request of `node:http` that does not build an object of all its headers, and whose body is no stream: what the parser gives is kept until it is read.
 *
 * A `Readable` costs several ticks for each body, of none of which anybody here hears, and each piece is told of a tick late.
 */
export class IncomingRequest extends IncomingMessage {
  declare [IS_UPGRADE]: boolean | null;
  /** Whether the connection leaves HTTP with this request. */
  declare readonly upgrade: boolean;
  #fields: HeadFields | null = null;
  /** What has arrived of the body and has not been read. */
  #pieces: Uint8Array[] = NO_PIECES;
  #size = 0;
  #onArrival: (() => void) | null = null;

  /** The fields of the head that the server looks at. */
  get fields(): HeadFields {
    this.#fields ??= new HeadFields(this.rawHeaders);
    return this.#fields;
  }

  /**
   * Whether the client asks for a WebSocket session in the words of RFC 6455, section 4.1: the rest of the head may still be wrong. One with a
   * body is a plain request, whose bytes nobody can take for frames.
   */
  get isHandshake(): boolean {
    const { upgrade, bodyLength } = this.fields;
    return (
      upgrade !== undefined &&
      WEBSOCKET.test(upgrade) &&
      this.method === 'GET' &&
      this.httpVersionMinor === 1 &&
      bodyLength === 0
    );
  }

  /** What has arrived of the body since the last call, or null. */
  readBody(): Uint8Array | null {
    const pieces = this.#pieces;
    const [first] = pieces;
    if (first === undefined) return null;
    const wasFull = this.#isFull;
    this.#pieces = NO_PIECES;
    this.#size = 0;
    if (wasFull && !this.complete) this._read(0);
    return pieces.length === 1 ? first : Buffer.concat(pieces);
  }

  /** Whether all of the body has arrived and has been read. */
  get isBodyRead(): boolean {
    return this.complete && this.#pieces.length === 0;
  }

  /** Calls back, from now on, each time when a piece of the body has arrived, and at its end. */
  whenArrived(callback: () => void): void {
    this.#onArrival = callback;
  }

  /** Takes what is left of the body off the wire, and tells of each piece how long it was. */
  discardBody(told: (bytes: number) => void = () => {}): void {
    const take = (): void => told(this.readBody()?.byteLength ?? 0);
    this.whenArrived(take);
    take();
  }

  /** The parser's: a piece of the body, or null at its end. Reading goes on after false when what there is has been read. */
  override push(piece: Uint8Array | null): boolean {
    if (piece === null) {
      // For node:http, where the request has been answered already.
      this.emit('end');
    } else {
      if (this.#pieces.length === 0) this.#pieces = [piece];
      else if (this.#pieces.length === MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces), piece];
      else this.#pieces.push(piece);
      this.#size += piece.byteLength;
    }
    this.#onArrival?.();
    return !this.#isFull;
  }

  get #isFull(): boolean {
    return this.#size >= this.readableHighWaterMark;
  }

  /** What `node:http` does about a body that nobody has read by the time of the answer: here it is the connection's to decide. */
  _dump(): void {}
}

// node:http reads `headers.expect` of every request, for which its own getter makes an object of all headers (5 to 10 % of
// the cost of a small exchange). It is a property to TypeScript, so the class above cannot override it as an accessor.
Object.defineProperty(IncomingRequest.prototype, 'headers', {
  configurable: true,
  get(this: IncomingRequest): HeadFields {
    return this.fields;
  },
});

// With a listener for 'upgrade', node:http gives every request there that asks for one, without its body. This leaves it those for
// WebSocket, and all others are plain requests: RFC 9110, section 7.8, lets a server ignore the field. The parser has seen to it that
// Connection names it.
Object.defineProperty(IncomingRequest.prototype, 'upgrade', {
  configurable: true,
  get(this: IncomingRequest): boolean {
    return this[IS_UPGRADE] === true && (this.method === 'CONNECT' || this.isHandshake);
  },
  set(this: IncomingRequest, value: boolean | null) {
    this[IS_UPGRADE] = value;
  },
});

// Asked by node:http whether it may let go of the request. A property to TypeScript, as are the two above.
Object.defineProperty(IncomingRequest.prototype, 'readableEnded', {
  configurable: true,
  get(this: IncomingRequest): boolean {
    return this.complete;
  },
});
