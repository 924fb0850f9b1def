import { inspect } from 'node:util';
import { HTTPError, type Middleware, named, PipelineError, Pullo, TextResponse } from '@pullo/core';
import { staticFiles } from '@pullo/response/file';
import { describe, expect, test } from 'vitest';

const logger = named<Middleware>((_ctx, next) => next(), { name: 'logger', description: 'Logs a line.' });
const session: Middleware = (_ctx, next) => next();
function listUsers() {
  return [];
}

const admin = new Pullo({
  async *lifespan() {
    yield {};
  },
})
  .use(session)
  .get('/', () => 'admin')
  .get('/users', { name: 'users', meta: { tag: 'users' } }, listUsers);

function make(): Pullo {
  return new Pullo()
    .use(logger)
    .onError(404, function notFound() {
      return 'nothing';
    })
    .get('/', () => 'home')
    .route('/form', { methods: ['GET', 'POST'] }, logger, () => 'form')
    .group('/api', (group) => {
      group
        .provide(function user() {
          return { user: 'Aino' };
        })
        .onError(HTTPError, () => ({ error: true }));
      group.get('/me', { name: 'me' }, () => '');
      group.mount('/docs', new TextResponse('docs'));
    })
    .mount('/admin', admin, { name: 'admin' })
    .mount('/', staticFiles('.'))
    .websocket('/live', async ({ accept }) => void (await accept()))
    .host(
      'api.example.com',
      new Pullo().get('/v1', () => 'v1'),
    );
}

describe('describe()', () => {
  test('gives routes, pipelines and error handlers as data that JSON has', () => {
    const data = make().describe();
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
    const loggerStep = { kind: 'middleware', name: 'logger', description: 'Logs a line.', prefix: '' };
    const userStep = { kind: 'provider', name: 'user', description: null, prefix: '/api' };
    expect(data).toMatchObject({
      lifespan: false,
      pipeline: [loggerStep],
      errorHandlers: [
        { handles: '404', handler: 'notFound', prefix: '' },
        { handles: 'HTTPError', handler: null, prefix: '/api' },
      ],
    });
    expect(data.routes.slice(0, 4)).toEqual([
      {
        kind: 'http',
        methods: ['GET'],
        pattern: '/',
        name: null,
        meta: null,
        pipeline: [loggerStep],
        handler: null,
        app: null,
      },
      {
        kind: 'http',
        methods: ['GET', 'POST'],
        pattern: '/form',
        name: null,
        meta: null,
        pipeline: [loggerStep, loggerStep],
        handler: null,
        app: null,
      },
      {
        kind: 'http',
        methods: ['GET'],
        pattern: '/api/me',
        name: 'me',
        meta: null,
        pipeline: [loggerStep, userStep],
        handler: null,
        app: null,
      },
      {
        kind: 'mount',
        methods: ['*'],
        pattern: '/api/docs',
        name: null,
        meta: null,
        pipeline: [loggerStep, userStep],
        handler: 'TextResponse',
        app: null,
      },
    ]);
  });

  test('goes into mounted apps', () => {
    const mounted = make()
      .describe()
      .routes.find(({ name }) => name === 'admin');
    expect(mounted).toMatchObject({
      kind: 'mount',
      pattern: '/admin',
      handler: 'Pullo',
      app: {
        lifespan: true,
        routes: [
          { pattern: '/' },
          {
            pattern: '/users',
            name: 'users',
            meta: { tag: 'users' },
            handler: 'listUsers',
            pipeline: [{ name: 'session' }],
          },
        ],
      },
    });
  });
});

describe('app.routes', () => {
  test('is an array of what is registered', () => {
    const { routes } = make();
    expect(routes.map(({ kind, pattern }) => `${kind} ${pattern}`)).toEqual([
      'http /',
      'http /form',
      'http /api/me',
      'mount /api/docs',
      'mount /admin',
      'mount /',
      'websocket /live',
      'host api.example.com',
    ]);
    expect(Array.isArray(routes)).toBe(true);
    expect(Object.getPrototypeOf(routes.filter(Boolean))).toBe(Array.prototype);
    expect([...routes]).toHaveLength(8);
  });

  test('prints as a table, the routes of mounted apps below their mount', () => {
    const table = [
      'METHODS    PATH                    NAME   PIPELINE',
      'GET        /                              logger > (handler)',
      'GET, POST  /form                          logger > logger > (handler)',
      'GET        /api/me                 me     logger > user > (handler)',
      'MOUNT      /api/docs                      logger > user > TextResponse',
      'MOUNT      /admin                  admin  logger > Pullo',
      '  GET        /admin                       session > (handler)',
      '  GET        /admin/users          users  session > listUsers',
      'MOUNT      /                              logger > (app)',
      'WEBSOCKET  /live                          logger > (handler)',
      'HOST       //api.example.com              logger > Pullo',
      '  GET        //api.example.com/v1         (handler)',
    ];
    const { routes } = make();
    expect(String(routes).split('\n')).toEqual(table);
    expect(inspect(routes)).toBe(table.join('\n'));
  });

  test('says so where there are none', () => {
    expect(String(new Pullo().routes)).toBe('No routes.');
  });
});

describe('named()', () => {
  test('gives a middleware its name and description, and hands it back', () => {
    const middleware: Middleware = (_ctx, next) => next();
    expect(named(middleware, { name: 'auth' })).toBe(middleware);
    expect(middleware.name).toBe('auth');
    const [step] = new Pullo().use(named(middleware, { description: 'Lets users in.' })).describe().pipeline;
    expect(step).toEqual({ kind: 'middleware', name: 'auth', description: 'Lets users in.', prefix: '' });
  });

  test('is what messages call a middleware', () => {
    const app = new Pullo().get('/', () => '');
    expect(() => app.use(logger)).toThrow('use(logger) comes after the route GET /');
  });

  test('takes functions only', () => {
    expect(() => named({} as never, { name: 'x' })).toThrow(PipelineError);
  });
});
