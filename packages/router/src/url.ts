import { type Constraint, NO_MATCH, plainText } from './convertors.js';
import { InvalidParam, show } from './errors.js';
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
  params: Readonly<Record<string, unknown>>,
  { query }: UrlOptions,
  comparison: TreeOptions,
): string {
  let path = '';
  for (const segment of pattern.segments) {
    const text = segmentText(pattern, segment, params, comparison);
    if (text !== undefined) path += `/${text}`;
  }
  refuseHost(pattern, path);
  const search = query === undefined ? '' : queryText(query);
  return (path || '/') + (search && `?${search}`);
}

function segmentText(
  pattern: Pattern,
  segment: Segment,
  params: Readonly<Record<string, unknown>>,
  comparison: TreeOptions,
): string | undefined {
  const [param] = segment.params;
  if (param === undefined) return segment.literals[0] ?? '';
  if (segment.kind === 'rest') return restText(pattern, param, params);
  if (segment.kind === 'optional' && given(params, param.name) === undefined) return undefined;

  let text = segment.literals[0] ?? '';
  const values: unknown[] = [];
  for (const [i, each] of segment.params.entries()) {
    const plain = paramText(pattern, each, params);
    values.push(each.constraint === undefined ? plain : each.constraint.read(plain));
    text += encode(pattern, each.name, plain) + (segment.literals[i + 1] ?? '');
  }
  refuseDotSegment(pattern, param.name, text);
  if (segment.kind === 'mixed') refuseOtherReading(pattern, segment, text, values, comparison);
  return text;
}

/** The text of one parameter's value, before it is encoded. */
function paramText(
  pattern: Pattern,
  { name, constraint }: Param,
  params: Readonly<Record<string, unknown>>,
): string {
  const value = requiredValue(pattern, name, params);
  const text = constraint === undefined ? plainText(value) : formatted(pattern, name, constraint, value);
  if (text === undefined) throw invalidType(pattern, name, value);
  if (text === '') throw new InvalidParam(pattern.text, name, 'must not be empty');
  if (constraint !== undefined && constraint.read(text) === NO_MATCH) {
    throw new InvalidParam(pattern.text, name, `does not match (${constraint.label}): ${show(value)}`);
  }
  return text;
}

function formatted(
  pattern: Pattern,
  name: string,
  constraint: Constraint,
  value: unknown,
): string | undefined {
  try {
    return constraint.format(value);
  } catch (error) {
    throw new InvalidParam(pattern.text, name, `has no text for (${constraint.label}): ${String(error)}`);
  }
}

function restText(pattern: Pattern, { name }: Param, params: Readonly<Record<string, unknown>>): string {
  const value = requiredValue(pattern, name, params);
  const text = plainText(value);
  if (text === undefined) throw invalidType(pattern, name, value);
  const segments = text.split('/').map((segment) => encode(pattern, name, segment));
  for (const segment of segments) refuseDotSegment(pattern, name, segment);
  return segments.join('/');
}

function invalidType({ text }: Pattern, name: string, value: unknown): InvalidParam {
  return new InvalidParam(text, name, `must be a string or a number, but it is ${show(value)}`);
}

function requiredValue(
  { text }: Pattern,
  name: string,
  params: Readonly<Record<string, unknown>>,
): NonNullable<unknown> {
  const value = given(params, name);
  if (value === undefined) throw new InvalidParam(text, name, 'is missing');
  return value;
}

/** Own properties only: a parameter named `constructor` is missing if nobody gave it. */
function given(params: Readonly<Record<string, unknown>>, name: string): NonNullable<unknown> | undefined {
  return Object.hasOwn(params, name) ? (params[name] ?? undefined) : undefined;
}

function encode(pattern: Pattern, name: string, text: string): string {
  if (text.includes('\0')) throw new InvalidParam(pattern.text, name, 'must not have a NUL');
  if (/\p{Cs}/u.test(text))
    throw new InvalidParam(pattern.text, name, `has half of a surrogate pair: ${show(text)}`);
  return encodeURIComponent(text);
}

/** URL parsers remove `.` and `..`, escaped or not (RFC 3986, section 5.2.4), so that no link can have them. */
function refuseDotSegment(pattern: Pattern, name: string, segment: string): void {
  if (segment === '.' || segment === '..') {
    throw new InvalidParam(
      pattern.text,
      name,
      `would make a dot segment, which URLs do not keep: "${segment}"`,
    );
  }
}

/** A link to `//example.com` leads to another host (RFC 3986, section 4.2): who gives a parameter must not choose that. */
function refuseHost({ text, names }: Pattern, path: string): void {
  const [name] = names;
  if (name !== undefined && path.startsWith('//')) {
    throw new InvalidParam(text, name, `would be read as a host in "${path}"`);
  }
}

/** `/:file.:ext` would read the file "a.b" with "c" as "a" and "b.c". */
function refuseOtherReading(
  pattern: Pattern,
  segment: Segment,
  text: string,
  values: readonly unknown[],
  { caseSensitive }: TreeOptions,
): void {
  const read: unknown[] = [];
  const mixed = new MixedSegment(caseSensitive ? segment : inLowerCase(segment));
  const isRead = mixed.read(text, caseSensitive ? text : lowerCase(text), 0, text.length, read);
  const other = segment.params.find((_, i) => !isRead || !isSame(segment.params[i], read[i], values[i]));
  if (other === undefined) return;
  throw new InvalidParam(pattern.text, other.name, `would be read back as something else from "${text}"`);
}

function isSame(param: Param | undefined, read: unknown, value: unknown): boolean {
  if (Object.is(read, value)) return true;
  return param?.constraint !== undefined && param.constraint.format(read) === param.constraint.format(value);
}

function queryText(query: QueryInit): string {
  if (isIterable(query))
    return new URLSearchParams([...query].map(([name, value]) => [name, value])).toString();
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null) pairs.append(name, String(each));
    }
  }
  return pairs.toString();
}

function isIterable(query: QueryInit): query is Iterable<readonly [string, string]> {
  return Symbol.iterator in query;
}
