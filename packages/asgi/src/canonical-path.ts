import { BadPath } from './errors.js';

/** What RFC 3986 does not let stand in a path: not `pchar` (section 3.3), not `/`. `%` is among it, to be looked at. */
const NOT_IN_PATH = "[^A-Za-z0-9\\-._~!$&'()*+,;=:@/]";
/** A path without a match is canonical: one scan is all that most requests cost. */
const NEEDS_WORK = new RegExp(`${NOT_IN_PATH}|/\\.`);
const ESCAPE_OR_FORBIDDEN = new RegExp(`%[0-9A-Fa-f]{2}|${NOT_IN_PATH}`, 'g');
const UNRESERVED = /[A-Za-z0-9\-._~]/;

/**
 * The one form of a request's path that every part of a program looks at (RFC 3986, section 6.2.2).
 *
 * Takes the path component only, as the Latin-1 string of its bytes. Escapes of unreserved characters are decoded, other
 * escapes kept with upper-case hex, bytes that may not stand in a path escaped, dot segments removed. Empty segments
 * stay. `*`, the target of a server-wide OPTIONS, is handed back. The result is still percent-encoded, and
 * `canonicalPath` of it is itself.
 *
 * Throws `BadPath` where there is no such form: no leading slash, a malformed escape, bytes that are not UTF-8, NUL, a query
 * or a fragment.
 *
 * @example
 * ```ts
 * import { canonicalPath } from '@pullo/asgi';
 *
 * canonicalPath('/%7Euser/./a%2fb/x/../c'); // '/~user/a%2Fb/c'
 * ```
 */
export function canonicalPath(path: string): string {
  if (!path.startsWith('/')) {
    if (path === '*') return path;
    throw new BadPath(path, 'it must begin with "/"');
  }
  return NEEDS_WORK.test(path) ? normalize(path) : path;
}

function normalize(path: string): string {
  const spelled = path.replace(ESCAPE_OR_FORBIDDEN, (found, at: number) => spell(found, at, path));
  try {
    decodeURIComponent(spelled);
  } catch {
    throw new BadPath(path, 'its bytes are not UTF-8');
  }
  return spelled.includes('/.') ? removeDotSegments(spelled) : spelled;
}

/** The one spelling of an escape, or of a byte that must be escaped. */
function spell(found: string, at: number, path: string): string {
  if (found === '%') throw new BadPath(path, `malformed escape "${path.slice(at, at + 3)}"`);
  const isEscape = found.length === 3;
  const code = isEscape ? Number.parseInt(found.slice(1), 16) : found.charCodeAt(0);
  if (code === 0) throw new BadPath(path, 'it has a NUL');
  if (isEscape) {
    const char = String.fromCharCode(code);
    return UNRESERVED.test(char) ? char : found.toUpperCase();
  }
  if (found === '?' || found === '#') throw new BadPath(path, `it has a "${found}"`);
  if (code > 0xff) throw new BadPath(path, 'it has a character beyond U+00FF; percent-encode it first');
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** RFC 3986, section 5.2.4, for a path that begins with a slash. */
function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const [, ...segments] = path.split('/');
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  const last = segments.at(-1);
  if (last === '.' || last === '..') kept.push('');
  return `/${kept.join('/')}`;
}
