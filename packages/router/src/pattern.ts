import { type Constraint, type Constraints, ofExpression } from './convertors.js';
import { InvalidPattern, quote } from './errors.js';
import type { Param, Pattern, Segment } from './segment.js';
import { StaticText } from './static-text.js';

/** What the patterns of a router are written with. */
export interface Syntax {
  /** What stands between segments. */
  readonly separator: '/' | '.';
  readonly constraints: Constraints;
  /** `'i'` where letters match in either case. */
  readonly flags: '' | 'i';
}

const NAME = /[A-Za-z_$][\w$]*/y;
/** What to say of characters that stand where they mean nothing. */
const UNEXPECTED = new Map([
  ['(', 'put a name before it, as in :name(...)'],
  ['?', 'a pattern has no query, and "?" stands only after a parameter'],
  ['#', 'a pattern has no fragment'],
]);
const WORD = /^[A-Za-z_]\w*$/;

/** Reads a path pattern. Throws `InvalidPattern`. */
export function parsePattern(text: string, syntax: Syntax): Pattern {
  if (text[0] !== '/') throw new InvalidPattern(text, 0, 1, 'No leading slash', 'a pattern begins with "/"');
  const reader = new PatternReader(text, syntax);
  const segments: Segment[] = [];
  let at = 1;
  while (at <= text.length) {
    const segment = reader.segment(at);
    const from = at;
    at = reader.at + 1;
    if (at <= text.length && (segment.kind === 'optional' || segment.kind === 'rest')) {
      const what = segment.kind === 'rest' ? 'A rest' : 'An optional parameter';
      throw new InvalidPattern(
        text,
        from,
        reader.at - from,
        `${what} that is not last`,
        'only the last segment may be one',
      );
    }
    segments.push(segment);
  }
  return { text, segments, names: reader.names };
}

/** Reads a pattern segment by segment, keeping the names it has seen. */
export class PatternReader {
  readonly names: string[] = [];
  /** Where the last segment ended: at a separator, or at the end of the pattern. */
  at = 0;
  readonly #text: string;
  readonly #syntax: Syntax;
  readonly #static = new StaticText();
  #literals: string[] = [];
  #params: Param[] = [];

  constructor(text: string, syntax: Syntax) {
    this.#text = text;
    this.#syntax = syntax;
  }

