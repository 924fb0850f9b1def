import { quote } from '@pullo/asgi/http';
import { ByteCollector } from './byte-collector.js';
import { ContentTooLarge } from './errors.js';
import type { FileSink, FileStore, SpilledFiles } from './file-store.js';
import { FormMeter } from './form-meter.js';
import { type EffectiveFormLimits, sizeText } from './limits.js';
import { type PartHead, parsePartHead } from './multipart-head.js';
import { MultipartScanner } from './multipart-scanner.js';

/** A byte order mark stays, as the Fetch standard has it. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Where and how a multipart form is put together. */
export interface MultipartFormOptions {
  boundary: string;
  limits: EffectiveFormLimits;
  store: FileStore | undefined;
  spilled: SpilledFiles;
}

/** Reads a whole multipart form (RFC 7578). Within a chunk nothing waits, but for a file that is being written. */
export async function readMultipartForm(
  source: AsyncIterable<Uint8Array>,
  options: MultipartFormOptions,
): Promise<FormData> {
  const scanner = new MultipartScanner(options.boundary, options.limits.maxHeaderBytes);
  const meter = new FormMeter(options.limits);
  const form = new FormAssembler(options);
  for await (const chunk of source) {
    meter.chunk(chunk.byteLength);
    scanner.push(chunk);
    for (let event = scanner.next(); event !== 'more' && event !== 'end'; event = scanner.next()) {
      if (event === 'head') {
        const head = parsePartHead(scanner.head);
        meter.part(head);
        form.begin(head);
        continue;
      }
      if (event === 'data') meter.data(scanner.data.byteLength);
      const written = event === 'data' ? form.data(scanner.data) : form.end();
      if (written !== undefined) await written;
    }
  }
  scanner.finish();
  return form.result;
}

/** Puts the parts into a `FormData`. A method returns a promise only where it waits for a file store. */
class FormAssembler {
  readonly result = new FormData();
  readonly #options: MultipartFormOptions;
  #head: PartHead = { name: '', filename: null, type: '', fields: [] };
  readonly #content = new ByteCollector();
  #sink: FileSink | undefined;

  constructor(options: MultipartFormOptions) {
    this.#options = options;
  }

  begin(head: PartHead): void {
    this.#head = head;
    this.#sink = undefined;
  }

  data(piece: Uint8Array): Promise<void> | undefined {
    if (this.#sink !== undefined) return this.#sink.write(piece);
    this.#content.add(piece);
    const isFile = this.#head.filename !== null;
    return isFile && this.#content.size > this.#options.limits.maxFileMemoryBytes ? this.#spill() : undefined;
  }

  end(): Promise<void> | undefined {
    const { name, filename, type } = this.#head;
    if (this.#sink !== undefined) return this.#appendSpilled(this.#sink, this.#head);
    if (filename === null) {
      this.result.append(name, utf8.decode(this.#content.take()));
    } else {
      this.result.append(
        name,
        new File(fileBits(this.#content.takePieces()), filename, { type: fileType(type) }),
      );
    }
    return undefined;
  }

  async #spill(): Promise<void> {
    const { store, spilled, limits } = this.#options;
    if (store === undefined) {
      const max = limits.maxFileMemoryBytes;
      const file = `The file ${quote(this.#head.filename ?? '')}`;
      const message = `${file} is larger than the ${sizeText(max)} that are kept in memory, and there is no file store.`;
      throw new ContentTooLarge(message, 'maxFileMemoryBytes', max);
    }
    this.#sink = await spilled.open(store);
    await this.#sink.write(this.#content.take());
  }

  async #appendSpilled(sink: FileSink, { name, filename, type }: PartHead): Promise<void> {
    this.result.append(name, await sink.finish(filename ?? '', fileType(type)));
  }
}

/** What a part without a type is (Fetch standard, "multipart/form-data parser"). */
function fileType(type: string): string {
  return type === '' ? 'text/plain' : type;
}

/** Bytes of a request never lie in shared memory, which is all that `BlobPart` rules out. */
function fileBits(pieces: Uint8Array[]): BlobPart[] {
  return pieces as Uint8Array<ArrayBuffer>[];
}
