import { HTTPError, type Middleware, PipelineError, Pullo, TextResponse } from '@pullo/core';
import { client } from '@pullo/testing';
import { describe, expect, test } from 'vitest';

/** Both forms of a middleware that does nothing: what holds in one must hold in the other. */
const forms: readonly [title: string, pass: Middleware][] = [
  ['sync', (_ctx, next) => next()],
  ['async', async (_ctx, next) => next()],
];

class Database {
  name = 'db';
}

describe.each(forms)('a pipeline of %s middleware', (_title, pass) => {
  test('runs in order, the app before the group before the handler, and back', async () => {
    const order: string[] = [];
    const trace =
      (name: string): Middleware =>
      (_ctx, next) => {
        order.push(`> ${name}`);
        const result = next();
        if (!(result instanceof Promise)) {
          order.push(`< ${name}`);
          return result;
        }
        return result.then((response) => {
          order.push(`< ${name}`);
          return response;
        });
      };
    const app = new Pullo()
      .use(trace('app'))
      .use(pass)
      .group('/g', (group) => {
        group.use(trace('group')).get('/', () => {
          order.push('handler');
          return 'done';
        });
      });
    await using http = client(app);
    expect(await (await http.get('/g')).text()).toBe('done');
    expect(order).toEqual(['> app', '> group', 'handler', '< group', '< app']);
  });

  test('a middleware that returns nothing after next() passes the response on, awaited or not', async () => {
    const app = new Pullo()
      .use((_ctx, next) => {
        void next();
      })
      .use(async (_ctx, next) => {
        await next();
      })
      .use(pass)
      .get('/', async () => 'below');
    await using http = client(app);
    expect(await (await http.get('/')).text()).toBe('below');
  });

  test('a middleware may answer by itself', async () => {
    const app = new Pullo()
      .use(pass)
      .use(() => new TextResponse('closed', { status: 503 }))
      .get('/', () => 'open');
    await using http = client(app);
    expect((await http.get('/')).status).toBe(503);
  });

  test('an error thrown below has become a response, and is on ctx.error', async () => {
    const seen: unknown[] = [];
    const app = new Pullo()
      .use(async (ctx, next) => {
        const response = await next();
        seen.push(response.status, ctx.error);
      })
      .use(pass)
      .get('/', () => {
        throw new HTTPError(409, { detail: 'taken' });
      });
    await using http = client(app);
    expect(await (await http.get('/')).text()).toBe('409 Conflict: taken\n');
    expect(seen).toEqual([409, expect.objectContaining({ status: 409, detail: 'taken' })]);
  });

  test('rethrowing ctx.error keeps the response that was made, so that a transaction is four lines', async () => {
    const transaction: string[] = [];
    const app = new Pullo()
      .use(async (ctx, next) => {
        try {
          const response = await next();
          if (ctx.error) throw ctx.error;
          transaction.push('commit');
          return response;
        } catch (error) {
          transaction.push('rollback');
          throw error;
        }
      })
      .use(pass)
      .onError(RangeError, () => new TextResponse('handled', { status: 422 }))
      .get('/good', () => 'good')
      .get('/bad', () => {
        throw new RangeError('bad');
      });
    await using http = client(app);
    expect(await (await http.get('/good')).text()).toBe('good');
    const bad = await http.get('/bad');
    expect([bad.status, await bad.text(), transaction]).toEqual([422, 'handled', ['commit', 'rollback']]);
  });

  test('an error that a middleware throws after next() takes the place of the response', async () => {
    const app = new Pullo()
      .use(async (_ctx, next) => {
        void next();
        throw new HTTPError(418);
      })
      .use(pass)
      .get('/', async () => 'never sent');
    await using http = client(app);
    expect((await http.get('/')).status).toBe(418);
  });

  test('calling next() twice is an error that names the middleware', async () => {
    const app = new Pullo()
      .use(async function twice(_ctx, next) {
        await next();
        return next();
      })
      .use(pass)
      .get('/', () => 'once');
    await using http = client(app);
    await expect(http.get('/')).rejects.toThrow(
      'The middleware "twice" called next() twice: keep the response of the first call.',
    );
  });

  test('returning nothing without next(), or something else, is an error that names the middleware', async () => {
    const nothing = new Pullo()
      .use(pass)
      .use(function forgets() {})
      .get('/', () => 'x');
    const wrong = new Pullo()
      .use(pass)
      .use(function answers() {
        return 'text' as never;
      })
      .get('/', () => 'x');
    await using first = client(nothing);
    await using second = client(wrong);
    await expect(first.get('/')).rejects.toThrow(
      'The middleware "forgets" returned nothing and did not call next(): return a response, or call next().',
    );
    await expect(second.get('/')).rejects.toThrow(
      'The middleware "answers" returned the text "text": return a response, or nothing after calling next().',
    );
  });

  test('next() after the middleware has returned runs nothing, and is refused', async () => {
    const seen: unknown[] = [];
    const app = new Pullo()
      .use(function early(_ctx, next) {
        setTimeout(async () =>
          seen.push(await Promise.resolve(next()).catch((error: Error) => error.message)),
        );
        return new TextResponse('early');
      })
      .use(pass)
      .get('/', () => {
        seen.push('handler');
        return 'late';
      });
    await using http = client(app);
    expect(await (await http.get('/')).text()).toBe('early');
    await expect
      .poll(() => seen)
      .toEqual([
        'The middleware "early" called next() after it had returned: await next(), or return what it returns.',
      ]);
  });

  test.each([
    ['an error', new RangeError('x'), 'an Error: throw it.'],
    ['text', 'route', 'the text "route": give a plain object, { name: value }.'],
    ['null', null, 'null: give a plain object, { name: value }.'],
    ['an array', [1], 'an Array: give a plain object, { name: value }.'],
    ['an instance', new Database(), 'a Database: give a plain object, { name: value }.'],
  ])('next() given %s does not go on', async (_title, argument, message) => {
    const app = new Pullo()
      .use(function express(_ctx, next) {
        return (next as unknown as (argument: unknown) => TextResponse)(argument);
      })
      .use(pass)
      .get('/', () => 'went on');
    await using http = client(app);
    await expect(http.get('/')).rejects.toThrow(
      new PipelineError(`The middleware "express" provides ${message}`),
    );
  });

  test('runs around 404, 405, OPTIONS and slash redirects too', async () => {
    const seen: string[] = [];
    const app = new Pullo()
      .use(async ({ request, route }, next) => {
        const { status } = await next();
        seen.push(`${request.method} ${status} ${route?.pattern}`);
      })
      .use(pass)
      .get('/a', () => 'a');
    await using http = client(app);
    await http.get('/nope');
    await http.delete('/a');
    await http.options('/a');
    await http.get('/a/');
    expect(seen).toEqual(['GET 404 undefined', 'DELETE 405 /a', 'OPTIONS 204 /a', 'GET 308 /a']);
  });
});

