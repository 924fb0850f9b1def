import { BodyUsed } from './errors.js';

/** What can be asked for one piece after the other. What the pieces are is checked where they are used. */
export type Source<T> = ReadableStream<T> | AsyncIterable<T> | Iterable<T>;

/** What a source gives when it is asked: a piece, or that there are no more. */
export type Step = { done?: false; value: unknown } | { done: true; value?: unknown };

/** A source that has been opened: pieces come one by one, when they are asked for. */
export interface Pull {
  next(): Step | Promise<Step>;
  /** Ends the source before its end; resolves when it has cleaned up. */
  stop(reason: unknown): Promise<void>;
}

/** What is special about a source of ours; it says so under this key. */
export const traits: unique symbol = Symbol('traits');

export interface StreamTraits {
  /** It has no end of its own: when the server is stopping it ends in good order, where others go on to their end. */
  readonly endsOnShutdown?: boolean;
  /** Each time it is opened it begins anew. */
  readonly reopens?: boolean;
}

const NO_TRAITS: StreamTraits = {};

function traitsOf(source: object & { readonly [traits]?: StreamTraits }): StreamTraits {
  return source[traits] ?? NO_TRAITS;
}

/** A body that comes in pieces. It can be opened once, unless it reopens: copies of a response share it, and so its state. */
export class Stream<T> {
  readonly source: Source<T>;
  #used = false;

  constructor(source: Source<T>) {
    this.source = source;
  }

  get endsOnShutdown(): boolean {
    return traitsOf(this.source).endsOnShutdown === true;
  }

  /** Throws `BodyUsed` the second time. */
  open(): Pull {
    if (this.#used || isLocked(this.source)) throw new BodyUsed();
    this.#used = traitsOf(this.source).reopens !== true;
    return pullFrom(this.source);
  }

  /** Ends a source that will not be read; does nothing once it has been opened. */
  async cancel(reason?: unknown): Promise<void> {
    if (this.#used || isLocked(this.source)) return;
    await this.open().stop(reason);
  }
}

function pullFrom(source: Source<unknown>): Pull {
  if (isReadableStream(source)) return pullFromReadableStream(source);
  if (Symbol.asyncIterator in source) return pullFromAsyncIterable(source);
  const iterator = source[Symbol.iterator]();
  return {
    next: () => iterator.next(),
    stop: async () => void iterator.return?.(),
  };
}

function pullFromReadableStream(source: ReadableStream<unknown>): Pull {
  const reader = source.getReader();
  return {
    next: () => reader.read(),
    stop: (reason) => reader.cancel(reason),
  };
}

function pullFromAsyncIterable(source: AsyncIterable<unknown>): Pull {
  const iterator = source[Symbol.asyncIterator]();
  return {
    // Iterators written by hand may give any thenable.
    next: () => Promise.resolve(iterator.next()),
    stop: async () => {
      // The iterator of a Node stream is a generator: before its first step, or while one is pending, `return()`
      // would not reach the stream.
      if (isNodeStream(source)) source.destroy();
      else await iterator.return?.();
    },
  };
}

export function isReadableStream(source: object): source is ReadableStream<unknown> {
  return 'getReader' in source && typeof source.getReader === 'function';
}

function isLocked(source: Source<unknown>): boolean {
  return isReadableStream(source) && source.locked;
}

function isNodeStream(source: object): source is { destroy(): void } {
  return 'pipe' in source && 'destroy' in source && typeof source.destroy === 'function';
}
