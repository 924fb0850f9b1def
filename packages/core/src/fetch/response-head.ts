import { HeaderList, type HeaderPairs } from '@pullo/asgi';
import { violation } from './misuse.js';
import { webFields } from './web-fields.js';

const DIGITS = /^[0-9]+$/;

/** What an app sent in `http.response.start`, without the fields of the connection: those are the host's. */
export class ResponseHead {
  readonly status: number;
  /** The fields without `content-length`. */
  readonly #flat: string[] = [];
  /** The length that the app announced, or -1. */
  length = -1;
  /** Whether there is a `content-type`. */
  hasType = false;

  /** Throws `InvalidHeader` and `ContractViolation`. A `HeaderList` has been checked already; other pairs are checked here. */
  constructor(status: number, headers: HeaderPairs) {
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw violation(
        `http.response.start has the status ${String(status)}: it must be an integer from 200 to 599`,
      );
    }
    this.status = status;
    const { flat } = headers instanceof HeaderList ? headers : new HeaderList(headers);
    for (let i = 0; i < flat.length; i += 2) this.#add(flat[i] as string, flat[i + 1] as string);
  }

  /** The platform's own response: hosts and libraries look into theirs, and no other class passes for one everywhere. */
  toWeb(
    body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>> | null,
  ): globalThis.Response {
    if (this.length !== -1) this.#flat.push('content-length', String(this.length));
    return new globalThis.Response(body, { status: this.status, headers: webFields(this.#flat) });
  }

  /** The lengths of the names decide first, so that a field of the app's costs no comparison. */
  #add(name: string, value: string): void {
    switch (name.length) {
      case 7: // trailer, upgrade
      case 10: // connection, keep-alive
      case 12: // content-type
      case 14: // content-length
      case 17: // transfer-encoding
        if (this.#isTaken(name.toLowerCase(), value)) return;
    }
    this.#flat.push(name, value);
  }

  #isTaken(name: string, value: string): boolean {
    switch (name) {
      case 'content-length':
        this.#announce(value);
        return true;
      case 'content-type':
        this.hasType = true;
        return false;
      case 'connection':
      case 'keep-alive':
      case 'trailer':
      case 'transfer-encoding':
      case 'upgrade':
        return true;
      default:
        return false;
    }
  }

  #announce(value: string): void {
    if (this.length !== -1) {
      throw violation('http.response.start has more than one content-length header');
    }
    const length = Number(value);
    if (!Number.isSafeInteger(length) || !DIGITS.test(value)) {
      throw violation(
        `http.response.start has the content-length ${JSON.stringify(value)}: it must be a number of bytes`,
      );
    }
    this.length = length;
  }
}
