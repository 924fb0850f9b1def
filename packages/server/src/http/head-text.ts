import { STATUS_CODES } from 'node:http';
import type { Settings } from '../options.js';

/** The heads of HTTP/1.1 responses that keep their connection, as `node:http` writes them. */
export class HeadText {
  /** For how long a connection is kept that waits for its next request; null if there is no end to it. */
  readonly keepAlive: string | null;
  readonly #hasDate: boolean;
  readonly #end: string;

  constructor({ dateHeader, keepAliveTimeout }: Settings) {
    this.#hasDate = dateHeader;
    this.keepAlive = Number.isFinite(keepAliveTimeout)
      ? `timeout=${Math.floor(keepAliveTimeout / 1000)}`
      : null;
    const timeout = this.keepAlive === null ? '' : `Keep-Alive: ${this.keepAlive}\r\n`;
    this.#end = `Connection: keep-alive\r\n${timeout}\r\n`;
  }

  /** `headers` is flat, and checked. */
  of(status: number, headers: readonly string[]): string {
    let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
    let hasDate = !this.#hasDate;
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i] as string;
      text += `${name}: ${headers[i + 1]}\r\n`;
      if (name.length === 4 && name.toLowerCase() === 'date') hasDate = true;
    }
    return hasDate ? text + this.#end : `${text}Date: ${date()}\r\n${this.#end}`;
  }
}

let second = 0;
let secondText = '';

/** The date of now, made once a second. */
function date(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    secondText = new Date(now * 1000).toUTCString();
  }
  return secondText;
}
