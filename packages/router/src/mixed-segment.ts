import { decodedText } from './captures.js';
import { ANY_TEXT, type Constraint, NO_MATCH } from './convertors.js';
import type { Segment } from './segment.js';

/**
 * The longest segment that is searched for several parameters with convertors. Without convertors the leftmost place of each
 * literal is the answer, or there is none; with them every place may have to be tried, and the length bounds that.
 */
export const MAX_SEARCHED_LENGTH = 256;

const PERCENT = 0x25;

/** Finds the parameters of a segment that has static text too: the first as short as can be, then the second, and so on. */
export class MixedSegment {
  readonly #literals: readonly string[];
  readonly #constraints: readonly Constraint[];
  readonly #prefix: string;
  readonly #suffix: string;
  readonly #minLength: number;
  /** From which parameter on none has a convertor: there, what fails at the leftmost place fails at every other. */
  readonly #freeFrom: number;

  constructor({ literals, params }: Segment) {
    this.#literals = literals;
    this.#constraints = params.map(({ constraint }) => constraint);
    this.#prefix = literals[0] ?? '';
    this.#suffix = literals.at(-1) ?? '';
    this.#minLength = literals.join('').length + params.length;
    this.#freeFrom = this.#constraints.findLastIndex((constraint) => constraint !== ANY_TEXT) + 1;
  }

  /**
   * Puts the values that the segment of `path` between `start` and `stop` has into `values`, from `first` on, and says
   * whether it matches; `text` is the path as literals are compared with it.
   */
  read(path: string, text: string, start: number, stop: number, values: unknown[], first = 0): boolean {
    const literals = this.#literals;
    const constraints = this.#constraints;
    const freeFrom = this.#freeFrom;
    const count = constraints.length;
    if (stop - start < this.#minLength) return false;
    if (!text.startsWith(this.#prefix, start) || !text.endsWith(this.#suffix, stop)) return false;
    if (count > 1 && freeFrom > 0 && stop - start > MAX_SEARCHED_LENGTH) return false;
    const end = stop - this.#suffix.length;
    /** Where parameters have begun in vain: keeps the search from being exponential. */
    let failed: Set<number> | undefined;
    return search(0, start + this.#prefix.length);

    /** Whether the parameters from `index` on fit the text from `from` on. */
    function search(index: number, from: number): boolean {
      if (index === count - 1) return take(index, from, end);
      const failure = from * count + index;
      if (failed?.has(failure)) return false;
      const literal = literals[index + 1] ?? '';
      for (let at = from + 1; ; at += 1) {
        at = text.indexOf(literal, at);
        if (at === -1 || at + literal.length >= end) break;
        if (!isBoundary(path, at)) continue;
        const isTaken = take(index, from, at);
        if (isTaken && search(index + 1, at + literal.length)) return true;
        // Without a convertor, only text that can't be decoded is refused, and a longer piece has that text too.
        if (isTaken ? index + 1 >= freeFrom : constraints[index] === ANY_TEXT) break;
      }
      failed ??= new Set();
      failed.add(failure);
      return false;
    }

    /** Takes the text between two places as the value of a parameter, if it is one. */
    function take(index: number, from: number, to: number): boolean {
      if (to <= from || !isBoundary(path, from)) return false;
      const decoded = decodedText(path, from, to);
      const value = decoded === undefined ? NO_MATCH : constraints[index]?.read(decoded);
      values[first + index] = value;
      return value !== NO_MATCH;
    }
  }
}

/** Whether a place of an encoded path is between two characters: not inside an escape, and not inside those of one character. */
function isBoundary(path: string, at: number): boolean {
  if (path.charCodeAt(at - 1) === PERCENT || path.charCodeAt(at - 2) === PERCENT) return false;
  // A continuation byte of UTF-8 is 0x80 to 0xBF: its first digit is 8, 9, A or B.
  return path.charCodeAt(at) !== PERCENT || !/[89ABab]/.test(path.charAt(at + 1));
}
