import { Router } from '@pullo/router';
import { type Case, equal } from './assert.ts';

/** Patterns, and for each path the pattern that must be found, in whatever order they are registered. */
const table: readonly {
  readonly title: string;
  readonly patterns: readonly string[];
  readonly found: Readonly<Record<string, string | undefined>>;
}[] = [
  {
    title: 'static text, mixed, int, uuid, float, slug, any text, optional, rest',
    patterns: [
      '/x/*',
      '/x/:id?',
      '/x/:id',
      '/x/:id(slug)',
      '/x/:id(float)',
      '/x/:id(uuid)',
      '/x/:id(int)',
      '/x/4:id',
      '/x/42',
    ],
    found: {
      '/x/42': '/x/42',
      '/x/43': '/x/4:id',
      '/x/5': '/x/:id(int)',
      '/x/0b7f5c6e-9d0b-4b52-8d4b-7e0d3a6f1c11': '/x/:id(uuid)',
      '/x/5.5': '/x/:id(float)',
      '/x/five': '/x/:id(slug)',
      '/x/f.i.v.e': '/x/:id',
      '/x': '/x/:id?',
      '/x/': '/x/*',
      '/x/a/b': '/x/*',
    },
  },
  {
    title: 'an own convertor and an expression before any text',
    patterns: ['/:x', '/:x(a.*)'],
    found: { '/abc': '/:x(a.*)', '/bc': '/:x' },
  },
  {
    title: 'an optional parameter behind any text, before a rest',
    patterns: ['/b/:x', '/b/:x(int)?', '/b/*'],
    found: { '/b/5': '/b/:x', '/b': '/b/:x(int)?', '/b/': '/b/*', '/b/5/6': '/b/*' },
  },
  {
    title: 'what ends at a place before what is optional there',
    patterns: ['/b', '/b/:x?'],
    found: { '/b': '/b', '/b/1': '/b/:x?' },
  },
  {
    title: 'the mixed segment with more static text',
    patterns: ['/:a-:b', '/:a.json', '/:a-:b.json', '/x-:a'],
    found: {
      '/p-q.json': '/:a-:b.json',
      '/p.json': '/:a.json',
      '/p-q': '/:a-:b',
      '/x-q': '/x-:a',
      '/x-q.json': '/:a-:b.json',
    },
  },
  {
    title: 'of as much static text, the longer prefix, then convertors',
    patterns: ['/:a-x', '/y-:a', '/v:a', '/v:a(int)'],
    found: { '/y--x': '/y-:a', '/a-x': '/:a-x', '/v5': '/v:a(int)', '/va': '/v:a' },
  },
  {
    title: 'the first segment that differs decides',
    patterns: ['/a/:x', '/:y/b', '/a/:x/c', '/:y/b/c'],
    found: { '/a/b': '/a/:x', '/z/b': '/:y/b', '/a/b/c': '/a/:x/c', '/z/b/c': '/:y/b/c' },
  },
  {
    title: 'a way that leads nowhere is taken back',
    patterns: ['/a/b/c', '/a/:x/d', '/:y/b/e', '/:y/:x/f', '/*'],
    found: {
      '/a/b/c': '/a/b/c',
      '/a/b/d': '/a/:x/d',
      '/a/b/e': '/:y/b/e',
      '/a/b/f': '/:y/:x/f',
      '/a/b/g': '/*',
    },
  },
  {
    title: 'a rest behind everything at its place, and before what is behind its place',
    patterns: ['/a/*', '/:x/b', '/*'],
    found: { '/a/b': '/a/*', '/c/b': '/:x/b', '/c/d': '/*', '/a': '/*' },
  },
  {
    title: 'an empty segment before an absent one',
    patterns: ['//:p?', '/:p(slug)?', '/*'],
    found: { '/': '//:p?', '/a': '/:p(slug)?', '//a': '//:p?' },
  },
  {
    title: 'text of a segment does not reach into the next',
    patterns: ['/users', '/users/:id', '/usersettings', '/user', '/:x'],
    found: {
      '/users': '/users',
      '/usersettings': '/usersettings',
      '/user': '/user',
      '/use': '/:x',
      '/users/s': '/users/:id',
    },
  },
];

function orders(patterns: readonly string[]): readonly (readonly string[])[] {
  const rotated = patterns.map((_, i) => [...patterns.slice(i), ...patterns.slice(0, i)]);
  return [...rotated, ...rotated.map((each) => [...each].reverse())];
}

