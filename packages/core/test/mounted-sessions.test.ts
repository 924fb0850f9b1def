import { type App, HTTPError, type Middleware, Pullo, TextResponse } from '@pullo/core';
import { client, WebSocketDenied } from '@pullo/testing';

import { afterAll, describe, expect, test } from 'vitest';

/** Accepts, says how it was called, and sends back what it gets. */
const echo: App = async (scope, receive, send) => {
  if (scope.type !== 'websocket') throw new Error(`no ${scope.type}`);
  await receive();
  await send({ type: 'websocket.accept', headers: [['x-app', 'yes']] });
  await send({ type: 'websocket.send', text: `${scope.rootPath}|${scope.path}` });
  for (;;) {
    const event = await receive();
    if (event.type !== 'websocket.receive') return;
    await send({ type: 'websocket.send', text: event.text ?? '' });
  }
};

const rooms = new Pullo().websocket('/rooms/:room', async ({ accept, params, request }) => {
  const socket = await accept();
  await socket.send(`${params.room} at ${request.path}`);
});

const closing: App = async (scope, receive, send) => {
  if (scope.type !== 'websocket') throw new Error(`no ${scope.type}`);
  await receive();
  await send({ type: 'websocket.close' });
};

const pass: Middleware = (_ctx, next) => next();

for (const [title, make] of [
  ['that nothing surrounds', () => new Pullo()],
  ['below a middleware', () => new Pullo().use(pass)],
] as const) {
  const app = make()
    .websocket('/raw/own', async ({ accept }) => (await accept()).send('own'))
    .mount('/raw', echo)
    .mount('/chat', rooms)
    .mount('/closed', new TextResponse('closed', { status: 503 }))
    .mount('/closing', closing)
    .host('ws.example.com', echo);

  describe(`a WebSocket session of an app mounted in one ${title}`, () => {
    describe('in process', () => {
      const http = client(app);
      afterAll(() => http.close());

      test('reaches it with its rootPath, and goes both ways', async () => {
        await using session = await http.websocket('/raw/a%2Fb');
        expect(await session.receiveText()).toBe('/raw|/raw/a%2Fb');
        await session.send('hei');
        expect(await session.receiveText()).toBe('hei');
      });

      test('reaches the routes of a mounted Pullo', async () => {
        await using session = await http.websocket('/chat/rooms/tea');
        expect(await session.receiveText()).toBe('tea at /chat/rooms/tea');
      });

      test('goes to a route of the parent first', async () => {
        await using session = await http.websocket('/raw/own');
        expect(await session.receiveText()).toBe('own');
      });

      test.each([
        ['/closed', 503],
        ['/closing', 403],
        ['/chat/nope', 404],
      ])('%s is refused with %i', async (path, status) => {
        const refused = await http.websocket(path).catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(WebSocketDenied);
        expect((refused as WebSocketDenied).response.status).toBe(status);
      });
    });
  });
}

describe('a pipeline above a mounted app', () => {
  test('guards its sessions', async () => {
    const app = new Pullo()
      .use(({ request }, next) =>
        request.query.has('token') ? next() : new TextResponse('no', { status: 401 }),
      )
      .mount('/raw', echo);
    await using http = client(app);
    await expect(http.websocket('/raw')).rejects.toMatchObject({ response: { status: 401 } });
    await using session = await http.websocket('/raw?token=1');
    expect(await session.receiveText()).toBe('/raw|/raw');
  });

  test('gets the 101 once the session has ended, or the refusal, which it may change', async () => {
    const seen: unknown[] = [];
    const app = new Pullo()
      .use(async ({ route }, next) => {
        const response = await next();
        seen.push(response.status, response.headers.get('x-app'), route?.pattern);
        response.headers.set('x-by', 'middleware');
        return response;
      })
      .mount('/raw', echo)
      .mount('/closed', new TextResponse('closed', { status: 503 }));
    await using http = client(app);
    const session = await http.websocket('/raw');
    await session.receiveText();
    expect(seen).toEqual([]);
    await session.close();
    await session[Symbol.asyncDispose]();
    await expect.poll(() => seen).toEqual([101, 'yes', '/raw']);
    const refused = await http.websocket('/closed').catch((error: unknown) => error);
    const { response } = refused as WebSocketDenied;
    expect([response.status, response.headers.get('x-by'), await response.text()]).toEqual([
      503,
      'middleware',
      'closed',
    ]);
  });

  test.each<[title: string, app: App, message: string]>([
    [
      'that throws before it accepts',
      async (_scope, _receive, _send) => {
        throw new Error('no room');
      },
      'no room',
    ],
    [
      'that returns without an answer',
      async (scope, _receive, _send) => {
        if (scope.type === 'lifespan') throw new Error('none');
      },
      'The app mounted at "/app" returned without a response.',
    ],
  ])('answers for an app %s', async (_title, mounted, message) => {
    const heard: unknown[] = [];
    await using http = client(new Pullo().use(pass).mount('/app', mounted), {
      raiseAppErrors: false,
      onError: (error: unknown) => heard.push((error as Error).message),
    });
    await expect(http.websocket('/app')).rejects.toMatchObject({ response: { status: 500 } });
    await http.close();
    expect(heard).toEqual([message]);
  });

  test('lets an error in an open session reach the server, which closes it with 1011', async () => {
    const heard: unknown[] = [];
    const failing: App = async (scope, receive, send) => {
      if (scope.type !== 'websocket') throw new Error('none');
      await receive();
      await send({ type: 'websocket.accept' });
      throw new Error('in the middle');
    };
    await using http = client(new Pullo().use(pass).mount('/app', failing), {
      raiseAppErrors: false,
      onError: (error: unknown) => heard.push((error as Error).message),
    });
    const session = await http.websocket('/app');
    await expect(session.receiveText()).rejects.toMatchObject({ info: { code: 1011 } });
    expect(heard).toEqual(['in the middle']);
  });
});

describe('a session that a mounted Pullo refuses', () => {
  const broken = new Error('no database');
  const inner = new Pullo()
    .onError(RangeError, () => 'handled')
    .websocket('/broken', () => {
      throw broken;
    })
    .websocket('/handled', () => {
      throw new RangeError('too much');
    });

  test.each([
    ['/chat/broken', 500, broken, [broken]],
    ['/chat/handled', 500, expect.any(RangeError), []],
    ['/chat/nothing', 404, expect.any(HTTPError), []],
  ])(
    '%s gets its own answer, with the error of it on ctx.error above',
    async (path, status, error, errors) => {
      const seen: unknown[] = [];
      const heard: unknown[] = [];
      const app = new Pullo()
        .use(async (ctx, next) => {
          const response = await next();
          seen.push(response.status, ctx.error);
        })
        .onError(Error, () => new TextResponse('of the app above', { status: 503 }))
        .mount('/chat', inner);
      const http = client(app, { raiseAppErrors: false, onError: (error) => heard.push(error) });
      await expect(http.websocket(path)).rejects.toThrow(WebSocketDenied);
      await http.close();
      expect(seen).toEqual([status, error]);
      expect(heard).toEqual(errors);
    },
  );
});
