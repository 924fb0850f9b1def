import { Response } from './response.js';

/**
 * Text: `text/plain; charset=utf-8`.
 *
 * @example
 * ```ts
 * import { TextResponse } from '@pullo/response';
 *
 * export const app = new TextResponse('Hello world!\n');
 * ```
 */
export class TextResponse extends Response {
  static override readonly mediaType: string = 'text/plain';
}
