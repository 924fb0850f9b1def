import { randomUUID } from 'node:crypto';
import type { HeaderList } from '@pullo/asgi';
import type { ByteRange } from '@pullo/asgi/http';
import { type Answer, type Part, sizeOf } from './send-parts.js';

/** Several ranges of a file of `size` bytes in one response (RFC 9110, section 14.6). Takes over `headers`. */
export function multipartRanges(size: number, headers: HeaderList, ranges: readonly ByteRange[]): Answer {
  // Nobody who wrote the file can have guessed it.
  const boundary = randomUUID();
  const type = headers.get('content-type');
  const parts: Part[] = [];
  for (const [index, range] of ranges.entries()) {
    parts.push(partHead(range, size, boundary, type, index), range);
  }
  parts.push(`\r\n--${boundary}--\r\n`);
  const length = parts.reduce((sum, part) => sum + sizeOf(part), 0);
  headers.set('content-length', String(length));
  headers.set('content-type', `multipart/byteranges; boundary=${boundary}`);
  return { status: 206, headers, parts };
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
