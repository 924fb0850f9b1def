import { ByteCollector } from './byte-collector.js';
import { BadForm, ContentTooLarge } from './errors.js';
import { sizeText } from './limits.js';

const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;
const SPACE = 0x20;
const TAB = 0x09;
const EMPTY: Uint8Array = new Uint8Array();

/**
 * - `more`: the chunk is used up; `push` the next.
 * - `head`: a part begins; its header block is in `head`.
 * - `data`: a piece of its content is in `data`.
 * - `part-end`: it is complete.
 * - `end`: the closing delimiter has come; what follows has no meaning.
 */
export type ScanEvent = 'more' | 'head' | 'data' | 'part-end' | 'end';

type State = 'preamble' | 'after-delimiter' | 'head' | 'body' | 'epilogue';

/**
 * Takes a multipart body apart (RFC 2046, section 5.1), chunk by chunk and without waiting for anything.
 *
 * The search skips by the delimiter's length where it can. A delimiter has its only CR at its beginning, so a failed match
 * is left behind as a whole: every byte is looked at a constant number of times, whoever chose the bytes and the boundary.
 * Of a match that reaches the end of a chunk only its length is kept, for its bytes are known.
 */
export class MultipartScanner {
  readonly #delimiter: Uint8Array;
  readonly #skips: Uint8Array;
  readonly #maxHeaderBytes: number;
  #state: State = 'preamble';
  #chunk = EMPTY;
  #at = 0;
  /** How many bytes of the delimiter the bytes before `#at` match. */
  #matched = 2;
  /** How many of those never came: a delimiter needs no CRLF of its own at the beginning of the body or of a part's content. */
  #assumed = 2;
  #afterDelimiter = 0;
  #headPieces = new ByteCollector();
  #lineBytes = 0;
  #lastByte = 0;

  /** After `head`: the header block with its final empty line. */
  head = EMPTY;
  /** After `data`: a view of the chunk. */
  data = EMPTY;

  constructor(boundary: string, maxHeaderBytes: number) {
    this.#delimiter = new TextEncoder().encode(`\r\n--${boundary}`);
    this.#skips = skipsOf(this.#delimiter);
    this.#maxHeaderBytes = maxHeaderBytes;
  }

  /** Hands over the next chunk, after `next()` has returned `more`. */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  next(): ScanEvent {
    while (this.#state !== 'epilogue') {
      if (this.#at === this.#chunk.length) return 'more';
      const event = this.#step();
      if (event !== undefined) return event;
    }
    return 'end';
  }

  /** Says that no chunk follows; throws `BadForm` if the closing delimiter has not come. */
  finish(): void {
    if (this.#state === 'epilogue') return;
    throw new BadForm(
      'The multipart body ends before its closing boundary: it was cut, or the boundary is not the announced one.',
    );
  }

  #step(): ScanEvent | undefined {
    if (this.#state === 'after-delimiter') return this.#endDelimiterLine();
    if (this.#state === 'head') return this.#scanHead();
    const event = this.#matched > 0 ? this.#continueMatch() : this.#scanContent();
    // What stands before the first delimiter is for readers that do not know multipart.
    return this.#state === 'preamble' && event === 'data' ? undefined : event;
  }

  /** A match that began before this chunk, or with an assumed CRLF. */
  #continueMatch(): ScanEvent | undefined {
    const chunk = this.#chunk;
    const delimiter = this.#delimiter;
    let matched = this.#matched;
    let at = this.#at;
    while (matched < delimiter.length && at < chunk.length && chunk[at] === delimiter[matched]) {
      matched++;
      at++;
    }
    if (matched === delimiter.length) return this.#delimiterAt(at);
    if (at === chunk.length) {
      this.#matched = matched;
      this.#at = at;
      return undefined;
    }
    // No delimiter after all: what matched in earlier chunks is content, what matched in this one is scanned again.
    const withheld = delimiter.slice(this.#assumed, this.#matched);
    this.#matched = 0;
    this.#assumed = 0;
    if (withheld.length === 0) return undefined;
    this.data = withheld;
    return 'data';
  }

  #scanContent(): ScanEvent | undefined {
    const start = this.#at;
    const end = this.#search(start);
    // Only the CR is taken: #continueMatch walks the rest again, so that there is one place that ends a part.
    this.#matched = end === this.#chunk.length ? 0 : 1;
    this.#at = end + this.#matched;
    if (end === start) return undefined;
    this.data = this.#chunk.subarray(start, end);
    return 'data';
  }

  /** Where the delimiter begins, whole or cut by the end of the chunk; the end of the chunk where it does not. */
  #search(from: number): number {
    const chunk = this.#chunk;
    const delimiter = this.#delimiter;
    const last = delimiter.length - 1;
    let at = from;
    while (at + last < chunk.length) {
      const byte = chunk[at + last] as number;
      let skip = this.#skips[byte] as number;
      if (byte === delimiter[last] && chunk[at] === CR) {
        const matched = this.#matchLength(at);
        if (matched === delimiter.length) return at;
        skip = Math.max(skip, matched);
      }
      at += skip;
    }
    for (at = chunk.indexOf(CR, at); at !== -1; at = chunk.indexOf(CR, at + 1)) {
      if (at + this.#matchLength(at) === chunk.length) return at;
    }
    return chunk.length;
  }

  #matchLength(at: number): number {
    const chunk = this.#chunk;
    const delimiter = this.#delimiter;
    let matched = 1;
    while (matched < delimiter.length && chunk[at + matched] === delimiter[matched]) matched++;
    return matched;
  }

  #delimiterAt(end: number): ScanEvent | undefined {
    const inPart = this.#state === 'body';
    this.#at = end;
    this.#matched = 0;
    this.#assumed = 0;
    this.#state = 'after-delimiter';
    this.#afterDelimiter = 0;
    return inPart ? 'part-end' : undefined;
  }

