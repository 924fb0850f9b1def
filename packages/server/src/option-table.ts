import { inspect } from 'node:util';
import { InvalidOption } from './errors.js';
import type { Kind } from './option-kinds.js';

/** The headings of `pullo run --help`, in its order. */
export const GROUPS = [
  'App',
  'Address',
  'Processes',
  'Reload',
  'Log',
  'Responses',
  'Limits',
  'Timeouts',
  'Proxy',
  'TLS',
  'HTTP/2',
  'WebSocket',
] as const;

/** How an option is given on the command line: `maxBodyBytes` is `--max-body-bytes`, and the variable `PULLO_MAX_BODY_BYTES`. */
export interface Flag {
  group: (typeof GROUPS)[number];
  /** What it does, in the help. Its default is added to that. */
  help: string;
  /** How the value is called in the help, if not by its form. */
  value?: string;
  /** The name of the flag where it is not that of the option: of one that is repeated, the singular. */
  name?: string;
  /** A variable of common use that is read where `PULLO_...` is not set. */
  variable?: string;
  /** What the default is, where its value does not say it. */
  fallback?: string;
}

/** All there is to know of one option. */
export interface OptionRow<Value> {
  kind: Kind<NonNullable<Value>>;
  default: Value;
  /** An option without is for programs only. */
  flag?: Flag;
}

/** A row for each field of an interface of options. */
export type OptionTable<Options> = { readonly [Name in keyof Options]: OptionRow<Options[Name]> };

/** Checks options against their table and fills in the defaults; throws `InvalidOption`. */
export function fill<Options extends object>(table: OptionTable<Options>, given: Partial<Options>): Options {
  if (typeof given !== 'object' || given === null) {
    throw new InvalidOption(`Options are an object, such as { port: 8000 }, and not ${inspect(given)}.`);
  }
  const rows: Record<string, OptionRow<unknown>> = table;
  const values: Record<string, unknown> = { ...given };
  for (const name of Object.keys(values)) {
    if (Object.hasOwn(rows, name)) continue;
    throw new InvalidOption(
      `Unknown option ${JSON.stringify(name)}: known are ${Object.keys(rows).join(', ')}.`,
    );
  }
  for (const [name, row] of Object.entries(rows)) {
    const value = values[name];
    if (value === undefined) values[name] = row.default;
    else if (!row.kind.accepts(value)) throw refused(`Option ${name}`, row.kind.expected, value);
  }
  // Every field has passed its check, or is the default of its row.
  return values as Options;
}

/** The error of a value that is not accepted; `source` says how it was given. */
export function refused(source: string, expected: string, value: unknown): InvalidOption {
  return new InvalidOption(`${source} must be ${expected}, but is ${shown(value)}.`);
}

function shown(value: unknown): string {
  const isPlain = typeof value === 'string' || Array.isArray(value);
  return isPlain ? JSON.stringify(value) : String(value);
}
