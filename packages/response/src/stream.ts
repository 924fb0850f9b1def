import type { BodyChunk } from '@pullo/asgi';
import type { StreamContent } from './content.js';
import { BodyUsed } from './errors.js';

/** What a source gives when it is asked: a piece, or that there are no more. */
export type Step = { done?: false; value: unknown } | { done: true; value?: unknown };

/** A source that has been opened: pieces come one by one, when they are asked for. */
export interface Pull {
  next(): Step | Promise<Step>;
  /** Ends the source before its end; resolves when it has cleaned up. */
  stop(reason: unknown): Promise<void>;
}

/** A body that comes in pieces. It can be opened once: copies of a response share it, and so its state. */
export class Stream {
  readonly source: StreamContent;
  #used = false;

  constructor(source: StreamContent) {
    this.source = source;
  }

  get used(): boolean {
    return this.#used;
  }

  /** Throws `BodyUsed` the second time. */
  open(): Pull {
    if (this.#used || isLocked(this.source)) throw new BodyUsed();
    this.#used = true;
    return pullFrom(this.source);
  }

  /** Ends a source that will not be read; does nothing once it has been opened. */
  async cancel(reason?: unknown): Promise<void> {
    if (this.#used || isLocked(this.source)) return;
    await this.open().stop(reason);
  }
}

function pullFrom(source: StreamContent): Pull {
  if (isReadableStream(source)) return pullFromReadableStream(source);
  if (Symbol.asyncIterator in source) return pullFromAsyncIterable(source);
  const iterator = source[Symbol.iterator]();
  return {
    next: () => iterator.next(),
    stop: async () => void iterator.return?.(),
  };
}

function pullFromReadableStream(source: globalThis.ReadableStream<BodyChunk>): Pull {
  const reader = source.getReader();
  return {
    next: () => reader.read(),
    stop: (reason) => reader.cancel(reason),
  };
}

function pullFromAsyncIterable(source: AsyncIterable<BodyChunk>): Pull {
  const iterator = source[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    stop: async () => {
      // The iterator of a Node stream is a generator: before its first step, or while one is pending, `return()`
      // would not reach the stream.
      if (isNodeStream(source)) source.destroy();
      else await iterator.return?.();
    },
  };
}

export function isReadableStream(source: object): source is globalThis.ReadableStream<BodyChunk> {
  return 'getReader' in source && typeof source.getReader === 'function';
}

function isLocked(source: StreamContent): boolean {
  return isReadableStream(source) && source.locked;
}

function isNodeStream(source: object): source is { destroy(): void } {
  return 'pipe' in source && 'destroy' in source && typeof source.destroy === 'function';
}
