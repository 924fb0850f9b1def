import { STATUS_CODES } from 'node:http';
import { inspect } from 'node:util';
import type { AccessRecord, Logger, LogLevel } from './logger.js';

const WEIGHTS: Record<LogLevel | 'silent', number> = { debug: 0, info: 1, warning: 2, error: 3, silent: 4 };

const RESET = '\x1b[0m';
const BOLD = '\x1b[1m';
const RED = '\x1b[31m';
const GREEN = '\x1b[32m';
const YELLOW = '\x1b[33m';
const CYAN = '\x1b[36m';
const LEVEL_COLORS: Record<LogLevel, string> = { debug: CYAN, info: GREEN, warning: YELLOW, error: RED };
/** By the hundreds of the status. */
const STATUS_COLORS = ['', '', GREEN, YELLOW, RED, RED];

/** What would let a message move the cursor, hide, or begin a line that looks like another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

interface TextLoggerOptions {
  accessLogFormat?: 'text' | 'json';
  logLevel: LogLevel | 'silent';
  colors: boolean | 'auto';
}

/**
 * The log as lines of text: the server's life and errors on standard error, answered requests on standard output.
 *
 * The lines of the requests that are answered in one turn of the event loop are written together.
 */
export class TextLogger implements Logger {
  readonly #least: number;
  readonly #prefixes: Record<LogLevel, string>;
  readonly #line: (record: AccessRecord) => string;
  readonly #flushOnExit = (): void => this.#writeLines();
  #lines = '';

  constructor({ logLevel, colors, accessLogFormat = 'text' }: TextLoggerOptions) {
    this.#least = WEIGHTS[logLevel];
    this.#prefixes = prefixes(colors === 'auto' ? hasColors(process.stderr) : colors);
    const isColored = colors === 'auto' ? hasColors(process.stdout) : colors;
    this.#line = accessLogFormat === 'json' ? jsonLine : isColored ? coloredLine : plainLine;
    for (const stream of [process.stdout, process.stderr]) outlive(stream);
    // An app that calls process.exit() does not lose the lines of its last requests.
    process.on('exit', this.#flushOnExit);
  }

  log(level: LogLevel, message: string, error?: unknown): void {
    if (WEIGHTS[level] < this.#least) return;
    const detail = error === undefined ? '' : `\n${inspect(error)}`;
    process.stderr.write(`${this.#prefixes[level]}${escapeControls(message + detail)}\n`);
  }

  access(record: AccessRecord): void {
    if (WEIGHTS.info < this.#least) return;
    if (this.#lines === '') setImmediate(this.#flushOnExit);
    this.#lines += this.#line(record);
  }

  flush(): void {
    this.#writeLines();
    process.off('exit', this.#flushOnExit);
  }

  #writeLines(): void {
    if (this.#lines === '') return;
    process.stdout.write(this.#lines);
    this.#lines = '';
  }
}

/**
 * Keeps the end of whoever reads the log, such as a pipe that breaks or a terminal that is closed, from being the end of the
 * server: `'error'` of a stream without a listener is thrown.
 */
function outlive(stream: NodeJS.WriteStream): void {
  if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore);
}

function ignore(): void {}

function plainLine(record: AccessRecord): string {
  return `INFO:     ${record.client} - "${asked(record)}" ${answered(record)}\n`;
}

function coloredLine(record: AccessRecord): string {
  const color = STATUS_COLORS[Math.floor(record.status / 100)] ?? '';
  return `${GREEN}INFO${RESET}:     ${record.client} - "${BOLD}${asked(record)}${RESET}" ${color}${answered(record)}${RESET}\n`;
}

function asked({ method, target, httpVersion, protocol }: AccessRecord): string {
  return protocol === undefined ? `${method} ${target} HTTP/${httpVersion}` : `WebSocket ${target}`;
}

function answered({ status, protocol }: AccessRecord): string {
  if (status === 101 && protocol !== undefined) return '[accepted]';
  return `${status}${phrase(status)}`;
}

/** One object on a line, with the time at which the response ended. */
function jsonLine({ detail, ...record }: AccessRecord): string {
  return `${JSON.stringify({ time: new Date().toISOString(), ...record, ...detail })}\n`;
}

function phrase(status: number): string {
  const text = STATUS_CODES[status];
  return text === undefined ? '' : ` ${text}`;
}

/** Levels are padded to one width, so that messages begin in one column. */
function prefixes(isColored: boolean): Record<LogLevel, string> {
  const prefix = (level: LogLevel): string => {
    const name = level.toUpperCase();
    const padding = ' '.repeat(9 - name.length);
    return isColored ? `${LEVEL_COLORS[level]}${name}${RESET}:${padding}` : `${name}:${padding}`;
  };
  return { debug: prefix('debug'), info: prefix('info'), warning: prefix('warning'), error: prefix('error') };
}

function hasColors(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && stream.hasColors();
}

function escapeControls(text: string): string {
  return text.replace(CONTROLS, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
