import { Response } from './response.js';

/**
 * A page: `text/html; charset=utf-8`. What goes into it is not escaped here.
 *
 * @example
 * ```ts
 * import { HTMLResponse } from '@pullo/response';
 *
 * export const app = new HTMLResponse('<!doctype html><title>Hello</title><p>Hello world!');
 * ```
 */
export class HTMLResponse extends Response {
  static override readonly mediaType: string = 'text/html';
}
