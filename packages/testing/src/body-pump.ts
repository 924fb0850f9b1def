import type { ReceiveEvent } from '@pullo/asgi';
import { errors } from 'undici';
import type { Delivery } from './delivery.js';
import type { Inbox } from './inbox.js';
import { chunkBytes, isNodeStream, type RequestBody } from './request-body.js';
import { addFraming, type RequestHead } from './request-head.js';

/**
 * Writes a request's body to the app, as fast as the app reads.
 *
 * As undici does, it holds the head of the request until a streamed body has its first bytes or its end, since
 * that decides the framing.
 */
export class BodyPump {
  readonly #head: RequestHead;
  readonly #body: RequestBody;
  readonly #inbox: Inbox;
  readonly #delivery: Delivery;
  readonly #iterator: AsyncIterator<unknown> | Iterator<unknown> | null = null;
  #sent = 0;
  #finished = false;
  #onStop: () => void = () => {};

  constructor(head: RequestHead, body: RequestBody, inbox: Inbox, delivery: Delivery) {
    this.#head = head;
    this.#body = body;
    this.#inbox = inbox;
    this.#delivery = delivery;
    if (!head.hasType && body.type !== null) head.fields.push('content-type', body.type);
    const { source } = body;
    if (source instanceof Buffer) return;
    if (isNodeStream(source)) source.on('error', (error) => delivery.abort(error));
    this.#iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** Writes a body that was all there; false if it has to be read. */
  writeWhole(): boolean {
    const { source } = this.#body;
    if (!(source instanceof Buffer)) return false;
    addFraming(this.#head, source.length);
    this.#put(source, false);
    if (source.length > 0) this.#delivery.bodySent(source);
    this.#finish();
    return true;
  }

  /** Reads the first bytes and goes on in the background; false if the request is over before it began. */
  async open(): Promise<boolean> {
    try {
      const stopped = new Promise<null>((resolve) => {
        this.#onStop = () => resolve(null);
      });
      const first = await Promise.race([this.#next(), stopped]);
      if (this.#delivery.over) return false;
      if (first === null) {
        addFraming(this.#head, 0);
        this.#end();
        return true;
      }
      addFraming(this.#head, this.#body.length);
      void this.#pump(first);
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  /** The rest is not wanted: the source is told to stop. */
  stop(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#onStop();
    if (this.#iterator === null) return;
    if (isNodeStream(this.#body.source) && 'destroy' in this.#body.source) {
      (this.#body.source as import('node:stream').Readable).destroy();
      return;
    }
    void Promise.resolve(this.#iterator.return?.()).catch(() => {});
  }

  async #pump(first: Buffer): Promise<void> {
    try {
      for (let chunk: Buffer | null = first; chunk !== null; chunk = await this.#next()) {
        if (this.#finished) return;
        this.#count(chunk);
        const waiting = this.#put(chunk, true);
        this.#delivery.bodySent(chunk);
        if (waiting !== undefined) await waiting;
      }
      if (!this.#finished) this.#end();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The next chunk that is not empty; `null` at the end. */
  async #next(): Promise<Buffer | null> {
    for (;;) {
      const step = await this.#iterator?.next();
      if (step === undefined || step.done === true) return null;
      const chunk = chunkBytes(step.value);
      if (chunk.length > 0) return chunk;
    }
  }

  #count(chunk: Buffer): void {
    this.#sent += chunk.length;
    const announced = this.#body.length ?? this.#head.announcedLength;
    if (announced !== null && this.#sent > announced) throw new errors.RequestContentLengthMismatchError();
  }

  #end(): void {
    const announced = this.#body.length ?? this.#head.announcedLength;
    if (announced !== null && this.#sent !== announced) throw new errors.RequestContentLengthMismatchError();
    this.#put(Buffer.alloc(0), false);
    this.#finish();
  }

  #finish(): void {
    this.#finished = true;
    this.#delivery.requestSent();
  }

  #put(chunk: Buffer, moreBody: boolean): void | Promise<void> {
    const event: ReceiveEvent = { type: 'http.request', body: new Uint8Array(chunk), moreBody };
    return this.#inbox.put(event);
  }

  #fail(error: unknown): void {
    if (this.#delivery.over) return;
    const reason = error instanceof Error ? error : new Error(`The body failed with ${String(error)}.`);
    this.#delivery.abort(reason);
  }
}
