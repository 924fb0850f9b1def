import { isHost } from '@pullo/asgi/http';
import type { HeadFields } from './head-fields.js';
import { Refusal } from './refusal.js';

/** The rules of an HTTP/1 head that stand whatever the app is: throws `Refusal` (RFC 9110 and 9112). */
export function checkHead(major: number, minor: number, fields: HeadFields, maxBodyBytes: number): void {
  if (major !== 1 || minor > 1) throw new Refusal(505, 'This server speaks HTTP/1.1 and HTTP/1.0.');
  checkHostFields(minor, fields);
  checkFraming(minor, fields, maxBodyBytes);
  if (minor === 1 && fields.expect !== undefined && fields.expect.toLowerCase() !== '100-continue') {
    throw new Refusal(417, 'This server knows the expectation 100-continue only.');
  }
}

/** RFC 9112, section 3.2: exactly one Host field in HTTP/1.1, and a valid one. */
function checkHostFields(minor: number, fields: HeadFields): void {
  if (fields.hosts > 1) throw new Refusal(400, 'There is more than one Host field.');
  if (fields.host === undefined) {
    if (minor === 1) throw new Refusal(400, 'There is no Host field.');
    return;
  }
  if (!isHost(fields.host)) throw new Refusal(400, 'The Host field is not valid.');
}

/** RFC 9112, section 6: what is not understood to the last byte would let two requests be taken for one. */
function checkFraming(minor: number, fields: HeadFields, maxBodyBytes: number): void {
  const coding = fields.transferEncoding;
  if (coding === undefined) {
    if (Number(fields.contentLength ?? 0) <= maxBodyBytes) return;
    throw new Refusal(413, `The body is longer than ${maxBodyBytes} bytes.`);
  }
  if (minor === 0) throw new Refusal(400, 'HTTP/1.0 has no Transfer-Encoding.');
  if (fields.contentLength !== undefined)
    throw new Refusal(400, 'There are both Content-Length and Transfer-Encoding.');
  if (coding === '' || fields.transferEncodings > 1)
    throw new Refusal(400, 'The Transfer-Encoding is not valid.');
  if (coding.toLowerCase() !== 'chunked')
    throw new Refusal(501, 'This server knows the transfer coding chunked only.');
}
