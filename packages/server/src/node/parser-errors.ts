import type { Socket } from 'node:net';
import { Refusal } from '../http/refusal.js';

/** A method may be any token (RFC 9110, section 9.1): here are those that the parser does not know. */
const UNKNOWN_METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32} \S+ HTTP\/1\.[01]\r\n/;
const UNKNOWN_VERSION = /^\S+ \S+ HTTP\/[0-9]\.[0-9]\r\n/;
/** A request line that has come to no end. */
const LONG_TARGET = /^[A-Z]{3,16} \S+$/;
const END_OF_HEAD = '\r\n\r\n';

/** What `node:http` puts into the errors of its parser. */
interface ParserError extends NodeJS.ErrnoException {
  rawPacket?: Buffer;
  bytesParsed?: number;
}

/** How to answer an error of the parser or of a timer; null if there is nobody, or no need, to answer. */
export function refusalOf(error: ParserError, socket: Socket): Refusal | null {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      if (LONG_TARGET.test(parsedOf(error))) return new Refusal(414, 'The target is too long.');
      return new Refusal(431, 'The head of the request is too long.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new Refusal(413, 'The chunk extensions are too long.');
    case 'HPE_INVALID_VERSION':
      return UNKNOWN_VERSION.test(lineOf(error))
        ? new Refusal(505, 'This server speaks HTTP/1.1 and HTTP/1.0.')
        : new Refusal(400, 'The request line is not valid.');
    case 'HPE_INVALID_METHOD':
      return UNKNOWN_METHOD.test(lineOf(error))
        ? new Refusal(501, 'This server does not know the method.')
        : new Refusal(400, 'The request is not HTTP.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return socket.bytesRead === 0 ? null : new Refusal(408, 'The request took too long to arrive.');
    // The client has left in the middle of a request.
    case 'HPE_INVALID_EOF_STATE':
      return null;
    default:
      return error.code?.startsWith('HPE_') ? new Refusal(400, 'The request is not valid HTTP.') : null;
  }
}

/** The head in which the parser stopped, as far as it came in one packet; what has not been parsed yet belongs to it. */
function lineOf(error: ParserError): string {
  return error.rawPacket?.toString('latin1', startOfHead(error)) ?? '';
}

/** The same, up to where the parser stopped. */
function parsedOf(error: ParserError): string {
  return error.rawPacket?.toString('latin1', startOfHead(error), error.bytesParsed) ?? '';
}

function startOfHead({ rawPacket, bytesParsed = 0 }: ParserError): number {
  const end = rawPacket?.toString('latin1', 0, bytesParsed).lastIndexOf(END_OF_HEAD) ?? -1;
  return end === -1 ? 0 : end + END_OF_HEAD.length;
}
