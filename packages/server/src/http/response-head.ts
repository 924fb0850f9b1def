import { ContractViolation, HeaderList, type HeaderPairs, type HTTPResponseStartEvent } from '@pullo/asgi';
import { checkField } from './check-field.js';

const DIGITS = /^[0-9]+$/;
const CLOSE = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i;

/** What an app sent in `http.response.start`, with the fields that are the server's taken out. */
export class ResponseHead {
  readonly status: number;
  /** A flat list of the app's fields, without those of the connection and its framing. */
  readonly headers: string[] = [];
  /** The length that the app announced, or -1. */
  length = -1;
  /** Whether the app asked for the connection to be closed. */
  closes = false;
  /** Which fields the app says will follow the body: sent only if they do. */
  trailer: string | null = null;

  /** Throws `InvalidHeader` and `ContractViolation`. */
  static of({ status, headers }: HTTPResponseStartEvent): ResponseHead {
    if (Number.isInteger(status) && status >= 200 && status <= 599) {
      return new ResponseHead(status, headers ?? []);
    }
    throw new ContractViolation(
      'app',
      `http.response.start has the status ${String(status)}: it must be an integer from 200 to 599`,
    );
  }

  private constructor(status: number, fields: HeaderPairs) {
    this.status = status;
    const list = fields instanceof HeaderList ? fields : new HeaderList(fields);
    const flat = list.flat;
    for (let i = 0; i < flat.length; i += 2) this.#add(flat[i] as string, flat[i + 1] as string);
  }

  /** The lengths of the names decide first, so that a field of the app's costs no comparison. */
  #add(name: string, value: string): void {
    // In almost every response, not sent as it is, and checked more closely than any other.
    if (name === 'content-length') {
      this.#announce(value);
      return;
    }
    checkField(name, value);
    switch (name.length) {
      case 7: // trailer, upgrade
      case 10: // connection, keep-alive
      case 14: // content-length
      case 17: // transfer-encoding
        if (this.#isTaken(name.toLowerCase(), value)) return;
    }
    this.headers.push(name, value);
  }

  #isTaken(name: string, value: string): boolean {
    switch (name) {
      case 'content-length':
        this.#announce(value);
        return true;
      case 'connection':
        if (CLOSE.test(value)) this.closes = true;
        return true;
      case 'trailer':
        this.trailer = this.trailer === null ? value : `${this.trailer}, ${value}`;
        return true;
      case 'keep-alive':
      case 'transfer-encoding':
        return true;
      case 'upgrade':
        // RFC 9110, section 15.5.22: what the client has to change to.
        return this.status !== 426;
      default:
        return false;
    }
  }

  #announce(value: string): void {
    if (this.length !== -1) {
      throw new ContractViolation('app', 'http.response.start has more than one content-length header');
    }
    const length = Number(value);
    if (!Number.isSafeInteger(length) || !DIGITS.test(value)) {
      throw new ContractViolation(
        'app',
        `http.response.start has the content-length ${JSON.stringify(value)}: it must be a number of bytes`,
      );
    }
    this.length = length;
  }
}
