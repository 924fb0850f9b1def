import { assertEqual, type Case } from '../../../../conformance/assert.ts';
import { makeRequest, type RequestParts } from './make.ts';

type Row = readonly [what: string, parts: RequestParts, href: string];

const host = (value: string): RequestParts => ({ headers: [['host', value]] });

const rows: readonly Row[] = [
  ['the Host, the path and the query', { path: '/a/b', query: 'x=1&y' }, 'http://example.org/a/b?x=1&y'],
  ['a port that is not the default', host('example.org:8080'), 'http://example.org:8080/'],
  ['the default port left out', host('example.org:80'), 'http://example.org/'],
  ['https', { scope: { scheme: 'https' } }, 'https://example.org/'],
  ['an IPv6 address', host('[::1]:8000'), 'http://[::1]:8000/'],
  ['a host in lower case', host('EXAMPLE.org'), 'http://example.org/'],
  ['escapes kept', { path: '/a%2Fb%3Fc', query: 'q=%26' }, 'http://example.org/a%2Fb%3Fc?q=%26'],
  ['a path that looks like a host', { path: '//evil.example/x' }, 'http://example.org//evil.example/x'],
  ['the server-wide OPTIONS', { method: 'OPTIONS', path: '*' }, 'http://example.org/'],
  ['a query with a question mark', { query: '?a=1' }, 'http://example.org/??a=1'],
  ['a query with a number sign, escaped', { query: 'a#b' }, 'http://example.org/?a%23b'],
  ['a path with a question mark, escaped', { path: '/a?b' }, 'http://example.org/a%3Fb'],
  ['the root path in the path', { path: '/app/x', scope: { rootPath: '/app' } }, 'http://example.org/app/x'],
];

/** None of these may stand in a link: the server's address does. */
const badHosts: readonly string[] = [
  '',
  ' ',
  'evil.example/path',
  'evil.example?x',
  'evil.example#x',
  'evil.example\\x',
  'user@evil.example',
  'evil.example:99999',
  'evil.example:8a',
  'evil.example:80:80',
  'evil.example, example.org',
  'a b',
  '[::1',
  '[:::1]',
  '1.2.3.4.5',
  '999.1.1.1',
  'a%00b',
  '<script>',
  'unset.invalid',
  'ex\u00e4mple.org',
];

const servers: readonly (readonly [what: string, server: unknown, href: string])[] = [
  ['an IPv4 address', { host: '10.0.0.1', port: 8000 }, 'http://10.0.0.1:8000/'],
  ['an IPv6 address', { host: '::1', port: 80 }, 'http://[::1]/'],
  ['localhost for a Unix socket', { host: '/run/app.sock', port: null }, 'http://localhost/'],
  ['localhost where there is none', null, 'http://localhost/'],
];

export const cases: readonly Case[] = [
  ...rows.map(([what, parts, href]) => ({
    title: `url has ${what}`,
    run: () => assertEqual(makeRequest(parts).url.href, href),
  })),
  ...badHosts.map((value) => ({
    title: `url falls back to the server's address for the Host ${JSON.stringify(value)}`,
    run: () => assertEqual(makeRequest(host(value)).url.href, 'http://127.0.0.1:8000/'),
  })),
  ...servers.map(([what, server, href]) => ({
    title: `url without a Host has ${what}`,
    run: () => assertEqual(makeRequest({ headers: [], scope: { server } }).url.href, href),
  })),
  {
    title: 'url falls back for two Host fields',
    run: () => {
      const headers = [
        ['host', 'a.example'],
        ['host', 'b.example'],
      ] as const;
      assertEqual(makeRequest({ headers }).url.href, 'http://127.0.0.1:8000/');
    },
  },
  {
    title: 'url is made once',
    run: () => {
      const request = makeRequest();
      const { url } = request;
      assertEqual(request.url === url, true);
    },
  },
];
