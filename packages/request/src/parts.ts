import type { Headers } from '@pullo/asgi';
import { quote } from '@pullo/asgi/http';
import { ByteCollector } from './byte-collector.js';
import { BodyConsumed, ContentTooLarge } from './errors.js';
import { FormMeter } from './form-meter.js';
import { type BodyLimits, DEFAULT_MAX_BYTES, type EffectiveFormLimits, sizeText } from './limits.js';
import { type PartHead, parsePartHead, partHeaders } from './multipart-head.js';
import { MultipartScanner, type ScanEvent } from './multipart-scanner.js';

/** Making one takes longer than decoding a short text. */
const utf8 = new TextDecoder();

/**
 * A part of a multipart form, handed over when its headers have arrived.
 *
 * Its content can be read once, until the next part is asked for; what is not read is skipped.
 *
 * @example
 * ```ts
 * import type { Request } from '@pullo/request';
 *
 * export async function sizes(request: Request): Promise<Record<string, number>> {
 *   const sizes = new Map<string, number>();
 *   for await (const part of request.parts()) {
 *     let size = 0;
 *     for await (const piece of part.stream()) size += piece.byteLength;
 *     sizes.set(part.filename ?? part.name, size);
 *   }
 *   return Object.fromEntries(sizes);
 * }
 * ```
 */
export class Part {
  readonly #head: PartHead;
  readonly #reader: PartsReader;
  #headers: Headers | undefined;
  #taken = false;

  constructor(head: PartHead, reader: PartsReader) {
    this.#head = head;
    this.#reader = reader;
  }

  /** The name of the form's field. */
  get name(): string {
    return this.#head.name;
  }

  /** The last segment of the file's name, as the client says it; `null` for a field that is not a file. */
  get filename(): string | null {
    return this.#head.filename;
  }

  /** `Content-Type` as the client says it, or empty. */
  get type(): string {
    return this.#head.type;
  }

  /** The part's own header fields, decoded as UTF-8. */
  get headers(): Headers {
    this.#headers ??= partHeaders(this.#head);
    return this.#headers;
  }

  /** The content piece by piece, as it arrives. Throws like `Request.stream()`, and `ContentTooLarge` over a limit. */
  async *stream(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#taken || this.#reader.current !== this) throw new BodyConsumed(`The part ${quote(this.name)}`);
    this.#taken = true;
    for (let piece = await this.#reader.data(this); piece !== null; piece = await this.#reader.data(this))
      yield piece;
  }

  /** The whole content; `maxBytes` is 1 MiB by default. Rejects like `stream()`. */
  async bytes({ maxBytes = DEFAULT_MAX_BYTES }: BodyLimits = {}): Promise<Uint8Array> {
    const collector = new ByteCollector();
    for await (const piece of this.stream()) {
      collector.add(piece);
      if (collector.size <= maxBytes) continue;
      const message = `The part ${quote(this.name)} is larger than ${sizeText(maxBytes)}.`;
      throw new ContentTooLarge(message, 'maxBytes', maxBytes);
    }
    return collector.take();
  }

  /** The whole content as UTF-8; `maxBytes` is 1 MiB by default. Rejects like `stream()`. */
  async text(limits?: BodyLimits): Promise<string> {
    return utf8.decode(await this.bytes(limits));
  }
}

/** Drives a scanner part by part, taking chunks of the body only when somebody waits for what is in them. */
export class PartsReader {
  readonly #source: AsyncGenerator<Uint8Array, void, undefined>;
  readonly #scanner: MultipartScanner;
  readonly #meter: FormMeter;
  /** The part whose content is being read. */
  current: Part | undefined;

  constructor(
    source: AsyncGenerator<Uint8Array, void, undefined>,
    boundary: string,
    limits: EffectiveFormLimits,
  ) {
    this.#source = source;
    this.#scanner = new MultipartScanner(boundary, limits.maxHeaderBytes);
    this.#meter = new FormMeter(limits);
  }

  async *parts(): AsyncGenerator<Part, void, undefined> {
    try {
      for (let event = await this.#next(); event !== 'end'; event = await this.#next()) {
        if (event !== 'head') continue;
        const head = parsePartHead(this.#scanner.head);
        this.#meter.part(head);
        const part = new Part(head, this);
        this.current = part;
        yield part;
        await this.#skip(part);
      }
      await this.#drain();
    } finally {
      this.current = undefined;
      await this.#source.return();
    }
  }

  /** The next piece of the part's content; `null` at its end. */
  async data(part: Part): Promise<Uint8Array | null> {
    if (this.current !== part) throw new BodyConsumed(`The rest of the part ${quote(part.name)}`);
    if ((await this.#next()) === 'data') {
      this.#meter.data(this.#scanner.data.byteLength);
      return this.#scanner.data;
    }
    this.current = undefined;
    return null;
  }

  async #skip(part: Part): Promise<void> {
    while (this.current === part) await this.data(part);
  }

  async #next(): Promise<Exclude<ScanEvent, 'more'>> {
    for (;;) {
      const event = this.#scanner.next();
      if (event !== 'more') return event;
      const { done, value } = await this.#source.next();
      if (done) this.#scanner.finish();
      else this.#push(value);
    }
  }

  #push(chunk: Uint8Array): void {
    this.#meter.chunk(chunk.byteLength);
    this.#scanner.push(chunk);
  }

  /** What follows the closing delimiter is read, so that a cut body is noticed, and dropped. */
  async #drain(): Promise<void> {
    for await (const chunk of this.#source) this.#meter.chunk(chunk.byteLength);
  }
}
