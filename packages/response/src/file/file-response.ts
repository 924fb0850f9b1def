import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Receive, Scope, Send } from '@pullo/asgi';
import { type CacheControl, cacheControl } from '../cache-control.js';
import { contentDisposition, type DispositionType } from '../content-disposition.js';
import { refuseInit } from '../refuse-init.js';
import { Response, type ResponseInit } from '../response.js';
import { FileContent } from './file-content.js';
import { mediaTypeOf } from './media-types.js';
import type { Precompression } from './precompression.js';
import { sendFile } from './send-file.js';

/** What the response with a file has besides the file. */
export interface FileInit extends ResponseInit {
  /** The name to save the file under: the browser saves it instead of showing it. Default: none. */
  filename?: string;
  /** Default: `attachment` with a `filename`; without one no `content-disposition` is sent. */
  disposition?: DispositionType;
  /** What caches may do. Default: nothing is said, and browsers ask again with the validators. */
  cacheControl?: string | CacheControl;
  /**
   * The codings that the file may lie beside itself in, as `app.js.br`, `.zst` and `.gz`: the one that `Accept-Encoding` likes best is sent, the
   * first of those it likes equally. Default: none.
   */
  precompressed?: readonly Precompression[];
  /** The directory that the file must lie in once links have been followed; one outside is as good as missing. Default: none. */
  root?: string | URL;
}

/**
 * A file, with `Last-Modified`, a strong `ETag`, conditional requests and ranges (RFC 9110, sections 13 and 14).
 *
 * The file is opened when the response is sent, as often as it is sent. Its media type is that of its extension. A server with the
 * `http.response.zerocopysend` extension reads the open file itself, so that what is sent is what was looked at. A status other than 200 is kept, without conditions and ranges.
 * Sending rejects with `FileNotFound` if there is no regular file, before anything has been sent, and with `FileChanged` if it
 * becomes shorter meanwhile, which cuts the connection.
 *
 * The path is used as it is: one that comes from a request belongs to `staticFiles`.
 *
 * @example
 * ```ts
 * import { FileResponse } from '@pullo/response/file';
 *
 * export const report = new FileResponse('reports/2025.pdf', { filename: 'Annual report 2025.pdf' });
 * ```
 */
export class FileResponse extends Response {
  constructor(path: string | URL, init: FileInit = {}) {
    if (typeof init !== 'object') refuseInit(init);
    const { filename, disposition, cacheControl: caching, precompressed = [], root, ...rest } = init;
    const file = absolute(path);
    const content = new FileContent(file, root === undefined ? undefined : absolute(root), precompressed);
    super(content, { mediaType: mediaTypeOf(file), ...rest });
    const list = this.headerList;
    if (caching !== undefined && !list.has('cache-control')) {
      list.append('cache-control', typeof caching === 'string' ? caching : cacheControl(caching));
    }
    const type = disposition ?? (filename === undefined ? undefined : 'attachment');
    if (type !== undefined && !list.has('content-disposition')) {
      list.append('content-disposition', contentDisposition(type, filename));
    }
  }

  protected override handle(scope: Scope, receive: Receive, send: Send): void | Promise<void> {
    const { content } = this;
    const isFile = content instanceof FileContent && scope.type === 'http';
    return isFile ? sendFile(this, content, scope, receive, send) : super.handle(scope, receive, send);
  }
}

function absolute(path: string | URL): string {
  return resolve(typeof path === 'string' ? path : fileURLToPath(path));
}
