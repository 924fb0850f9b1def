import { UnsupportedMediaType } from './errors.js';
import type { FileStore, SpilledFiles } from './file-store.js';
import type { EffectiveFormLimits } from './limits.js';
import { parseMediaType } from './media-type.js';
import { readMultipartForm } from './multipart-form.js';
import { multipartBoundary } from './multipart-head.js';
import { parseURLEncodedForm } from './urlencoded-form.js';

/** What `formData()` reads from. */
export interface FormSource {
  contentType: string | null;
  limits: EffectiveFormLimits;
  store: FileStore | undefined;
  spilled: SpilledFiles;
  stream(): AsyncIterable<Uint8Array>;
  read(maxBytes: number): Promise<Uint8Array>;
}

/** Reads a form of either type. */
export async function readForm(source: FormSource): Promise<FormData> {
  const { contentType, limits, store, spilled } = source;
  const essence = parseMediaType(contentType)?.essence;
  if (essence === 'application/x-www-form-urlencoded') {
    return parseURLEncodedForm(await source.read(limits.maxBytes), limits);
  }
  if (essence !== 'multipart/form-data') {
    throw new UnsupportedMediaType(contentType, 'multipart/form-data or application/x-www-form-urlencoded');
  }
  const boundary = multipartBoundary(contentType);
  try {
    return await readMultipartForm(source.stream(), { boundary, limits, store, spilled });
  } catch (error) {
    // A form that failed is nobody's: its files go at once.
    await spilled.discard();
    throw error;
  }
}
