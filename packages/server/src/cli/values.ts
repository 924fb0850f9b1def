import type { Form } from '../option-kinds.js';
import { refused } from '../option-table.js';

const DURATION = /^([0-9]+)(ms|s|m|h)$/;
const MILLISECONDS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
const SIZE = /^([0-9]+)(KiB|MiB|GiB)?$/i;
const BYTES = { GiB: 1024 ** 3, MiB: 1024 ** 2, KiB: 1024, '': 1 };
const NO_LIMIT = 'none';

/** Reads a value from the command line or the environment; `source` names it in the message of `InvalidOption`, and so do `words` that are taken too. */
export type Reader = (text: string, source: string, words?: readonly string[]) => unknown;

/** How the text of each form is read. */
export const READERS: Record<Form, Reader> = {
  text: (text) => text,
  list: (text) => text.split(',').map((item) => item.trim()),
  lines: (text) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  /** What is no number is none that an option takes: the message has its bounds. */
  number: (text) => {
    if (text === NO_LIMIT) return Number.POSITIVE_INFINITY;
    return /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  },
  mode(text, source) {
    if (/^[0-7]{3,4}$/.test(text)) return Number.parseInt(text, 8);
    throw refused(source, 'permissions in octal such as 660', text);
  },
  /** A bare number is refused, since nobody can tell its unit. */
  time(text, source) {
    if (text === NO_LIMIT) return Number.POSITIVE_INFINITY;
    const [, count, unit] = DURATION.exec(text) ?? [];
    if (count !== undefined && isKey(MILLISECONDS, unit)) return Number(count) * MILLISECONDS[unit];
    throw refused(source, 'a time such as 500ms, 30s, 5m, or none', text);
  },
  size(text, source) {
    if (text === NO_LIMIT) return Number.POSITIVE_INFINITY;
    const [, count, unit = ''] = SIZE.exec(text) ?? [];
    const known = Object.entries(BYTES).find(([name]) => name.toLowerCase() === unit.toLowerCase());
    if (count !== undefined && known !== undefined) return Number(count) * known[1];
    throw refused(source, 'a size such as 1000, 16KiB, 64MiB, or none', text);
  },
  switch(text, source, words = []) {
    if (/^(?:1|true|yes|on)$/i.test(text)) return true;
    if (/^(?:0|false|no|off)$/i.test(text)) return false;
    const known = [...words, '1', 'true', 'yes', 'on', '0', 'false', 'no', 'off'];
    throw refused(source, `one of ${known.join(', ')}`, text);
  },
};

/** A value of an option as one would write it. */
export function written(form: Form, value: unknown): string {
  if (value === Number.POSITIVE_INFINITY) return NO_LIMIT;
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number' && form === 'mode') return value.toString(8);
  if (typeof value === 'number' && form === 'time') return inUnits(value, MILLISECONDS);
  if (typeof value === 'number' && form === 'size') return inUnits(value, BYTES);
  return String(value);
}

/** In the largest unit that makes it a whole number. */
function inUnits(value: number, units: Record<string, number>): string {
  const [name, size] = Object.entries(units).find(([, unit]) => value >= unit && value % unit === 0) ?? [
    '',
    1,
  ];
  return `${value / size}${name}`;
}

function isKey<Keys extends object>(keys: Keys, key: PropertyKey | undefined): key is keyof Keys {
  return key !== undefined && Object.hasOwn(keys, key);
}
