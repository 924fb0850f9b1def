import { InvalidStatus } from './errors.js';

/**
 * The status codes of HTTP by name (IANA's registry; RFC 9110, section 15).
 *
 * @example
 * ```ts
 * import { Response, Status } from '@pullo/response';
 *
 * export const created = new Response(null, { status: Status.Created });
 * ```
 */
export const Status = {
  OK: 200,
  Created: 201,
  Accepted: 202,
  NonAuthoritativeInformation: 203,
  NoContent: 204,
  ResetContent: 205,
  PartialContent: 206,
  MultiStatus: 207,
  AlreadyReported: 208,
  IMUsed: 226,
  MultipleChoices: 300,
  MovedPermanently: 301,
  Found: 302,
  SeeOther: 303,
  NotModified: 304,
  UseProxy: 305,
  TemporaryRedirect: 307,
  PermanentRedirect: 308,
  BadRequest: 400,
  Unauthorized: 401,
  PaymentRequired: 402,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  ProxyAuthenticationRequired: 407,
  RequestTimeout: 408,
  Conflict: 409,
  Gone: 410,
  LengthRequired: 411,
  PreconditionFailed: 412,
  ContentTooLarge: 413,
  URITooLong: 414,
  UnsupportedMediaType: 415,
  RangeNotSatisfiable: 416,
  ExpectationFailed: 417,
  ImATeapot: 418,
  MisdirectedRequest: 421,
  UnprocessableContent: 422,
  Locked: 423,
  FailedDependency: 424,
  TooEarly: 425,
  UpgradeRequired: 426,
  PreconditionRequired: 428,
  TooManyRequests: 429,
  RequestHeaderFieldsTooLarge: 431,
  UnavailableForLegalReasons: 451,
  InternalServerError: 500,
  NotImplemented: 501,
  BadGateway: 502,
  ServiceUnavailable: 503,
  GatewayTimeout: 504,
  HTTPVersionNotSupported: 505,
  VariantAlsoNegotiates: 506,
  InsufficientStorage: 507,
  LoopDetected: 508,
  NetworkAuthenticationRequired: 511,
} as const;

/** Names that are not their reason phrase with the spaces taken out. */
const irregular: ReadonlyMap<number, string> = new Map([
  [200, 'OK'],
  [203, 'Non-Authoritative Information'],
  [207, 'Multi-Status'],
  [226, 'IM Used'],
  [414, 'URI Too Long'],
  [418, "I'm a Teapot"],
  [505, 'HTTP Version Not Supported'],
]);

const phrases: ReadonlyMap<number, string> = new Map(
  Object.entries(Status).map(([name, code]) => [
    code,
    irregular.get(code) ?? name.replace(/(?<=[a-z])[A-Z]/g, ' $&'),
  ]),
);

/**
 * The reason phrase of a status code, such as `Not Found`; empty for a code that has none.
 *
 * @example
 * ```ts
 * import { reasonPhrase } from '@pullo/response';
 *
 * reasonPhrase(404); // 'Not Found'
 * ```
 */
export function reasonPhrase(status: number): string {
  return phrases.get(status) ?? '';
}

/** The status itself if a response may have it, 200 to 599; throws `InvalidStatus` otherwise. */
export function checkStatus(status: number): number {
  if (Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new InvalidStatus(`Invalid status ${String(status)}: a response has an integer from 200 to 599.`);
}

/** Whether responses of this status never have content (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5). */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 304 || status === 205;
}
