import { HeaderList, type HeaderPairs, type SendEvent } from '@pullo/asgi';

/** Where a response goes: the client's side of a connection. `fields` are flat. */
export interface ResponseSink {
  info(status: number, fields: readonly string[]): void;
  head(status: number, fields: readonly string[]): void;
  data(chunk: Buffer): void | Promise<void>;
  end(trailers: readonly string[]): void;
}

/** An app broke the rules of the contract on what may be sent when. */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation';
  readonly code = 'ERR_PROTOCOL_VIOLATION';
}

/** The fields that belong to the connection and not to the app (RFC 9110, section 7.6.1). */
const CONNECTION_FIELDS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);
const DIGITS = /^\d+$/;

type Phase = 'waiting' | 'started' | 'body' | 'trailers' | 'complete';

/**
 * The rules on sending an HTTP response: takes the app's events in order, holds the start until the first body
 * event, frames the body, and throws at what the contract forbids.
 */
export class ResponseRules {
  readonly #sink: ResponseSink;
  readonly #isHead: boolean;
  readonly #acceptsTrailers: boolean;
  #phase: Phase = 'waiting';
  #status = 0;
  #headers = new HeaderList();
  #announcesTrailers = false;
  #trailers: string[] = [];
  /** What is left of the announced `content-length`; `null` if there is none to keep. */
  #remaining: number | null = null;

  constructor(request: { method: string; acceptsTrailers: boolean }, sink: ResponseSink) {
    this.#sink = sink;
    this.#isHead = request.method === 'HEAD';
    this.#acceptsTrailers = request.acceptsTrailers;
  }

  /** Whether the app has sent a start, so that an error can no longer become an answer. */
  get started(): boolean {
    return this.#phase !== 'waiting';
  }

  get complete(): boolean {
    return this.#phase === 'complete';
  }

  /** Takes an event; a promise when the app should wait. Throws `ProtocolViolation` or `InvalidHeader`. */
  take(event: SendEvent): void | Promise<void> {
    switch (event.type) {
      case 'http.response.start':
        return this.#start(event.status, event.headers ?? [], event.trailers ?? false);
      case 'http.response.body':
        return this.#body(toBuffer(event.body ?? ''), event.moreBody ?? false);
      case 'http.response.trailers':
        return this.#trailer(event.headers ?? [], event.moreTrailers ?? false);
      case 'http.response.early_hint':
        return this.#earlyHint(event.links);
      default:
        throw new ProtocolViolation(
          `The app sent "${String(event.type)}" on an HTTP scope whose extensions do not offer it.`,
        );
    }
  }

  #start(status: number, headers: HeaderPairs, announcesTrailers: boolean): void {
    this.#expect('http.response.start', 'waiting');
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new ProtocolViolation(`The app sent the status ${String(status)}: it must be from 200 to 599.`);
    }
    const list = new HeaderList();
    for (const [name, value] of headers) {
      if (!CONNECTION_FIELDS.has(name.toLowerCase())) list.append(name, value);
    }
    this.#remaining = announcedLength(list);
    this.#status = status;
    this.#headers = list;
    this.#announcesTrailers = announcesTrailers;
    this.#phase = 'started';
  }

  #body(chunk: Buffer, moreBody: boolean): void | Promise<void> {
    this.#expect('http.response.body', 'started', 'body');
    this.#count(chunk, moreBody);
    const isWhole = this.#phase === 'started' && !moreBody && !this.#announcesTrailers;
    if (this.#phase === 'started') {
      this.#frame(isWhole ? chunk.length : null);
      this.#sink.head(this.#status, this.#headers.flat);
    }
    this.#phase = 'body';
    const waiting = chunk.length > 0 && !this.#bodiless ? this.#sink.data(chunk) : undefined;
    if (moreBody) return waiting;
    if (this.#announcesTrailers) {
      this.#phase = 'trailers';
      return waiting;
    }
    this.#end();
  }

  #trailer(headers: HeaderPairs, moreTrailers: boolean): void {
    this.#expect('http.response.trailers', 'trailers');
    for (const [name, value] of new HeaderList(headers)) this.#trailers.push(name, value);
    if (!moreTrailers) this.#end();
  }

  #earlyHint(links: Iterable<string>): void {
    this.#expect('http.response.early_hint', 'started', 'body');
    const list = new HeaderList(Array.from(links, (link) => ['link', link] as const));
    if (this.#phase === 'started') this.#sink.info(103, list.flat);
  }

  #end(): void {
    this.#phase = 'complete';
    this.#sink.end(this.#acceptsTrailers && this.#isChunked ? this.#trailers : []);
  }

  #expect(type: string, ...phases: Phase[]): void {
    if (phases.includes(this.#phase)) return;
    const problem: Record<Phase, string> = {
      waiting: 'before "http.response.start"',
      started: 'after "http.response.start"',
      body: 'while the body was being sent',
      trailers: 'after the body, where only the announced trailers may follow',
      complete: 'after the response was complete',
    };
    throw new ProtocolViolation(`The app sent "${type}" ${problem[this.#phase]}.`);
  }

  /** A body must be exactly as long as announced, where one is sent at all. */
  #count(chunk: Buffer, moreBody: boolean): void {
    if (this.#remaining === null || this.#bodiless) return;
    this.#remaining -= chunk.length;
    const announced = this.#headers.get('content-length');
    if (this.#remaining < 0) {
      throw new ProtocolViolation(
        `The app sent ${-this.#remaining} bytes more than its content-length of ${announced}.`,
      );
    }
    if (!moreBody && this.#remaining > 0) {
      throw new ProtocolViolation(
        `The app ended its body ${this.#remaining} bytes short of its content-length of ${announced}.`,
      );
    }
  }

  /** Adds what the server adds; `length` is that of a body that came in one piece. */
  #frame(length: number | null): void {
    if (this.#status === 204) {
      this.#headers.delete('content-length');
      return;
    }
    if (this.#status === 304 || this.#remaining !== null) return;
    if (length !== null) this.#headers.set('content-length', String(length));
    else if (!this.#isHead) this.#headers.set('transfer-encoding', 'chunked');
  }

  get #isChunked(): boolean {
    return this.#headers.has('transfer-encoding');
  }

  get #bodiless(): boolean {
    return this.#isHead || this.#status === 204 || this.#status === 304;
  }
}

function announcedLength(headers: HeaderList): number | null {
  const values = headers.getAll('content-length');
  if (values.length === 0) return null;
  const [value = ''] = values;
  if (values.length > 1 || !DIGITS.test(value)) {
    throw new ProtocolViolation(
      `The app sent the content-length ${JSON.stringify(values.join(', '))}: it must be one number.`,
    );
  }
  return Number(value);
}

/** A copy: what the app does with its bytes afterwards is not seen by the client, nor the other way round. */
function toBuffer(body: string | Uint8Array): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body);
}
