import { AsyncResource } from 'node:async_hooks';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
// Not the global: a test's fake clock must not stop its requests.
import { setImmediate } from 'node:timers';
import { type Dispatcher, errors, util } from 'undici';
import type { Handler, ParsedHeaders } from './handler.js';
import { IdleTimer } from './idle-timer.js';
import { type Deferred, deferred } from './promises.js';

/** How many undelivered bytes make `data` return a promise, as the buffer of a socket does. */
const HIGH_WATER_MARK = 64 * 1024;
/** After so many deliveries in a row timers and I/O get a turn: an app that never waits must not lock up the test. */
const BURST = 256;

/** What is on its way to the client. */
type Parcel =
  | { type: 'info' | 'head'; status: number; fields: readonly string[] }
  | { type: 'upgrade'; status: number; fields: readonly string[]; socket: Duplex }
  | { type: 'data'; chunk: Buffer }
  | { type: 'end'; fields: readonly string[] }
  | { type: 'error'; error: Error };

/** How long the client waits, in milliseconds; 0 or nothing is for ever. */
export interface Timeouts {
  headersTimeout?: number | null | undefined;
  bodyTimeout?: number | null | undefined;
}

/**
 * The way of a response to an undici handler: the part of a connection, and undici's controller.
 *
 * Nothing arrives while the side that sends is still running, as on a socket: what is put in is delivered in order from a
 * microtask, in the async context of the caller of `dispatch`, and stays where it is while the handler has paused.
 */
export class Delivery implements Dispatcher.DispatchController {
  readonly #handler: Handler;
  readonly #onAbort: (reason: Error) => void;
  readonly #context = new AsyncResource('PULLO_TESTING');
  readonly #headersTimer: IdleTimer;
  readonly #bodyTimer: IdleTimer;
  readonly #flush = (): void => this.#context.runInAsyncScope(this.#deliver, this);
  #queue: Parcel[] = [];
  #queuedBytes = 0;
  #burst = 0;
  #scheduled = false;
  #delivering = false;
  #drain: Deferred | null = null;
  #fields: readonly string[] = [];
  #trailerFields: readonly string[] = [];
  #started = false;
  #over = false;

  aborted = false;
  paused = false;
  reason: Error | null = null;

