import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HTTPScope } from '@pullo/asgi';
import {
  type App,
  HTTPError,
  Pullo,
  type Receive,
  type RouteInfo,
  type Send,
  TextResponse,
} from '@pullo/core';
import { staticFiles } from '@pullo/response/file';
import { client } from '@pullo/testing';
import { describeTransports } from '@pullo/testing/vitest';
import { describe, expect, test } from 'vitest';

/** Tells how it was called. */
const echo: App = async (scope, receive, send) => {
  if (scope.type !== 'http') throw new Error(`no ${scope.type}`);
  const { method, path, rootPath, queryString } = scope;
  await new TextResponse(`${method} ${rootPath}|${path}?${queryString}`)(scope, receive, send);
};

async function text(app: Pullo, path: string, method = 'GET'): Promise<string> {
  await using http = client(app);
  return (await http.request(method, path)).text();
}

const folder = mkdtempSync(join(tmpdir(), 'pullo-mount-'));
writeFileSync(join(folder, 'index.html'), '<h1>front</h1>');
writeFileSync(join(folder, 'app.css'), 'body {}');

const admin = new Pullo()
  .get('/', ({ urlFor }) => `home ${urlFor('user', { id: 1 })}`)
  .get('/users/:id(int)', { name: 'user' }, ({ params, request }) => ({ id: params.id, path: request.path }));

/** The same apps with nobody above them and below a middleware that looks at every response. */
const surroundings: readonly [title: string, make: () => Pullo][] = [
  ['that nothing surrounds', () => new Pullo()],
  ['below a provider', () => new Pullo().provide(() => ({ language: 'fi' }))],
  [
    'below a synchronous middleware',
    () =>
      new Pullo().use((_ctx, next) => {
        const response = next();
        return response instanceof Promise ? response.then((settled) => settled) : response;
      }),
  ],
  [
    'below an asynchronous middleware that changes the response',
    () =>
      new Pullo().use(async (_ctx, next) => {
        const response = await next();
        response.headers.set('x-seen', 'yes');
        return response;
      }),
  ],
];

for (const [title, make] of surroundings) {
  const app = make()
    .get('/api/own', () => 'a route of the parent')
    .mount('/api', echo, { name: 'api' })
    .mount('/admin', admin, { name: 'admin' })
    .mount('/closed', new TextResponse('closed', { status: 503 }))
    .mount('/files', staticFiles(folder))
    .group('/inner', (group) => group.mount('/', echo).mount('/deep/:name', echo));

  describe(`an app mounted in one ${title}`, () => {
    describeTransports(app, (http) => {
      test.each([
        ['GET', '/api/x/y?a=1', 'GET /api|/api/x/y?a=1'],
        ['GET', '/api', 'GET /api|/api?'],
        ['GET', '/api/', 'GET /api|/api/?'],
        ['POST', '/api/own', 'POST /api|/api/own?'],
        ['OPTIONS', '/api/own', 'OPTIONS /api|/api/own?'],
        ['GET', '/api/own', 'a route of the parent'],
        ['GET', '/api/a%2Fb//c', 'GET /api|/api/a%2Fb//c?'],
        ['GET', '/inner/x', 'GET /inner|/inner/x?'],
        ['GET', '/inner/deep/a%20b/c', 'GET /inner/deep/a%20b|/inner/deep/a%20b/c?'],
        ['GET', '/inner/deep', 'GET /inner|/inner/deep?'],
        ['GET', '/admin', 'home /admin/users/1'],
        ['GET', '/admin/users/7', '{"id":7,"path":"/admin/users/7"}'],
        ['GET', '/closed/whatever', 'closed'],
        ['GET', '/files/', '<h1>front</h1>'],
        ['GET', '/files/app.css', 'body {}'],
      ])('%s %s reaches it with its rootPath', async (method, path, body) => {
        expect(await (await http.request(method, path)).text()).toBe(body);
      });

      test.each([
        ['/apiary', 404, undefined],
        ['/admin/nope', 404, undefined],
        ['/files/nope', 404, undefined],
        ['/closed', 503, undefined],
        ['/files', 308, '/files/'],
        ['/admin/users/7/', 308, '/admin/users/7'],
      ])('%s is answered with %i', async (path, status, location) => {
        const response = await http.get(path);
        expect([response.status, response.headers.get('location') ?? undefined]).toEqual([status, location]);
      });

      test('HEAD has the head of GET and no content', async () => {
        for (const path of ['/admin', '/closed', '/files/app.css']) {
          const head = await http.head(path);
          const get = await http.get(path);
          expect([head.status, head.headers.get('content-length')]).toEqual([
            get.status,
            get.headers.get('content-length'),
          ]);
          expect(await head.text()).toBe('');
          await get.text();
        }
      });
    });
  });
}

