import { NO_MATCH } from './convertors.js';
import { InvalidParam, quote, show } from './errors.js';
import { MixedSegment } from './mixed-segment.js';
import { inLowerCase, lowerCase, type Param, type Pattern, type Segment } from './segment.js';
import type { TreeOptions } from './tree-pattern.js';

/** A value of a query: texts and numbers as they are, `true` and `false` by name; nothing of `null` and `undefined`. */
export type QueryValue = string | number | bigint | boolean | null | undefined;

/** What `url()` makes a query of: a record (a list is the same name several times), pairs, or a `URLSearchParams`. */
export type QueryInit =
  | Readonly<Record<string, QueryValue | readonly QueryValue[]>>
  | Iterable<readonly [string, string]>;

/** What `url()` may add to a path. */
export interface UrlOptions {
  /** The query, encoded as forms are. No `?` if it is empty. */
  readonly query?: QueryInit | undefined;
}

/** The canonical path of a pattern with these parameters, and the query. Throws `InvalidParam`. */
export function buildUrl(
  pattern: Pattern,
  params: Params,
  { query }: UrlOptions,
  comparison: TreeOptions,
): string {
  const path = new PathBuilder(pattern, params, comparison).path();
  const search = query === undefined ? '' : queryText(query);
  return path + (search && `?${search}`);
}

type Params = Readonly<Record<string, unknown>>;

/** Puts parameters into a pattern. */
class PathBuilder {
  readonly #pattern: Pattern;
  readonly #params: Params;
  readonly #comparison: TreeOptions;

  constructor(pattern: Pattern, params: Params, comparison: TreeOptions) {
    this.#pattern = pattern;
    this.#params = params;
    this.#comparison = comparison;
  }

  path(): string {
    const { segments, names } = this.#pattern;
    let path = '';
    for (const segment of segments) {
      const [param] = segment.params;
      const isAbsent = segment.kind === 'optional' && param && this.#value(param) === undefined;
      if (!isAbsent) path += `/${param === undefined ? segment.literals[0] : this.#segment(segment, param)}`;
    }
    const [first] = names;
    // A link to "//example.com" leads to another host (RFC 3986, section 4.2): who gives a parameter must not choose that.
    if (first !== undefined && path.startsWith('//')) {
      this.#fail(first, `would be read as a host in ${quote(path)}`);
    }
    return path || '/';
  }

  #segment(segment: Segment, first: Param): string {
    const { kind, literals, params } = segment;
    const texts = params.map((param) => this.#text(param, kind));
    const whole = literals.reduce(
      (before, literal, i) => before + encodeURIComponent(texts[i - 1] ?? '') + literal,
    );
    const text = kind === 'rest' ? whole.replaceAll('%2F', '/') : whole;
    // URL parsers remove dot segments, escaped or not (RFC 3986, section 5.2.4): no link can have them.
    if (/(?:^|\/)\.\.?(?:\/|$)/.test(text)) {
      this.#fail(first.name, `would make a dot segment, which URLs do not keep: ${quote(text)}`);
    }
    if (kind === 'mixed') this.#refuseOtherReading(segment, text, texts);
    return text;
  }

  /** The text of one parameter's value, before it is encoded. */
  #text(param: Param, kind: Segment['kind']): string {
    const { name, constraint } = param;
    const value = this.#value(param);
    if (value === undefined) this.#fail(name, 'is missing');
    const text = this.#format(param, value);
    if (text === undefined) this.#fail(name, `must be a string or a number, but it is ${show(value)}`);
    if (text === '' && kind !== 'rest') this.#fail(name, 'must not be empty');
    if (constraint.read(text) === NO_MATCH) {
      this.#fail(name, `does not match (${constraint.label}): ${show(value)}`);
    }
    if (text.includes('\0')) this.#fail(name, 'must not have a NUL');
    if (!text.isWellFormed()) this.#fail(name, `has half of a surrogate pair: ${show(text)}`);
    return text;
  }

  #format({ name, constraint }: Param, value: unknown): string | undefined {
    try {
      return constraint.format(value);
    } catch (error) {
      return this.#fail(name, `has no text for (${constraint.label}): ${String(error)}`);
    }
  }

  /** `/:file.:ext` would read the file "a.b" with "c" as "a" and "b.c". */
  #refuseOtherReading(segment: Segment, text: string, texts: readonly string[]): void {
    const { caseSensitive } = this.#comparison;
    const read: unknown[] = [];
    const mixed = new MixedSegment(caseSensitive ? segment : inLowerCase(segment));
    const isRead = mixed.read(text, caseSensitive ? text : lowerCase(text), 0, text.length, read);
    for (const [i, param] of segment.params.entries()) {
      // Compared as texts, because values may be objects: of "007" and of 7, that is "7".
      const value = param.constraint.read(texts[i] ?? '');
      if (isRead && this.#format(param, read[i]) === this.#format(param, value)) continue;
      this.#fail(param.name, `would be read back as something else from ${quote(text)}`);
    }
  }

  /** Own properties only: a parameter named `constructor` is missing if nobody gave it. */
  #value({ name }: Param): unknown {
    return Object.hasOwn(this.#params, name) ? (this.#params[name] ?? undefined) : undefined;
  }

  #fail(name: string, problem: string): never {
    throw new InvalidParam(this.#pattern.text, name, problem);
  }
}

function queryText(query: QueryInit): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Symbol.iterator in query ? query : Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null) pairs.append(name, String(each));
    }
  }
  return pairs.toString();
}
