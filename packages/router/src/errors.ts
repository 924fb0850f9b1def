import type { Route } from './route.js';

/** A pattern that can't be registered. The message shows the pattern with a caret under the place. */
export class InvalidPattern extends Error {
  override readonly name = 'InvalidPattern';
  readonly code = 'ERR_INVALID_PATTERN';
  /** The pattern as it was given. */
  readonly pattern: string;
  /** Where in the pattern the problem begins, as an index into it. */
  readonly at: number;

  /** `problem` says what is wrong, `remedy` what to write instead; `length` is how many characters the caret underlines. */
  constructor(pattern: string, at: number, length: number, problem: string, remedy: string) {
    super(`${problem} in ${quote(pattern)}: ${remedy}.${underline(pattern, at, length)}`);
    this.pattern = pattern;
    this.at = at;
  }
}

/** A route for the very requests that another one serves already. */
export class RouteConflict extends Error {
  override readonly name = 'RouteConflict';
  readonly code = 'ERR_ROUTE_CONFLICT';
  /** The route that was there first. */
  readonly existing: Route<unknown>;

  constructor(method: string, pattern: string, existing: Route<unknown>) {
    super(
      `${quote(`${method} ${pattern}`)} serves the same requests as ${quote(`${existing.method} ${existing.pattern}`)}: ` +
        'remove one of them, or give their parameters different convertors.',
    );
    this.existing = existing;
  }
}

/** A name given to routes of two different patterns: `url()` could not tell them apart. */
export class NameTaken extends Error {
  override readonly name = 'NameTaken';
  readonly code = 'ERR_ROUTE_NAME_TAKEN';
  /** The route that has the name. */
  readonly existing: Route<unknown>;

  constructor(name: string, pattern: string, existing: Route<unknown>) {
    super(
      `The name ${quote(name)} of ${quote(pattern)} belongs to ${quote(existing.pattern)}: ` +
        'give one of them another name; only routes of one and the same pattern may share one.',
    );
    this.existing = existing;
  }
}

/** `url()` was asked for a name that no route has. */
export class UnknownRoute extends Error {
  override readonly name = 'UnknownRoute';
  readonly code = 'ERR_UNKNOWN_ROUTE';

  constructor(name: string, known: readonly string[]) {
    const names = known.slice(0, 20).map(quote).join(', ') || 'none';
    super(
      `No route is named ${quote(name)}: known are ${names}${known.length > 20 ? ', …' : ''}; ` +
        'give a name with add(method, pattern, value, { name }).',
    );
  }
}

/** A parameter given to `url()` that is missing, or that its pattern would not match. */
export class InvalidParam extends TypeError {
  override readonly name = 'InvalidParam';
  readonly code = 'ERR_INVALID_PARAM';
  /** The name of the parameter. */
  readonly param: string;
  /** The pattern whose URL was asked for. */
  readonly pattern: string;

  constructor(pattern: string, param: string, problem: string) {
    super(`Parameter ${quote(param)} of ${quote(pattern)} ${problem}.`);
    this.param = param;
    this.pattern = pattern;
  }
}

/** An argument that is wrong in itself: a method that is no token, a convertor that lacks its pattern. */
export class InvalidArgument extends TypeError {
  override readonly name = 'InvalidArgument';
  readonly code = 'ERR_INVALID_ARGUMENT';
}

/** A value as it may stand in a message: one line, escaped, and not longer than a line. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}

/** What was given where a string was expected, in words. */
export function show(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return 'an array';
  const isPlain = value === null || !/object|function|symbol/.test(typeof value);
  return isPlain ? String(value) : `a value of type ${typeof value}`;
}

/** Two lines: the pattern, and carets under the place. Long patterns are cut to what is near it. */
function underline(pattern: string, at: number, length: number): string {
  const from = Math.max(0, at - 60);
  const shown = pattern.slice(from, from + 100).replace(/[\p{Cc}\p{Cs}]/gu, '?');
  const place = at - from;
  const carets = shown.slice(place, place + length).replace(/./g, '^') || '^';
  return `\n  ${shown}\n  ${' '.repeat(place)}${carets}`;
}
