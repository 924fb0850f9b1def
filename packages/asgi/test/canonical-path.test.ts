import { BadPath, canonicalPath } from '@pullo/asgi';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases, name } from './cases/canonical-path.ts';

describe(name, () => {
  for (const { title, run } of cases) test(title, run);
});

/**
 * The same rule once more, slow and straight from the text of RFC 3986: octets first (section 2.1), then the
 * buffers of section 5.2.4. `undefined` where there is no canonical form.
 */
function slowTwin(path: string): string | undefined {
  if (path === '*') return '*';
  if (path[0] !== '/') return undefined;
  const tokens: string[] = path.match(/%[0-9a-f][0-9a-f]|[^%]/gi) ?? [];
  if (tokens.join('') !== path || tokens.some((token) => '?#\0'.includes(token) || token > '\xff')) {
    return undefined;
  }
  const octets = tokens.map((token) => Number(token.replace('%', '0x')));
  tokens.forEach((token, index) => {
    if (token.length === 1) octets[index] = token.charCodeAt(0);
  });
  if (octets.includes(0) || !isUTF8(octets)) return undefined;
  let input = tokens.map((token, index) => spelled(token.length > 1, octets[index] ?? 0)).join('');
  let output = '';
  while (input !== '') {
    if (input.startsWith('/./')) input = input.slice(2);
    else if (input === '/.') input = '/';
    else if (input.startsWith('/../') || input === '/..') {
      input = `/${input.slice(4)}`;
      output = output.slice(0, Math.max(output.lastIndexOf('/'), 0));
    } else {
      const next = input.indexOf('/', 1);
      const end = next === -1 ? input.length : next;
      output += input.slice(0, end);
      input = input.slice(end);
    }
  }
  return output;
}

const strict = new TextDecoder('utf-8', { fatal: true });

function isUTF8(octets: number[]): boolean {
  if (octets.every((octet) => octet < 0x80)) return true;
  try {
    strict.decode(Uint8Array.from(octets));
    return true;
  } catch {
    return false;
  }
}

function spelled(isEscape: boolean, octet: number): string {
  const char = String.fromCharCode(octet);
  const isUnreserved = /^[\w.~-]$/.test(char);
  const mayStand = isUnreserved || "!$&'()*+,;=:@/".includes(char);
  const hex = octet.toString(16).toUpperCase();
  return isUnreserved || (mayStand && !isEscape) ? char : `%${hex.length === 1 ? '0' : ''}${hex}`;
}

function canonicalOrNone(path: string): string | undefined {
  try {
    return canonicalPath(path);
  } catch (error) {
    if (error instanceof BadPath) return undefined;
    throw error;
  }
}

/** Strings of bytes that look like paths often enough to be interesting. */
const pieces = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('/', '.', '..', '//', '/.', '/..', '/./', '/../') },
  { weight: 3, arbitrary: fc.constantFrom('%2e', '%2E', '%2f', '%5c', '%25', '%61', '%7e', '%c3%a9', '%') },
  { weight: 2, arbitrary: fc.constantFrom('a', 'b', ';x', '\\', 'caf\xc3\xa9', '~', ' ', '+') },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 0, max: 255 }).map((byte) => `%${byte.toString(16).padStart(2, '0')}`),
  },
);
const paths = fc.array(pieces, { maxLength: 14 }).map((parts) => `/${parts.join('')}`);

