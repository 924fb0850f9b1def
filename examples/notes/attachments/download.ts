import { FileResponse } from '@pullo/response/file';
import type { Attachment } from './attachments.js';

/** Types that a browser shows without running anything in them. SVG is none: it may have scripts. */
const IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);

export function isImage(type: string): boolean {
  return IMAGES.has(type);
}

/**
 * Sends an attachment. What is not an image is saved and never shown, as it would be shown as a page of this site; the sandbox is for
 * a browser that shows it all the same. Ranges, conditions and `HEAD` come with `FileResponse`.
 */
export function download({ name, type }: Attachment, path: string): FileResponse {
  return new FileResponse(path, {
    filename: name,
    disposition: isImage(type) ? 'inline' : 'attachment',
    mediaType: isImage(type) ? type : 'application/octet-stream',
    // An attachment never changes, but who may see it does: the browser asks, and is answered 304.
    cacheControl: 'private, no-cache',
    headers: { 'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'" },
  });
}
