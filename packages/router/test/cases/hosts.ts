import { HostRouter } from '@pullo/router/host';
import { type Case, equal, throws } from './assert.ts';

const patterns: readonly string[] = [
  'example.com',
  'www.example.com',
  ':tenant.example.com',
  'api-:region(eu|us).example.com',
  ':n(int).example.com',
  '*.example.com',
  '*sub.apps.example.com',
  ':optional?.example.org',
  '127.0.0.1',
  '\\[\\:\\:1\\]',
  'müsli.example',
  ':name',
];

/** A host, the pattern that must be found, and its parameters. */
const table: readonly (readonly [host: string, pattern: string | undefined, params?: object])[] = [
  ['example.com', 'example.com', {}],
  ['EXAMPLE.com', 'example.com', {}],
  ['example.com:8000', 'example.com', {}],
  ['example.com:', 'example.com', {}],
  ['example.com.', 'example.com', {}],
  ['example.com.:80', 'example.com', {}],
  ['www.example.com', 'www.example.com', {}],
  ['acme.example.com', ':tenant.example.com', { tenant: 'acme' }],
  ['ACME.example.com:443', ':tenant.example.com', { tenant: 'acme' }],
  ['api-eu.example.com', 'api-:region(eu|us).example.com', { region: 'eu' }],
  ['api-xx.example.com', ':tenant.example.com', { tenant: 'api-xx' }],
  ['42.example.com', ':n(int).example.com', { n: 42 }],
  ['a.b.example.com', '*.example.com', { '*': 'a.b' }],
  ['a.b.c.apps.example.com', '*sub.apps.example.com', { sub: 'a.b.c' }],
  ['apps.example.com', ':tenant.example.com', { tenant: 'apps' }],
  ['example.org', ':optional?.example.org', {}],
  ['x.example.org', ':optional?.example.org', { optional: 'x' }],
  ['y.x.example.org', undefined],
  ['127.0.0.1:8000', '127.0.0.1', {}],
  ['[::1]:8000', '\\[\\:\\:1\\]', {}],
  ['[::1]', '\\[\\:\\:1\\]', {}],
  ['xn--msli-0ra.example', 'müsli.example', {}],
  ['localhost', ':name', { name: 'localhost' }],
  ['__proto__', ':name', { name: '__proto__' }],
  ['', undefined],
  ['.', undefined],
  ['.example.com', undefined],
  ['a..example.com', undefined],
  ['a/b.example.com', undefined],
  ['a%2Eb.example.com', undefined],
  ['müsli.example', undefined],
  // The sign for Kelvin, whose lower case is an ASCII k.
  ['\u212a.example.com', undefined],
  ['user@example.com', undefined],
];

/** A pattern that is refused, and how its message begins. */
const refused: readonly (readonly [pattern: string, problem: string])[] = [
  ['', 'An empty label'],
  ['a..b', 'An empty label'],
  ['.example.com', 'An empty label'],
  ['example.*', 'A rest that is not the whole first segment'],
  ['a.:b?.com', 'An optional parameter that is not the whole first segment'],
  [':a.:a.com', 'The name "a" twice'],
  [':a(itn).com', 'Unknown convertor "itn"'],
  ['a b.com', 'A character that no host name has'],
  ['example.com:80', 'Bad name "80"'],
];

function routerOf(order: readonly string[]): HostRouter<string> {
  const router = new HostRouter<string>();
  for (const pattern of order) router.add(pattern, pattern);
  return router;
}

export const cases: readonly Case[] = [
  ...table.map(
    ([host, pattern, params]): Case => ({
      title: `${JSON.stringify(host)} is ${pattern ?? 'no match'}`,
      run() {
        for (const order of [patterns, [...patterns].reverse()]) {
          const match = routerOf(order).match(host);
          equal(match?.value, pattern);
          equal(match?.params, params);
        }
      },
    }),
  ),
  ...refused.map(
    ([pattern, problem]): Case => ({
      title: `${JSON.stringify(pattern)} is refused: ${problem}`,
      run() {
        const { message } = throws(() => new HostRouter().add(pattern, 1), 'ERR_INVALID_PATTERN');
        if (!message.startsWith(problem)) throw new Error(`the message is: ${message}`);
      },
    }),
  ),
  {
    title: 'Equal host patterns are an error; routes can be removed and iterated over',
    run() {
      const router = routerOf([':a.example.com', 'Example.com']);
      throws(() => router.add(':b.EXAMPLE.com', ''), 'ERR_ROUTE_CONFLICT');
      equal(router.has('EXAMPLE.COM'), true);
      equal(
        [...router].map((route) => route.pattern),
        [':a.example.com', 'Example.com'],
      );
      equal(router.remove('example.com'), true);
      equal(router.remove('example.com'), false);
      equal(router.match('example.com'), undefined);
      equal(router.size, 1);
    },
  },
  {
    title: 'A convertor of one’s own reads labels',
    run() {
      const shard = { pattern: /s\d+/, parse: (text: string) => Number(text.slice(1)) };
      const router = new HostRouter<string, { shard: typeof shard }>({ convertors: { shard } });
      router.add(':n(shard).db.example', 'shard');
      equal(router.match('s17.db.example')?.params, { n: 17 });
      equal(router.match('t17.db.example'), undefined);
    },
  },
];
