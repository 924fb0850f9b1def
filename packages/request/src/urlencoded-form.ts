import { refuseCount, refuseFieldSize } from './form-meter.js';
import type { EffectiveFormLimits } from './limits.js';

/** Making one takes longer than decoding a short text. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Parses `application/x-www-form-urlencoded` (URL standard, section 5.1) within the limits of forms. */
export function parseURLEncodedForm(bytes: Uint8Array, limits: EffectiveFormLimits): FormData {
  // `ignoreBOM` keeps a byte order mark, as the standard's parser does.
  const text = utf8.decode(bytes);
  // Before the fields are made: 16 million of one letter would take a gigabyte.
  refuseCount(countFields(text, limits.maxFields), limits.maxFields, 'fields', 'maxFields');
  const form = new FormData();
  for (const [name, value] of new URLSearchParams(text.startsWith('?') ? `?${text}` : text)) {
    refuseFieldSize(name, byteLength(value), limits.maxFieldBytes);
    form.append(name, value);
  }
  return form;
}

/** Counts up to one more than the limit. */
function countFields(text: string, max: number): number {
  let count = 0;
  for (let at = 0; at < text.length && count <= max; ) {
    const ampersand = text.indexOf('&', at);
    const end = ampersand === -1 ? text.length : ampersand;
    if (end > at) count++;
    at = end + 1;
  }
  return count;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
