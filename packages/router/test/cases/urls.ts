import { type Convertor, Router } from '@pullo/router';
import { type Case, equal, throws } from './assert.ts';

const day: Convertor<Date> = {
  pattern: /\d{4}-\d{2}-\d{2}/,
  parse(text) {
    const date = new Date(`${text}T00:00:00Z`);
    if (Number.isNaN(date.getTime())) throw new RangeError('no such day');
    return date;
  },
  format: (value) => value.toISOString().slice(0, 10),
};

function routerWith(pattern: string): Router<string, { day: Convertor<Date> }> {
  const router = new Router<string, { day: Convertor<Date> }>({ convertors: { day } });
  router.add('GET', pattern, 'value', { name: 'route' });
  return router;
}

/** A pattern, parameters, and the path they make. */
const made: readonly (readonly [pattern: string, params: Record<string, unknown>, url: string])[] = [
  ['/', {}, '/'],
  ['/users/:id', { id: 'ada' }, '/users/ada'],
  ['/users/:id', { id: 42 }, '/users/42'],
  ['/users/:id(int)', { id: -42 }, '/users/-42'],
  ['/users/:id(int)/posts', { id: 1, more: 2 }, '/users/1/posts'],
  ['/:n(float)', { n: 1.5 }, '/1.5'],
  ['/:n(float)', { n: 1e21 }, '/1000000000000000000000'],
  ['/:n(float)', { n: 1e-7 }, `/${(1e-7).toFixed(100).replace(/0+$/, '')}`],
  ['/:d(day)', { d: new Date('2024-02-29T12:00:00Z') }, '/2024-02-29'],
  ['/:x', { x: 'a/b?c#d e%' }, '/a%2Fb%3Fc%23d%20e%25'],
  ['/:x', { x: 'ä' }, '/%C3%A4'],
  ['/:x', { x: '...' }, '/...'],
  ['/:file.:ext', { file: 'a', ext: 'b.c' }, '/a.b.c'],
  ['/:x,:y', { x: '1,2', y: '3' }, '/1%2C2,3'],
  ['/v:major(int)', { major: 2 }, '/v2'],
  ['/books/:id?', {}, '/books'],
  ['/books/:id?', { id: undefined }, '/books'],
  ['/books/:id?', { id: 'x' }, '/books/x'],
  ['/books/:id?', { id: null }, '/books'],
  ['/:lang?', {}, '/'],
  ['/files/*rest', { rest: '' }, '/files/'],
  ['/files/*rest', { rest: 'a b/c' }, '/files/a%20b/c'],
  ['/files/*', { '*': 'a//b/' }, '/files/a//b/'],
  ['/files/:p(path)', { p: 'a/b' }, '/files/a/b'],
  ['/päivä/\\:x', {}, '/p%C3%A4iv%C3%A4/:x'],
  ['/:constructor', { constructor: 'x' }, '/x'],
];

