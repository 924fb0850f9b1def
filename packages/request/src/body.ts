import {
  ClientDisconnected,
  type Exchange,
  isClientDisconnected,
  type Receive,
  type ReceiveEvent,
} from '@pullo/asgi';
import { ByteCollector } from './byte-collector.js';
import { BodyConsumed, BodyTooLong, ContentTooLarge } from './errors.js';
import { sizeText } from './limits.js';

/**
 * - `unread`: nobody has asked for it.
 * - `reading`: a reader is gathering it; the others wait for the same bytes.
 * - `buffered`: it is in memory, and every reader works, any number of times.
 * - `streamed`: it went, or goes, through a stream and is not kept.
 * - `aborted`: it cannot be had any more; every reader rejects with the reason.
 */
type BodyState = 'unread' | 'reading' | 'buffered' | 'streamed' | 'aborted';

/** The body of one request: what is left of `receive`, in one of five states. */
export class Body {
  readonly #receive: Receive;
  readonly #announced: number | null;
  readonly #exchange: Exchange | undefined;
  #state: BodyState = 'unread';
  #bytes: Uint8Array | undefined;
  #reading: Promise<Uint8Array> | undefined;
  #reason: unknown;
  /** How many bytes have come, and whether they were the last. */
  #received = 0;
  #complete = false;
  /** An event that was asked for to look for a disconnect; the next reader gets it. */
  #held: Promise<ReceiveEvent> | undefined;
  #receiving = false;
  #controller: AbortController | undefined;

  constructor(receive: Receive, contentLength: string | null, exchange: Exchange | undefined) {
    this.#receive = receive;
    this.#announced = announcedLength(contentLength);
    this.#exchange = exchange;
  }

  /** Whether no reader can have it any more. */
  get used(): boolean {
    return this.#state === 'streamed' || this.#state === 'aborted';
  }

