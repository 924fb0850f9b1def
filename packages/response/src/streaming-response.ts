import type { StreamContent } from './content.js';
import { Response, type ResponseInit } from './response.js';

/**
 * A body that is made while it is sent: a `ReadableStream`, a Node `Readable`, an async or plain iterable of strings and bytes.
 *
 * The next piece is asked for when the server has taken the last, so that memory stays flat however slow the client is. If
 * the source fails before its first piece the answer is a 500, and later the connection is cut. When the client leaves, the source is told so
 * once: `return()` of an iterator, `cancel()` of a `ReadableStream`, `destroy()` of a Node stream.
 *
 * @example
 * ```ts
 * import { StreamingResponse } from '@pullo/response';
 *
 * async function* lines() {
 *   for (let i = 1; i <= 1_000_000; i++) yield `${i}\n`;
 * }
 * export const response = new StreamingResponse(lines(), { mediaType: 'text/plain' });
 * ```
 */
export class StreamingResponse extends Response {
  constructor(content: StreamContent, init?: ResponseInit) {
    super(content, init);
  }
}