/** A pattern, parameters that it can't have, and what the message says. */
const refused: readonly (readonly [pattern: string, params: Record<string, unknown>, message: string])[] = [
  ['/:id', {}, 'Parameter "id" of "/:id" is missing.'],
  ['/:id', { id: null }, 'Parameter "id" of "/:id" is missing.'],
  ['/:constructor', {}, 'Parameter "constructor" of "/:constructor" is missing.'],
  ['/:__proto__', {}, 'Parameter "__proto__" of "/:__proto__" is missing.'],
  ['/*', {}, 'Parameter "*" of "/*" is missing.'],
  ['/:id', { id: '' }, 'must not be empty'],
  ['/:id', { id: {} }, 'must be a string or a number, but it is a value of type object'],
  ['/:id', { id: ['a'] }, 'must be a string or a number, but it is an array'],
  ['/:id', { id: '..' }, 'would make a dot segment'],
  ['/:id', { id: '.' }, 'would make a dot segment'],
  ['/*p', { p: 'a/../b' }, 'would make a dot segment'],
  ['/:id', { id: 'a\0' }, 'must not have a NUL'],
  ['/:id', { id: '\ud800' }, 'has half of a surrogate pair'],
  ['/:id(int)', { id: 1.5 }, 'does not match (int): 1.5'],
  ['/:id(int)', { id: Number.NaN }, 'does not match (int): NaN'],
  ['/:id(int)', { id: 2 ** 53 }, 'does not match (int)'],
  ['/:id(uuid)', { id: 'x' }, 'does not match (uuid): "x"'],
  ['/:lang(fi|en)', { lang: 'sv' }, 'does not match (fi|en): "sv"'],
  ['/:d(day)', { d: 'x' }, 'has no text for (day)'],
  ['/:d(day)', { d: new Date(Number.NaN) }, 'has no text for (day)'],
  ['/:x(.+)', { x: {} }, 'must be a string or a number, but it is a value of type object'],
  ['/:x(slug)', { x: ['a'] }, 'must be a string or a number, but it is an array'],
  ['/*p', { p: '/evil.example' }, 'would be read as a host'],
  ['//:x', { x: 'evil.example' }, 'would be read as a host'],
  ['/:file.:ext', { file: 'a.b', ext: 'c' }, 'would be read back as something else'],
];

export const cases: readonly Case[] = [
  ...made.map(
    ([pattern, params, url]): Case => ({
      title: `${pattern} with ${JSON.stringify(params)} is ${url.slice(0, 60)}`,
      run() {
        const router = routerWith(pattern);
        equal(router.url('route', params), url);
        if (router.match('GET', url) === undefined) throw new Error(`${url} is not matched`);
      },
    }),
  ),
  ...refused.map(
    ([pattern, params, message]): Case => ({
      title: `${pattern} can't be made of ${Object.values(params).map(String).join() || 'nothing'}`,
      run() {
        const error = throws(() => routerWith(pattern).url('route', params), 'ERR_INVALID_PARAM');
        if (!error.message.includes(message)) throw new Error(`the message is: ${error.message}`);
      },
    }),
  ),
  {
    title: 'The query is a record, pairs or URLSearchParams; null and undefined are left out, lists repeated',
    run() {
      const router = routerWith('/s');
      const url = (query: Parameters<typeof router.url>[2]) => router.url('route', {}, query);
      equal(
        url({ query: { q: 'a b&c', page: 2, all: true, none: null, no: undefined } }),
        '/s?q=a+b%26c&page=2&all=true',
      );
      equal(url({ query: { tag: ['x', 'y', undefined] } }), '/s?tag=x&tag=y');
      equal(
        url({
          query: [
            ['a', '1'],
            ['a', '2'],
          ],
        }),
        '/s?a=1&a=2',
      );
      equal(url({ query: new URLSearchParams('x=ä') }), '/s?x=%C3%A4');
      equal(url({ query: {} }), '/s');
    },
  },
  {
    title: 'An unknown name is an error that says which are known',
    run() {
      const { message } = throws(() => routerWith('/').url('rout'), 'ERR_UNKNOWN_ROUTE');
      equal(
        message,
        'No route is named "rout": known are "route"; give a name with add(method, pattern, value, { name }).',
      );
      throws(() => new Router().url('constructor'), 'ERR_UNKNOWN_ROUTE');
    },
  },
  {
    title: 'A URL has the case that the pattern was written in',
    run() {
      const router = new Router({ caseSensitive: false });
      router.add('GET', '/Users/:id', 1, { name: 'user' });
      equal(router.url('user', { id: 'Ada' }), '/Users/Ada');
    },
  },
  {
    title: 'What a router that ignores case would read back as something else is refused',
    run() {
      const router = new Router({ caseSensitive: false });
      router.add('GET', '/:a-x-:b', 1, { name: 'pair' });
      equal(router.url('pair', { a: '1-2', b: 'X' }), '/1-2-x-X');
      throws(() => router.url('pair', { a: '1-X-2', b: '3' }), 'ERR_INVALID_PARAM');
    },
  },
];