test('a response constant that a middleware writes to is not changed for the next request', async () => {
  const constant = new TextResponse('constant');
  let count = 0;
  const app = new Pullo()
    .use(async (_ctx, next) => {
      const response = await next();
      response.headers.append('x-count', String(++count));
      return response;
    })
    .get('/handler', () => constant)
    .get('/stands', constant);
  await using http = client(app);
  const values = [];
  for (const path of ['/handler', '/stands', '/handler'])
    values.push((await http.get(path)).headers.get('x-count'));
  expect(values).toEqual(['1', '2', '3']);
  expect(constant.headers.has('x-count')).toBe(false);
});

describe('a stream that a middleware keeps from being sent is ended', () => {
  /** An app whose handler gives a stream, and what the stream has been told. */
  function streaming(middleware: Middleware) {
    const told: string[] = [];
    const app = new Pullo().use(middleware).get('/', () => {
      return new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            controller.enqueue(new TextEncoder().encode('piece'));
            controller.close();
          },
          cancel: () => void told.push('cancelled'),
        },
        { highWaterMark: 0 },
      );
    });
    return { app, told };
  }

  const replacing: readonly [title: string, middleware: Middleware, answer: string][] = [
    [
      'sync',
      (_ctx, next) => {
        void next();
        return new TextResponse('other');
      },
      'other',
    ],
    [
      'async',
      async (_ctx, next) => {
        await next();
        return new TextResponse('other');
      },
      'other',
    ],
    [
      'not waiting',
      async (_ctx, next) => {
        void next();
        return new TextResponse('other');
      },
      'other',
    ],
    [
      'throwing',
      async (_ctx, next) => {
        await next();
        throw new HTTPError(409);
      },
      '409 Conflict\n',
    ],
  ];

  test.each(replacing)('by a %s one', async (_title, middleware, answer) => {
    const { app, told } = streaming(middleware);
    const http = client(app);
    expect(await (await http.get('/')).text()).toBe(answer);
    await http.close();
    expect(told).toEqual(['cancelled']);
  });

  test('but not before what has replaced it has read it', async () => {
    async function* shout(content: AsyncIterable<Uint8Array>) {
      for await (const piece of content) yield new TextDecoder().decode(piece).toUpperCase();
    }
    const { app, told } = streaming(async (_ctx, next) => {
      const response = await next();
      return response.withContent(shout(response.content as ReadableStream<Uint8Array>));
    });
    const http = client(app);
    expect(await (await http.get('/')).text()).toBe('PIECE');
    await http.close();
    expect(told).toEqual([]);
  });
});

