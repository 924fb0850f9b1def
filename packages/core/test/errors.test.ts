import { HTTPError, Pullo, StreamingResponse, TextResponse } from '@pullo/core';
import { client } from '@pullo/testing';
import { describe, expect, test } from 'vitest';

class NotYours extends HTTPError {
  constructor() {
    super(403, { detail: 'It is not yours.' });
  }
}

function trap(): never {
  throw new Error('It is a trap.');
}

function throwUnanswerable(): never {
  throw new HTTPError(400, { headers: { 'x-a': 'a\nb' } });
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function failing(error: unknown): Pullo {
  return new Pullo().get('/', () => {
    throw error;
  });
}

describe('an error that nobody handles', () => {
  test('of HTTP is answered with its status, detail and headers', async () => {
    await using http = client(
      failing(new HTTPError(401, { detail: 'Log in.', headers: { 'www-authenticate': 'Basic' } })),
    );
    const response = await http.get('/');
    expect([response.status, response.headers.get('www-authenticate'), await response.text()]).toEqual([
      401,
      'Basic',
      '401 Unauthorized: Log in.\n',
    ]);
  });

  test('and is not of HTTP is a 500 that hides its message, and comes out of the app', async () => {
    const unexpected = new Error('password=hunter2');
    const quiet = client(failing(unexpected), { raiseAppErrors: false, onError: () => {} });
    const response = await quiet.get('/');
    expect([response.status, await response.text()]).toEqual([500, '500 Internal Server Error\n']);
    await using loud = client(failing(unexpected));
    await expect(loud.get('/')).rejects.toBe(unexpected);
  });

  test.each([
    ['undefined', undefined, 'Thrown was undefined'],
    ['null', null, 'Thrown was null'],
    ['zero', 0, 'Thrown was 0'],
    ['text', 'just text', 'Thrown was the text "just text"'],
    ['a response', new TextResponse('x'), 'Thrown was a TextResponse'],
    ['a response of the platform', new globalThis.Response('x'), 'Thrown was a Response'],
  ])(
    'and is %s becomes the cause of an Error, which ctx.error and onError see',
    async (_title, thrown, message) => {
      const seen: unknown[] = [];
      const app = new Pullo()
        .use(async (ctx, next) => {
          await next();
          if (ctx.error) throw ctx.error;
        })
        .onError(Error, (error) => {
          seen.push(error.cause);
          return new TextResponse(error.message, { status: 500 });
        })
        .get('/', () => {
          throw thrown;
        });
      await using http = client(app);
      expect(await (await http.get('/')).text()).toBe(`${message}: throw an Error, or return a response.`);
      expect(seen).toEqual([thrown]);
    },
  );

  test('and is an object is thrown out of the app as it is', async () => {
    const thrown = { reason: 'odd' };
    await using http = client(failing(thrown));
    await expect(http.get('/')).rejects.toBe(thrown);
  });

  test('keeps its status and message to itself, unless it says that they are for clients', async () => {
    const upstream = Object.assign(new Error('GET http://internal/?key=1 failed'), { status: 403 });
    const meant = Object.assign(new Error('Slow down.'), { status: 429, expose: true });
    await using hidden = client(failing(upstream), { raiseAppErrors: false, onError: () => {} });
    await using shown = client(failing(meant));
    expect(await (await hidden.get('/')).text()).toBe('500 Internal Server Error\n');
    expect(await (await shown.get('/')).text()).toBe('429 Too Many Requests: Slow down.\n');
  });

  test('and cannot be answered, as its headers are none, is a 500 that middleware sees', async () => {
    const errors: unknown[] = [];
    const seen: number[] = [];
    const app = new Pullo()
      .use(async (_ctx, next) => {
        seen.push((await next()).status);
      })
      .get('/', () => {
        throw new HTTPError(400, { headers: { 'x-a': 'a\nb' } });
      });
    const http = client(app, { raiseAppErrors: false, onError: (error) => errors.push(error) });
    expect(await (await http.get('/')).text()).toBe('500 Internal Server Error\n');
    await http.close();
    expect([seen, errors]).toEqual([[500], [expect.objectContaining({ code: 'ERR_INVALID_HEADER' })]]);
  });

  test.each([
    ['a Proxy that is revoked', revoked],
    ['a Proxy whose traps throw', () => new Proxy(new Error('x'), { getPrototypeOf: trap, get: trap })],
    ['an error with a code that throws', () => Object.defineProperty(new Error('x'), 'code', { get: trap })],
    [
      'an HTTPError whose member throws what cannot be answered either',
      () => new HTTPError(400, { problem: { member: { toJSON: throwUnanswerable } } }),
    ],
  ])(
    'and is %s is a 500 that middleware sees, thrown at once, later, or by a handler',
    async (_title, make) => {
      const seen: unknown[] = [];
      const fail = () => {
        throw make();
      };
      const app = new Pullo()
        .use(async (ctx, next) => {
          seen.push((await next()).status, ctx.error instanceof Error);
        })
        .onError(TypeError, async () => fail())
        .onError(RangeError, fail)
        .get('/sync', fail)
        .get('/async', async () => fail())
        .get('/handler', (): string => {
          throw new RangeError('first');
        })
        .get('/async-handler', (): string => {
          throw new TypeError('first');
        });
      const http = client(app, {
        raiseAppErrors: false,
        onError: () => {},
        headers: { accept: 'application/json' },
      });
      for (const path of ['/sync', '/async', '/handler', '/async-handler']) {
        expect((await http.get(path)).status).toBe(500);
      }
      await http.close();
      expect(seen).toEqual([500, true, 500, true, 500, true, 500, true]);
    },
  );

  test('of a request body is answered with the status that it carries', async () => {
    const app = new Pullo().post('/', async ({ request }) => await request.json<object>());
    await using http = client(app);
    expect(
      (await http.post('/', { body: '{', headers: { 'content-type': 'application/json' } })).status,
    ).toBe(400);
    expect((await http.post('/', { body: '{}', headers: { 'content-type': 'text/plain' } })).status).toBe(
      415,
    );
  });
});

test('the limits of request bodies can be set for an app', async () => {
  const app = new Pullo({ request: { maxBytes: 4 } }).post('/', ({ request }) => request.text());
  await using http = client(app);
  expect(await (await http.post('/', { body: 'four' })).text()).toBe('four');
  expect((await http.post('/', { body: 'fives' })).status).toBe(413);
});

describe('onError', () => {
  test('goes by the nearest class, then the status, then HTTPError', async () => {
    const named = (name: string) => () => new TextResponse(name);
    const app = new Pullo()
      .onError(HTTPError, named('HTTPError'))
      .onError(403, named('403'))
      .onError(NotYours, named('NotYours'))
      .get('/own', () => {
        throw new NotYours();
      })
      .get('/status', () => {
        throw new HTTPError(403);
      })
      .get('/base', () => {
        throw new HTTPError(400);
      });
    await using http = client(app);
    expect(await (await http.get('/own')).text()).toBe('NotYours');
    expect(await (await http.get('/status')).text()).toBe('403');
    expect(await (await http.get('/base')).text()).toBe('HTTPError');
  });

  test('for 500 takes every unexpected error, which then does not come out of the app', async () => {
    const app = failing(new TypeError('x')).onError(500, (error) => `handled ${error}`);
    await using http = client(app);
    expect(await (await http.get('/')).text()).toBe('handled TypeError: x');
  });

  test.each([
    ['text', 'x', 418],
    ['data', { x: 1 }, 418],
    ['nothing', null, 418],
    ['a response', new TextResponse('x', { status: 202 }), 202],
  ])(
    'has the status of the error where its handler returns %s and says no other',
    async (_title, result, status) => {
      for (const handler of [() => result, async () => result]) {
        await using http = client(failing(new HTTPError(418)).onError(418, handler));
        const response = await http.get('/');
        expect(response.status).toBe(status);
        await response.text();
      }
    },
  );

  test('has status 500 where its handler returns text for an unexpected error', async () => {
    await using http = client(failing(new TypeError('x')).onError(TypeError, () => 'sorry'));
    expect((await http.get('/')).status).toBe(500);
  });

  test('gives the context', async () => {
    const app = failing(new HTTPError(400)).onError(400, (_error, { request }) => request.path);
    await using http = client(app);
    expect(await (await http.get('/')).text()).toBe('/');
  });

  test('takes a handler that gives any thenable', async () => {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what this is about
    const thenable = { then: (resolve: (text: string) => void) => resolve('later') };
    const app = failing(new HTTPError(400)).onError(400, () => thenable as never);
    await using http = client(app);
    expect(await (await http.get('/')).text()).toBe('later');
  });

  test('names the handler that returns nothing', async () => {
    const app = failing(new TypeError('x')).onError(TypeError, () => undefined as never);
    await using http = client(app);
    await expect(http.get('/')).rejects.toThrow('The error handler for TypeError returned undefined');
  });

  test('that fails itself hands its own error to the scope above', async () => {
    const app = new Pullo()
      .onError(RangeError, (error) => `above: ${error.message}`)
      .group('/g', (group) =>
        group
          .onError(TypeError, async () => {
            throw new RangeError('from the handler');
          })
          .get('/', () => {
            throw new TypeError('first');
          }),
      );
    await using http = client(app);
    expect(await (await http.get('/g')).text()).toBe('above: from the handler');
  });
});

test('a client that leaves while the body is read is no error for the handlers', async () => {
  const seen: unknown[] = [];
  const app = new Pullo()
    .use(async (ctx, next) => {
      seen.push((await next()).status, (ctx.error as Error).name);
    })
    .onError(Error, () => {
      seen.push('handled');
      return 'handled';
    })
    .post('/', async ({ request }) => request.text());
  const controller = new AbortController();
  const body = new ReadableStream({
    pull(stream) {
      stream.enqueue(new TextEncoder().encode('half'));
      return new Promise((resolve) => setTimeout(resolve, 10));
    },
  });
  await using http = client(app);
  const pending = http.post('/', { body, signal: controller.signal });
  setTimeout(() => controller.abort(), 30);
  await expect(pending).rejects.toThrow();
  await expect.poll(() => seen).toEqual([499, 'ClientDisconnected']);
});

describe('an error of a scope', () => {
  const failing = (message: string) => () => {
    throw new RangeError(message);
  };
  const app = new Pullo()
    .onError(Error, (error) => `app: ${error.message}`)
    .get('/app', failing('a'))
    .group('/outer', (outer) => {
      outer.onError(RangeError, (error) => `outer: ${error.message}`).get('/own', failing('b'));
      outer.group('/inner', (inner) => {
        inner.onError(404, () => 'inner has no such thing').get('/own', failing('c'));
      });
    });
  const branch = app.with((_ctx, next) => next()).onError(RangeError, (error) => `branch: ${error.message}`);
  branch.get('/branch', failing('d'));

  test.each([
    ['/app', 'app: a'],
    ['/outer/own', 'outer: b'],
    ['/outer/inner/own', 'outer: c'],
    ['/outer/inner/nothing', 'inner has no such thing'],
    ['/outer/nothing', 'app: 404 Not Found'],
    ['/branch', 'branch: d'],
  ])('is taken by the innermost handler that fits it (%s)', async (path, text) => {
    await using http = client(app);
    expect(await (await http.get(path)).text()).toBe(text);
  });

  test('is that of the layer where it was thrown, not of the route', async () => {
    const outside = new Pullo()
      .use(failing('from the middleware'))
      .onError(RangeError, (error) => `app: ${error.message}`)
      .group('/g', (group) => group.onError(RangeError, () => 'group').get('/', () => 'never'));
    await using http = client(outside);
    expect(await (await http.get('/g')).text()).toBe('app: from the middleware');
  });
});

describe.each([
  [
    'sync',
    (error: unknown): never => {
      throw error;
    },
  ],
  [
    'async',
    async (error: unknown): Promise<never> => {
      throw error;
    },
  ],
])('an error handler that fails, %s,', (_kind, fail) => {
  test('and has none above it is a 500 of its own error, which comes out of the app', async () => {
    const first = new TypeError('first');
    const second = new Error('from the handler');
    const seen: unknown[] = [];
    const errors: unknown[] = [];
    const app = new Pullo()
      .use(async (ctx, next) => {
        await next();
        seen.push(ctx.error);
      })
      .onError(TypeError, () => fail(second))
      .get('/', () => fail(first));
    const http = client(app, { raiseAppErrors: false, onError: (error) => errors.push(error) });
    const response = await http.get('/');
    expect([response.status, await response.text()]).toEqual([500, '500 Internal Server Error\n']);
    await http.close();
    expect([seen, errors]).toEqual([[second], [second]]);
  });

  test('is not called again for its own error', async () => {
    let calls = 0;
    const app = new Pullo()
      .onError(Error, () => {
        calls++;
        return fail(new Error('again'));
      })
      .get('/', () => fail(new Error('first')));
    const http = client(app, { raiseAppErrors: false, onError: () => {} });
    expect((await http.get('/')).status).toBe(500);
    await http.close();
    expect(calls).toBe(1);
  });

  test('may throw an HTTPError, which is an answer', async () => {
    const app = new Pullo()
      .onError(TypeError, (cause) => fail(new HTTPError(422, { detail: 'Not so.', cause })))
      .get('/', () => fail(new TypeError('first')));
    await using http = client(app);
    const response = await http.get('/');
    expect([response.status, await response.text()]).toEqual([422, '422 Unprocessable Content: Not so.\n']);
  });
});

describe('an error after the response has begun', () => {
  test('cuts the response, comes out of the app, and reaches no handler', async () => {
    const late = new Error('late');
    const handled: unknown[] = [];
    const errors: unknown[] = [];
    const app = new Pullo()
      .onError(Error, (error) => {
        handled.push(error);
        return 'handled';
      })
      .get('/', async function* () {
        yield 'begun ';
        throw late;
      });
    const http = client(app, { raiseAppErrors: false, onError: (error) => errors.push(error) });
    const response = await http.get('/');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    await http.close();
    expect([handled, errors]).toEqual([[], [late]]);
  });

  test('in what runs in the background comes out of the app, and leaves the response whole', async () => {
    const late = new Error('late');
    const errors: unknown[] = [];
    const app = new Pullo().get('/', ({ waitUntil }) => {
      waitUntil(Promise.reject(late));
      return 'whole';
    });
    const http = client(app, { raiseAppErrors: false, onError: (error) => errors.push(error) });
    expect(await (await http.get('/')).text()).toBe('whole');
    await http.close();
    expect(errors).toEqual([late]);
  });
});

test('a stream that is returned a second time is an error that names the route', async () => {
  const once = new StreamingResponse(
    (async function* () {
      yield 'once';
    })(),
  );
  await using http = client(new Pullo().get('/stream', () => once));
  expect(await (await http.get('/stream')).text()).toBe('once');
  await expect(http.get('/stream')).rejects.toThrow(
    'The handler of GET /stream returned a response whose stream has been sent already',
  );
});

test('an error of routing has no stack, and that of the app keeps its own', async () => {
  const stacks: (string | undefined)[] = [];
  const app = new Pullo()
    .use(async (ctx, next) => {
      await next();
      stacks.push((ctx.error as Error).stack);
    })
    .get('/thrown', () => {
      throw new HTTPError(404);
    });
  await using http = client(app);
  await http.get('/nothing');
  await http.get('/thrown');
  expect(stacks).toEqual(['HTTPError: 404 Not Found', expect.stringContaining('errors.test.ts')]);
});
