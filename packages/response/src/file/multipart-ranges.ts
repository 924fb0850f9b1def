import { randomUUID } from 'node:crypto';
import type { HeaderList } from '@pullo/asgi';
import { type ByteRange, byteLength } from '@pullo/asgi/http';
import { Response } from '../response.js';
import type { OpenFile } from './open-file.js';

/** Several ranges of a file in one response (RFC 9110, section 14.6). Takes over `headers`. */
export function multipartRanges(file: OpenFile, headers: HeaderList, ranges: readonly ByteRange[]): Response {
  // Nobody who wrote the file can have guessed it.
  const boundary = randomUUID();
  const type = headers.get('content-type');
  const end = `\r\n--${boundary}--\r\n`;
  const parts = ranges.map((range, index) => ({
    range,
    head: partHead(range, file.size, boundary, type, index),
  }));
  const lengths = parts.map(({ range, head }) => byteLength(head) + range.end - range.start + 1);
  headers.set('content-length', String(lengths.reduce((sum, length) => sum + length, byteLength(end))));
  headers.set('content-type', `multipart/byteranges; boundary=${boundary}`);

  async function* body() {
    for (const { range, head } of parts) {
      yield head;
      yield* file.read(range);
    }
    yield end;
  }
  return new Response(body(), { status: 206, headers });
}

function partHead(
  range: ByteRange,
  size: number,
  boundary: string,
  type: string | null,
  index: number,
): string {
  const lineEnd = index === 0 ? '' : '\r\n';
  const typeLine = type === null ? '' : `content-type: ${type}\r\n`;
  return `${lineEnd}--${boundary}\r\n${typeLine}content-range: bytes ${range.start}-${range.end}/${size}\r\n\r\n`;
}
