import { Pullo } from '@pullo/core';
import { client } from '@pullo/testing';
import { describeTransports } from '@pullo/testing/vitest';
import { describe, expect, test } from 'vitest';

function makeApp() {
  return new Pullo()
    .get('/', () => 'home')
    .get('/items/:id(int)', ({ params }) => ({ id: params.id }))
    .post('/items/:id(int)', () => 'posted')
    .get('/greet/:name', ({ params }) => `Hei, ${params.name}!`)
    .get('/folder/', () => 'folder')
    .put('/only-put', () => 'put')
    .all('/any', ({ request }) => request.method);
}

const rows: readonly [request: string, status: number, body: string, headers?: Record<string, string>][] = [
  ['GET /', 200, 'home'],
  ['HEAD /', 200, '', { 'content-length': '4' }],
  ['GET /items/42', 200, '{"id":42}'],
  ['POST /items/42', 200, 'posted'],
  ['GET /items/x', 404, '404 Not Found\n'],
  ['GET /greet/x%2Fy', 200, 'Hei, x/y!'],
  ['GET /greet/%C3%84iti', 200, 'Hei, Äiti!'],
  ['GET /nope', 404, '404 Not Found\n'],
  ['DELETE /items/42', 405, '405 Method Not Allowed\n', { allow: 'GET, HEAD, POST, OPTIONS' }],
  ['HEAD /only-put', 405, '', { allow: 'PUT, OPTIONS' }],
  ['OPTIONS /items/42', 204, '', { allow: 'GET, HEAD, POST, OPTIONS' }],
  ['OPTIONS /nope', 404, '404 Not Found\n'],
  ['PURGE /any', 200, 'PURGE'],
  ['OPTIONS /any', 200, 'OPTIONS'],
  ['GET /items/42/', 308, '', { location: '/items/42' }],
  ['GET /items/42/?a=1&b', 308, '', { location: '/items/42?a=1&b' }],
  ['GET /folder', 308, '', { location: '/folder/' }],
  ['POST /only-put/', 308, '', { location: '/only-put' }],
  ['GET /nope/', 404, '404 Not Found\n'],
  ['GET //items/42/', 404, '404 Not Found\n'],
];

describe('a request runs the handler of the route that it matches, or the answer that stands for it', () => {
  describeTransports(makeApp(), (http) => {
    test.each(rows)('%s', async (line, status, body, headers = {}) => {
      const [method = '', path = ''] = line.split(' ');
      const response = await http.request(method, path);
      expect({ status: response.status, body: await response.text() }).toEqual({ status, body });
      for (const [name, value] of Object.entries(headers)) expect(response.headers.get(name)).toBe(value);
    });
  });

  test('methods are case-sensitive, where the transport lets them through', async () => {
    await using http = client(makeApp());
    expect((await http.request('get', '/items/42')).status).toBe(405);
  });
});

describe('ctx', () => {
  test('tells the route with its name and meta, and makes paths of named routes', async () => {
    const app = new Pullo()
      .get('/users/:id(int)', { name: 'user', meta: { public: true } }, ({ route }) => ({ ...route }))
      .get('/link', ({ urlFor }) => urlFor('user', { id: 7 }));
    await using http = client(app);
    expect(await (await http.get('/users/1')).json()).toEqual({
      kind: 'http',
      methods: ['GET'],
      pattern: '/users/:id(int)',
      name: 'user',
      meta: { public: true },
    });
    expect(await (await http.get('/link')).text()).toBe('/users/7');
  });

  test('works below a rootPath, which links and redirects begin with', async () => {
    const app = new Pullo()
      .get('/here', { name: 'here' }, ({ urlFor, request }) => `${request.path} ${urlFor('here')}`)
      .get('/', () => 'root');
    const mounted = new Proxy(app, {
      apply: (target, _this, [scope, receive, send]) => target({ ...scope, rootPath: '/api' }, receive, send),
    });
    await using http = client(mounted);
    expect(await (await http.get('/api/here')).text()).toBe('/api/here /api/here');
    expect(await (await http.get('/api')).text()).toBe('root');
    expect((await http.get('/api/here/')).headers.get('location')).toBe('/api/here');
    expect((await http.get('/apiary/here')).status).toBe(404);
  });

  test.each([
    ['/', '/items/'],
    ['//evil.example', '//evil.example/items/'],
  ])('redirects to no other host below the rootPath %s', async (rootPath, path) => {
    const app = new Pullo().get('/items', () => 'items');
    const mounted = new Proxy(app, {
      apply: (target, _this, [scope, receive, send]) => target({ ...scope, rootPath, path }, receive, send),
    });
    await using http = client(mounted);
    const response = await http.get('/anything');
    expect([response.status, response.headers.get('location')]).toEqual([404, null]);
  });

  test('waitUntil keeps the exchange open until the work is done, after the answer', async () => {
    const order: string[] = [];
    const app = new Pullo().get('/', ({ waitUntil }) => {
      waitUntil(Promise.resolve().then(() => order.push('work')));
      return 'answered';
    });
    await using http = client(app);
    expect(await (await http.get('/')).text()).toBe('answered');
    await http.close();
    expect(order).toEqual(['work']);
  });

  test('what waitUntil was given and fails comes out of the app', async () => {
    const app = new Pullo().get('/', ({ waitUntil }) => {
      waitUntil(Promise.reject(new Error('lost mail')));
      return 'answered';
    });
    const errors: unknown[] = [];
    const http = client(app, { raiseAppErrors: false, onError: (error) => errors.push(error) });
    expect((await http.get('/')).status).toBe(200);
    await http.close();
    expect(errors).toEqual([new Error('lost mail')]);
  });
});

test('waitUntil refuses what is no promise, and work that comes when the exchange is over', async () => {
  let keep: (promise: Promise<unknown>) => void = () => {};
  const app = new Pullo()
    .get('/function', ({ waitUntil }) => {
      waitUntil((async () => {}) as never);
      return 'never';
    })
    .get('/kept', ({ waitUntil }) => {
      keep = waitUntil;
      return 'answered';
    });
  await using http = client(app);
  await expect(http.get('/function')).rejects.toThrow(
    'waitUntil() takes a promise, not a function (without a name).',
  );
  expect(await (await http.get('/kept')).text()).toBe('answered');
  expect(() => keep(Promise.resolve())).toThrow('waitUntil() came when the exchange was over');
  // Vitest fails on a rejection that nobody has handled, which would end the process.
  expect(() => keep(Promise.reject(new Error('late')))).toThrow(
    'waitUntil() came when the exchange was over',
  );
});

test('an app that is called for a scope it does not serve says so', () => {
  const app = new Pullo();
  const scope = { type: 'telegram' } as never;
  expect(() =>
    app(
      scope,
      async () => ({ type: 'http.disconnect' }),
      () => {},
    ),
  ).toThrow('This app does not serve scopes of type "telegram".');
});

test('routes lists what is registered, in order', () => {
  expect(makeApp().routes.map(({ methods, pattern }) => `${methods} ${pattern}`)).toEqual([
    'GET /',
    'GET /items/:id(int)',
    'POST /items/:id(int)',
    'GET /greet/:name',
    'GET /folder/',
    'PUT /only-put',
    '* /any',
  ]);
});
