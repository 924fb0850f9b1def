import { quote } from '@pullo/asgi/http';
import { ContentTooLarge } from './errors.js';
import { type EffectiveFormLimits, sizeText } from './limits.js';
import type { PartHead } from './multipart-head.js';

/** Counts what a multipart form brings and throws `ContentTooLarge` when a limit is passed. */
export class FormMeter {
  readonly #limits: EffectiveFormLimits;
  #bytes = 0;
  #fields = 0;
  #files = 0;
  #partBytes = 0;
  #part: PartHead | undefined;

  constructor(limits: EffectiveFormLimits) {
    this.#limits = limits;
  }

  /** Bytes of body have come. */
  chunk(bytes: number): void {
    this.#bytes += bytes;
    const max = this.#limits.maxBytes;
    if (this.#bytes > max)
      throw new ContentTooLarge(`The form is larger than ${sizeText(max)}.`, 'maxBytes', max);
  }

  /** A part begins. */
  part(head: PartHead): void {
    this.#part = head;
    this.#partBytes = 0;
    if (head.filename === null) {
      this.#fields++;
      refuseCount(this.#fields, this.#limits.maxFields, 'fields', 'maxFields');
    } else {
      this.#files++;
      refuseCount(this.#files, this.#limits.maxFiles, 'files', 'maxFiles');
    }
  }

  /** Bytes of the part have come. */
  data(bytes: number): void {
    this.#partBytes += bytes;
    const part = this.#part as PartHead;
    if (part.filename === null) {
      refuseFieldSize(part.name, this.#partBytes, this.#limits.maxFieldBytes);
    } else if (this.#partBytes > this.#limits.maxFileBytes) {
      const max = this.#limits.maxFileBytes;
      throw new ContentTooLarge(
        `The file ${quote(part.filename)} is larger than ${sizeText(max)}.`,
        'maxFileBytes',
        max,
      );
    }
  }
}

/** Throws where there are more fields or files than the limit allows. */
export function refuseCount(count: number, max: number, what: string, limit: 'maxFields' | 'maxFiles'): void {
  if (count > max) throw new ContentTooLarge(`The form has more than ${max} ${what}.`, limit, max);
}

/** Throws where a field is larger than the limit allows. */
export function refuseFieldSize(name: string, bytes: number, max: number): void {
  if (bytes <= max) return;
  throw new ContentTooLarge(
    `The field ${quote(name)} is larger than ${sizeText(max)}.`,
    'maxFieldBytes',
    max,
  );
}
