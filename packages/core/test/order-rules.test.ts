// The rules of the pipeline: order, matching, results, what is provided, each with middleware and handlers that are sync and that are async: what holds in one form holds in the others.
import { type HandlerResult, type Middleware, PipelineError, Pullo, TextResponse } from '@pullo/core';
import { client } from '@pullo/testing';
import { describe, expect, test } from 'vitest';
import { asyncHandler, forms, noted, text, traced } from './forms.js';

describe.each(forms)('$title', ({ handler, around }) => {
  const trace = (seen: unknown[], name: string) => traced(around, seen, name);

  test('the app, the groups from the outermost, the route, the handler, and back', async () => {
    const seen: string[] = [];
    const app = new Pullo().use(trace(seen, 'app')).group('/a', (outer) => {
      outer.use(trace(seen, 'outer')).group('/b', (inner) => {
        inner.use(trace(seen, 'inner')).get(
          '/c',
          trace(seen, 'route'),
          handler(() => noted(seen, 'handler', 'done')),
        );
      });
    });
    await using http = client(app);
    expect(await text(http, '/a/b/c')).toBe('done');
    expect(seen).toEqual([
      ...['> app', '> outer', '> inner', '> route', 'handler'],
      ...['< route', '< inner', '< outer', '< app'],
    ]);
  });

  test('a branch of with() runs its middleware for its own routes alone', async () => {
    const seen: string[] = [];
    const app = new Pullo();
    app.with(trace(seen, 'branch')).get(
      '/with',
      handler(() => 'with'),
    );
    app.get(
      '/without',
      handler(() => 'without'),
    );
    await using http = client(app);
    await http.get('/without');
    expect(seen).toEqual([]);
    await http.get('/with');
    expect(seen).toEqual(['> branch', '< branch']);
  });

  test('route and params are there from the first middleware, one ctx goes through', async () => {
    const seen: unknown[] = [];
    const app = new Pullo()
      .use(around((ctx) => void seen.push(ctx, ctx.route?.pattern, { ...(ctx.params as object) })))
      .use(around((ctx) => void seen.push(ctx)))
      .get(
        '/items/:id(int)',
        handler(() => null),
      );
    await using http = client(app);
    await http.get('/items/7');
    expect(seen[3]).toBe(seen[0]);
    expect(seen.slice(1, 3)).toEqual(['/items/:id(int)', { id: 7 }]);
    await http.get('/nothing');
    expect(seen.slice(5, 7)).toEqual([undefined, {}]);
  });

  test('a group owns its prefix: its middleware and error handlers run for a path that matches nothing', async () => {
    const seen: string[] = [];
    const app = new Pullo().use(trace(seen, 'app')).group('/api', (group) => {
      group
        .use(trace(seen, 'group'))
        .onError(
          404,
          handler(() => 'not in the group'),
        )
        .get(
          '/known',
          handler(() => 'known'),
        );
    });
    await using http = client(app);
    expect(await text(http, '/api/unknown')).toBe('not in the group');
    expect(seen).toEqual(['> app', '> group', '< group', '< app']);
  });

  test.each([
    ['DELETE', '/a', 405],
    ['OPTIONS', '/a', 204],
    ['GET', '/a/', 308],
  ])(
    '%s %s runs the chain of the first route of the pattern, without its handler',
    async (method, path, status) => {
      const seen: string[] = [];
      const app = new Pullo()
        .use(trace(seen, 'app'))
        .get(
          '/a',
          trace(seen, 'first'),
          handler(() => noted(seen, 'handler', 'a')),
        )
        .post(
          '/a',
          trace(seen, 'second'),
          handler(() => noted(seen, 'handler', 'a')),
        );
      await using http = client(app);
      expect((await http.request(method, path)).status).toBe(status);
      expect(seen).toEqual(['> app', '> first', '< first', '< app']);
    },
  );

  test('a handler returns text, bytes, a stream, an iterable, null, data or a response', async () => {
    const bytes = new TextEncoder().encode('bytes');
    async function* pieces() {
      yield 'one,';
      yield 'two';
    }
    const rows: readonly [path: string, make: () => HandlerResult, status: number, body: string][] = [
      ['/text', () => 'text', 200, 'text'],
      ['/bytes', () => bytes, 200, 'bytes'],
      ['/stream', () => new Blob(['stream']).stream(), 200, 'stream'],
      ['/iterable', pieces, 200, 'one,two'],
      ['/null', () => null, 204, ''],
      ['/object', () => ({ a: 1 }), 200, '{"a":1}'],
      ['/array', () => [1, 2], 200, '[1,2]'],
      ['/number', () => 7, 200, '7'],
      ['/boolean', () => false, 200, 'false'],
      ['/response', () => new TextResponse('ours', { status: 201 }), 201, 'ours'],
      ['/fetch', () => new globalThis.Response('theirs', { status: 202 }), 202, 'theirs'],
    ];
    const app = new Pullo().use(around(() => {}));
    for (const [path, make] of rows) app.route(path, handler(make));
    await using http = client(app);
    for (const [path, , status, body] of rows) {
      const response = await http.get(path);
      expect([path, response.status, await response.text()]).toEqual([path, status, body]);
    }
  });

  test.each([
    ['undefined', undefined],
    ['a function', () => {}],
    ['Symbol(s)', Symbol('s')],
    ['the bigint 1', 1n],
    ['a Map', new Map()],
    ['a Set', new Set()],
    ['a Generator', (function* () {})()],
  ])(
    'a handler that returns %s is an error that names the route and says what to return',
    async (named, value) => {
      const app = new Pullo().use(around(() => {})).get(
        '/wrong',
        handler(() => value as never),
      );
      await using http = client(app);
      const error = await http.get('/wrong').catch((error: Error) => error);
      expect(error).toBeInstanceOf(PipelineError);
      expect((error as Error).message).toContain(`The handler of GET /wrong returned ${named}`);
      expect((error as Error).message).toContain(
        'return a Response, text, bytes, a stream, null, or something that JSON has',
      );
    },
  );

  test('what is provided lies on ctx for what follows, and may be provided again', async () => {
    const provide =
      (name: string): Middleware<{ name: string }> =>
      (_ctx, next) =>
        handler === asyncHandler ? Promise.resolve().then(() => next({ name })) : next({ name });
    const app = new Pullo()
      .use(provide('first'))
      .provide(({ name }) => ({ upper: name.toUpperCase() }))
      .use(provide('second'))
      .get('/', ({ name, upper }) => [name, upper]);
    await using http = client(app);
    expect(await (await http.get('/')).json()).toEqual(['second', 'FIRST']);
  });

  test('a provider adds what it returns, and ends the request with a response', async () => {
    const app = new Pullo()
      .use(around(() => {}))
      .provide(handler(() => ({ a: 1 })))
      .provide(async ({ request }) => (request.query.has('stop') ? new TextResponse('stopped') : { b: 2 }))
      .get('/', ({ a, b }) => [a, b]);
    await using http = client(app);
    expect(await text(http, '/')).toBe('[1,2]');
    expect(await text(http, '/?stop')).toBe('stopped');
  });
});
