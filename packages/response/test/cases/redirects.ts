import { RedirectResponse } from '@pullo/response';
import { assertEqual, type Case, thrownBy } from '../../../../conformance/assert.ts';

const targets: readonly [from: string | URL, location: string][] = [
  ['/', '/'],
  ['', ''],
  ['/a/b?c=d&e=f#g', '/a/b?c=d&e=f#g'],
  ['https://example.com/ä', 'https://example.com/%C3%A4'],
  [new URL('https://example.com/a b'), 'https://example.com/a%20b'],
  ['/häst/€?q=ö', '/h%C3%A4st/%E2%82%AC?q=%C3%B6'],
  ['/🐎', '/%F0%9F%90%8E'],
  ['/a b', '/a%20b'],
  [' //evil.example', '%20//evil.example'],
  ['/\\evil.example', '/%5Cevil.example'],
  ['\\\\evil.example', '%5C%5Cevil.example'],
  ['/%20%c3%A4', '/%20%c3%A4'],
  ['/100%', '/100%25'],
  ['/%zz%4', '/%25zz%254'],
  ['/%%20', '/%25%20'],
  ['/"<>^`{|}', '/%22%3C%3E%5E%60%7B%7C%7D'],
  ["/:/?#[]@!$&'()*+,;=-._~", "/:/?#[]@!$&'()*+,;=-._~"],
  ['/\ud800', '/%EF%BF%BD'],
  ['relative?x', 'relative?x'],
  ['//other.example/x', '//other.example/x'],
];

const CONTROLS = [
  '/\r\nset-cookie: a=b',
  '/\n',
  '/\r',
  '/\0',
  '/\t',
  'java\tscript:x',
  '/\x7f',
  '/\u0085',
  '\x01',
];

export const cases: readonly Case[] = [
  ...targets.map(([from, location]) => ({
    title: `a redirect to ${JSON.stringify(String(from))} is encoded`,
    run: () => assertEqual(new RedirectResponse(from).headers.get('location'), location),
  })),
  ...CONTROLS.map((target) => ({
    title: `a redirect to ${JSON.stringify(target)} is refused`,
    run: () => {
      const error = thrownBy(() => new RedirectResponse(target));
      assertEqual(Reflect.get(error, 'code'), 'ERR_INVALID_REDIRECT');
    },
  })),
  ...([301, 302, 303, 307, 308] as const).map((status) => ({
    title: `a redirect may be a ${status}`,
    run: () => assertEqual(new RedirectResponse('/', { status }).status, status),
  })),
  ...[200, 300, 304, 305, 400].map((status) => ({
    title: `a redirect is not a ${status}`,
    run: () => {
      // @ts-expect-error the type refuses it too
      const error = thrownBy(() => new RedirectResponse('/', { status }));
      assertEqual(Reflect.get(error, 'code'), 'ERR_INVALID_REDIRECT');
    },
  })),
  {
    title: 'a redirect may have headers of its own',
    run: () => {
      const response = new RedirectResponse('/x', { headers: { 'x-a': '1', location: '/y' } });
      assertEqual([response.headers.get('x-a'), response.headers.get('location')], ['1', '/x']);
    },
  },
];
