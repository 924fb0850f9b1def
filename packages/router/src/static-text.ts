import { InvalidPattern } from './errors.js';

/** What may stand in a path as it is: `pchar` of RFC 3986, section 3.3, without the percent sign. */
const PLAIN = /[\w\-.~!$&'()*+,;=:@]/;
const UNRESERVED = /[\w\-.~]/;

/**
 * The form that a pattern's literal text has in a canonical path: escapes of unreserved characters decoded, other escapes
 * in upper case, everything else that may not stand in a path escaped (RFC 3986, section 6.2.2).
 */
export class StaticText {
  #text = '';

  /** Adds the character that stands in a pattern at `at`, and returns how much of the pattern that was. */
  addChar(pattern: string, at: number): number {
    const char = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    if (char === '\0' || /^\p{Cs}$/u.test(char)) {
      throw new InvalidPattern(pattern, at, 1, 'A character that no URL can hold', 'leave it out');
    }
    this.#text += PLAIN.test(char) ? char : encodeURIComponent(char);
    return char.length;
  }

  /** Adds the escape (`%2F`) that stands in a pattern at `at`, and returns its length. */
  addEscape(pattern: string, at: number): number {
    const written = pattern.slice(at, at + 3);
    if (!/^%[0-9A-Fa-f]{2}$/.test(written) || written === '%00') {
      throw new InvalidPattern(
        pattern,
        at,
        written.length,
        `Malformed escape "${written}"`,
        'write %25 for a percent sign',
      );
    }
    const char = String.fromCharCode(Number.parseInt(written.slice(1), 16));
    this.#text += UNRESERVED.test(char) ? char : written.toUpperCase();
    return 3;
  }

  /** The text so far; the next one begins empty. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
