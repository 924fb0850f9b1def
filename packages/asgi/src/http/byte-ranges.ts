import { ifRangeHolds, type RequestHead, type Validators } from './preconditions.js';

/** A range of bytes, both ends included, as in `Content-Range`. */
export interface ByteRange {
  start: number;
  end: number;
}

/** More ranges than a player or a resumed download asks for; a request for hundreds is an attack (CVE-2011-3192). */
const MAX_RANGES = 32;
const SPEC = /^(\d{0,15})-(\d{0,15})$/;

/**
 * The ranges that a GET asks for out of `size` bytes, merged where they overlap or touch, in the order asked for (RFC 9110, section 14.2).
 *
 * `null`: send the whole (no `Range`, another method, one that cannot be read, more than 32 ranges, or an `If-Range` that does not
 * hold against `validators`). Empty: none can be satisfied, answer with 416.
 *
 * @example
 * ```ts
 * import { HeaderList } from '@pullo/asgi';
 * import { byteRanges } from '@pullo/asgi/http';
 *
 * const headers = new HeaderList([['Range', 'bytes=0-4, -2']]);
 * byteRanges({ method: 'GET', headers }, 10); // [{ start: 0, end: 4 }, { start: 8, end: 9 }]
 * ```
 */
export function byteRanges(
  { method, headers }: RequestHead,
  size: number,
  validators: Validators = {},
): ByteRange[] | null {
  const range = headers.get('range');
  if (range === null || method !== 'GET' || !ifRangeHolds(headers.get('if-range'), validators)) return null;
  return parseRange(range, size);
}

function parseRange(header: string, size: number): ByteRange[] | null {
  const [, list] = /^bytes=(.*)$/i.exec(header) ?? [];
  if (list === undefined) return null;
  const specs = list.split(',', MAX_RANGES + 1);
  if (specs.length > MAX_RANGES) return null;
  const ranges: ByteRange[] = [];
  for (const spec of specs) {
    const range = parseSpec(spec.trim(), size);
    if (range === null) return null;
    if (range.start <= range.end) ranges.push(range);
  }
  return join(ranges);
}

/** `null` for a wrong form; one that ends before it starts for what cannot be satisfied. */
function parseSpec(spec: string, size: number): ByteRange | null {
  const [, first, last] = SPEC.exec(spec) ?? [];
  if (first === undefined || last === undefined || spec === '-') return null;
  if (first === '') return { start: Math.max(size - Number(last), 0), end: size - 1 };
  if (last === '') return { start: Number(first), end: size - 1 };
  if (Number(last) < Number(first)) return null;
  return { start: Number(first), end: Math.min(Number(last), size - 1) };
}

/** In one pass over the sorted ranges; a joined range stands where the first of its parts stood. */
function join(ranges: ByteRange[]): ByteRange[] {
  if (ranges.length < 2) return ranges;
  const sorted = ranges.map((range, index) => ({ ...range, index })).sort((a, b) => a.start - b.start);
  const joined: typeof sorted = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last === undefined || range.start > last.end + 1) {
      joined.push(range);
      continue;
    }
    last.end = Math.max(last.end, range.end);
    last.index = Math.min(last.index, range.index);
  }
  return joined.sort((a, b) => a.index - b.index).map(({ start, end }) => ({ start, end }));
}
