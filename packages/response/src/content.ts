import type { BodyChunk } from '@pullo/asgi';
import { describe } from './chunk.js';
import { InvalidContent } from './errors.js';
import { type Source, Stream } from './stream.js';

/** A body of which every piece is asked for when the one before has been taken. Node's `Readable` is one. */
export type StreamContent = Source<BodyChunk>;

/** What a body can be made of: text is sent as UTF-8, `null` is no content. */
export type Content = string | ArrayBuffer | ArrayBufferView | StreamContent | null;

/** A body as a response keeps it. */
export type Body = string | Uint8Array | Stream<BodyChunk> | null;

/** Throws `InvalidContent` if it is nothing that can be sent. */
export function bodyOf(content: Content): Body {
  if (typeof content === 'string' || content === null || content instanceof Uint8Array) return content;
  if (content instanceof ArrayBuffer) return new Uint8Array(content);
  if (ArrayBuffer.isView(content)) {
    return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  }
  if (isStream(content)) return new Stream(content);
  throw new InvalidContent(
    `A body cannot be ${describe(content)}: give a string, bytes, a stream, an iterable of those, or null; use JSONResponse for data.`,
  );
}

function isStream(content: unknown): content is StreamContent {
  if (typeof content !== 'object' || content === null) return false;
  return Symbol.asyncIterator in content || Symbol.iterator in content || 'getReader' in content;
}