  /** All of it, kept for the next reader too. `reader` names the caller in error messages. */
  read(maxBytes: number, reader: string): Promise<Uint8Array> {
    if (this.#state !== 'unread') return this.#share(maxBytes, reader);
    if (this.#announced !== null && this.#announced > maxBytes) {
      return Promise.reject(tooLarge(maxBytes, this.#announced));
    }
    this.#state = 'reading';
    this.#reading = this.#gather(maxBytes);
    return this.#reading;
  }

  /** For every reader but the first: the same bytes. */
  async #share(maxBytes: number, reader: string): Promise<Uint8Array> {
    this.#refuseIfUsed(reader);
    const bytes = this.#bytes ?? (await (this.#reading as Promise<Uint8Array>));
    // Another reader's limit may have let through what this one's does not.
    if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes, bytes.byteLength);
    return bytes;
  }

  /** Piece by piece, as it arrives; the state changes with the first piece asked for. */
  async *stream(reader: string): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#state === 'reading' || this.#state === 'buffered') {
      const bytes = await this.read(Number.POSITIVE_INFINITY, reader);
      if (bytes.byteLength > 0) yield bytes;
      return;
    }
    this.#refuseIfUsed(reader);
    this.#state = 'streamed';
    while (!this.#complete) {
      const chunk = await this.#next();
      if (chunk.byteLength > 0) yield chunk;
    }
  }

  /** Whether a reader has met the disconnect. */
  get disconnected(): boolean {
    return isClientDisconnected(this.#reason);
  }

  /** Whether its last piece has come. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Throws `ContentTooLarge` if the announced length alone is too much, before anything is read. */
  checkAnnounced(maxBytes: number): void {
    if (this.#announced !== null && this.#announced > maxBytes) throw tooLarge(maxBytes, this.#announced);
  }

  /** For servers without `exchange`: aborts when `receive` tells of the disconnect, which it can only after the body. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.disconnected) this.#controller.abort(this.#reason);
      else if (this.#complete) this.#watch();
    }
    return this.#controller.signal;
  }

  /** Looks at the next event without taking it away from the readers. */
  async isDisconnected(): Promise<boolean> {
    // A reader that is waiting will meet the disconnect itself; a second `receive` beside it could take its event.
    if (this.#receiving) return false;
    this.#held ??= this.#ask();
    const event = await Promise.race([this.#held, nextTurn()]);
    return event?.type === 'http.disconnect';
  }

  /** Most bodies are one piece: no `await` of a function of our own stands between its event and the reader, as each costs as much as the parsing. */
  #gather(maxBytes: number): Promise<Uint8Array> {
    return this.#nextEvent().then(
      (event) => {
        const first = this.#accept(event);
        return this.#complete ? this.#keep(first, maxBytes) : this.#gatherRest(first, maxBytes);
      },
      (error: unknown) => {
        throw this.#abort(error);
      },
    );
  }

  async #gatherRest(first: Uint8Array, maxBytes: number): Promise<Uint8Array> {
    const collector = new ByteCollector();
    collector.add(first);
    while (!this.#complete) {
      this.#checkSize(collector.size, maxBytes);
      collector.add(await this.#next());
    }
    return this.#keep(collector.take(), maxBytes);
  }

  #keep(bytes: Uint8Array, maxBytes: number): Uint8Array {
    this.#checkSize(bytes.byteLength, maxBytes);
    this.#bytes = bytes;
    this.#state = 'buffered';
    return bytes;
  }

  #checkSize(size: number, maxBytes: number): void {
    if (size > maxBytes) throw this.#abort(tooLarge(maxBytes, size));
  }

  async #next(): Promise<Uint8Array> {
    let event: ReceiveEvent;
    try {
      event = await this.#nextEvent();
    } catch (error) {
      throw this.#abort(error);
    }
    return this.#accept(event);
  }

  #nextEvent(): Promise<ReceiveEvent> {
    const held = this.#held;
    this.#held = undefined;
    this.#receiving = true;
    return held ?? this.#ask();
  }

  /** Rejects, and never throws: `receive` may be anybody's. */
  #ask(): Promise<ReceiveEvent> {
    try {
      return Promise.resolve(this.#receive());
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #accept(event: ReceiveEvent): Uint8Array {
    this.#receiving = false;
    if (event?.type === 'http.disconnect') throw this.#abort(this.#disconnected());
    if (event?.type !== 'http.request' || !ArrayBuffer.isView(event.body))
      throw this.#abort(wrongEvent(event));
    this.#received += event.body.byteLength;
    if (this.#announced !== null && this.#received > this.#announced) {
      throw this.#abort(new BodyTooLong(this.#announced, this.#received));
    }
    if (event.moreBody) return plainBytes(event.body);
    if (this.#announced !== null && this.#received < this.#announced) {
      throw this.#abort(
        new ClientDisconnected(
          `The body was cut: ${this.#received} of the ${this.#announced} bytes announced have come.`,
        ),
      );
    }
    this.#complete = true;
    if (this.#controller !== undefined) this.#watch();
    return plainBytes(event.body);
  }

  #disconnected(): ClientDisconnected {
    const reason: unknown = this.#exchange?.signal.reason;
    if (isClientDisconnected(reason)) return reason;
    const message = `The client has disconnected: ${this.#received} bytes of the body had come.`;
    return new ClientDisconnected(message, reason === undefined ? undefined : { cause: reason });
  }

  #abort(reason: unknown): unknown {
    this.#receiving = false;
    this.#state = 'aborted';
    this.#reason = reason;
    if (isClientDisconnected(reason)) this.#controller?.abort(reason);
    return reason;
  }

  #refuseIfUsed(reader: string): void {
    if (this.#state === 'aborted') throw this.#reason;
    if (this.#state === 'streamed') throw new BodyConsumed(reader);
  }

  #watch(): void {
    this.#held ??= this.#ask();
    const disconnect = () => this.#controller?.abort(new ClientDisconnected());
    this.#held.then((event) => {
      if (event?.type === 'http.disconnect') disconnect();
    }, disconnect);
  }
}

function announcedLength(contentLength: string | null): number | null {
  if (contentLength === null || !/^\d{1,15}$/.test(contentLength)) return null;
  return Number(contentLength);
}

function tooLarge(max: number, actual: number): ContentTooLarge {
  const message = `The body is larger than ${sizeText(max)} (at least ${actual} bytes): send less, or raise maxBytes.`;
  return new ContentTooLarge(message, 'maxBytes', max);
}

/** A mistake in the server, or in a middleware that stands for it. */
function wrongEvent(event: unknown): TypeError {
  const { type, body }: { type?: unknown; body?: unknown } = Object(event);
  const given =
    type === 'http.request' ? `an http.request whose body is of type ${typeof body}` : String(type ?? event);
  return new TypeError(
    `receive() gave ${given}: it must give http.request with a Uint8Array, or http.disconnect.`,
  );
}

/** Servers on Node hand over `Buffer`s, whose `slice` shares memory where that of a `Uint8Array` copies. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0, undefined);
  });
}
