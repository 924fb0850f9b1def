import { ANY_TEXT, type Constraint, ofExpression, PATH, WORD } from './convertors.js';
import { InvalidPattern, quote } from './errors.js';
import type { Param, Pattern, Segment } from './segment.js';

/** What the patterns of a router are written with. */
export interface Syntax {
  /** What stands between segments. */
  readonly separator: '/' | '.';
  /** Which segment may be a rest or optional. */
  readonly open: 'first' | 'last';
  readonly constraints: ReadonlyMap<string, Constraint>;
  /** `'i'` where letters match in either case. */
  readonly flags: '' | 'i';
}

const NAME = /^[A-Za-z_$][\w$]*$/;
/** What may stand in a path as it is: `pchar` of RFC 3986, section 3.3, without the percent sign. */
const PLAIN = /[\w\-.~!$&'()*+,;=:@]/;
const UNRESERVED = /[\w\-.~]/;

/** Reads a path pattern. Throws `InvalidPattern`. */
export function parsePattern(text: string, syntax: Syntax): Pattern {
  if (text[0] !== '/') throw new InvalidPattern(text, 0, 1, 'No leading slash', 'a pattern begins with "/"');
  const reader = new PatternReader(text, syntax);
  const segments: Segment[] = [];
  for (let at = 1; at <= text.length; at = reader.at + 1) segments.push(reader.segment(at));
  return { text, segments, names: reader.names };
}

/** Reads a pattern segment by segment, keeping the names it has seen. */
export class PatternReader {
  readonly names: string[] = [];
  /** Where the last segment ended: at a separator, or at the end of the pattern. */
  at = 0;
  readonly #text: string;
  readonly #syntax: Syntax;
  /** Of the segment that is being read. */
  #literals: string[] = [];
  #params: Param[] = [];
  #open: 'optional' | 'rest' | undefined;
  /** The static text since the last parameter, in the form that it has in a canonical path (RFC 3986, section 6.2.2). */
  #static = '';

  constructor(text: string, syntax: Syntax) {
    this.#text = text;
    this.#syntax = syntax;
  }

  /** The segment that begins at `from`. */
  segment(from: number): Segment {
    this.at = from;
    this.#literals = [];
    this.#params = [];
    this.#open = undefined;
    while (this.#char !== undefined && this.#char !== this.#syntax.separator) this.#part(this.#char);
    this.#endLiteral();
    return { kind: this.#kind(from), literals: this.#literals, params: this.#params };
  }

  get #char(): string | undefined {
    return this.#text[this.at];
  }

  #part(char: string): void {
    if (char === ':' || char === '*') this.#param(char);
    else if (char === '%') this.#escape();
    else if (char === '\\') this.#escaped();
    else if (/[{}()+?#<>]/.test(char)) {
      this.#fail(this.at, 1, `A "${char}"`, `${remedyOf(char)}; write \\${char} for the character`);
    } else this.#literal();
  }

  #param(sign: string): void {
    const start = this.at;
    this.at += 1;
    const name = this.#name(start, sign);
    const constraint = this.#constraint(sign);
    if (constraint === PATH) this.#open = 'rest';
    if (this.#char === '?' && this.#open !== 'rest') {
      this.#open = 'optional';
      this.at += 1;
    }
    this.#endLiteral();
    this.#params.push({ name, constraint });
    this.names.push(name);
  }

  #name(start: number, sign: string): string {
    const [name = ''] = /^[\p{ID_Continue}$]+/u.exec(this.#text.slice(this.at)) ?? [];
    this.at += name.length;
    if (name === '' && sign === '*') return sign;
    if (!NAME.test(name)) {
      const problem = name === '' ? `No name after "${sign}"` : `Bad name ${quote(name)}`;
      const remedy = 'a name is of ASCII letters, digits, "_" and "$" and begins with no digit';
      this.#fail(start, name.length + 1, problem, `${remedy}; write \\${sign} for the character`);
    }
    if (this.names.includes(name)) {
      this.#fail(start, name.length + 1, `The name ${quote(name)} twice`, 'give each parameter its own');
    }
    return name;
  }

  /** What stands in the parentheses at `this.at`, if there are any. */
  #constraint(sign: string): Constraint {
    if (sign === '*') return PATH;
    if (this.#char !== '(') return ANY_TEXT;
    const start = this.at + 1;
    const end = this.#closingParenthesis();
    const source = this.#text.slice(start, end);
    this.at = end + 1;
    if (WORD.test(source))
      return this.#syntax.constraints.get(source) ?? this.#unknownConvertor(source, start);
    try {
      if (source !== '') return ofExpression(source, this.#syntax.flags);
    } catch (error) {
      const reason = String(error).replace(/^.*: /, '');
      this.#fail(start, source.length, `Bad expression ${quote(source)}`, reason);
    }
    return this.#fail(start - 1, 2, 'Empty parentheses', 'write a convertor or an expression in them');
  }

  /** Where the parenthesis at `this.at` closes: escapes and character classes are skipped. */
  #closingParenthesis(): number {
    let depth = 0;
    let classes = 0;
    for (let i = this.at; i < this.#text.length; i++) {
      const char = this.#text[i];
      if (char === '\\') i += 1;
      else if (char === '[') classes += 1;
      else if (char === ']') classes -= 1;
      else if (classes > 0) continue;
      else if (char === '(') {
        if (depth > 0 && this.#text[i + 1] !== '?') {
          this.#fail(i, 1, 'A capturing group', 'write (?: for a group inside an expression');
        }
        depth += 1;
      } else if (char === ')' && --depth === 0) return i;
    }
    return this.#fail(this.at, 1, 'An open parenthesis', 'close it, or write \\( for the character');
  }

  /** Adds the character at `this.at`. */
  #literal(): void {
    const char = String.fromCodePoint(this.#text.codePointAt(this.at) ?? 0);
    if (char === '\0' || !char.isWellFormed())
      this.#fail(this.at, 1, 'A character that no URL can hold', 'leave it out');
    this.#static += PLAIN.test(char) ? char : encodeURIComponent(char);
    this.at += char.length;
  }

  /** Adds the escape (`%2F`) at `this.at`: of an unreserved character it is that, others are in upper case. */
  #escape(): void {
    const written = this.#text.slice(this.at, this.at + 3);
    if (!/^%[\dA-Fa-f]{2}$/.test(written) || written === '%00')
      this.#fail(
        this.at,
        written.length,
        `Malformed escape ${quote(written)}`,
        'write %25 for a percent sign',
      );
    const char = String.fromCharCode(Number.parseInt(written.slice(1), 16));
    this.#static += UNRESERVED.test(char) ? char : written.toUpperCase();
    this.at += 3;
  }

  /** Adds the character after the backslash at `this.at`. */
  #escaped(): void {
    this.at += 1;
    if (this.#char === undefined || this.#char === this.#syntax.separator) {
      const remedy = 'write \\\\ for the character, %2F for a slash that does not separate';
      this.#fail(this.at - 1, 2, 'A "\\" that escapes nothing', remedy);
    }
    this.#literal();
  }

  #endLiteral(): void {
    this.#literals.push(this.#static);
    this.#static = '';
  }

  /** The kind of the segment from `from` to `this.at`. */
  #kind(from: number): Segment['kind'] {
    const text = this.#literals.join('');
    const { separator, open } = this.#syntax;
    if (this.#params.length === 0) {
      if (separator === '/' && /^\.\.?$/.test(text))
        this.#fail(from, this.at - from, 'A dot segment', 'no canonical path has one, so it never matches');
      return 'static';
    }
    const isWhole = this.#params.length === 1 && text === '';
    if (this.#open === undefined) return isWhole ? 'param' : 'mixed';
    const isAtEdge = open === 'last' ? this.at === this.#text.length : from === 0;
    if (isWhole && isAtEdge) return this.#open;
    const isRest = this.#open === 'rest';
    const problem = `${isRest ? 'A rest' : 'An optional parameter'} that is not the whole ${open} segment`;
    const remedy = isRest
      ? 'let *name stand there alone, or write \\* for the character'
      : 'let :name? stand there alone, or write \\? for the character';
    return this.#fail(from, this.at - from, problem, remedy);
  }

  #unknownConvertor(name: string, at: number): never {
    const known = [...this.#syntax.constraints.keys()].join(', ');
    const remedy = `add yours with convertors: { ${name}: ... }, or write ((?:${name})) for an expression`;
    this.#fail(at, name.length, `Unknown convertor ${quote(name)}`, `known are ${known}; ${remedy}`);
  }

  #fail(at: number, length: number, problem: string, remedy: string): never {
    throw new InvalidPattern(this.#text, at, length, problem, remedy);
  }
}

function remedyOf(char: string): string {
  if (/[(?]/.test(char)) return 'it stands only after a :name';
  return /[{}<>]/.test(char) ? 'a parameter is written :name' : 'it has no meaning here';
}
