import { InvalidHeader, quote } from './errors.js';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** A field value: tab, visible ASCII, space and obs-text (RFC 9110, section 5.5). Stricter than Fetch, as what is sent must be. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const SPACE = 0x20;

/**
 * Whether a text is a token: a method, a header name, a cookie name (RFC 9110, section 5.6.2).
 *
 * @example
 * ```ts
 * import { isToken } from '@pullo/asgi/http';
 *
 * isToken('M-SEARCH'); // true
 * isToken('GET /'); // false
 * ```
 */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** The name in lower case; throws `InvalidHeader` if it is not a token. */
export function headerName(name: string): string {
  const problem = headerNameProblem(name);
  if (problem !== undefined) throw new InvalidHeader(problem);
  return name.toLowerCase();
}

/** The value without surrounding white space; throws `InvalidHeader` if it could not be sent. */
export function headerValue(name: string, value: string): string {
  const normalized = typeof value === 'string' ? trimmed(value) : value;
  const problem = headerValueProblem(name, normalized);
  if (problem !== undefined) throw new InvalidHeader(problem);
  return normalized;
}

/** What is wrong with a field name, if anything. */
export function headerNameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string') return `invalid header name ${String(name)}: a name is a string`;
  if (isToken(name)) return undefined;
  return `invalid header name ${quote(name)}: a name is one or more of A-Z a-z 0-9 !#$%&'*+-.^_\`|~`;
}

/** What is wrong with a field value, if anything. */
export function headerValueProblem(name: string, value: unknown): string | undefined {
  if (typeof value !== 'string') {
    return `invalid value of header ${quote(name)}: ${String(value)} is not a string; leave the header out, or write String(...)`;
  }
  if (VALUE.test(value)) return undefined;
  return `invalid value of header ${quote(name)}: ${quote(value)} has a control character or one beyond U+00FF; encode it first`;
}

/** Fetch's normalisation: tab, line breaks and space go from both ends. A loop, since a regular expression is quadratic here. */
function trimmed(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isWhitespace(value.charCodeAt(start))) start++;
  while (end > start && isWhitespace(value.charCodeAt(end - 1))) end--;
  return end - start === value.length ? value : value.slice(start, end);
}

function isWhitespace(code: number): boolean {
  return code <= SPACE && (code === SPACE || code === 0x09 || code === 0x0a || code === 0x0d);
}
