export { quote } from '../errors.js';
export { isToken } from '../header-rules.js';
export { acceptedEncodings, acceptedLanguages, acceptedTypes } from './accept.js';
export { byteLength } from './byte-length.js';
export { type ByteRange, byteRanges } from './byte-ranges.js';
export { isHost } from './host.js';
export { formatHTTPDate, parseHTTPDate } from './http-date.js';
export { isFresh, preconditionFailed, type RequestHead, type Validators } from './preconditions.js';
export { withoutTransport } from './without-transport.js';
