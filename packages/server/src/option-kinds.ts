import { isIPv6 } from 'node:net';

/** How the value of an option is written on the command line; `switch` has no value there but `--name` and `--no-name`, and the flags of `list` and `lines` are repeated. */
export type Form = 'text' | 'number' | 'mode' | 'time' | 'size' | 'switch' | 'list' | 'lines';

/** What values an option takes. */
export interface Kind<Value> {
  /** What is accepted, as the message of `InvalidOption` says it. */
  readonly expected: string;
  /** The same for the command line and variables, where values are written in another way there. */
  readonly asWritten?: string;
  readonly accepts: (value: unknown) => value is Value;
  /** Null for what only a program can give. */
  readonly form: Form | null;
  /** What a switch also takes in a variable, besides yes and no. */
  readonly words?: readonly string[];
}

/** The longest delay of a timer of Node, 24.8 days. */
export const MAX_DELAY = 2 ** 31 - 1;
const HOUR = 3_600_000;

/** Text that is not empty. */
export function text(expected: string): Kind<string> {
  return { expected, accepts: isText, form: 'text' };
}

/** Any number of texts: the flag is repeated, a variable separates them by commas. */
export function texts(expected: string): Kind<readonly string[]> {
  return { expected, accepts: isListOfTexts, form: 'list' };
}

/** A host name or an IP address, without the scheme, port and brackets of a URL. */
export const host: Kind<string> = {
  expected: 'a host name or an IP address, such as "127.0.0.1" or "::1", without scheme, port and brackets',
  accepts: (value): value is string => isText(value) && (isIPv6(value) || !/[:/[\]@\s]/.test(value)),
  form: 'text',
};

export function integer(least: number, most: number): Kind<number> {
  const expected =
    most === Number.MAX_SAFE_INTEGER
      ? `an integer, at least ${least}`
      : `an integer from ${least} to ${most}`;
  return { expected, accepts: (value): value is number => isInteger(value, least, most), form: 'number' };
}

/** An integer, or Infinity. */
export function limit(least: number): Kind<number> {
  return {
    expected: `an integer, at least ${least}, or Infinity for no limit`,
    asWritten: `a whole number, at least ${least}, or none`,
    accepts: (value): value is number =>
      isInfinite(value) || isInteger(value, least, Number.MAX_SAFE_INTEGER),
    form: 'number',
  };
}

export function milliseconds(least: number): Kind<number> {
  return {
    expected: `a whole number of milliseconds from ${least} to ${MAX_DELAY}, or Infinity for no limit`,
    asWritten: `a time from ${least}ms to ${Math.floor(MAX_DELAY / HOUR)}h, or none`,
    accepts: (value): value is number => isInfinite(value) || isInteger(value, least, MAX_DELAY),
    form: 'time',
  };
}

export const bytes: Kind<number> = {
  expected: 'a whole number of bytes, or Infinity for no limit',
  asWritten: 'a size such as 1000, 16KiB, 64MiB, or none',
  accepts: (value): value is number => isInfinite(value) || isInteger(value, 0, Number.MAX_SAFE_INTEGER),
  form: 'size',
};

/** A number of bytes that node:http wants to have bounds. */
export function boundedBytes(least: number, most: number): Kind<number> {
  return {
    expected: `a whole number of bytes from ${least} to ${most}`,
    accepts: (value): value is number => isInteger(value, least, most),
    form: 'size',
  };
}

/** The permissions of a file, written in octal. */
export const fileMode: Kind<number> = {
  expected: 'permissions from 0 to 0o777',
  asWritten: 'permissions in octal from 000 to 777',
  accepts: (value): value is number => isInteger(value, 0, 0o777),
  form: 'mode',
};

export const yesOrNo: Kind<boolean> = {
  expected: 'true or false',
  accepts: (value): value is boolean => typeof value === 'boolean',
  form: 'switch',
};

export function yesOrNoOr<Word extends string>(word: Word): Kind<boolean | Word> {
  return {
    expected: `true, false or ${JSON.stringify(word)}`,
    accepts: (value): value is boolean | Word => typeof value === 'boolean' || value === word,
    form: 'switch',
    words: [word],
  };
}

export function oneOf<Word extends string>(...words: readonly Word[]): Kind<Word> {
  return {
    expected: `one of ${words.map((word) => JSON.stringify(word)).join(', ')}`,
    accepts: (value): value is Word => words.some((word) => word === value),
    form: 'text',
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isInteger(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;
}

function isInfinite(value: unknown): boolean {
  return value === Number.POSITIVE_INFINITY;
}
