import { type App, Pullo, TextResponse } from '@pullo/core';
import { client } from '@pullo/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';

/** Pieces that a path is made of, the awkward ones first. */
const piece = fc.constantFrom(
  'a',
  'b',
  '',
  'a%2Fb',
  '%25',
  'ä',
  'a b',
  'ab',
  ':',
  '..a',
  '*',
  '(x)',
  ';',
  'a=b',
);
const pathOf = fc.array(piece, { minLength: 0, maxLength: 5 }).map((pieces) => `/${pieces.join('/')}`);
const prefixes = ['/a', '/a/b', '/a/:x', '/:x/a/:y', '/:x.:y', '/:n(int)', '/ä'];

/** Says which mount it is, and how it was called. */
function tell(prefix: string): App {
  return async (scope, receive, send) => {
    if (scope.type !== 'http') throw new Error('HTTP only');
    const { path, rootPath } = scope;
    await new TextResponse(JSON.stringify({ prefix, path, rootPath }))(scope, receive, send);
  };
}

test('rootPath and the rest are the path, and part on the border of as many segments as the prefix has', async () => {
  const mounts = prefixes.reduce((app, prefix) => app.mount(prefix, tell(prefix)), new Pullo());
  const watched = prefixes.reduce(
    (app, prefix) => app.mount(prefix, tell(prefix)),
    new Pullo().use((_ctx, next) => next()),
  );
  await using plain = client(mounts);
  await using below = client(watched);
  await fc.assert(
    fc.asyncProperty(pathOf, async (asked) => {
      const response = await plain.get(asked);
      const text = await response.text();
      expect(await (await below.get(asked)).text()).toBe(text);
      if (response.status === 404) return;
      const { prefix, path, rootPath } = JSON.parse(text);
      expect(path.startsWith(rootPath)).toBe(true);
      expect(['', '/']).toContain(path.slice(rootPath.length, rootPath.length + 1));
      expect(rootPath.split('/')).toHaveLength(prefix.split('/').length);
    }),
    { numRuns: 300 },
  );
});

test('what is mounted answers a path in the same way alone and below a prefix', async () => {
  const inner = new Pullo()
    .get('/', () => 'home')
    .get('/:x', ({ params }) => params.x)
    .get('/a/*rest', ({ params }) => params.rest);
  await using alone = client(inner);
  await using mounted = client(new Pullo().mount('/m/:n', inner));
  await fc.assert(
    fc.asyncProperty(pathOf, async (path) => {
      fc.pre(!path.startsWith('//'));
      const one = await alone.get(path);
      const two = await mounted.get(`/m/1${path}`);
      const location = one.headers.get('location');
      expect([two.status, await two.text()]).toEqual([one.status, await one.text()]);
      expect(two.headers.get('location')).toBe(location === null ? null : `/m/1${location}`);
    }),
    { numRuns: 300 },
  );
});
