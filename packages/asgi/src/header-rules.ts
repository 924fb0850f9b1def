import { InvalidHeader, quote } from './errors.js';

/** A field name: a token (RFC 9110, section 5.1). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** A field value: tab, visible ASCII, space and obs-text (RFC 9110, section 5.5). Stricter than Fetch, as what is sent must be. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const SURROUNDING_WHITESPACE = /^[\t\n\r ]+|[\t\n\r ]+$/g;

/** The name in lower case; throws `InvalidHeader` if it is not a token. */
export function headerName(name: string): string {
  const problem = headerNameProblem(name);
  if (problem !== undefined) throw new InvalidHeader(problem);
  return name.toLowerCase();
}

/** The value without surrounding white space; throws `InvalidHeader` if it could not be sent. */
export function headerValue(name: string, value: string): string {
  if (typeof value !== 'string') throw new InvalidHeader(notAString(name, value));
  const first = value.charCodeAt(0);
  const last = value.charCodeAt(value.length - 1);
  const normalized = first <= 0x20 || last <= 0x20 ? value.replace(SURROUNDING_WHITESPACE, '') : value;
  const problem = headerValueProblem(name, normalized);
  if (problem !== undefined) throw new InvalidHeader(problem);
  return normalized;
}

/** What is wrong with a field name, if anything. */
export function headerNameProblem(name: string): string | undefined {
  if (TOKEN.test(name)) return undefined;
  return `invalid header name ${quote(name)}: a name is one or more of A-Z a-z 0-9 !#$%&'*+-.^_\`|~`;
}

/** What is wrong with a field value, if anything. */
export function headerValueProblem(name: string, value: string): string | undefined {
  if (VALUE.test(value)) return undefined;
  return `invalid value of header ${quote(name)}: ${quote(value)} has a control character or one beyond U+00FF; encode it first`;
}

function notAString(name: string, value: unknown): string {
  return `invalid value of header ${quote(name)}: ${String(value)} is not a string; leave the header out, or write String(...)`;
}