const byPattern: readonly Case[] = table.map(({ title, patterns, found }) => ({
  title: `first comes ${title}`,
  run() {
    for (const order of orders(patterns)) {
      const router = new Router<string>();
      for (const pattern of order) router.add('GET', pattern, pattern);
      const actual = Object.keys(found).map((path) => [path, router.match('GET', path)?.value]);
      equal(actual, Object.entries(found));
    }
  },
}));

function routerOf(...routes: readonly string[]): Router<string> {
  const router = new Router<string>();
  for (const route of routes) {
    const [method = '', pattern = ''] = route.split(' ');
    router.add(method, pattern, route);
  }
  return router;
}

export const cases: readonly Case[] = [
  ...byPattern,
  {
    title: 'Expressions and convertors of one’s own are tried in order of registration',
    run() {
      equal(routerOf('GET /:a(x.*)', 'GET /:a(.*y)').match('GET', '/xy')?.value, 'GET /:a(x.*)');
      equal(routerOf('GET /:a(.*y)', 'GET /:a(x.*)').match('GET', '/xy')?.value, 'GET /:a(.*y)');
    },
  },
  {
    title: 'HEAD is served by GET routes, after its own',
    run() {
      equal(routerOf('GET /a').match('HEAD', '/a')?.value, 'GET /a');
      equal(routerOf('GET /a', 'HEAD /a').match('HEAD', '/a')?.value, 'HEAD /a');
      equal(routerOf('HEAD /:x', 'GET /a').match('HEAD', '/a')?.value, 'GET /a');
      equal(routerOf('HEAD /a').match('GET', '/a')?.value, undefined);
    },
  },
  {
    title: "At equal patterns the own method comes before GET for HEAD, and that before '*'",
    run() {
      equal(routerOf('* /a', 'GET /a', 'HEAD /a').match('HEAD', '/a')?.value, 'HEAD /a');
      equal(routerOf('* /a', 'GET /a').match('HEAD', '/a')?.value, 'GET /a');
      equal(routerOf('GET /a', '* /a').match('HEAD', '/a')?.value, 'GET /a');
      equal(routerOf('* /a', 'GET /a').match('PUT', '/a')?.value, '* /a');
    },
  },
  {
    title: 'Names of parameters are those of the route that is found, also at equal patterns',
    run() {
      const router = routerOf('* /:any', 'GET /:own');
      equal(router.match('GET', '/x')?.params, { own: 'x' });
      equal(router.match('PUT', '/x')?.params, { any: 'x' });
    },
  },
  {
    title: "A more specific pattern for '*' comes before a less specific one of the own method",
    run() {
      equal(routerOf('* /a', 'GET /:x').match('GET', '/a')?.value, '* /a');
    },
  },
  {
    title: 'Routes of other methods take no part',
    run() {
      const router = routerOf('POST /users/me', 'GET /users/:id');
      equal(router.match('GET', '/users/me')?.value, 'GET /users/:id');
      equal(router.match('POST', '/users/me')?.value, 'POST /users/me');
      equal(router.match('POST', '/users/you')?.value, undefined);
    },
  },
  {
    title: 'Methods are case-sensitive',
    run() {
      const router = routerOf('PATCH /a');
      equal(router.match('patch', '/a')?.value, undefined);
      equal(router.match('PATCH', '/a')?.value, 'PATCH /a');
    },
  },
  {
    title: 'matchAny finds the most specific route of any method, the first of equal ones',
    run() {
      const router = routerOf('GET /users/:id', 'POST /users/me', 'PUT /users/me', '* /*');
      equal(router.matchAny('/users/me')?.value, 'POST /users/me');
      equal(router.matchAny('/users/5')?.params, { id: '5' });
      equal(router.matchAny('/x')?.value, '* /*');
      router.add('DELETE', '/x', 'DELETE /x');
      equal(router.matchAny('/x')?.value, 'DELETE /x');
    },
  },
  {
    title: 'allowed lists the methods of a path, sorted, HEAD with GET',
    run() {
      const router = routerOf('POST /a', 'GET /a', 'DELETE /:x', '* /any/*');
      equal(router.allowed('/a'), ['DELETE', 'GET', 'HEAD', 'POST']);
      equal(router.allowed('/b'), ['DELETE']);
      equal(router.allowed('/any/thing'), ['*']);
      equal(router.allowed('/a/b'), []);
      equal(routerOf('HEAD /a').allowed('/a'), ['HEAD']);
    },
  },
];
