import type { BodyChunk, Exchange, HTTPResponseStartEvent, Send } from '@pullo/asgi';
import { type Background, isInterruption, settleBoth } from './background.js';
import { chunkOf } from './chunk.js';
import type { Pull, Step, Stream } from './stream.js';

/** A source whose pieces are always at hand would never let anything else run: it pauses after this time, in milliseconds. */
const SLICE = 10;
/** How long the clean-up of a source is waited for, in milliseconds: one that waits for something that never comes must not keep a server from stopping. */
const CLEAN_UP = 1000;
/** How many pieces go between two looks at the clock. */
const PIECES_PER_LOOK = 64;

/**
 * Sends a response whose body is a stream, then runs `background`.
 *
 * The next piece is asked for when the server has taken the last. The first is waited for before `start` is sent, so that
 * a source which fails at once can still be answered with a 500. A source that fails is thrown at once, so that the connection is
 * cut, and there is no background work after half a response. When the exchange ends before the source, the source is told to
 * stop and background work runs, also while the source is still busy cleaning up.
 */
export async function sendStream(
  stream: Stream<BodyChunk>,
  start: HTTPResponseStartEvent,
  exchange: Exchange | undefined,
  send: Send,
  background: Background | undefined,
): Promise<void> {
  const source = new Source(stream, exchange?.signal);
  let cut: { reason: unknown } | undefined;
  try {
    await pump(source, start, send);
  } catch (error) {
    const stopped = source.stop(error);
    if (!source.interrupted && !isInterruption(error)) {
      // The failure itself is what counts: the clean-up after it may well fail for the same reason.
      await stopped.catch(() => {});
      throw error;
    }
    cut = { reason: error };
  } finally {
    source.release();
  }
  await settleBoth(source.stopped, background);
  if (cut !== undefined) throw cut.reason;
}

async function pump(source: Source, start: HTTPResponseStartEvent, send: Send): Promise<void> {
  let step = await source.next();
  const started = send(start);
  // As in `sendWhole`.
  if (started !== undefined) await started;
  for (let pieces = 1; !step.done; pieces++) {
    const sent = send({ type: 'http.response.body', body: chunkOf(step.value), moreBody: true });
    if (sent !== undefined) await sent;
    else if (pieces % PIECES_PER_LOOK === 0) await source.breathe();
    const next = source.next();
    step = next instanceof Promise ? await next : next;
  }
  await send({ type: 'http.response.body', body: '', moreBody: false });
}

/** A source that stops giving when the exchange is over, also while a piece is being waited for. */
class Source {
  #pull: Pull;
  #signal: AbortSignal | undefined;
  #endsOnShutdown: boolean;
  #isOpen = true;
  #stopped: Promise<void> = Promise.resolve();
  #wake: { resolve(step: Step): void; reject(reason: unknown): void } | undefined;
  #sliceStart = performance.now();

  constructor(stream: Stream<BodyChunk>, signal: AbortSignal | undefined) {
    this.#pull = stream.open();
    this.#endsOnShutdown = stream.endsOnShutdown;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort);
  }

  /** Whether the exchange was over before its time. */
  get interrupted(): boolean {
    return this.#signal?.aborted === true && !this.#isStopping;
  }

  next(): Step | Promise<Step> {
    if (this.interrupted) throw this.#signal?.reason;
    if (this.#isStopping && this.#endsOnShutdown) return this.#end();
    let step: Step | Promise<Step>;
    try {
      step = this.#pull.next();
    } catch (error) {
      this.#isOpen = false;
      throw error;
    }
    return step instanceof Promise ? this.#wakeable(step) : this.#seen(step);
  }

  /** Ends the source once, unless it has ended by itself; settles when it has cleaned up. */
  stop(reason: unknown): Promise<void> {
    if (!this.#isOpen) return this.#stopped;
    this.#isOpen = false;
    this.#stopped = withinReason(this.#pull.stop(reason));
    // It is awaited later, by `sendStream`: not an unhandled rejection until then.
    this.#stopped.catch(() => {});
    return this.#stopped;
  }

  get stopped(): Promise<void> {
    return this.#stopped;
  }

  release(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  /** Lets timers and sockets have their turn if this source has kept the thread for long. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#sliceStart < SLICE) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#sliceStart = performance.now();
  }

  /** The server is stopping, but will let this exchange come to its end. */
  get #isStopping(): boolean {
    return this.#signal?.reason?.code === 'ERR_SERVER_SHUTDOWN';
  }

  readonly #onAbort = (): void => {
    if (this.interrupted) this.#wake?.reject(this.#signal?.reason);
    else if (this.#endsOnShutdown) this.#wake?.resolve(this.#end());
  };

  #end(): Step {
    this.stop(this.#signal?.reason);
    return { done: true };
  }

  /** Not `Promise.race`: a promise that outlives the stream would keep a reaction per piece. */
  #wakeable(step: Promise<Step>): Promise<Step> {
    return new Promise((resolve, reject) => {
      this.#wake = { resolve, reject };
      step.then(
        (result) => resolve(this.#seen(result)),
        (error) => {
          this.#isOpen = false;
          reject(error);
        },
      );
    });
  }

  #seen(step: Step): Step {
    if (step.done) this.#isOpen = false;
    return step;
  }
}

async function withinReason(cleanUp: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLEAN_UP);
  });
  try {
    await Promise.race([cleanUp, late]);
  } finally {
    clearTimeout(timer);
  }
}
