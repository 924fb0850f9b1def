import { InvalidOption } from './errors.js';
import type { Logger, LogLevel } from './logger.js';

/** What to do about the lifespan of an app. */
export type LifespanMode = 'auto' | 'on' | 'off';

/** The options of `serve`. Times are in milliseconds, sizes in bytes; `Infinity` lifts a limit. */
export interface ServeOptions {
  /** The address to listen on. Default: `127.0.0.1`, this machine only; `0.0.0.0` or `::` for all networks. */
  host?: string;
  /** The port; 0 picks a free one. Default: 8000. */
  port?: number;
  /**
   * `auto`: run it, and go on if the app throws or returns before its first `receive()`, since it does not speak
   * lifespan then. `on`: an app that does not speak it does not start. `off`: never run it. Default: `auto`.
   */
  lifespan?: LifespanMode;
  /** Whether answered requests are logged. Default: true. */
  accessLog?: boolean;
  /** The least that is logged; `silent` logs nothing. Default: `info`. */
  logLevel?: LogLevel | 'silent';
  /** Whether the log has colours; `auto` where it goes to a terminal that has them. Default: `auto`. */
  colors?: boolean | 'auto';
  /** Takes the log in place of standard output and standard error. `colors` has no meaning then. */
  logger?: Logger;
  /** Whether SIGINT and SIGTERM stop the server gracefully, and a second one at once. Default: false. */
  handleSignals?: boolean;
  /** How long a stopping server waits for exchanges and background work before it cuts them. Default: 30 s. */
  gracefulTimeout?: number;
  /** How long a connection may stay idle between requests. Default: 5 s. */
  keepAliveTimeout?: number;
  /** How long the head of a request may take to arrive, else 408. Default: 20 s, or `requestTimeout` if that is less. */
  headersTimeout?: number;
  /** How long a whole request may take to arrive, else 408. Default: 300 s. */
  requestTimeout?: number;
  /** The longest head of a request (target, names and values), else 431. Default: 16 KiB. */
  maxHeaderBytes?: number;
  /** The most header fields of a request, else 431. Default: 128. */
  maxHeaderCount?: number;
  /** The longest target of a request: path and query, else 414. Default: 8 KiB. */
  maxTargetBytes?: number;
  /** The longest body of a request, else 413. Default: 64 MiB. */
  maxBodyBytes?: number;
}

/** All options with their defaults. */
export interface Settings extends Required<Omit<ServeOptions, 'logger'>> {
  logger: Logger | undefined;
}

const KIB = 1024;
const SECOND = 1000;
/** The longest delay of a timer of Node, 24.8 days. */
const MAX_DELAY = 2 ** 31 - 1;

type Check = (name: string, value: unknown) => void;

interface Rule {
  fallback: unknown;
  check: Check;
}

const RULES: Record<Exclude<keyof Settings, 'logger'>, Rule> = {
  host: { fallback: '127.0.0.1', check: nonEmpty },
  port: { fallback: 8000, check: integer(0, 65535) },
  lifespan: { fallback: 'auto', check: oneOf('auto', 'on', 'off') },
  accessLog: { fallback: true, check: oneOf(true, false) },
  logLevel: { fallback: 'info', check: oneOf('debug', 'info', 'warning', 'error', 'silent') },
  colors: { fallback: 'auto', check: oneOf(true, false, 'auto') },
  handleSignals: { fallback: false, check: oneOf(true, false) },
  gracefulTimeout: { fallback: 30 * SECOND, check: milliseconds(0) },
  keepAliveTimeout: { fallback: 5 * SECOND, check: milliseconds(1) },
  headersTimeout: { fallback: 20 * SECOND, check: milliseconds(1) },
  requestTimeout: { fallback: 300 * SECOND, check: milliseconds(1) },
  maxHeaderBytes: { fallback: 16 * KIB, check: integer(256, 16 * KIB * KIB) },
  maxHeaderCount: { fallback: 128, check: integer(1, 10_000) },
  maxTargetBytes: { fallback: 8 * KIB, check: integer(1, 16 * KIB * KIB) },
  maxBodyBytes: { fallback: 64 * KIB * KIB, check: bytes },
};

/** Checks the options and fills in the defaults; throws `InvalidOption`. */
export function settle(options: ServeOptions): Settings {
  const settings: Record<string, unknown> = { logger: options.logger };
  for (const name of Object.keys(options)) {
    if (name === 'logger' || Object.hasOwn(RULES, name)) continue;
    throw new InvalidOption(
      `Unknown option ${JSON.stringify(name)}: known are ${Object.keys(RULES).join(', ')}, logger.`,
    );
  }
  for (const [name, { fallback, check }] of Object.entries(RULES)) {
    const value = options[name as keyof ServeOptions];
    if (value !== undefined) check(name, value);
    settings[name] = value ?? fallback;
  }
  // Every field has been checked above, or is a default of the table.
  const settled = settings as unknown as Settings;
  // The head is a part of the request, and node:http refuses a longer time for the part.
  settled.headersTimeout = Math.min(settled.headersTimeout, settled.requestTimeout);
  return settled;
}

function nonEmpty(name: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') return;
  refuse(name, value, 'a host name or an IP address, such as "127.0.0.1"');
}

function integer(least: number, most: number): Check {
  return (name, value) => {
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return;
    refuse(name, value, `an integer from ${least} to ${most}`);
  };
}

function milliseconds(least: number): Check {
  return (name, value) => {
    if (value === Number.POSITIVE_INFINITY) return;
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= MAX_DELAY) return;
    refuse(
      name,
      value,
      `a whole number of milliseconds from ${least} to ${MAX_DELAY}, or Infinity for no limit`,
    );
  };
}

function bytes(name: string, value: unknown): void {
  if (value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && (value as number) >= 0)) return;
  refuse(name, value, 'a whole number of bytes, or Infinity for no limit');
}

function oneOf(...allowed: (string | boolean)[]): Check {
  return (name, value) => {
    if (allowed.includes(value as string | boolean)) return;
    refuse(name, value, `one of ${allowed.map((item) => JSON.stringify(item)).join(', ')}`);
  };
}

function refuse(name: string, value: unknown, allowed: string): never {
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
  throw new InvalidOption(`Option ${name} must be ${allowed}, but is ${shown}.`);
}
