const BEYOND_ASCII = /[^\p{ASCII}]/u;
const encoder = new TextEncoder();

/** The part of Node's `Buffer` that is wanted here. Bun, Deno and Workers with `nodejs_compat` have it too. */
declare const Buffer: { byteLength(text: string): number } | undefined;

function encodedLength(text: string): number {
  return BEYOND_ASCII.test(text) ? encoder.encode(text).byteLength : text.length;
}

/**
 * The length of a text in UTF-8, in bytes.
 *
 * The host's `Buffer.byteLength` if it has one: 10 ns for a short text and 0.1 ns a byte for a long one, where looking for
 * characters beyond ASCII costs 20 ns and 0.6 ns, and encoding 350 ns and more (Node 20).
 *
 * @example
 * ```ts
 * import { byteLength } from '@pullo/asgi/http';
 *
 * byteLength('äö'); // 4
 * ```
 */
export const byteLength: (text: string) => number =
  typeof Buffer === 'undefined' ? encodedLength : Buffer.byteLength;