describe('the prefix of a mount', () => {
  test('may have parameters, which the pipeline around it sees, and ctx.route is the mount', async () => {
    const seen: unknown[] = [];
    const app = new Pullo()
      .use(({ params, route }, next) => {
        seen.push({ ...(params as object) }, route?.pattern, route?.kind, route?.meta);
        return next();
      })
      .mount('/tenants/:tenant/:year(int)', echo, { meta: { public: true } });
    expect(await text(app, '/tenants/a%2Fb/2025/x')).toBe('GET /tenants/a%2Fb/2025|/tenants/a%2Fb/2025/x?');
    expect(seen).toEqual([
      { tenant: 'a/b', year: 2025 },
      '/tenants/:tenant/:year(int)',
      'mount',
      { public: true },
    ]);
    await using http = client(app);
    expect((await http.get('/tenants/acme/next')).status).toBe(404);
  });

  test('may have a slash in an expression', async () => {
    const app = new Pullo().mount('/:name([^/]+)/files', echo);
    expect(await text(app, '/aino/files/x')).toBe('GET /aino/files|/aino/files/x?');
  });

  test('"/" is for an app that has all the rest', async () => {
    const app = new Pullo().get('/own', () => 'own').mount('/', echo);
    expect(await text(app, '/own')).toBe('own');
    expect(await text(app, '/')).toBe('GET |/?');
    expect(await text(app, '/x/y')).toBe('GET |/x/y?');
  });

  test('goes before a route with a rest that begins further up, and after one that begins below it', async () => {
    const app = new Pullo()
      .all('/*', ({ request }) => `page ${request.path}`)
      .get('/files/*', () => 'files')
      .get('/files/docs/*', () => 'docs')
      .mount('/assets', echo)
      .mount('/files', echo)
      .group('/app', (group) => group.get('/*', () => 'group').mount('/deep', echo));
    expect(await text(app, '/')).toBe('page /');
    expect(await text(app, '/assetsx')).toBe('page /assetsx');
    expect(await text(app, '/assets/a.css')).toBe('GET /assets|/assets/a.css?');
    expect(await text(app, '/assets')).toBe('GET /assets|/assets?');
    expect(await text(app, '/files/a')).toBe('files');
    expect(await text(app, '/files/docs/a')).toBe('docs');
    expect(await text(app, '/app/x')).toBe('group');
    expect(await text(app, '/app/deep/x')).toBe('GET /app/deep|/app/deep/x?');
  });

  test('that is longer goes before a shorter one, and a group inside a mount owns its paths', async () => {
    const app = new Pullo()
      .mount('/a', echo)
      .mount('/a/b', new TextResponse('longer'))
      .group('/a/c', (group) => {
        group.onError(404, () => 'owned by the group').get('/x', () => 'x');
      });
    expect(await text(app, '/a/b/x')).toBe('longer');
    expect(await text(app, '/a/c/nope')).toBe('owned by the group');
    expect(await text(app, '/a/x')).toBe('GET /a|/a/x?');
  });

  test('below a rootPath of the server is added to it, also where a proxy has cut the path', async () => {
    const app = new Pullo().mount('/admin', new Pullo().mount('/deep', echo));
    for (const path of ['/base/admin/deep/x', '/admin/deep/x']) {
      const below: App = (scope, receive, send) =>
        app(scope.type === 'http' ? { ...scope, path, rootPath: '/base' } : scope, receive, send);
      await using http = client(below);
      expect(await (await http.get('/')).text()).toBe('GET /base/admin/deep|/base/admin/deep/x?');
    }
  });

  test('is followed by the path of the request, not by what a handler of a group would see', async () => {
    const routes: (RouteInfo | undefined)[] = [];
    const app = new Pullo().group('/g/:id', (group) => {
      group
        .use(({ route, params }, next) => {
          routes.push(route);
          expect({ ...params }).toEqual({ id: '1' });
          return next();
        })
        .mount('/m', echo);
    });
    expect(await text(app, '/g/1/m/x')).toBe('GET /g/1/m|/g/1/m/x?');
    expect(routes[0]).toMatchObject({ kind: 'mount', pattern: '/g/:id/m', methods: ['*'] });
  });
});

