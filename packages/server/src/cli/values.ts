import { InvalidOption } from '../errors.js';

const DURATION = /^([0-9]+)(ms|s|m|h)$/;
const MILLISECONDS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const SIZE = /^([0-9]+)(KiB|MiB|GiB)?$/i;
const BYTES: Record<string, number> = { '': 1, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 };

/** Reads a value from the command line or the environment; `source` names it in the message of `InvalidOption`. */
export type Parse = (text: string, source: string) => unknown;

export const word: Parse = (text) => text;

export const number: Parse = (text, source) => {
  if (/^[0-9]+$/.test(text)) return Number(text);
  throw wrong(source, text, 'a whole number');
};

/** Milliseconds from `500ms`, `30s`, `5m` or `none`. A bare number is refused, since nobody can tell its unit. */
export const duration: Parse = (text, source) => {
  if (text === 'none') return Number.POSITIVE_INFINITY;
  const [, count, unit] = DURATION.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return Number(count) * (MILLISECONDS[unit] ?? 1);
  throw wrong(source, text, 'a time such as 500ms, 30s, 5m, or none');
};

/** Bytes from `1000`, `16KiB`, `64MiB` or `none`. */
export const size: Parse = (text, source) => {
  if (text === 'none') return Number.POSITIVE_INFINITY;
  const [, count, unit = ''] = SIZE.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (BYTES[unit.toLowerCase()] ?? 1);
  throw wrong(source, text, 'a size such as 1000, 16KiB, 64MiB, or none');
};

export const yesOrNo: Parse = (text, source) => {
  if (/^(?:1|true|yes|on)$/i.test(text)) return true;
  if (/^(?:0|false|no|off)$/i.test(text)) return false;
  throw wrong(source, text, 'one of 1, true, yes, on, 0, false, no, off');
};

function wrong(source: string, text: string, allowed: string): InvalidOption {
  return new InvalidOption(`${source} must be ${allowed}, but is ${JSON.stringify(text)}.`);
}
