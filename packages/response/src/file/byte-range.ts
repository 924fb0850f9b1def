/** A range of bytes: `end` is the first that is not in it. */
export interface ByteRange {
  start: number;
  end: number;
}

/** More ranges than a player or a resumed download asks for; a request for hundreds is an attack (CVE-2011-3192). */
const MAX_RANGES = 32;
const SPEC = /^(\d{0,15})-(\d{0,15})$/;

/**
 * Reads `Range` (RFC 9110, section 14.2): `null` where it is to be ignored, since its form is wrong, its unit unknown or its ranges
 * too many; empty where none of it can be satisfied. Ranges that overlap or touch are joined.
 */
export function parseRange(header: string, size: number): ByteRange[] | null {
  const [, list] = /^bytes=(.*)$/i.exec(header) ?? [];
  if (list === undefined) return null;
  const specs = list.split(',', MAX_RANGES + 1);
  if (specs.length > MAX_RANGES) return null;
  const ranges: ByteRange[] = [];
  for (const spec of specs) {
    const range = parseSpec(spec.trim(), size);
    if (range === null) return null;
    if (range.start < range.end) ranges.push(range);
  }
  return join(ranges);
}

/** `null` for a wrong form; an empty range for one that cannot be satisfied. */
function parseSpec(spec: string, size: number): ByteRange | null {
  const [, first, last] = SPEC.exec(spec) ?? [];
  if (first === undefined || last === undefined || spec === '-') return null;
  if (first === '') return { start: Math.max(size - Number(last), 0), end: size };
  if (last === '') return { start: Number(first), end: size };
  if (Number(last) < Number(first)) return null;
  return { start: Number(first), end: Math.min(Number(last) + 1, size) };
}

/** In one pass over the sorted ranges; a joined range stands where the first of its parts stood. */
function join(ranges: ByteRange[]): ByteRange[] {
  const sorted = ranges.map((range, index) => ({ ...range, index })).sort((a, b) => a.start - b.start);
  const joined: typeof sorted = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last === undefined || range.start > last.end) {
      joined.push(range);
      continue;
    }
    last.end = Math.max(last.end, range.end);
    last.index = Math.min(last.index, range.index);
  }
  return joined.sort((a, b) => a.index - b.index).map(({ start, end }) => ({ start, end }));
}
