import { describe } from './chunk.js';
import { InvalidContent } from './errors.js';
import { Response, type ResponseInit } from './response.js';

/**
 * Data as JSON: `application/json`, which is always UTF-8 (RFC 8259, section 8.1).
 *
 * The data is what `JSON.stringify` makes of it. Throws `InvalidContent` if it has no JSON form: `undefined`, functions and symbols,
 * and `Map` and `Set`, which would be empty objects; a `TypeError` for bigints and cycles within it.
 *
 * @example
 * ```ts
 * import { JSONResponse } from '@pullo/response';
 *
 * export const app = new JSONResponse({ hello: 'world' });
 * ```
 */
export class JSONResponse extends Response {
  static override readonly mediaType: string = 'application/json';

  constructor(data: unknown, init?: ResponseInit) {
    super(stringify(data), init);
  }
}

function stringify(data: unknown): string {
  if (data instanceof Map || data instanceof Set) {
    const array = data instanceof Map ? 'Object.fromEntries(map)' : '[...set]';
    throw new InvalidContent(`${describe(data)} has no JSON form: send ${array}.`);
  }
  const text: string | undefined = JSON.stringify(data);
  if (text === undefined)
    throw new InvalidContent(
      `${describe(data)} has no JSON form: send an object, an array, a string, a number, a boolean or null.`,
    );
  return text;
}