describe('urlFor', () => {
  const shop = new Pullo()
    .get('/', { name: 'home' }, ({ urlFor }) => urlFor('item', { id: 3 }))
    .get('/items/:id(int)', { name: 'item' }, () => '');
  const app = new Pullo()
    .get('/x', { name: 'x' }, () => '')
    .get('/url', ({ request, urlFor }) => {
      const { name, ...params } = Object.fromEntries(request.query);
      return urlFor(String(name), { ...params, ...(params.id && { id: Number(params.id) }) });
    })
    .mount('/shops/:shop', new Pullo().mount('/inner', shop, { name: 'inner' }), { name: 'shop' })
    .mount('/files', echo, { name: 'files' });

  test.each([
    ['name=x', '/x'],
    ['name=files', '/files/'],
    ['name=files&*=css/app.css', '/files/css/app.css'],
    ['name=shop&shop=a', '/shops/a/'],
    ['name=shop:inner:item&shop=a b&id=3', '/shops/a%20b/inner/items/3'],
    ['name=shop:inner:home&shop=a', '/shops/a/inner/'],
  ])('of %s is %s', async (query, path) => {
    await using http = client(app);
    expect(await (await http.get(`/url?${query}`)).text()).toBe(path);
  });

  test('inside a mounted app gives paths with its rootPath', async () => {
    expect(await text(app, '/shops/a/inner/')).toBe('/shops/a/inner/items/3');
  });

  test('names the known ones where there is none', async () => {
    await using http = client(app);
    await expect(http.get('/url?name=shop:nope')).rejects.toThrow(
      'urlFor("shop:nope"): nothing has that name. Known are "x", "shop", "shop:inner", "shop:inner:home", "shop:inner:item", "files": a route has its name',
    );
  });
});

describe('errors', () => {
  const failing: App = async (scope, _receive, _send) => {
    if (scope.type === 'http') throw new HTTPError(418);
    throw new Error('no lifespan');
  };
  const silent: App = async (scope, _receive, _send) => {
    if (scope.type !== 'http') throw new Error('no lifespan');
  };
  const watching = () => new Pullo().use((_ctx, next) => next());

  test.each([
    ['an unwatched', () => new Pullo()],
    ['a watched', () => watching()],
  ])(
    'of %s app before it answers go to the error handlers of the scope where it is mounted',
    async (_, make) => {
      const app = make()
        .onError(418, () => 'of the app')
        .mount('/a', failing)
        .group('/g', (group) => group.onError(418, async () => 'of the group').mount('/b', failing));
      expect(await text(app, '/a')).toBe('of the app');
      expect(await text(app, '/g/b')).toBe('of the group');
    },
  );

  test.each([
    ['an unwatched', () => new Pullo()],
    ['a watched', () => watching()],
  ])('%s app that returns without an answer is a 500 that names it', async (_, make) => {
    const app = make().mount('/silent', silent);
    await using http = client(app);
    await expect(http.get('/silent')).rejects.toThrow(
      'The app mounted at "/silent" returned without a response.',
    );
    await using quiet = client(app, { raiseAppErrors: false, onError: () => {} });
    expect((await quiet.get('/silent')).status).toBe(500);
  });

  test.each([
    ['an unwatched', () => new Pullo()],
    ['a watched', () => watching()],
  ])('%s Pullo that rethrows a 5xx after answering it is heard of once', async (_, make) => {
    const oops = new Error('oops');
    const inner = new Pullo().get('/', (): string => {
      throw oops;
    });
    const heard: unknown[] = [];
    await using http = client(make().mount('/inner', inner), {
      raiseAppErrors: false,
      onError: (error: unknown) => heard.push(error),
    });
    const response = await http.get('/inner');
    expect([response.status, await response.text()]).toEqual([500, '500 Internal Server Error\n']);
    expect(heard).toEqual([oops]);
  });
});

