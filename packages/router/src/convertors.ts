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

/** What reading a text gives when the text is not one of the constraint's. */
export const NO_MATCH: unique symbol = Symbol('no match');

/** What a parameter's text must be, and what is made of it. */
export interface Constraint {
  /** Two constraints with the same key accept the same texts. */
  readonly key: string;
  /** How the constraint is written in a pattern, for messages. */
  readonly label: string;
  /** Whether reading runs code that is not ours. */
  readonly isForeign: boolean;
  /** Where it stands in the order of precedence: lower is tried first. */
  readonly rank: number;
  /** The value of a decoded text, or `NO_MATCH`. Never throws. */
  read(text: string): unknown;
  /** The text of a value, or undefined if it is of a type that has none. May throw. */
  format(value: unknown): string | undefined;
}

/** The precedence of constraints whose order the registration decides. */
const OWN_RANK = 4;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const INT = /^-?\d+$/;
const FLOAT = /^-?\d+(?:\.\d+)?$/;
const SLUG = /^[\w-]+$/;

const builtIn: ReadonlyMap<string, Constraint> = new Map(
  [
    {
      key: 'int',
      label: 'int',
      isForeign: false,
      rank: 0,
      read(text: string) {
        if (!INT.test(text)) return NO_MATCH;
        const value = Number(text);
        return Number.isSafeInteger(value) ? value + 0 : NO_MATCH;
      },
      format: plainText,
    },
    {
      key: 'uuid',
      label: 'uuid',
      isForeign: false,
      rank: 1,
      read: (text: string) => (text.length === 36 && UUID.test(text) ? text.toLowerCase() : NO_MATCH),
      format: plainText,
    },
    {
      key: 'float',
      label: 'float',
      isForeign: false,
      rank: 2,
      read(text: string) {
        if (!FLOAT.test(text)) return NO_MATCH;
        const value = Number(text);
        return Number.isFinite(value) ? value + 0 : NO_MATCH;
      },
      format: formatFloat,
    },
    {
      key: 'slug',
      label: 'slug',
      isForeign: false,
      rank: 3,
      read: (text: string) => (SLUG.test(text) ? text : NO_MATCH),
      format: plainText,
    },
  ].map((constraint) => [constraint.key, constraint]),
);

/** The constraints of one router: the built-in convertors and its own. */
export class Constraints {
  readonly #own = new Map<string, Constraint>();

  /** Throws `InvalidArgument` if a convertor is named like a built-in one, or is not one. */
  constructor(convertors: Convertors) {
    for (const [name, convertor] of Object.entries(convertors))
      this.#own.set(name, ofConvertor(name, convertor));
  }

  /** The constraint that a bare word in parentheses names. */
  named(name: string): Constraint | undefined {
    return builtIn.get(name) ?? this.#own.get(name);
  }

  /** Every word that may stand in parentheses. */
  get names(): string[] {
    return ['int', 'float', 'uuid', 'slug', 'path', ...this.#own.keys()];
  }
}

/** The constraint of an expression in parentheses. Throws a `SyntaxError` if it is not one. */
export function ofExpression(source: string, flags: string): Constraint {
  const expression = compile(`^(?:${source})$`, flags);
  return {
    key: `/${source}/${flags}`,
    label: source,
    isForeign: false,
    rank: OWN_RANK,
    read: (text) => (expression.test(text) ? text : NO_MATCH),
    format: plainText,
  };
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
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw new InvalidArgument(`Convertor name ${quote(name)} is not a word: use letters, digits and "_".`);
  }
  if (builtIn.has(name) || name === 'path') {
    throw new InvalidArgument(`Convertor ${quote(name)} is built in: give yours another name.`);
  }
  if (!(convertor?.pattern instanceof RegExp)) {
    throw new InvalidArgument(
      `Convertor ${quote(name)} has no pattern: write { pattern: /.../, parse, format }, not ${show(convertor?.pattern)}.`,
    );
  }
  const { source, flags } = convertor.pattern;
  const expression = new RegExp(`^(?:${source})$`, flags.replace(/[^iuvs]/g, ''));
  return {
    key: name,
    label: name,
    isForeign: true,
    rank: OWN_RANK,
    read(text) {
      if (!expression.test(text)) return NO_MATCH;
      if (convertor.parse === undefined) return text;
      try {
        return convertor.parse(text);
      } catch {
        return NO_MATCH;
      }
    },
    format: (value) => (convertor.format === undefined ? String(value) : convertor.format(value)),
  };
}

/** The text of a string or a number; other values have none. */
export function plainText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}

/** Without an exponent, which the pattern of `float` does not have. */
function formatFloat(value: unknown): string | undefined {
  const text = plainText(value);
  if (typeof value !== 'number' || !text?.includes('e')) return text;
  return Math.abs(value) >= 1 ? BigInt(value).toString() : value.toFixed(100).replace(/0+$/, '');
}