describe('canonicalPath in general', () => {
  test('it agrees with a slow twin written from the RFC', () => {
    fc.assert(
      fc.property(paths, (path) => {
        expect(canonicalOrNone(path)).toBe(slowTwin(path));
      }),
      { numRuns: 5_000 },
    );
  });

  test('it agrees with the twin on every string of up to 6 of the characters a / . % 2 f e 5 c', () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const differing: string[] = [];
    let count = 0;
    let level = ['/'];
    for (let length = 0; length <= 6; length++) {
      for (const path of level) {
        count++;
        if (canonicalOrNone(path) !== slowTwin(path)) differing.push(path);
      }
      if (length < 6) level = level.flatMap((path) => Array.from('a/.%2fe5c', (char) => path + char));
    }
    Error.stackTraceLimit = stackTraceLimit;
    expect(differing).toEqual([]);
    expect(count).toBe((9 ** 7 - 1) / 8);
  }, 30_000);

  test('the canonical form of a canonical form is itself', () => {
    fc.assert(
      fc.property(paths, (path) => {
        const canonical = canonicalOrNone(path);
        if (canonical !== undefined) expect(canonicalPath(canonical)).toBe(canonical);
      }),
      { numRuns: 5_000 },
    );
  });

  test('a canonical path begins with a slash, has no dot segment, and holds only what RFC 3986 allows', () => {
    fc.assert(
      fc.property(paths, (path) => {
        const canonical = canonicalOrNone(path);
        if (canonical === undefined) return;
        expect(canonical).toMatch(/^(\/([A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-F]{2})*)+$/);
        expect(canonical.split('/')).not.toContain('.');
        expect(canonical.split('/')).not.toContain('..');
        expect(() => decodeURIComponent(canonical)).not.toThrow();
      }),
      { numRuns: 5_000 },
    );
  });

  test('two spellings of one path have one canonical form', () => {
    const segment = fc.array(fc.constantFrom('a', '.', '~', '-', 'Z', '0'), { maxLength: 4 });
    const spellings = fc.array(segment, { minLength: 1, maxLength: 4 }).chain((segments) => {
      const chars = segments.flatMap((chars) => ['/', ...chars]);
      const spell = (char: string, isEscaped: boolean) =>
        isEscaped && char !== '/' ? `%${char.charCodeAt(0).toString(16)}` : char;
      const spelling = fc
        .array(fc.boolean(), { minLength: chars.length, maxLength: chars.length })
        .map((escapes) => chars.map((char, index) => spell(char, escapes[index] === true)).join(''));
      return fc.tuple(spelling, spelling);
    });
    fc.assert(
      fc.property(spellings, ([one, other]) => {
        expect(canonicalPath(one)).toBe(canonicalPath(other));
      }),
    );
  });
});

describe('canonicalPath beside WHATWG URL', () => {
  const pathnameOf = (path: string) => new URL(`http://example.org${path}`).pathname;

  /**
   * Where both rules speak: characters that may stand in a path, escapes that are kept as they are written (reserved
   * characters and text beyond ASCII, in upper case), and dot segments, plain or escaped. No name here begins with a dot:
   * Node 20's URL is wrong about those, `/x/.a/.` stays as it is.
   */
  const segments = fc.oneof(
    fc.constantFrom('', '.', '..', '%2e', '%2E', '.%2e', '%2E.', '%2e%2e', 'a.', 'a..', 'a.b'),
    fc
      .array(
        fc.constantFrom(
          'a',
          'Z',
          '0',
          '-',
          '_',
          '~',
          '!',
          '$',
          '&',
          "'",
          '(',
          '*',
          '+',
          ',',
          ';',
          '=',
          ':',
          '@',
        ),
        {
          maxLength: 4,
        },
      )
      .map((chars) => chars.join('')),
    fc.constantFrom('%2F', '%5C', '%25', '%20', '%C3%A9', '%E2%82%AC', '%3F', '%23', 'a%2Fb'),
  );
  const common = fc.array(segments, { minLength: 1, maxLength: 8 }).map((all) => `/${all.join('/')}`);

  test('they agree where both speak', () => {
    fc.assert(
      fc.property(common, (path) => {
        expect(canonicalPath(path)).toBe(pathnameOf(path));
      }),
      { numRuns: 5_000 },
    );
  });

  test('URL leaves every canonical path as it is', () => {
    fc.assert(
      fc.property(paths, (path) => {
        const canonical = canonicalOrNone(path);
        if (canonical !== undefined) expect(pathnameOf(canonical)).toBe(canonical);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['escapes of unreserved characters', '/%61', '/a', '/%61'],
    ['lower-case hex', '/%2f', '/%2F', '/%2f'],
    ['a backslash', '/a\\..\\b', '/a%5C..%5Cb', '/b'],
    ['brackets and the bar', '/[|]', '/%5B%7C%5D', '/[|]'],
    ['an escaped dot in a name', '/%2ea', '/.a', '/%2ea'],
    ['a tab', '/a\tb', '/a%09b', '/ab'],
    ['a malformed escape', '/%zz', undefined, '/%zz'],
    ['an escape that is not UTF-8', '/%ff', undefined, '/%ff'],
    ['NUL', '/%00', undefined, '/%00'],
  ])('they differ on purpose in %s', (_what, path, canonical, pathname) => {
    expect(canonicalOrNone(path)).toBe(canonical);
    expect(pathnameOf(path)).toBe(pathname);
  });
});
