import { InvalidArgument, quote, show } from './errors.js';

/**
 * A convertor of one's own: what a segment must look like, and the value made of it.
 *
 * @example
 * ```ts
 * import { type Convertor, Router } from '@pullo/router';
 *
 * const date: Convertor<Date> = {
 *   pattern: /\d{4}-\d{2}-\d{2}/,
 *   parse: (text) => new Date(`${text}T00:00:00Z`),
 *   format: (value) => value.toISOString().slice(0, 10),
 * };
 * const router = new Router({ convertors: { date } });
 * router.add('GET', '/log/:day(date)', 'log');
 * ```
 */
export interface Convertor<Value = string> {
  /** What the decoded text must match, from its beginning to its end. Flags but `i`, `u`, `v`, `s` are not used. */
  readonly pattern: RegExp;
  /** The text's value; the text itself if left out. Throwing means that the route does not match. */
  parse?(text: string): Value;
  /** The text of a value, for `url()`; `String(value)` if left out. */
  format?(value: Value): string;
}

/** Convertors by the name they have in patterns: `{ date: ... }` for `:day(date)`. */
export interface Convertors {
  readonly [name: string]: Convertor<unknown>;
}

/** No convertors but the built-in ones. */
export type NoConvertors = Record<never, never>;

/** The built-in convertors and the types of their values. */
export interface BuiltIn {
  /** Decimal digits with an optional minus, a safe integer. */
  int: number;
  /** Decimal digits with an optional minus and an optional fraction, a finite number. */
  float: number;
  /** 32 hexadecimal digits in five groups (RFC 9562), handed over in lower case. */
  uuid: string;
  /** Letters, digits, `-` and `_` of ASCII. */
  slug: string;
  /** The rest of the path, slashes included, also empty: the same as `*name`. */
  path: string;
}

/** The names and value types of `convertors`, to give to `PathParams` together with the built-in ones. */
export type ConvertorTypes<C> = BuiltIn & {
  [Name in keyof C]: C[Name] extends { parse(text: string): infer Value } ? Value : string;
};

/** What in parentheses is the name of a convertor, and not an expression. */
export const WORD = /^[A-Za-z_]\w*$/;

/** What reading a text gives when the text is not one of the constraint's. */
export const NO_MATCH: unique symbol = Symbol('no match');

/** What a parameter's text must be, and what is made of it. */
export interface Constraint {
  /** How the constraint is written in a pattern: two with the same label accept the same texts. */
  readonly label: string;
  /** Where it stands in the order of precedence: lower is tried first. */
  readonly rank: number;
  /** Whether reading runs code that is not ours. */
  readonly isForeign: boolean;
  /** The value of a decoded text, or `NO_MATCH`. Never throws. */
  read(text: string): unknown;
  /** The text of a value, or undefined if it is of a type that has none. May throw. */
  format(value: unknown): string | undefined;
}

/** The precedence of constraints whose order the registration decides. */
const OWN_RANK = 4;

const toItself = (text: string): unknown => text;

/** Of a parameter with nothing in parentheses. */
export const ANY_TEXT: Constraint = {
  label: '',
  rank: 5,
  isForeign: false,
  read: toItself,
  format: plainText,
};
/** Of a parameter that is a rest. */
export const PATH: Constraint = { ...ANY_TEXT, label: 'path' };

const builtIn: readonly Constraint[] = [
  ofPattern('int', 0, /^-?\d+$/, (text) => numberOf(text, Number.isSafeInteger)),
  ofPattern('float', 2, /^-?\d+(?:\.\d+)?$/, (text) => numberOf(text, Number.isFinite), formatFloat),
  ofPattern('uuid', 1, /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i, (text) => text.toLowerCase()),
  ofPattern('slug', 3, /^[\w-]+$/),
  PATH,
];

/**
 * The constraints that a bare word in parentheses may name: the built-in convertors and one's own. Throws `InvalidArgument` if
 * a convertor is named like a built-in one, or is not one.
 */
export function constraintsByName(convertors: Convertors): ReadonlyMap<string, Constraint> {
  const byName = new Map(builtIn.map((constraint) => [constraint.label, constraint]));
  for (const [name, convertor] of Object.entries(convertors)) {
    if (byName.has(name) || !WORD.test(name)) {
      throw new InvalidArgument(
        `Convertor name ${quote(name)} is taken or no word: choose another one, of letters, digits and "_".`,
      );
    }
    byName.set(name, ofConvertor(name, convertor));
  }
  return byName;
}

/** The constraint of an expression in parentheses. Throws a `SyntaxError` if it is not one. */
export function ofExpression(source: string, flags: string): Constraint {
  return ofPattern(source, OWN_RANK, compile(`^(?:${source})$`, flags));
}

function ofPattern(
  label: string,
  rank: number,
  expression: RegExp,
  parse: (text: string) => unknown = toItself,
  format: Constraint['format'] = plainText,
): Constraint {
  const read = (text: string) => (expression.test(text) ? parse(text) : NO_MATCH);
  return { label, rank, isForeign: false, read, format };
}

/** The number that a text is, if it passes. -0 is 0. */
function numberOf(text: string, test: (value: number) => boolean): number | typeof NO_MATCH {
  const value = Number(text) + 0;
  return test(value) ? value : NO_MATCH;
}

/** With the flag that `URLPattern` uses, or, where that finds more to escape than most people know, such as `[^/]`, with its predecessor. */
function compile(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, `v${flags}`);
  } catch {
    return new RegExp(source, `u${flags}`);
  }
}

function ofConvertor(name: string, convertor: Convertor<unknown>): Constraint {
  if (!(convertor?.pattern instanceof RegExp)) {
    throw new InvalidArgument(
      `Convertor ${quote(name)} has no pattern: write { pattern: /.../, parse, format }, not ${show(convertor?.pattern)}.`,
    );
  }
  const { source, flags } = convertor.pattern;
  const expression = new RegExp(`^(?:${source})$`, flags.replace(/[^iuvs]/g, ''));
  const parse = (text: string) => {
    try {
      return convertor.parse === undefined ? text : convertor.parse(text);
    } catch {
      return NO_MATCH;
    }
  };
  const format = (value: unknown) => String(convertor.format === undefined ? value : convertor.format(value));
  return { ...ofPattern(name, OWN_RANK, expression, parse, format), isForeign: true };
}

/** The text of a string or a number; other values have none. */
function plainText(value: unknown): string | undefined {
  return /string|number|bigint/.test(typeof value) ? String(value) : undefined;
}

/** Without an exponent, which the pattern of `float` does not have. */
function formatFloat(value: unknown): string | undefined {
  const text = plainText(value);
  if (typeof value !== 'number' || !text?.includes('e')) return text;
  return Math.abs(value) >= 1 ? BigInt(value).toString() : value.toFixed(100).replace(/0+$/, '');
}
