export { Cookies } from './cookies.js';
export {
  BadForm,
  BadJSON,
  BodyConsumed,
  BodyTooLong,
  ContentTooLarge,
  UnsupportedMediaType,
} from './errors.js';
export type { BodyLimits } from './limits.js';
export { Query } from './query.js';
export { Request, type RequestOptions } from './request.js';