describe('mount() refuses', () => {
  const app = () => new Pullo();
  class AnApp {}
  const express = Object.assign((_req: unknown, _res: unknown, _next: unknown) => {}, {
    handle() {},
    use() {},
  });

  test.each<[title: string, call: () => unknown, message: RegExp]>([
    [
      'a prefix without a slash',
      () => app().mount('admin', echo),
      /begins with "\/" and does not end with it, unlike "admin"/,
    ],
    ['a prefix that ends with one', () => app().mount('/admin/', echo), /unlike "\/admin\/"/],
    ['an open prefix', () => app().mount('/files/*rest', echo), /A rest that is not the whole last segment/],
    [
      'a second app at a prefix',
      () => app().mount('/:a', echo).mount('/:b', echo),
      /mount\("\/:b"\): there is an app at "\/:a" already/,
    ],
    [
      'a handler',
      () => app().mount('/a', ((_ctx: unknown) => 'hi') as never),
      /mount\("\/a"\) takes an app, a function \(scope, receive, send\), not a function \(without a name\): a handler of ctx goes to a route/,
    ],
    [
      'a middleware',
      () => app().mount('/a', ((_ctx: unknown, _next: unknown) => {}) as never),
      /a middleware \(ctx, next\) goes to use\(\) or with\(\)/,
    ],
    ['a class', () => app().mount('/a', AnApp as never), /give an instance of the class/],
    [
      'a { fetch } object',
      () => app().mount('/a', { fetch() {} } as never),
      /fromFetch of @pullo\/core\/adapters/,
    ],
    [
      'an Express app',
      () => app().mount('/a', express as never),
      /this looks like an app of Express or Connect/,
    ],
    ['a module', () => app().mount('/a', { default: echo } as never), /give its default export/],
    ['a promise', () => app().mount('/a', Promise.resolve(echo) as never), /not a Promise: await it first/],
    ['nothing', () => app().mount('/a', undefined as never), /not undefined: give the app itself/],
    [
      'itself',
      () => {
        const self = app();
        self.mount('/a', self);
      },
      /would mount the app in itself/,
    ],
    [
      'a view of itself',
      () => {
        const self = app();
        self.mount(
          '/a',
          self.with((_ctx, next) => next()),
        );
      },
      /in itself/,
    ],
    [
      'an app that it is mounted in',
      () => {
        const outer = app();
        const inner = app();
        outer.mount('/a', inner);
        inner.mount('/b', outer);
      },
      /in itself/,
    ],
    [
      'a name that a route has',
      () =>
        app()
          .get('/', { name: 'x' }, () => '')
          .mount('/a', echo, { name: 'x' }),
      /A route and a mount are both named "x"/,
    ],
    [
      'a middleware after it',
      () =>
        app()
          .mount('/a', echo)
          .use((_ctx, next) => next()),
      /use\(a middleware\) comes after the mount "\/a", which would go without it/,
    ],
  ])('%s', (_title, call, message) => {
    expect(call).toThrow(message);
  });

  test('a route whose name a mount has', () => {
    expect(() => new Pullo().mount('/a', echo, { name: 'x' }).get('/', { name: 'x' }, () => '')).toThrow(
      'A route and a mount are both named "x": rename one of them.',
    );
  });

  test('at compile time what is no app', () => {
    // @ts-expect-error: a handler
    expect(() => new Pullo().mount('/a', (_ctx: object) => 'hi')).toThrow();
    // @ts-expect-error: an unknown convertor in the prefix
    expect(() => new Pullo().mount('/:id(itn)', echo)).toThrow();
  });
});

describe('a mounted app that no middleware watches', () => {
  const scopeOf = async () => {
    let seen: HTTPScope | undefined;
    await using http = client((scope, receive, send) => {
      if (scope.type !== 'http') throw new Error('HTTP only');
      seen = scope;
      return new TextResponse('')(scope, receive, send);
    });
    await http.get('/app/x');
    if (seen === undefined) throw new Error('no scope');
    return seen;
  };

  test('gets the receive of the server, and a Pullo its send, with no promise in between', async () => {
    const got: unknown[] = [];
    const raw: App = (_scope, receive, send) => {
      got.push(receive);
      send({ type: 'http.response.start', status: 200 });
      return send({ type: 'http.response.body' });
    };
    const scope = await scopeOf();
    const receive: Receive = async () => ({ type: 'http.disconnect' });
    const events: string[] = [];
    const send: Send = (event) => void events.push(event.type);
    expect(new Pullo().mount('/app', raw)(scope, receive, send)).toBeUndefined();
    expect(got).toEqual([receive]);
    expect(
      new Pullo().mount(
        '/app',
        new Pullo().get('/x', () => 'x'),
      )(scope, receive, send),
    ).toBeUndefined();
    expect(events).toHaveLength(4);
  });

  test('may give a promise of another make, which is waited for', async () => {
    const raw: App = (_scope, _receive, send) => {
      const answered = pause().then(() => {
        send({ type: 'http.response.start', status: 200 });
        return send({ type: 'http.response.body', body: 'late' });
      });
      // biome-ignore lint/suspicious/noThenProperty: such a promise is what this is about
      return { then: answered.then.bind(answered) } as Promise<void>;
    };
    expect(await text(new Pullo().mount('/app', raw), '/app')).toBe('late');
  });

  test('has a scope of its own: what it writes there, the app around it does not see', async () => {
    const app = new Pullo()
      .provide(({ state }) => ({ before: Object.keys(state) }))
      .mount('/app', (scope, receive, send) => {
        if (scope.type === 'lifespan') throw new Error('none');
        scope.state.written = true;
        return new TextResponse('')(scope, receive, send);
      });
    const scope = await scopeOf();
    await app(
      scope,
      async () => ({ type: 'http.disconnect' }),
      () => {},
    );
    expect(scope.state).toEqual({});
    expect(scope.rootPath).toBe('');
  });
});

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
