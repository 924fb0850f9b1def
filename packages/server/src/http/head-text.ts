import { STATUS_CODES } from 'node:http';
import type { Settings } from '../options.js';

const OK = 'HTTP/1.1 200 OK\r\n';

/** The heads of HTTP/1.1 responses that keep their connection, as `node:http` writes them. */
export class HeadText {
  /** For how long a connection is kept that waits for its next request; null if there is no end to it. */
  readonly keepAlive: string | null;
  readonly #hasDate: boolean;
  readonly #end: string;
  /** The end with the date of this second; empty when that is over. */
  #endWithDate = '';

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
    let text = status === 200 ? OK : `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
    let hasDate = !this.#hasDate;
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i] as string;
      text += `${name}: ${headers[i + 1]}\r\n`;
      if (name.length === 4 && name.toLowerCase() === 'date') hasDate = true;
    }
    return text + (hasDate ? this.#end : this.#endWithDate || this.#makeEnd());
  }

  /** Made once a second. */
  #makeEnd(): string {
    const now = new Date();
    this.#endWithDate = `Date: ${now.toUTCString()}\r\n${this.#end}`;
    setTimeout(() => {
      this.#endWithDate = '';
    }, 1000 - now.getMilliseconds()).unref();
    return this.#endWithDate;
  }
}
