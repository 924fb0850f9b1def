/// <reference lib="esnext.disposable" preserve="true" />
export type { ByteRange, Validators } from '@pullo/asgi/http';
export { Cookies } from './cookies.js';
export {
  BadForm,
  BadJSON,
  BodyConsumed,
  BodyTooLong,
  ContentTooLarge,
  UnsupportedMediaType,
} from './errors.js';
export type { FileSink, FileStore } from './file-store.js';
export { parseJSON } from './json.js';
export type { BodyLimits, FormLimits } from './limits.js';
export type { Part } from './parts.js';
export { Query } from './query.js';
export { Request, type RequestOptions } from './request.js';
