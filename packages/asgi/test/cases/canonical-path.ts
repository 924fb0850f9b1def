import { BadPath, canonicalPath } from '@pullo/asgi';
import { assertEqual, type Case, thrownBy } from '../../../../conformance/assert.ts';

type Row = readonly [path: string, canonical: string, why: string];

const rows: readonly Row[] = [
  ['/', '/', 'the root'],
  ['/users/42', '/users/42', 'a clean path'],
  ['*', '*', 'the target of a server-wide OPTIONS'],
  ["/-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@", 'all that may stand in a segment'],
  ['/a;x=1/b', '/a;x=1/b', 'a matrix parameter is part of its segment'],
  // Escapes (RFC 3986, section 6.2.2.1 and 6.2.2.2)
  ['/%61', '/a', 'the escape of a letter'],
  ['/%7Euser/%2D%5F', '/~user/-_', 'escapes of unreserved characters'],
  ['/a%2fb', '/a%2Fb', 'an escaped slash is no separator'],
  ['/a%5cb', '/a%5Cb', 'an escaped backslash is no separator'],
  ['/%2561', '/%2561', 'an escape is decoded once'],
  ['/%252e%252e/', '/%252e%252e/', 'twice escaped dots are no dots'],
  ['/%41%2a%3B', '/A%2A%3B', 'escapes of sub-delimiters are kept'],
  ['/caf%c3%a9', '/caf%C3%A9', 'an escaped letter beyond ASCII'],
  ['/%EF%BB%BF', '/%EF%BB%BF', 'an escaped byte order mark'],
  // Bytes that may not stand in a path
  ['/caf\xc3\xa9', '/caf%C3%A9', 'raw UTF-8'],
  ['/\xc3%a9', '/%C3%A9', 'half raw, half escaped UTF-8'],
  ['/a\\b', '/a%5Cb', 'a raw backslash is no separator'],
  ['/..\\..\\x', '/..%5C..%5Cx', 'dots beside backslashes are no dot segments'],
  ['/a b', '/a%20b', 'a space'],
  ['/a\tb\x7f', '/a%09b%7F', 'control characters'],
  ['/"<>[]^`{|}', '/%22%3C%3E%5B%5D%5E%60%7B%7C%7D', 'all other ASCII that RFC 3986 does not let stand'],
  // Dot segments (section 5.2.4)
  ['/.', '/', 'a dot'],
  ['/..', '/', 'two dots above the root'],
  ['/./', '/', 'a dot segment'],
  ['/../', '/', 'a segment of two dots above the root'],
  ['/a/.', '/a/', 'a dot at the end leaves a slash'],
  ['/a/..', '/', 'two dots at the end'],
  ['/a/b/..', '/a/', 'two dots at the end leave a slash'],
  ['/a/./b/../c', '/a/c', 'dots in the middle'],
  ['/a/b/c/./../../g', '/a/g', "the RFC's own example"],
  ['/../../../etc/passwd', '/etc/passwd', 'as many as one likes'],
  ['/a/%2e%2E/b', '/b', 'escaped dots'],
  ['/a/.%2e/%2e/b', '/b', 'half escaped dots'],
  ['/.%61', '/.a', 'a hidden file is no dot segment'],
  ['/...', '/...', 'three dots are a name'],
  ['/a../..b/.c', '/a../..b/.c', 'dots in names'],
  ['/.well-known/x', '/.well-known/x', 'a well-known address'],
  ['/a/..;/b', '/a/..;/b', 'dots with a parameter are a name'],
  // Empty segments stay
  ['//', '//', 'two slashes'],
  ['//evil.example/', '//evil.example/', 'an empty first segment'],
  ['/a//b', '/a//b', 'an empty segment'],
  ['/a/', '/a/', 'a slash at the end'],
  ['/a//../b', '/a/b', 'two dots take away an empty segment'],
  ['/..//a', '//a', 'two dots do not take away what comes after them'],
  ['/././/a', '//a', 'dot segments before an empty one'],
];

const refused: readonly (readonly [path: string, message: string])[] = [
  ['', 'Bad path "": it must begin with "/".'],
  ['a', 'Bad path "a": it must begin with "/".'],
  ['**', 'Bad path "**": it must begin with "/".'],
  ['example.org:443', 'Bad path "example.org:443": it must begin with "/".'],
  ['http://a/', 'Bad path "http://a/": it must begin with "/".'],
  ['%2F', 'Bad path "%2F": it must begin with "/".'],
  ['/a?b', 'Bad path "/a?b": it has a "?".'],
  ['/a#b', 'Bad path "/a#b": it has a "#".'],
  ['/a\0b', 'Bad path "/a\\u0000b": it has a NUL.'],
  ['/a%00b', 'Bad path "/a%00b": it has a NUL.'],
  ['/%', 'Bad path "/%": malformed escape "%".'],
  ['/%4', 'Bad path "/%4": malformed escape "%4".'],
  ['/%4g', 'Bad path "/%4g": malformed escape "%4g".'],
  ['/%u0041', 'Bad path "/%u0041": malformed escape "%u0".'],
  ['/%%41', 'Bad path "/%%41": malformed escape "%%4".'],
  ['/%2%65', 'Bad path "/%2%65": malformed escape "%2%".'],
  ['/%+1', 'Bad path "/%+1": malformed escape "%+1".'],
  ['/%ff', 'Bad path "/%ff": its bytes are not UTF-8.'],
  ['/%c3', 'Bad path "/%c3": its bytes are not UTF-8.'],
  ['/\xe4', 'Bad path "/ä": its bytes are not UTF-8.'],
  ['/%c0%af', 'Bad path "/%c0%af": its bytes are not UTF-8.'],
  ['/%c0%ae%c0%ae/', 'Bad path "/%c0%ae%c0%ae/": its bytes are not UTF-8.'],
  ['/%ed%a0%80', 'Bad path "/%ed%a0%80": its bytes are not UTF-8.'],
  ['/%f4%90%80%80', 'Bad path "/%f4%90%80%80": its bytes are not UTF-8.'],
  ['/€', 'Bad path "/€": it has a character beyond U+00FF; percent-encode it first.'],
];

export const name = 'canonicalPath';
export const cases: readonly Case[] = [
  ...rows.map(([path, canonical, why]) => ({
    title: `${JSON.stringify(path)} is ${JSON.stringify(canonical)}: ${why}`,
    run: () => {
      assertEqual(canonicalPath(path), canonical);
      assertEqual(canonicalPath(canonical), canonical);
    },
  })),
  ...refused.map(([path, message]) => ({
    title: message,
    run: () => {
      const error = thrownBy(() => canonicalPath(path));
      assertEqual(error.message, message);
      assertEqual(error instanceof BadPath && error.path, path);
    },
  })),
];
