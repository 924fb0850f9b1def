import { type Convertor, joinPatterns, Router } from '@pullo/router';
import { type Case, equal, throws } from './assert.ts';

const hex: Convertor<number> = {
  pattern: /[0-9a-f]+/i,
  parse: (text) => Number.parseInt(text, 16),
  format: (value) => value.toString(16),
};

export const cases: readonly Case[] = [
  {
    title: 'A route is what was registered, frozen, and the same in add, match, named and iteration',
    run() {
      const router = new Router<string>();
      const meta = { auth: true };
      const route = router.add('GET', '/users/:id', 'value', { name: 'user', meta });
      equal(route, { method: 'GET', pattern: '/users/:id', value: 'value', name: 'user', meta });
      equal(Object.isFrozen(route), true);
      equal(router.match('GET', '/users/1')?.route === route, true);
      equal(router.named('user') === route, true);
      equal([...router].length === 1 && [...router][0] === route, true);
      equal(router.add('GET', '/', 'x').meta, {});
    },
  },
  {
    title: 'Iteration is in order of registration',
    run() {
      const router = new Router<number>();
      for (const pattern of ['/b', '/a', '/:x', '/c']) router.add('GET', pattern, 1);
      router.add('GET', '/b/c', 1);
      equal(
        [...router].map((route) => route.pattern),
        ['/b', '/a', '/:x', '/c', '/b/c'],
      );
    },
  },
  {
    title: 'has and remove go by the requests that a route serves',
    run() {
      const router = new Router<number>();
      router.add('GET', '/users/:id', 1, { name: 'user' });
      router.add('GET', '/users/*', 2);
      equal(router.has('GET', '/users/:name'), true);
      equal(router.has('POST', '/users/:id'), false);
      equal(router.has('GET', '/users/:id(int)'), false);
      equal(router.remove('GET', '/users/:name'), true);
      equal(router.remove('GET', '/users/:name'), false);
      equal(router.match('GET', '/users/1')?.value, 2);
      equal(router.size, 1);
      throws(() => router.url('user', { id: 1 }), 'ERR_UNKNOWN_ROUTE');
      router.add('GET', '/users/:id', 3);
      equal(router.match('GET', '/users/1')?.value, 3);
    },
  },
  {
    title: 'A shared name goes to the next route when the first is removed',
    run() {
      const router = new Router<number>();
      router.add('GET', '/a', 1, { name: 'a' });
      router.add('POST', '/a', 2, { name: 'a' });
      router.remove('GET', '/a');
      equal(router.named('a')?.method, 'POST');
      equal(router.url('a'), '/a');
    },
  },
  {
    title: 'Removing the last route of a method leaves its requests to routes for all',
    run() {
      const router = new Router<string>();
      router.add('GET', '/a', 'get');
      router.add('*', '/*', 'any');
      equal(router.match('GET', '/a')?.value, 'get');
      router.remove('GET', '/a');
      equal(router.match('GET', '/a')?.value, 'any');
      equal(router.allowed('/a'), ['*']);
      router.remove('*', '/*');
      equal(router.match('GET', '/a'), undefined);
      equal(router.allowed('/a'), []);
    },
  },
  {
    title: 'Routes may be added between lookups, also of methods that were asked for before',
    run() {
      const router = new Router<string>();
      equal(router.match('GET', '/a'), undefined);
      equal(router.matchAny('/a'), undefined);
      router.add('*', '/:x', 'any');
      equal(router.match('GET', '/a')?.value, 'any');
      router.add('GET', '/a', 'get');
      equal(router.match('GET', '/a')?.value, 'get');
      equal(router.match('HEAD', '/a')?.value, 'get');
      router.add('HEAD', '/a', 'head');
      equal(router.match('HEAD', '/a')?.value, 'head');
      equal(router.matchAny('/a')?.value, 'get');
    },
  },
  {
    title: 'merge puts another router’s routes under a prefix, names and meta included',
    run() {
      const users = new Router<string>();
      users.add('GET', '/', 'list', { name: 'users' });
      users.add('GET', '/:id(int)', 'one', { name: 'user', meta: { a: 1 } });
      users.add('*', '/*', 'none');
      const router = new Router<string>();
      router.merge('/orgs/:org/users', users);
      equal(router.match('GET', '/orgs/x/users')?.params, { org: 'x' });
      equal(router.match('GET', '/orgs/x/users/7')?.params, { org: 'x', id: 7 });
      equal(router.match('GET', '/orgs/x/users/y')?.params, { org: 'x', '*': 'y' });
      equal(router.url('user', { org: 'x', id: 7 }), '/orgs/x/users/7');
      equal(router.named('user')?.meta, { a: 1 });
      equal(users.size, 3);
    },
  },
  {
    title: 'merge registers all or nothing',
    run() {
      const other = new Router<number>();
      other.add('GET', '/a', 1);
      other.add('GET', '/:id', 2);
      const router = new Router<number>();
      throws(() => router.merge('/:id', other), 'ERR_INVALID_PATTERN');
      equal(router.size, 0);
      equal(router.match('GET', '/x/a'), undefined);
      router.add('GET', '/p/:x', 3);
      throws(() => router.merge('/p', other), 'ERR_ROUTE_CONFLICT');
      equal([...router].length, 1);
    },
  },
  {
    title: 'A router can be merged into itself',
    run() {
      const router = new Router<number>();
      router.add('GET', '/a', 1);
      router.merge('/v1', router);
      equal(
        [...router].map((route) => route.pattern),
        ['/a', '/v1/a'],
      );
    },
  },
  {
    title: 'joinPatterns gives the prefix for "/" and no double slash',
    run() {
      equal(joinPatterns('/api', '/'), '/api');
      equal(joinPatterns('/api', '/x'), '/api/x');
      equal(joinPatterns('/api/', '/x'), '/api/x');
      equal(joinPatterns('/', '/x'), '/x');
      equal(joinPatterns('', '/'), '/');
      equal(joinPatterns('/', '/'), '/');
    },
  },
  {
    title: 'caseSensitive: false compares ASCII letters of static text only, and keeps values as they are',
    run() {
      const router = new Router<string>({ caseSensitive: false });
      for (const pattern of ['/Users/:Id', '/Files/*Rest', '/v:Major.X', '/:lang(fi|en)/É'])
        router.add('GET', pattern, pattern);
      equal(router.match('GET', '/uSERS/AbC')?.params, { Id: 'AbC' });
      equal(router.match('GET', '/FILES/A/b')?.params, { Rest: 'A/b' });
      equal(router.match('GET', '/V2B.x')?.params, { Major: '2B' });
      equal(router.match('GET', '/FI/%C3%89')?.params, { lang: 'FI' });
      equal(router.match('GET', '/FI/%c3%89')?.params, { lang: 'FI' });
      equal(router.match('GET', '/fi/%C3%A9'), undefined);
      throws(() => router.add('GET', '/USERS/:x', ''), 'ERR_ROUTE_CONFLICT');
    },
  },
  {
    title: 'ignoreTrailingSlash makes a path the same with and without one slash at its end',
    run() {
      const router = new Router<string>({ ignoreTrailingSlash: true });
      for (const pattern of ['/a', '/b/', '/u/:id', '/o/:x?', '/f/*rest', '/'])
        router.add('GET', pattern, pattern);
      const found = (path: string) => {
        const match = router.match('GET', path);
        return match && [match.value, match.params];
      };
      equal(found('/a/'), ['/a', {}]);
      equal(found('/a//'), undefined);
      equal(found('/b'), ['/b/', {}]);
      equal(found('/u/1/'), ['/u/:id', { id: '1' }]);
      equal(found('/u/'), undefined);
      equal(found('/o/'), ['/o/:x?', {}]);
      equal(found('/o/1/'), ['/o/:x?', { x: '1' }]);
      equal(found('/f'), ['/f/*rest', { rest: '' }]);
      equal(found('/f/x/'), ['/f/*rest', { rest: 'x/' }]);
      equal(found('/'), ['/', {}]);
      throws(() => router.add('GET', '/a/', ''), 'ERR_ROUTE_CONFLICT');
    },
  },
  {
    title: 'With ignoreTrailingSlash a catch-all does not take what has a route of its own',
    run() {
      const router = new Router<string>({ ignoreTrailingSlash: true });
      router.add('GET', '/*', 'all');
      router.add('GET', '/a', 'a');
      router.add('GET', '/:x/*', 'under');
      equal(router.match('GET', '/a/')?.value, 'a');
      equal(router.match('GET', '/b')?.value, 'under');
      equal(router.match('GET', '/')?.value, 'all');
    },
  },
  {
    title: 'A convertor of one’s own parses what its pattern matches, and formats',
    run() {
      const router = new Router<string, { hex: typeof hex }>({ convertors: { hex } });
      router.add('GET', '/:n(hex)', 'hex', { name: 'hex' });
      equal(router.match('GET', '/fF')?.params, { n: 255 });
      equal(router.match('GET', '/xf'), undefined);
      equal(router.url('hex', { n: 255 }), '/ff');
    },
  },
  {
    title: 'A parse that throws is no match, and the next route is tried',
    run() {
      const even: Convertor<number> = {
        pattern: /\d+/,
        parse(text) {
          if (Number(text) % 2 === 1) throw new RangeError('odd');
          return Number(text);
        },
      };
      const router = new Router<string, { even: typeof even }>({ convertors: { even } });
      router.add('GET', '/:n(even)', 'even');
      router.add('GET', '/:n', 'any');
      equal(router.match('GET', '/2')?.params, { n: 2 });
      equal(router.match('GET', '/3')?.params, { n: '3' });
    },
  },
  {
    title: 'A convertor may look something up in the very router',
    run() {
      const convertors = {
        there: {
          pattern: /.+/,
          parse(text: string): string {
            if (router.match('GET', `/known/${text}/x`) === undefined) throw new RangeError('unknown');
            return text;
          },
        },
      };
      const router: Router<string, typeof convertors> = new Router<string, typeof convertors>({ convertors });
      router.add('GET', '/known/:name(a|b)/:other', 'known');
      router.add('GET', '/:first/:second(there)/:third', 'there');
      equal(router.match('GET', '/1/a/3')?.params, { first: '1', second: 'a', third: '3' });
      equal(router.match('GET', '/1/c/3'), undefined);
    },
  },
  {
    title: 'A stateful expression of a convertor does not remember',
    run() {
      const router = new Router<number, { g: Convertor }>({ convertors: { g: { pattern: /a+/gy } } });
      router.add('GET', '/:x(g)', 1);
      for (let i = 0; i < 3; i++) equal(router.match('GET', '/aa')?.params, { x: 'aa' });
    },
  },
  {
    title: 'Params inherit nothing, keep the order of the pattern, and can be taken apart and spread',
    run() {
      const router = new Router<number>();
      router.add('GET', '/:b/:a(int)/:c-:d', 1);
      const params = router.match('GET', '/x/1/y-z')?.params;
      equal(Object.keys(params ?? {}), ['b', 'a', 'c', 'd']);
      equal({ ...params }, { b: 'x', a: 1, c: 'y', d: 'z' });
      for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
        equal(params?.[name], undefined);
      router.add('GET', '/', 1);
      equal(router.match('GET', '/')?.params.constructor, undefined);
    },
  },
  {
    title: 'A parameter named __proto__ is a value like any other and changes no prototype',
    run() {
      const router = new Router<number>();
      router.add('GET', '/:__proto__/:constructor/:prototype', 1);
      const params = router.match('GET', '/a/b/c')?.params ?? {};
      equal(Object.entries(params), [
        ['__proto__', 'a'],
        ['constructor', 'b'],
        ['prototype', 'c'],
      ]);
      equal(({} as Record<string, unknown>).a, undefined);
      equal(Object.getPrototypeOf({}) === Object.prototype, true);
    },
  },
  {
    title: 'Methods and names that objects know are ordinary text',
    run() {
      const router = new Router<string>();
      for (const method of ['constructor', '__proto__', 'toString'])
        equal(router.match(method, '/'), undefined);
      router.add('__proto__', '/', 'p', { name: '__proto__' });
      router.add('constructor', '/', 'c', { name: 'constructor' });
      equal(router.match('__proto__', '/')?.value, 'p');
      equal(router.match('constructor', '/')?.value, 'c');
      equal(router.match('toString', '/'), undefined);
      equal(router.allowed('/'), ['__proto__', 'constructor']);
      equal(router.url('constructor'), '/');
      equal(router.named('toString'), undefined);
    },
  },
  {
    title: 'What does not begin with a slash matches nothing, not even a rest',
    run() {
      const router = new Router<number>();
      router.add('*', '/*', 1);
      for (const path of ['', '*', 'a', 'example.com:443', 'http://x/']) {
        equal(router.match('OPTIONS', path), undefined);
        equal(router.allowed(path), []);
      }
    },
  },
  {
    title: 'Paths that are not ASCII don’t match static text, and are no error',
    run() {
      const router = new Router<number>({ caseSensitive: false });
      router.add('GET', '/İ/:x', 1);
      router.add('GET', '/:a/:b', 2);
      equal(router.match('GET', '/İX/Y')?.params, { a: 'İX', b: 'Y' });
      equal(router.match('GET', '/%C4%B0/Y')?.params, { x: 'Y' });
    },
  },
  {
    title: 'Values that can’t be decoded are no match, and less specific routes may be one',
    run() {
      const router = new Router<string>();
      router.add('GET', '/a/:x/c', 'param');
      router.add('GET', '/:x-:y', 'mixed');
      router.add('GET', '/%61/%ff/c', 'static');
      equal(router.match('GET', '/a/%E4/c'), undefined);
      equal(router.match('GET', '/a/%FF/c')?.value, 'static');
      equal(router.match('GET', '/a/%C3%A4/c')?.params, { x: 'ä' });
      equal(router.match('GET', '/%E4-b'), undefined);
      equal(router.match('GET', '/a-%'), undefined);
    },
  },
  {
    title: 'Router.from finds patterns by name for any method, and makes their URLs',
    run() {
      const pages = Router.from({ home: '/', user: '/users/:id(int)', file: '/files/*path' });
      const match = pages.match('GET', '/users/42');
      equal(match?.value, 'user');
      equal(match?.value === 'user' ? match.params.id + 1 : undefined, 43);
      equal(pages.matchAny('/files/a/b')?.params, { path: 'a/b' });
      equal(pages.url('home'), '/');
      equal(pages.url('user', { id: 7 }, { query: { tab: 'posts' } }), '/users/7?tab=posts');
      equal(
        [...pages].map((route) => route.name),
        ['home', 'user', 'file'],
      );
    },
  },
];
