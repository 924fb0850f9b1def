// The rules of the pipeline: next() and errors, each with middleware and handlers that are sync and that are async: what holds in one form holds in the others.
import {
  ClientDisconnected,
  HTTPError,
  type Middleware,
  Pullo,
  type Response,
  TextResponse,
} from '@pullo/core';
import { client } from '@pullo/testing';
import { describe, expect, test } from 'vitest';
import { asyncHandler, fail, forms, noted, text, traced } from './forms.js';

describe.each(forms)('$title', ({ handler, around }) => {
  const trace = (seen: unknown[], name: string) => traced(around, seen, name);

  test('next() never rejects: the error has become a response, by the handlers of the scope of the layer, and is on ctx.error', async () => {
    const seen: unknown[] = [];
    const look = around(
      () => {},
      (response, ctx) => void seen.push(response.status, (ctx.error as Error).message) as undefined,
    );
    const app = new Pullo()
      .onError(
        RangeError,
        handler(() => new TextResponse('by the app', { status: 422 })),
      )
      .use(look)
      .group('/inner', (group) => {
        group
          .onError(
            RangeError,
            handler(() => new TextResponse('by the group', { status: 418 })),
          )
          .get('/handler', handler(fail(new RangeError('in the handler'))));
      })
      .get('/', handler(fail(new RangeError('in the app'))));
    await using http = client(app);
    expect(await text(http, '/')).toBe('by the app');
    expect(await text(http, '/inner/handler')).toBe('by the group');
    expect(seen).toEqual([422, 'in the app', 418, 'in the handler']);
  });

  test('an error of a middleware goes to the scope where that was registered, not to a group below', async () => {
    const app = new Pullo()
      .onError(
        RangeError,
        handler(() => 'by the app'),
      )
      .use(around(fail(new RangeError('above'))))
      .group('/inner', (group) => {
        group
          .onError(
            RangeError,
            handler(() => 'by the group'),
          )
          .get(
            '/',
            handler(() => 'never'),
          );
      });
    await using http = client(app);
    expect(await text(http, '/inner')).toBe('by the app');
  });

  test('rethrowing ctx.error keeps the response, so that a transaction is rolled back and the answer stays', async () => {
    const log: string[] = [];
    const app = new Pullo()
      .use(
        around(
          () => void log.push('begin'),
          (_response, ctx) => {
            log.push(ctx.error ? 'rollback' : 'commit');
            if (ctx.error) throw ctx.error;
            return undefined;
          },
        ),
      )
      .onError(
        RangeError,
        handler(() => new TextResponse('handled', { status: 422 })),
      )
      .get(
        '/good',
        handler(() => 'good'),
      )
      .get('/bad', handler(fail(new RangeError('bad'))));
    await using http = client(app);
    expect(await text(http, '/good')).toBe('good');
    const bad = await http.get('/bad');
    expect([bad.status, await bad.text()]).toEqual([422, 'handled']);
    expect(log).toEqual(['begin', 'commit', 'begin', 'rollback']);
  });

  test('an error that is thrown on the way up takes the place of the response', async () => {
    const app = new Pullo().use(around(() => {}, fail(new HTTPError(409)))).get(
      '/',
      handler(() => 'never'),
    );
    await using http = client(app);
    expect((await http.get('/')).status).toBe(409);
  });

  test('a response from the way up takes the place of the one below', async () => {
    const app = new Pullo()
      .use(
        around(
          () => {},
          () => new TextResponse('above', { status: 203 }),
        ),
      )
      .use(around(() => {}))
      .get(
        '/',
        handler(() => 'below'),
      );
    await using http = client(app);
    expect(await text(http, '/')).toBe('above');
  });

  test('a response that requests share is copied before a middleware writes to it', async () => {
    const constant = new TextResponse('constant');
    let count = 0;
    const app = new Pullo()
      .use(
        around(
          () => {},
          (response) => response.headers.append('x-count', String(++count)) as undefined,
        ),
      )
      .use(around(() => {}))
      .get(
        '/handler',
        handler(() => constant),
      )
      .get('/stands', constant);
    await using http = client(app);
    const counts = [];
    for (const path of ['/handler', '/stands', '/handler']) {
      counts.push((await http.get(path)).headers.get('x-count'));
    }
    expect([counts, constant.headers.has('x-count')]).toEqual([['1', '2', '3'], false]);
  });

  test('a client that has left is a 499 to the middleware, and no error handler sees it', async () => {
    const seen: unknown[] = [];
    const app = new Pullo()
      .use(
        around(
          () => {},
          (response, ctx) => void seen.push(response.status, ctx.error) as undefined,
        ),
      )
      .onError(
        Error,
        handler(() => noted(seen, 'handled', 'handled')),
      )
      .get('/', handler(fail(new ClientDisconnected())));
    await using http = client(app, { raiseAppErrors: false });
    await http.get('/');
    expect(seen).toEqual([499, expect.any(ClientDisconnected)]);
  });

  test('a 5xx that no handler took comes out of the app after its answer, one that was taken does not', async () => {
    const errors: unknown[] = [];
    const app = new Pullo()
      .use(around(() => {}))
      .get('/open', handler(fail(new TypeError('bug'))))
      .group('/closed', (group) => {
        group
          .onError(
            TypeError,
            handler(() => 'taken'),
          )
          .get('/', handler(fail(new TypeError('bug'))));
      });
    const http = client(app, { raiseAppErrors: false, onError: (error) => errors.push(error) });
    expect((await http.get('/open')).status).toBe(500);
    expect(await text(http, '/closed')).toBe('taken');
    await http.close();
    expect(errors).toEqual([new TypeError('bug')]);
  });

  test('an error in an error handler goes to the scope above', async () => {
    const app = new Pullo()
      .onError(
        SyntaxError,
        handler(() => 'by the app'),
      )
      .use(around(() => {}))
      .group('/g', (group) => {
        group
          .onError(RangeError, handler(fail(new SyntaxError('in the handler'))))
          .get('/', handler(fail(new RangeError('first'))));
      });
    await using http = client(app);
    expect(await text(http, '/g')).toBe('by the app');
  });

  test.each([
    ['twice', '/twice', 'called next() twice: keep the response of the first call.'],
    ['silent', '/silent', 'returned nothing and did not call next(): return a response, or call next().'],
    ['odd', '/odd', 'returned the text "odd": return a response, or nothing after calling next().'],
  ])('a middleware that is %s about next() and what it returns is named', async (name, path, message) => {
    const middleware: Record<string, Middleware> = {
      twice: (_ctx, next) => {
        const first = next();
        return handler === asyncHandler ? Promise.resolve(first).then(() => next()) : next();
      },
      silent: handler(() => undefined as never),
      odd: handler(() => 'odd' as never),
    };
    const chosen = Object.defineProperty(middleware[name] as Middleware, 'name', { value: name });
    const app = new Pullo().use(around(() => {})).get(
      path,
      chosen,
      handler(() => 'never'),
    );
    await using http = client(app);
    await expect(http.get(path)).rejects.toThrow(`The middleware "${name}" ${message}`);
  });

  test('next() that is not waited for is waited for, and its response is used', async () => {
    const seen: string[] = [];
    const app = new Pullo()
      .use((_ctx, next) => {
        void next();
      })
      .use(async (_ctx, next) => void next())
      .use(trace(seen, 'below'))
      .get(
        '/',
        handler(() => 'below'),
      );
    await using http = client(app);
    expect(await text(http, '/')).toBe('below');
    expect(seen).toEqual(['> below', '< below']);
  });
});

test('a response that came by another way does not overtake what is below', async () => {
  const seen: string[] = [];
  const early: { take?: (response: Response) => void } = {};
  const app = new Pullo()
    .use(async (_ctx, next) => {
      const taken = new Promise<Response>((resolve) => {
        early.take = resolve;
      });
      void next();
      return await taken;
    })
    .use(async (_ctx, next) => {
      const response = await next();
      early.take?.(response);
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.push('committed');
      return response;
    })
    .get('/', async () => 'below');
  await using http = client(app);
  expect(await text(http, '/')).toBe('below');
  expect(seen).toEqual(['committed']);
});
