import type { Send } from '@pullo/core';

type SendEvent = Parameters<Send>[0];

/** What became of a response on its way to the client. */
export interface Outcome {
  /** Of the head that was sent; `undefined` if there was none. */
  readonly status: number | undefined;
  readonly bytes: number;
  /** Why it did not come to its end; `undefined` if it did. */
  readonly cut: { readonly reason: unknown } | undefined;
}

const encoder = new TextEncoder();

/** Watches one response while it is sent, and tells its outcome once. */
export class Delivery {
  #status: number | undefined;
  #bytes = 0;
  #declared = 0;
  #tell: ((outcome: Outcome) => void) | undefined;

  constructor(tell: (outcome: Outcome) => void) {
    this.#tell = tell;
  }

  /** A `send` that does what `send` does, and is watched. */
  watching(send: Send): Send {
    return (event) => {
      const sent = send(event);
      if (sent === undefined) this.#sent(event);
      else sent.then(() => this.#sent(event), ignore);
      return sent;
    };
  }

  /** The head has been sent. */
  begin(status: number): void {
    this.#status = status;
  }

  /** Counts a piece that went another way than `send`. */
  count(piece: string | Uint8Array): void {
    this.#bytes += typeof piece === 'string' ? encoder.encode(piece).byteLength : piece.byteLength;
  }

  /** The response came to its end. */
  end(): void {
    this.#conclude(undefined);
  }

  /** The response is not wanted any more; if its head has been sent, something else has its body now. */
  discard(status: number, reason: unknown): void {
    if (this.#status !== undefined) return;
    this.begin(status);
    this.cut(reason);
  }

  /** The response did not come to its end. */
  cut(reason: unknown): void {
    this.#conclude({ reason });
  }

  #conclude(cut: Outcome['cut']): void {
    this.#tell?.({ status: this.#status, bytes: this.#bytes, cut });
    this.#tell = undefined;
  }

  #sent(event: SendEvent): void {
    switch (event.type) {
      case 'http.response.start':
      case 'websocket.http.response.start':
        this.begin(event.status);
        this.#declared = contentLength(event.headers);
        return;
      case 'http.response.body':
      case 'websocket.http.response.body':
        if (event.body !== undefined) this.count(event.body);
        if (event.moreBody !== true) this.end();
        return;
      case 'http.response.zerocopysend':
        this.#bytes += event.count ?? 0;
        if (event.moreBody !== true) this.end();
        return;
      case 'http.response.pathsend':
        // The server reads the file by itself: what it sends is what was declared.
        this.#bytes = this.#declared;
        this.end();
    }
  }
}

function contentLength(headers: Iterable<readonly [name: string, value: string]> | undefined): number {
  for (const [name, value] of headers ?? []) {
    if (name.toLowerCase() === 'content-length') return Number(value);
  }
  return 0;
}

function ignore(): void {}
