import { type BaseContext, Pullo, Response, StreamingResponse } from '@pullo/core';
import { contextStorage, currentContext, NoCurrentContext } from '@pullo/core/current-context';
import { client } from '@pullo/testing';
import { describe, expect, expectTypeOf, test } from 'vitest';

const pause = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));

/** What code without `ctx` sees. */
const path = () => currentContext().request.path;

describe('currentContext() is the context of the request', () => {
  test.each([
    ['a sync handler', new Pullo().use(contextStorage()).get('/:id', () => path())],
    [
      'an async handler',
      new Pullo().use(contextStorage()).get('/:id', async () => {
        await pause();
        return path();
      }),
    ],
    [
      'a middleware below',
      new Pullo()
        .use(contextStorage())
        .use(async (_ctx, next) => {
          const response = await next();
          response.headers.set('x-path', path());
        })
        .get('/:id', () => path()),
    ],
    [
      'an error handler',
      new Pullo()
        .use(contextStorage())
        .onError(RangeError, () => path())
        .get('/:id', async () => {
          await pause();
          throw new RangeError('x');
        }),
    ],
    [
      'an async generator',
      new Pullo().use(contextStorage()).get('/:id', async function* () {
        yield path().slice(0, 1);
        await pause();
        yield path().slice(1);
      }),
    ],
    [
      'a stream',
      new Pullo().use(contextStorage()).get(
        '/:id',
        () =>
          new ReadableStream({
            async pull(controller) {
              await pause();
              controller.enqueue(new TextEncoder().encode(path()));
              controller.close();
            },
          }),
      ),
    ],
    [
      'a stream that a middleware above has replaced',
      new Pullo()
        .use(contextStorage())
        .use(async (_ctx, next) => {
          const response = await next();
          return response.withContent(response.content);
        })
        .get(
          '/:id',
          () =>
            new StreamingResponse(
              (async function* () {
                await pause();
                yield path();
              })(),
            ),
        ),
    ],
  ])('in %s', async (_title, app) => {
    await using http = client(app);
    expect(await (await http.get('/a')).text()).toBe('/a');
  });

  test('in the background of a response and in waitUntil', async () => {
    const seen: string[] = [];
    const app = new Pullo().use(contextStorage()).get('/:id', ({ waitUntil }) => {
      waitUntil(pause().then(() => seen.push(`waitUntil ${path()}`)));
      return new Response('x', { background: () => void seen.push(`background ${path()}`) });
    });
    const http = client(app);
    await http.get('/a');
    await http.close();
    expect(seen.sort()).toEqual(['background /a', 'waitUntil /a']);
  });
});

test('in a WebSocket session', async () => {
  const app = new Pullo().use(contextStorage()).websocket('/:id', async ({ accept }) => {
    const socket = await accept();
    for await (const message of socket) await socket.send(`${path()} ${message}`);
  });
  await using http = client(app);
  const session = await http.websocket('/a');
  await session.send('hello');
  expect(await session.receiveText()).toBe('/a hello');
  await session.close();
});

test('in a stream that fetch gives', async () => {
  const app = new Pullo().use(contextStorage()).get('/:id', async function* () {
    await pause();
    yield path();
  });
  const responses = await Promise.all(
    ['a', 'b', 'c'].map((id) => app.fetch(new globalThis.Request(`http://localhost/${id}`))),
  );
  expect(await Promise.all(responses.map((response) => response.text()))).toEqual(['/a', '/b', '/c']);
});

test('requests at the same time each have their own, in their streams too', async () => {
  const app = new Pullo().use(contextStorage()).get('/:id(int)', async ({ params }) => {
    await pause(params.id % 7);
    const first = path();
    return (async function* () {
      for (let index = 0; index < 3; index++) {
        await pause((params.id + index) % 5);
        yield `${first === path()} `;
      }
      yield path();
    })();
  });
  await using http = client(app);
  const ids = Array.from({ length: 40 }, (_, id) => id);
  const texts = await Promise.all(ids.map(async (id) => (await http.get(`/${id}`)).text()));
  expect(texts).toEqual(ids.map((id) => `true true true /${id}`));
});

test('it is the one context: it has what later layers have provided', async () => {
  const app = new Pullo().use(contextStorage()).provide(() => ({ user: 'Aino' }));
  const user = (): string => currentContext<typeof app>().user;
  let context: BaseContext | undefined;
  app.get('/', (ctx) => {
    context = ctx;
    return { user: user(), isSame: currentContext() === ctx };
  });
  await using http = client(app);
  expect(await (await http.get('/')).json()).toEqual({ user: 'Aino', isSame: true });
  expect(context).toBeDefined();
});

test('its type is that of the handlers of an app', () => {
  const app = new Pullo({
    async *lifespan() {
      yield { db: 'open' };
    },
  }).provide(() => ({ user: 'Aino' }));
  const read = () => currentContext<typeof app>();
  expectTypeOf<ReturnType<typeof read>['user']>().toEqualTypeOf<string>();
  expectTypeOf<ReturnType<typeof read>['state']>().toEqualTypeOf<{ db: string }>();
  expectTypeOf(() => currentContext()).returns.toExtend<BaseContext>();
  // @ts-expect-error nothing is provided where no app is named
  expect(() => currentContext().user).toThrow(NoCurrentContext);
});

describe('where there is none', () => {
  test('it says what to do', () => {
    expect(() => currentContext()).toThrow(
      expect.objectContaining({
        name: 'NoCurrentContext',
        code: 'ERR_NO_CURRENT_CONTEXT',
        message: expect.stringContaining('put app.use(contextStorage()) before all other middleware'),
      }),
    );
  });

  test('as the app does not use contextStorage(), the request fails', async () => {
    await using http = client(new Pullo().get('/', () => path()));
    await expect(http.get('/')).rejects.toThrow(NoCurrentContext);
  });

  test('nothing is left of a request after it', async () => {
    const app = new Pullo().use(contextStorage()).get('/', () => path());
    await using http = client(app);
    await http.get('/');
    expect(() => currentContext()).toThrow(NoCurrentContext);
  });
});
