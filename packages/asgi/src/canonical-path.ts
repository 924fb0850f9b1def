import { BadPath } from './errors.js';

/**
 * What a byte may do in a path: 0 stands as it is, 1 must be escaped, 2 needs a closer look.
 * What RFC 3986 lets stand in a path is `pchar` (section 3.3) and `/`.
 */
const PLAIN = 0;
const ESCAPED = 1;
const SPECIAL = 2;
const kinds = new Uint8Array(256).fill(ESCAPED);
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/") {
  kinds[char.charCodeAt(0)] = PLAIN;
}
for (const char of '%#?\0') kinds[char.charCodeAt(0)] = SPECIAL;

const UNRESERVED = /[A-Za-z0-9\-._~]/;
const HEX_PAIR = /^[0-9A-Fa-f]{2}$/;
const SLASH = 0x2f;
const DOT = 0x2e;

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
  if (path.charCodeAt(0) !== SLASH) {
    if (path === '*') return path;
    throw new BadPath(path, 'it must begin with "/"');
  }
  for (let i = 1; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code > 0xff || kinds[code] !== PLAIN) return normalize(path);
    if (code === DOT && path.charCodeAt(i - 1) === SLASH) return normalize(path);
  }
  return path;
}

function normalize(path: string): string {
  const escaped = normalizeEscapes(path);
  try {
    decodeURIComponent(escaped);
  } catch {
    throw new BadPath(path, 'its bytes are not UTF-8');
  }
  return escaped.includes('/.') ? removeDotSegments(escaped) : escaped;
}

function normalizeEscapes(path: string): string {
  let result = '';
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code > 0xff) throw new BadPath(path, 'it has a character beyond U+00FF; percent-encode it first');
    const kind = kinds[code];
    if (kind === PLAIN) {
      result += path[i];
    } else if (kind === ESCAPED) {
      result += escapeByte(code);
    } else if (path[i] === '%') {
      result += normalizeEscape(path, i);
      i += 2;
    } else {
      throw new BadPath(path, `it has a ${code === 0 ? 'NUL' : `"${path[i]}"`}`);
    }
  }
  return result;
}

function normalizeEscape(path: string, at: number): string {
  const hex = path.slice(at + 1, at + 3);
  if (!HEX_PAIR.test(hex)) throw new BadPath(path, `malformed escape "%${hex}"`);
  const code = Number.parseInt(hex, 16);
  if (code === 0) throw new BadPath(path, 'it has a NUL');
  const char = String.fromCharCode(code);
  return UNRESERVED.test(char) ? char : `%${hex.toUpperCase()}`;
}

function escapeByte(code: number): string {
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** RFC 3986, section 5.2.4, for a path that begins with a slash. */
function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/');
  segments.shift();
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '.' || segment === '..') {
      if (segment === '..') kept.pop();
      if (isLast) kept.push('');
    } else {
      kept.push(segment);
    }
  }
  return `/${kept.join('/')}`;
}
