import { HeaderList, type HTTPScope, type Receive, type Send } from '@pullo/asgi';
import {
  type ByteRange,
  byteRanges,
  formatHTTPDate,
  isFresh,
  parseHTTPDate,
  preconditionFailed,
  type RequestHead,
  type Validators,
} from '@pullo/asgi/http';
import { sendThen } from '../background.js';
import type { Response } from '../response.js';
import { addVary } from '../vary.js';
import type { FileContent } from './file-content.js';
import { multipartRanges } from './multipart-ranges.js';
import type { OpenFile } from './open-file.js';
import type { Precompression } from './precompression.js';
import { type Answer, sendParts, sizeOf } from './send-parts.js';

/** Fields that describe content, which an answer without it does not have. */
const OF_CONTENT = [
  'content-type',
  'content-encoding',
  'content-disposition',
  'content-length',
  'last-modified',
];

/** Sends what `response` makes of its file for this request; the file is closed before `background` runs. */
export function sendFile(
  response: Response,
  content: FileContent,
  scope: HTTPScope,
  receive: Receive,
  send: Send,
): Promise<void> {
  const sent = transfer(response, content, scope, receive, send);
  return response.background === undefined ? sent : sendThen(sent, response.background);
}

async function transfer(
  response: Response,
  content: FileContent,
  scope: HTTPScope,
  receive: Receive,
  send: Send,
): Promise<void> {
  const requested = scope.headers instanceof HeaderList ? scope.headers : new HeaderList(scope.headers);
  const { file, coding } = await content.open(requested.get('accept-encoding'));
  try {
    const headers = response.headerList.clone();
    tag(headers, file, coding);
    if (content.precompressed.length > 0) addVary(headers, 'Accept-Encoding');
    const isRead = scope.method === 'GET' || scope.method === 'HEAD';
    const answer =
      response.status === 200 && isRead
        ? conditional(file, headers, { method: scope.method, headers: requested })
        : whole(file, headers, response.status);
    await sendParts(file, answer, scope, receive, send);
  } finally {
    file.close();
  }
}

/** Which version of the file it is; what the response says itself wins, here and in `date`. */
function tag(headers: HeaderList, file: OpenFile, coding: Precompression | null): void {
  // One name for two sequences of bytes would let a range of one be joined to the other.
  if (!headers.has('etag')) {
    headers.append('etag', coding === null ? file.etag : `${file.etag.slice(0, -1)}-${coding}"`);
  }
  if (coding !== null) headers.set('content-encoding', coding);
}

/** A 304 has none, so none is written before it is known that there will be content. */
function date(headers: HeaderList, file: OpenFile): void {
  if (!headers.has('last-modified')) headers.append('last-modified', formatHTTPDate(file.lastModified));
}

function conditional(file: OpenFile, headers: HeaderList, request: RequestHead): Answer {
  const validators = validatorsOf(headers, file);
  if (preconditionFailed(request, validators)) return refusal(412, headers);
  if (isFresh(request, validators)) return empty(304, headers);
  if (!headers.has('accept-ranges')) headers.append('accept-ranges', 'bytes');
  const ranges = byteRanges(request, file.size, validators);
  return ranges === null ? whole(file, headers, 200) : partial(file, headers, ranges);
}

function validatorsOf(headers: HeaderList, file: OpenFile): Validators {
  const own = headers.get('last-modified');
  return {
    etag: headers.get('etag'),
    lastModified: (own === null ? null : parseHTTPDate(own)) ?? file.lastModified,
  };
}

function whole(file: OpenFile, headers: HeaderList, status: number): Answer {
  date(headers, file);
  headers.set('content-length', String(file.size));
  return { status, headers, parts: [{ start: 0, end: file.size - 1 }] };
}

function partial(file: OpenFile, headers: HeaderList, ranges: readonly ByteRange[]): Answer {
  const { size } = file;
  const [range] = ranges;
  if (range === undefined) {
    headers.set('content-range', `bytes */${size}`);
    return refusal(416, headers);
  }
  date(headers, file);
  if (ranges.length > 1) return multipartRanges(size, headers, ranges);
  headers.set('content-range', `bytes ${range.start}-${range.end}/${size}`);
  headers.set('content-length', String(sizeOf(range)));
  return { status: 206, headers, parts: [range] };
}

/** What a cache may do with the file it must not do with this. */
function refusal(status: 412 | 416, headers: HeaderList): Answer {
  headers.delete('cache-control');
  return empty(status, headers);
}

function empty(status: number, headers: HeaderList): Answer {
  for (const name of OF_CONTENT) headers.delete(name);
  return { status, headers, parts: [] };
}
