import { HeaderList, type Send } from '@pullo/asgi';
import type { StartResponse } from './wsgi-app.js';

/** A number of three digits, a space, and a reason (PEP 3333: no control characters, and nothing around it). */
const STATUS =
  /^([2-5][0-9]{2}) [\x21-\x7e\x80-\u{10ffff}](?:[\x20-\x7e\x80-\u{10ffff}]*[\x21-\x7e\x80-\u{10ffff}])?$/u;

interface Head {
  status: number;
  headers: HeaderList;
}

/** The response of a WSGI app, whose head is held until there is a piece of the body. */
export class WSGIResponse {
  readonly #send: Send;
  #head: Head | null = null;
  #hasBegun = false;
  /** What `write` waits for, which it cannot tell its caller: the next piece waits for it. */
  #taken: Promise<void> | undefined = undefined;

  constructor(send: Send) {
    this.#send = send;
  }

  /** `startResponse`, bound. */
  readonly start: StartResponse = (status, headers, error) => {
    if (error !== undefined && error !== null) {
      if (this.#hasBegun) throw error;
    } else if (this.#head !== null) {
      throw new TypeError(
        'startResponse() was called a second time: give it the error, as its third argument, that makes another response necessary.',
      );
    }
    this.#head = { status: statusOf(status), headers: new HeaderList(headers) };
    return (piece) => {
      this.#taken = this.piece(piece) ?? this.#taken;
      this.#taken?.catch(() => {});
    };
  };

  /** Sends a piece; an empty one does not even begin the response. */
  piece(piece: unknown): undefined | Promise<void> {
    if (this.#taken !== undefined) return this.#pieceLater(piece);
    const body = checked(piece);
    if (body.length === 0) return undefined;
    this.#begin();
    return this.#send({ type: 'http.response.body', body, moreBody: true }) ?? undefined;
  }

  /** Sends the only piece. */
  async whole(piece: unknown): Promise<void> {
    const body = checked(piece);
    await this.#taken;
    this.#begin();
    await this.#send({ type: 'http.response.body', body });
  }

  async end(): Promise<void> {
    await this.whole('');
  }

  async #pieceLater(piece: unknown): Promise<void> {
    const before = this.#taken;
    this.#taken = undefined;
    await before;
    await this.piece(piece);
  }

  #begin(): void {
    if (this.#hasBegun) return;
    if (this.#head === null) {
      throw new TypeError('The WSGI app gave a body before it called startResponse(), which comes first.');
    }
    this.#hasBegun = true;
    this.#send({ type: 'http.response.start', ...this.#head });
  }
}

function statusOf(status: unknown): number {
  const match = typeof status === 'string' ? STATUS.exec(status) : null;
  if (match !== null) return Number(match[1]);
  throw new TypeError(
    `startResponse() takes a status such as "200 OK", from 200 to 599 with its reason, not ${JSON.stringify(status)}.`,
  );
}

function checked(piece: unknown): string | Uint8Array {
  if (typeof piece === 'string' || piece instanceof Uint8Array) return piece;
  throw new TypeError(`A piece of the body is a string or a Uint8Array, not ${String(piece)}.`);
}
