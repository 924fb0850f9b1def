import { decodedText } from './captures.js';
import { NO_MATCH } from './convertors.js';
import type { Segment } from './segment.js';

/**
 * The longest segment that is searched for several parameters with convertors. Without convertors the leftmost place of each
 * literal is the answer, or there is none; with them every place may have to be tried, and the length bounds that.
 */
export const MAX_SEARCHED_LENGTH = 256;

const PERCENT = 0x25;

/** Finds the parameters of a segment that has static text too: the first as short as can be, then the second, and so on. */
export class MixedSegment {
  readonly segment: Segment;
  readonly #prefix: string;
  readonly #suffix: string;
  readonly #minLength: number;
  /** From which parameter on none has a convertor: there, what fails at the leftmost place fails at every other. */
  readonly #freeFrom: number;

  constructor(segment: Segment) {
    this.segment = segment;
    const { literals, params } = segment;
    this.#prefix = literals[0] ?? '';
    this.#suffix = literals[params.length] ?? '';
    this.#minLength = literals.join('').length + params.length;
    this.#freeFrom = params.findLastIndex(({ constraint }) => constraint !== undefined) + 1;
  }

  /**
   * Puts the values that the segment of `path` between `start` and `end` has into `values`, from `index` on, and says
   * whether it matches; `text` is the path as literals are compared with it.
   */
  read(path: string, text: string, start: number, end: number, values: unknown[], index = 0): boolean {
    if (end - start < this.#minLength) return false;
    if (!text.startsWith(this.#prefix, start) || !text.endsWith(this.#suffix, end)) return false;
    const isSearched = this.segment.params.length > 1 && this.#freeFrom > 0;
    if (isSearched && end - start > MAX_SEARCHED_LENGTH) return false;
    const search = new Search(
      this.segment,
      path,
      text,
      end - this.#suffix.length,
      this.#freeFrom,
      values,
      index,
    );
    return search.from(0, start + this.#prefix.length);
  }
}

/** One search through one segment. */
class Search {
  readonly #segment: Segment;
  readonly #path: string;
  readonly #text: string;
  readonly #end: number;
  readonly #freeFrom: number;
  readonly #values: unknown[];
  readonly #firstValue: number;
  /** Where parameters have begun in vain: `place * parameters + index`. Keeps the search from being exponential. */
  #failed: Set<number> | undefined;

  constructor(
    segment: Segment,
    path: string,
    text: string,
    end: number,
    freeFrom: number,
    values: unknown[],
    firstValue: number,
  ) {
    this.#segment = segment;
    this.#path = path;
    this.#text = text;
    this.#end = end;
    this.#freeFrom = freeFrom;
    this.#values = values;
    this.#firstValue = firstValue;
  }

  /** Whether the parameters from `index` on fit the text from `start` on. */
  from(index: number, start: number): boolean {
    const { params, literals } = this.#segment;
    if (index === params.length - 1) return this.#take(index, start, this.#end);
    const failure = start * params.length + index;
    if (this.#failed?.has(failure)) return false;
    const literal = literals[index + 1] ?? '';
    for (let at = start + 1; ; at += 1) {
      at = this.#text.indexOf(literal, at);
      if (at === -1 || at + literal.length >= this.#end) break;
      if (!isBoundary(this.#path, at)) continue;
      const isTaken = this.#take(index, start, at);
      if (isTaken && this.from(index + 1, at + literal.length)) return true;
      // Without a convertor, only text that can't be decoded is refused, and a longer piece has that text too.
      if (isTaken ? index + 1 >= this.#freeFrom : params[index]?.constraint === undefined) break;
    }
    this.#failed ??= new Set();
    this.#failed.add(failure);
    return false;
  }

  /** Takes the text from `start` to `end` as the value of a parameter, if it is one. */
  #take(index: number, start: number, end: number): boolean {
    if (end <= start || !isBoundary(this.#path, start)) return false;
    const decoded = decodedText(this.#path, start, end);
    if (decoded === undefined) return false;
    const constraint = this.#segment.params[index]?.constraint;
    const value = constraint === undefined ? decoded : constraint.read(decoded);
    if (value === NO_MATCH) return false;
    this.#values[this.#firstValue + index] = value;
    return true;
  }
}

/** Whether a place of an encoded path is between two characters: not inside an escape, and not inside those of one character. */
function isBoundary(path: string, at: number): boolean {
  if (path.charCodeAt(at - 1) === PERCENT || path.charCodeAt(at - 2) === PERCENT) return false;
  // A continuation byte of UTF-8 is 0x80 to 0xBF: its first digit is 8, 9, A or B.
  return path.charCodeAt(at) !== PERCENT || !/[89ABab]/.test(path.charAt(at + 1));
}