  /** Behind a delimiter: white space and CRLF, or the two dashes that close the body. */
  #endDelimiterLine(): undefined {
    const byte = this.#chunk[this.#at++];
    const before = this.#afterDelimiter;
    const atStart = before === 0 || before === SPACE;
    if (before === CR && byte === LF) {
      this.#state = 'head';
      this.#lineBytes = 0;
      this.#lastByte = 0;
    } else if (before === DASH && byte === DASH) {
      this.#state = 'epilogue';
    } else if (atStart && (byte === SPACE || byte === TAB)) {
      this.#afterDelimiter = SPACE;
    } else if ((atStart && byte === CR) || (before === 0 && byte === DASH)) {
      this.#afterDelimiter = byte;
    } else {
      throw new BadForm(
        'A multipart boundary is followed by something that is neither a line break nor "--".',
      );
    }
  }

  #scanHead(): ScanEvent | undefined {
    const chunk = this.#chunk;
    const start = this.#at;
    let lineStart = start;
    for (let at = chunk.indexOf(LF, start); at !== -1; at = chunk.indexOf(LF, lineStart)) {
      const last = at > start ? chunk[at - 1] : this.#lastByte;
      const lineBytes = this.#lineBytes + at - lineStart;
      if (last !== CR) throw new BadForm("A line of a part's headers ends without CR: lines end with CRLF.");
      this.#lineBytes = 0;
      lineStart = at + 1;
      if (lineBytes === 1) return this.#endHead(start, lineStart);
    }
    this.#lineBytes += chunk.length - lineStart;
    this.#lastByte = chunk[chunk.length - 1] as number;
    this.#takeHead(start, chunk.length);
    return undefined;
  }

  #endHead(start: number, end: number): ScanEvent {
    this.#takeHead(start, end);
    this.head = this.#headPieces.take();
    this.#state = 'body';
    this.#matched = 2;
    this.#assumed = 2;
    return 'head';
  }

  #takeHead(start: number, end: number): void {
    this.#headPieces.add(this.#chunk.subarray(start, end));
    this.#at = end;
    if (this.#headPieces.size <= this.#maxHeaderBytes) return;
    const message = `The headers of a part are larger than ${sizeText(this.#maxHeaderBytes)}.`;
    throw new ContentTooLarge(message, 'maxHeaderBytes', this.#maxHeaderBytes);
  }
}

/** By the byte at a delimiter's last place, how far the next place is where it could be (Horspool, 1980). */
function skipsOf(delimiter: Uint8Array): Uint8Array {
  const last = delimiter.length - 1;
  const skips = new Uint8Array(256).fill(delimiter.length);
  for (let at = 0; at < last; at++) skips[delimiter[at] as number] = last - at;
  return skips;
}
