/** A range of bytes, both ends included, as in `Content-Range`. */
export interface ByteRange {
  start: number;
  end: number;
}

/** More ranges than a player or a resumed download asks for; a request for hundreds is an attack (CVE-2011-3192). */
const MAX_RANGES = 32;
const RANGE_SPEC = /^(\d{0,15})-(\d{0,15})$/;

/** Reads `Range` (RFC 9110, section 14.2): `null` where it is to be ignored, empty where nothing of it can be satisfied. */
export function parseRange(header: string | null, size: number): ByteRange[] | null {
  const specs = header === null ? null : /^bytes=(.*)$/i.exec(header);
  if (specs === null) return null;
  const texts = (specs[1] as string).split(',', MAX_RANGES + 1);
  if (texts.length > MAX_RANGES) return null;
  const ranges: ByteRange[] = [];
  for (const text of texts) {
    const range = parseSpec(text.trim(), size);
    if (range === null) return null;
    if (range !== 'unsatisfiable') ranges.push(range);
  }
  return merge(ranges);
}

function parseSpec(text: string, size: number): ByteRange | 'unsatisfiable' | null {
  const match = RANGE_SPEC.exec(text);
  if (match === null || text === '-') return null;
  const [, first = '', last = ''] = match;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return null;
  return start >= size ? 'unsatisfiable' : { start, end };
}

/** Joins ranges that overlap or touch; a joined one stands where its first part stood. */
function merge(ranges: ByteRange[]): ByteRange[] {
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
