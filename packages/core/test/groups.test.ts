import { HTTPError, Pullo, TextResponse } from '@pullo/core';
import { client } from '@pullo/testing';
import { expect, test } from 'vitest';

test('a group puts its prefix before its routes, and "/" is the prefix itself', async () => {
  const app = new Pullo().group('/users/:user', (group) => {
    group.get('/', ({ params }) => `home of ${params.user}`);
    group.get('/posts/:id(int)', ({ params }) => params);
    group.group('/deep', (deep) => deep.get('/er', ({ params }) => params.user));
  });
  await using http = client(app);
  expect(await (await http.get('/users/aino')).text()).toBe('home of aino');
  expect(await (await http.get('/users/aino/posts/3')).json()).toEqual({ user: 'aino', id: 3 });
  expect(await (await http.get('/users/aino/deep/er')).text()).toBe('aino');
});

test('a group owns its prefix: a path under it that matches nothing runs its middleware and error handlers', async () => {
  const seen: unknown[] = [];
  const app = new Pullo()
    .onError(404, () => new TextResponse('not in the app', { status: 404 }))
    .group('/api/:version', (group) => {
      group
        .use((ctx, next) => {
          seen.push(ctx.params);
          return next();
        })
        .onError(404, () => ({ error: 'not in the API' }))
        .get('/items', () => []);
    });
  await using http = client(app);
  expect(await (await http.get('/nope')).text()).toBe('not in the app');
  expect(await (await http.get('/api/v1/nope/at/all')).json()).toEqual({ error: 'not in the API' });
  expect(await (await http.get('/api/v1')).json()).toEqual({ error: 'not in the API' });
  expect(await (await http.get('/apiary/v1')).text()).toBe('not in the app');
  expect(seen).toEqual([{ version: 'v1' }, { version: 'v1' }]);
});

test('an error goes to the innermost scope that has a handler for it', async () => {
  const fail = () => {
    throw new HTTPError(410);
  };
  const app = new Pullo()
    .onError(410, () => 'outer')
    .get('/outer', fail)
    .group('/inner', (group) => group.onError(410, () => 'inner').get('/', fail))
    .group('/other', (group) => group.onError(404, () => 'unused').get('/', fail));
  await using http = client(app);
  expect(await (await http.get('/outer')).text()).toBe('outer');
  expect(await (await http.get('/inner')).text()).toBe('inner');
  expect(await (await http.get('/other')).text()).toBe('outer');
});

test('a group that is built by an async function is refused, whatever becomes of it', () => {
  const app = new Pullo();
  expect(() => app.group('/g', async () => {})).toThrow(
    'group("/g") was given an async function, and is built at once: wait for what it needs before group().',
  );
  expect(() =>
    app.group('/h', async () => {
      throw new Error('never seen');
    }),
  ).toThrow('group("/h") was given an async function');
});