  /** The segment that begins at `from`. */
  segment(from: number): Segment {
    this.at = from;
    this.#literals = [];
    this.#params = [];
    let kind: Segment['kind'] = 'static';
    while (this.at < this.#text.length && this.#text[this.at] !== this.#syntax.separator) {
      kind = this.#part(from, kind);
    }
    this.#literals.push(this.#static.take());
    const segment = { kind, literals: this.#literals, params: this.#params };
    if (kind === 'static') this.#refuseDotSegment(from, segment.literals[0]);
    return segment;
  }

  /** Reads one part of a segment that has been of `kind` so far, and says what it is now. */
  #part(from: number, kind: Segment['kind']): Segment['kind'] {
    const start = this.at;
    const char = this.#text[start];
    if (kind === 'rest')
      this.#fail(from, start - from, 'Text after a rest', 'a rest is a segment of its own');
    if (kind === 'optional')
      this.#fail(from, start - from, 'Text after "?"', 'only a segment of its own is optional');
    if (char === ':') return this.#param(from, kind);
    if (char === '*') return this.#rest(from);
    if (char === '\\') this.#escaped();
    else if (/[{}()+?#]/.test(char ?? '')) this.#unexpected(char ?? '');
    else if (char === '%') this.at += this.#static.addEscape(this.#text, start);
    else this.at += this.#static.addChar(this.#text, start);
    return kind === 'param' ? 'mixed' : kind;
  }

  #param(from: number, kind: Segment['kind']): Segment['kind'] {
    const start = this.at;
    this.at += 1;
    const name = this.#name(start);
    const constraint = this.#constraint();
    const isWhole = start === from && this.#isAtSegmentEnd(this.#text[this.at] === '?' ? 1 : 0);
    if (constraint === 'path') {
      if (!isWhole || this.#text[this.at] === '?') {
        this.#fail(
          start,
          this.at - start,
          'A path beside other text',
          'a rest is a segment of its own and never optional',
        );
      }
      this.#push(name, undefined);
      return 'rest';
    }
    this.#push(name, constraint);
    const char = this.#text[this.at];
    if (char === '*' || char === '+') {
      this.#fail(
        this.at,
        1,
        `"${char}" after a parameter`,
        `write *${name} for the rest of a path, \\${char} for the character`,
      );
    }
    if (char !== '?') return kind === 'static' && start === from ? 'param' : 'mixed';
    if (!isWhole)
      this.#fail(this.at, 1, 'A "?" after a part of a segment', 'only a whole last segment may be optional');
    this.at += 1;
    return 'optional';
  }

  #rest(from: number): 'rest' {
    const start = this.at;
    if (start !== from)
      this.#fail(
        start,
        1,
        'A "*" after other text',
        'a rest is a segment of its own; write \\* for the character',
      );
    this.at += 1;
    const name = this.#isAtSegmentEnd(0) ? '*' : this.#name(start);
    this.#push(name, undefined);
    return 'rest';
  }

  /** The name at `this.at`, of the parameter that begins at `start`. */
  #name(start: number): string {
    const sign = this.#text[start] ?? '';
    NAME.lastIndex = this.at;
    const name = NAME.exec(this.#text)?.[0];
    if (name === undefined) {
      this.#fail(
        this.at,
        1,
        `No name after "${sign}"`,
        `a name begins with a letter, "_" or "$"; write \\${sign} for the character`,
      );
    }
    this.at += name.length;
    if (/^[\p{ID_Continue}]/u.test(this.#text.slice(this.at))) {
      this.#fail(
        this.at,
        1,
        'A letter beyond ASCII in a name',
        'names are of ASCII letters, digits, "_" and "$"',
      );
    }
    if (this.names.includes(name)) {
      this.#fail(
        start,
        name.length + 1,
        `The name ${quote(name)} twice`,
        'every parameter has a name of its own',
      );
    }
    return name;
  }

  /** What stands in parentheses at `this.at`, if anything does. */
  #constraint(): Constraint | 'path' | undefined {
    if (this.#text[this.at] !== '(') return undefined;
    const start = this.at + 1;
    const end = this.#closingParenthesis();
    const source = this.#text.slice(start, end);
    this.at = end + 1;
    if (source === '')
      this.#fail(start - 1, 2, 'Empty parentheses', 'write a convertor or an expression, or leave them out');
    if (source === 'path') return 'path';
    if (WORD.test(source))
      return this.#syntax.constraints.named(source) ?? this.#unknownConvertor(source, start);
    try {
      return ofExpression(source, this.#syntax.flags);
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : String(error);
      return this.#fail(start, source.length, `Bad expression ${quote(source)}`, reason);
    }
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
    return this.#fail(
      this.at,
      1,
      'A parenthesis that is not closed',
      'close it, or write \\( for the character',
    );
  }

  #push(name: string, constraint: Constraint | undefined): void {
    this.#literals.push(this.#static.take());
    this.#params.push({ name, constraint });
    this.names.push(name);
  }

  #escaped(): void {
    const next = this.#text[this.at + 1];
    if (next === undefined)
      this.#fail(this.at, 1, 'A "\\" at the end', 'it escapes the character after it; write \\\\ for itself');
    if (next === this.#syntax.separator)
      this.#fail(this.at, 2, `An escaped "${next}"`, 'write %2F for one that does not separate');
    this.at += 1 + this.#static.addChar(this.#text, this.at + 1);
  }

  #unexpected(char: string): never {
    const remedy = UNEXPECTED.get(char) ?? 'it has no meaning here';
    return this.#fail(this.at, 1, `A "${char}"`, `${remedy}; write \\${char} for the character`);
  }

  #unknownConvertor(name: string, at: number): never {
    const known = this.#syntax.constraints.names.join(', ');
    return this.#fail(
      at,
      name.length,
      `Unknown convertor ${quote(name)}`,
      `known are ${known}; add yours with convertors: { ${name}: ... }, or write ((?:${name})) for an expression`,
    );
  }

  #refuseDotSegment(from: number, text: string | undefined): void {
    if (this.#syntax.separator === '/' && (text === '.' || text === '..')) {
      this.#fail(from, this.at - from, 'A dot segment', 'no canonical path has one, so it could never match');
    }
  }

  #isAtSegmentEnd(offset: number): boolean {
    const char = this.#text[this.at + offset];
    return char === undefined || char === this.#syntax.separator;
  }

  #fail(at: number, length: number, problem: string, remedy: string): never {
    throw new InvalidPattern(this.#text, at, length, problem, remedy);
  }
}