describe('what is provided', () => {
  test('lies flat on ctx for what follows', async () => {
    const app = new Pullo()
      .use<{ a: number }>((_ctx, next) => next({ a: 1 }))
      .provide(async ({ a }) => ({ b: a + 1 }))
      .get('/', ({ a, b }) => [a, b]);
    await using http = client(app);
    expect(await (await http.get('/')).json()).toEqual([1, 2]);
  });

  test('a provider may end the request with a response', async () => {
    const app = new Pullo()
      .provide(() => (Math.random() < 2 ? new TextResponse('stop', { status: 403 }) : { a: 1 }))
      .get('/', () => 'never');
    await using http = client(app);
    expect((await http.get('/')).status).toBe(403);
  });

  test.each(['request', 'params', 'state', 'error', '__proto__', 'constructor'])(
    'cannot be the key "%s" of every context',
    async (key) => {
      const app = new Pullo()
        .provide(function provider() {
          return Object.fromEntries([[key, 1]]);
        })
        .get('/', () => 'never');
      await using http = client(app);
      await expect(http.get('/')).rejects.toThrow(
        new PipelineError(
          `The provider "provider" provides "${key}", which is a part of every context: choose another key.`,
        ),
      );
    },
  );

  test.each([
    ['nothing', undefined, 'undefined'],
    ['an instance', new Database(), 'a Database'],
    ['a function', () => {}, 'a function (without a name)'],
  ])('cannot be %s', async (_title, value, described) => {
    const app = new Pullo()
      .provide(function provider() {
        return value as object;
      })
      .get('/', () => 'never');
    await using http = client(app);
    await expect(http.get('/')).rejects.toThrow(
      `The provider "provider" provides ${described}: give a plain object, { name: value }.`,
    );
  });

  test('with() gives it to a branch alone', async () => {
    const app = new Pullo();
    app.with<{ who: string }>((_ctx, next) => next({ who: 'branch' })).get('/with', ({ who }) => who);
    app.get('/without', (ctx) => 'who' in ctx);
    await using http = client(app);
    expect(await (await http.get('/with')).text()).toBe('branch');
    expect(await (await http.get('/without')).text()).toBe('false');
  });
});
