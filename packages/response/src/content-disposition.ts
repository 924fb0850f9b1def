/** Whether a browser shows the content or saves it. */
export type DispositionType = 'inline' | 'attachment';

/** `attr-char` is narrower than what `encodeURIComponent` leaves (RFC 8187, section 3.2.1). */
const NOT_ATTR_CHAR = /['()*]/g;

/**
 * The value of `content-disposition` (RFC 6266): a name in plain ASCII for every client, and beside it the name itself in UTF-8 where
 * that differs.
 *
 * Directories before the name are taken off, and control characters, which no file should be saved under.
 *
 * @example
 * ```ts
 * import { contentDisposition } from '@pullo/response';
 *
 * contentDisposition('attachment', 'räkning.pdf'); // `attachment; filename="r_kning.pdf"; filename*=UTF-8''r%C3%A4kning.pdf`
 * ```
 */
export function contentDisposition(type: DispositionType, filename?: string): string {
  if (filename === undefined) return type;
  const name = safeName(filename);
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  const plain = `${type}; filename="${ascii}"`;
  return ascii === name ? plain : `${plain}; filename*=UTF-8''${encodeExtended(name)}`;
}

function safeName(filename: string): string {
  const base = filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1);
  return base.replace(/\p{Cc}|\p{Bidi_Control}/gu, '').replace(/\p{Surrogate}/gu, '\ufffd');
}

function encodeExtended(name: string): string {
  return encodeURIComponent(name).replace(
    NOT_ATTR_CHAR,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