  constructor(handler: Handler, timeouts: Timeouts, onAbort: (reason: Error) => void) {
    this.#handler = handler;
    this.#onAbort = onAbort;
    this.#headersTimer = new IdleTimer(timeouts.headersTimeout, () =>
      this.abort(new errors.HeadersTimeoutError()),
    );
    this.#bodyTimer = new IdleTimer(timeouts.bodyTimeout, () => this.abort(new errors.BodyTimeoutError()));
  }

  /** The fields of the last head: latin1 buffers, as a parser would give them. */
  get rawHeaders(): Buffer[] {
    return raw(this.#fields);
  }

  get rawTrailers(): Buffer[] {
    return raw(this.#trailerFields);
  }

  /** Whether the response has been delivered to its end, or failed. */
  get over(): boolean {
    return this.#over;
  }

  /** Tells the handler that its request begins; false if it aborted at once. */
  start(): boolean {
    this.#context.runInAsyncScope(() => this.#call(() => this.#handler.onRequestStart?.(this, {})));
    if (this.#over) return false;
    this.#headersTimer.start();
    return true;
  }

  bodySent(chunk: Uint8Array): void {
    if (this.#over || this.#handler.onBodySent === undefined) return;
    this.#context.runInAsyncScope(() => this.#call(() => this.#handler.onBodySent?.(chunk)));
  }

  requestSent(): void {
    if (this.#over || this.#handler.onRequestSent === undefined) return;
    this.#context.runInAsyncScope(() => this.#call(() => this.#handler.onRequestSent?.()));
  }

  info(status: number, fields: readonly string[]): void {
    this.#put({ type: 'info', status, fields });
  }

  head(status: number, fields: readonly string[]): void {
    this.#put({ type: 'head', status, fields });
  }

  /** The connection changes hands: `socket` is the client's end. */
  upgrade(status: number, fields: readonly string[], socket: Duplex): void {
    this.#put({ type: 'upgrade', status, fields, socket });
  }

  /** A piece of the body; a promise when the sender should wait for the reader. */
  data(chunk: Buffer): void | Promise<void> {
    if (this.#over) return;
    this.#queuedBytes += chunk.length;
    this.#put({ type: 'data', chunk });
    if (this.#queuedBytes < HIGH_WATER_MARK && this.#burst < BURST) return;
    this.#drain ??= deferred();
    return this.#drain.promise;
  }

  end(fields: readonly string[]): void {
    this.#put({ type: 'end', fields });
  }

  /** The connection is lost: what has been sent before arrives, then the error. */
  fail(error: Error): void {
    this.#put({ type: 'error', error });
  }

  pause(): void {
    this.paused = true;
    this.#bodyTimer.stop();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    if (this.#started) this.#bodyTimer.start();
    this.#schedule();
  }

  /** Called by the client: what is under way is lost, and the app hears of it. The first call counts. */
  abort(reason?: Error): void {
    if (this.#over) return;
    this.aborted = true;
    this.reason = reason ?? new errors.RequestAbortedError();
    this.#finish();
    this.#onAbort(this.reason);
    this.#handler.onResponseError?.(this, this.reason);
  }

  #put(parcel: Parcel): void {
    if (this.#over) return;
    this.#queue.push(parcel);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#delivering || this.paused || this.#queue.length === 0) return;
    this.#scheduled = true;
    if (this.#burst < BURST) queueMicrotask(this.#flush);
    else setImmediate(this.#flush);
  }

  #deliver(): void {
    this.#scheduled = false;
    this.#delivering = true;
    if (this.#burst >= BURST) this.#burst = 0;
    while (!this.paused && this.#burst < BURST) {
      const parcel = this.#queue.shift();
      if (parcel === undefined) break;
      this.#burst++;
      this.#call(() => this.#handOver(parcel));
    }
    this.#delivering = false;
    if (this.#queue.length > 0) this.#schedule();
    else this.#release();
  }

  #handOver(parcel: Parcel): void {
    const handler = this.#handler;
    switch (parcel.type) {
      case 'info':
        this.#handOverHead(parcel);
        return;
      case 'head':
        this.#started = true;
        this.#headersTimer.stop();
        this.#bodyTimer.start();
        handler.onResponseStarted?.();
        this.#handOverHead(parcel);
        return;
      case 'data':
        this.#queuedBytes -= parcel.chunk.length;
        if (!this.paused) this.#bodyTimer.start();
        handler.onResponseData?.(this, parcel.chunk);
        return;
      case 'end':
        this.#trailerFields = parcel.fields;
        this.#finish();
        this.#end(parcel.fields);
        return;
      case 'upgrade':
        this.#fields = parcel.fields;
        this.#finish();
        handler.onRequestUpgrade?.(this, parcel.status, parse(parcel.fields), parcel.socket);
        return;
      case 'error':
        this.#finish();
        handler.onResponseError?.(this, parcel.error);
    }
  }

  #handOverHead({ status, fields }: { status: number; fields: readonly string[] }): void {
    this.#fields = fields;
    this.#handler.onResponseStart?.(this, status, parse(fields), STATUS_CODES[status] ?? 'unknown');
  }

  /** A handler that fails at the very end hears of it as an error, as undici does it. */
  #end(fields: readonly string[]): void {
    try {
      this.#handler.onResponseEnd?.(this, parse(fields));
    } catch (error) {
      this.#handler.onResponseError?.(this, asError(error));
    }
  }

  /** What a handler throws aborts its request. */
  #call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      if (this.#over) throw error;
      this.abort(asError(error));
    }
  }

  #finish(): void {
    this.#over = true;
    this.#queue = [];
    this.#headersTimer.stop();
    this.#bodyTimer.stop();
    this.#release();
  }

  #release(): void {
    this.#drain?.resolve();
    this.#drain = null;
  }
}

function parse(fields: readonly string[]): ParsedHeaders {
  return util.parseHeaders([...fields]);
}

function raw(fields: readonly string[]): Buffer[] {
  return fields.map((text) => Buffer.from(text, 'latin1'));
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(`The handler threw ${String(value)}.`, { cause: value });
}
