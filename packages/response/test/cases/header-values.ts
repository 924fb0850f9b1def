import { Headers } from '@pullo/asgi';
import {
  addVary,
  type CacheControl,
  cacheControl,
  contentDisposition,
  mergeHeaders,
  reasonPhrase,
  Status,
} from '@pullo/response';
import { assertEqual, type Case, thrownBy } from '../../../../conformance/assert.ts';

const dispositions: readonly [filename: string, value: string][] = [
  ['a.txt', 'attachment; filename="a.txt"'],
  ['a b.txt', 'attachment; filename="a b.txt"'],
  ['häst.txt', 'attachment; filename="h_st.txt"; filename*=UTF-8\'\'h%C3%A4st.txt'],
  ['€ rates.txt', 'attachment; filename="_ rates.txt"; filename*=UTF-8\'\'%E2%82%AC%20rates.txt'],
  ['🐎.png', 'attachment; filename="_.png"; filename*=UTF-8\'\'%F0%9F%90%8E.png'],
  ['a"b.txt', 'attachment; filename="a_b.txt"; filename*=UTF-8\'\'a%22b.txt'],
  ['100%.txt', 'attachment; filename="100_.txt"; filename*=UTF-8\'\'100%25.txt'],
  ["it's (1)*.txt", 'attachment; filename="it\'s (1)*.txt"'],
  ["ä'()*.txt", "attachment; filename=\"_'()*.txt\"; filename*=UTF-8''%C3%A4%27%28%29%2A.txt"],
  ['../../etc/passwd', 'attachment; filename="passwd"'],
  ['C:\\temp\\a.txt', 'attachment; filename="a.txt"'],
  ['a\r\nset-cookie: x.txt', 'attachment; filename="aset-cookie: x.txt"'],
  ['a\0.txt', 'attachment; filename="a.txt"'],
  ['photo\u202egpj.exe', 'attachment; filename="photogpj.exe"'],
  ['\ud800.txt', 'attachment; filename="_.txt"; filename*=UTF-8\'\'%EF%BF%BD.txt'],
  ['', 'attachment; filename=""'],
];

const caching: readonly [options: CacheControl, value: string][] = [
  [{}, ''],
  [{ maxAge: 0 }, 'max-age=0'],
  [{ visibility: 'public', maxAge: 60, immutable: true }, 'public, max-age=60, immutable'],
  [{ visibility: 'private', noCache: true }, 'private, no-cache'],
  [{ noStore: true, noTransform: true, mustRevalidate: true }, 'no-store, no-transform, must-revalidate'],
  [
    { maxAge: 1, sMaxAge: 2, staleWhileRevalidate: 3, staleIfError: 4 },
    'max-age=1, s-maxage=2, stale-while-revalidate=3, stale-if-error=4',
  ],
  [{ noStore: false, immutable: false }, ''],
];

const varied: readonly [before: string | null, names: string[], after: string][] = [
  [null, ['Accept'], 'Accept'],
  [null, ['Accept', 'Origin'], 'Accept, Origin'],
  ['Accept', ['accept'], 'Accept'],
  ['accept-encoding', ['Accept', 'Accept-Encoding'], 'accept-encoding, Accept'],
  ['*', ['Accept'], '*'],
  ['Accept', ['*'], '*'],
  [' Accept ,, Origin', ['Cookie'], 'Accept, Origin, Cookie'],
];

const phrases: readonly [status: number, phrase: string][] = [
  [200, 'OK'],
  [203, 'Non-Authoritative Information'],
  [204, 'No Content'],
  [207, 'Multi-Status'],
  [226, 'IM Used'],
  [304, 'Not Modified'],
  [404, 'Not Found'],
  [414, 'URI Too Long'],
  [418, "I'm a Teapot"],
  [431, 'Request Header Fields Too Large'],
  [500, 'Internal Server Error'],
  [505, 'HTTP Version Not Supported'],
  [511, 'Network Authentication Required'],
  [299, ''],
];

export const cases: readonly Case[] = [
  ...dispositions.map(([filename, value]) => ({
    title: `content-disposition of ${JSON.stringify(filename)}`,
    run: () => assertEqual(contentDisposition('attachment', filename), value),
  })),
  {
    title: 'content-disposition without a name is the type alone',
    run: () => assertEqual(contentDisposition('inline'), 'inline'),
  },
  ...caching.map(([options, value]) => ({
    title: `cache-control of ${JSON.stringify(options)}`,
    run: () => assertEqual(cacheControl(options), value),
  })),
  ...[-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY].map((maxAge) => ({
    title: `cache-control refuses maxAge ${maxAge}`,
    run: () => assertEqual(thrownBy(() => cacheControl({ maxAge })).message.includes(String(maxAge)), true),
  })),
  ...varied.map(([before, names, after]) => ({
    title: `vary ${before ?? 'missing'} with ${names.join(' and ')} added`,
    run: () => {
      const headers = new Headers(before === null ? {} : { vary: before });
      addVary(headers, ...names);
      assertEqual(headers.get('vary'), after);
    },
  })),
  ...phrases.map(([status, phrase]) => ({
    title: `the reason phrase of ${status}`,
    run: () => assertEqual(reasonPhrase(status), phrase),
  })),
  {
    title: 'every named status has a reason phrase',
    run: () =>
      assertEqual(
        Object.values(Status).filter((status) => reasonPhrase(status) === ''),
        [],
      ),
  },
  {
    title: 'merging replaces fields as a whole, joins vary and adds cookies',
    run: () => {
      const target = new Headers([
        ['set-cookie', 'a=1'],
        ['vary', 'Accept'],
        ['link', '<a>'],
        ['x-kept', '1'],
      ]);
      mergeHeaders(target, [
        ['Link', '<b>'],
        ['Set-Cookie', 'b=2'],
        ['Vary', 'Origin, accept'],
        ['link', '<c>'],
      ]);
      assertEqual(
        [...target],
        [
          ['link', '<b>, <c>'],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['vary', 'Accept, Origin'],
          ['x-kept', '1'],
        ],
      );
    },
  },
];
