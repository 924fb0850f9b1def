import { HTTPError, Pullo, TextResponse } from '@pullo/core';
import { client } from '@pullo/testing';
import { describe, expect, test } from 'vitest';

class NotYours extends HTTPError {
  constructor() {
    super(403, { detail: 'It is not yours.' });
  }
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

  test('is problem details where Accept ranks JSON above text', async () => {
    await using http = client(failing(new NotYours()));
    const response = await http.get('/', { headers: { accept: 'application/json, text/plain;q=0.5' } });
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
      detail: 'It is not yours.',
    });
  });

  test.each([undefined, '*/*', 'text/html,*/*;q=0.8', 'image/png'])(
    'is text for Accept: %s',
    async (accept) => {
      await using http = client(failing(new NotYours()));
      const response = await http.get('/', accept === undefined ? {} : { headers: { accept } });
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    },
  );

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

test.each([200, 399, 600, 404.5, Number.NaN])('HTTPError refuses the status %s', (status) => {
  expect(() => new HTTPError(status)).toThrow(RangeError);
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
