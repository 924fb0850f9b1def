import {
  HeaderList,
  type HeaderPairs,
  type HTTPResponseBodyEvent,
  type HTTPResponseStartEvent,
  type HTTPResponseTrailersEvent,
  type SendEvent,
} from '@pullo/asgi';
import { httpDate } from './http-date.js';

/** Where a response goes: the client's side of a connection. `fields` are flat. */
export interface ResponseSink {
  info(status: number, fields: readonly string[]): void;
  head(status: number, fields: readonly string[]): void;
  data(chunk: Buffer): void | Promise<void>;
  end(trailers: readonly string[]): void;
}

/** What of a request decides how it is answered. */
export interface ResponseTerms {
  method: string;
  /** Whether the request said `TE: trailers`: else they are dropped (RFC 9110, section 6.5.1). */
  acceptsTrailers: boolean;
}

/** The fields that are the server's: those of the connection and its framing. */
const TAKEN = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);
const NO_FIELDS: readonly string[] = [];

type Phase = 'waiting' | 'held' | 'streaming' | 'trailers' | 'complete';

/**
 * Turns the events of a legal HTTP response into what a socket would carry: holds the head until the first body event, frames the
 * body, and drops it where there is none (RFC 9110, section 6.4.1).
 *
 * That the events are legal is `validate`'s to see to: it stands between this and the app.
 */
export class ResponseWriter {
  readonly #sink: ResponseSink;
  readonly #terms: ResponseTerms;
  #phase: Phase = 'waiting';
  #status = 0;
  #fields: string[] = [];
  #length: string | null = null;
  #hasTrailers = false;
  #trailers: string[] = [];
  /** The fields that the app says will follow the body. */
  #announced: string[] = [];

  constructor(terms: ResponseTerms, sink: ResponseSink) {
    this.#terms = terms;
    this.#sink = sink;
  }

  /** Whether the app has sent a start, so that an error can no longer become an answer. */
  get started(): boolean {
    return this.#phase !== 'waiting';
  }

  get complete(): boolean {
    return this.#phase === 'complete';
  }

  /** Takes an event; a promise when the app should wait. */
  take(event: SendEvent): void | Promise<void> {
    switch (event.type) {
      case 'http.response.start':
        return this.#start(event);
      case 'http.response.body':
        return this.#body(event);
      case 'http.response.trailers':
        return this.#trailer(event);
      case 'http.response.early_hint':
        return this.#earlyHint(event.links);
    }
  }

  #start({ status, headers, trailers }: HTTPResponseStartEvent): void {
    this.#status = status;
    this.#hasTrailers = trailers ?? false;
    const flat = flatFields(headers);
    let hasDate = false;
    for (let i = 0; i < flat.length; i += 2) {
      const name = (flat[i] as string).toLowerCase();
      if (name === 'content-length') this.#length = (flat[i + 1] as string).trim();
      if (name === 'date') hasDate = true;
      if (name === 'trailer') this.#announced.push(flat[i + 1] as string);
      else if (!TAKEN.has(name)) this.#fields.push(name, flat[i + 1] as string);
      // RFC 9110, section 15.5.22: what the client has to change to, which Connection then names (section 7.8).
      else if (name === 'upgrade' && status === 426) {
        this.#fields.push(name, flat[i + 1] as string, 'connection', 'upgrade');
      }
    }
    if (!hasDate) this.#fields.push('date', httpDate());
    this.#phase = 'held';
  }

  #body({ body, moreBody }: HTTPResponseBodyEvent): void | Promise<void> {
    const chunk = body === undefined ? EMPTY : toBuffer(body);
    const isLast = moreBody !== true;
    if (this.#phase === 'held') this.#sendHead(isLast && !this.#hasTrailers ? chunk.length : null);
    const waiting = chunk.length > 0 && !this.#isBodiless ? this.#sink.data(chunk) : undefined;
    if (!isLast) return waiting;
    if (this.#hasTrailers) {
      this.#phase = 'trailers';
      return waiting;
    }
    this.#end();
  }

  #trailer({ headers, moreTrailers }: HTTPResponseTrailersEvent): void {
    this.#trailers.push(...flatFields(headers));
    if (moreTrailers !== true) this.#end();
  }

  /** Before the head has gone; after it there is no room for a 103 any more. */
  #earlyHint(links: Iterable<string>): void {
    if (this.#phase !== 'held') return;
    this.#sink.info(103, Array.from(links, (link) => ['link', link]).flat());
  }

  /** `size` is that of a body that came in one piece. */
  #sendHead(size: number | null): void {
    this.#phase = 'streaming';
    const length = this.#status === 205 ? '0' : (this.#length ?? this.#lengthOf(size));
    if (length !== null && this.#status !== 204) this.#fields.push('content-length', length);
    else if (!this.#isBodiless) this.#fields.push('transfer-encoding', 'chunked');
    if (this.#sendsTrailers && this.#announced.length > 0) {
      this.#fields.push('trailer', this.#announced.join(', '));
    }
    this.#sink.head(this.#status, this.#fields);
  }

  get #sendsTrailers(): boolean {
    return this.#hasTrailers && this.#terms.acceptsTrailers && !this.#isBodiless && this.#length === null;
  }

  /** Only the app knows the length of what a 304 stands for; the body of one to HEAD shows it (RFC 9110, section 8.6). */
  #lengthOf(size: number | null): string | null {
    if (size === null || (this.#status === 304 && this.#terms.method !== 'HEAD')) return null;
    return String(size);
  }

  #end(): void {
    this.#phase = 'complete';
    this.#sink.end(this.#sendsTrailers ? this.#trailers : NO_FIELDS);
  }

  get #isBodiless(): boolean {
    const status = this.#status;
    return this.#terms.method === 'HEAD' || status === 204 || status === 205 || status === 304;
  }
}

const EMPTY = Buffer.alloc(0);

/** A `HeaderList` has been checked when it was made; other pairs are checked here, and throw `InvalidHeader`. */
function flatFields(headers: HeaderPairs | undefined): readonly string[] {
  if (headers === undefined) return NO_FIELDS;
  return (headers instanceof HeaderList ? headers : new HeaderList(headers)).flat;
}

/** A copy: what the app does with its bytes afterwards is not seen by the client, nor the other way round. */
function toBuffer(body: string | Uint8Array): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body);
}
