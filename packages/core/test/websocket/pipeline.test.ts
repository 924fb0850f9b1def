import {
  HTTPError,
  type Middleware,
  Pullo,
  type Response,
  StreamingResponse,
  TextResponse,
} from '@pullo/core';
import { client } from '@pullo/testing';
import { describe, expect, test } from 'vitest';

const authenticated: Middleware<{ user: string }> = ({ request }, next) => {
  const user = request.cookies.get('user');
  if (user === undefined) throw new HTTPError(401, { headers: { 'www-authenticate': 'Bearer' } });
  return next({ user });
};

describe('a pipeline written for HTTP', () => {
  test('gives a session what it provides, the state and the parameters', async () => {
    const app = new Pullo({
      async *lifespan() {
        yield { greeting: 'Hei' };
      },
    })
      .use(authenticated)
      .provide(async ({ user }) => ({ upper: user.toUpperCase() }))
      .group('/rooms/:room(int)', (group) => {
        group.websocket('/seats/:seat', async ({ accept, params, state, upper }) => {
          const { room, seat } = params;
          await (await accept()).sendJSON({ room, seat, says: `${state.greeting}, ${upper}!` });
        });
      });
    await using http = client(app, { cookies: { user: 'aino' } });
    const session = await http.websocket('/rooms/7/seats/a');
    expect(await session.receiveJSON()).toEqual({ room: 7, seat: 'a', says: 'Hei, AINO!' });
    await using stranger = client(app);
    const denied = await stranger.websocket('/rooms/7/seats/a').catch((error) => error.response);
    expect([denied.status, denied.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  test('sees the handshake as a GET without a body', async () => {
    const seen: unknown[] = [];
    const app = new Pullo()
      .use(async ({ request, kind, route }, next) => {
        const { method, path, query, url, headers } = request;
        seen.push(kind, method, path, query.get('q'), url.href, headers.get('x-a'), await request.text());
        seen.push(route?.kind, route?.pattern, route?.name);
        return next();
      })
      .websocket('/a/:b', { name: 'b' }, async ({ accept }) => void (await accept()));
    await using http = client(app);
    await (await http.websocket('/a/1', { query: { q: '1' }, headers: { 'x-a': 'yes' } })).closed;
    expect(seen).toEqual([
      ...['websocket', 'GET', '/a/1', '1', 'ws://testserver/a/1?q=1', 'yes', ''],
      ...['websocket', '/a/:b', 'b'],
    ]);
  });

  test('has its next() settle when the session has ended, with a response of 101 that is sent already', async () => {
    const order: string[] = [];
    let response: Response | undefined;
    const app = new Pullo()
      .use(async (_ctx, next) => {
        response = await next();
        response.headers.set('x-late', '1');
        response.headers.append('x-late', '2');
        response.headers.delete('x-early');
        response.setCookie('late', '1').deleteCookie('other');
        response.status = 500;
        order.push('after');
        return response;
      })
      .websocket('/', async ({ accept }) => {
        const socket = await accept({ headers: { 'X-Early': 'yes' } });
        for await (const message of socket) order.push(String(message));
        order.push('end');
      });
    await using http = client(app);
    const session = await http.websocket('/');
    session.send('message');
    await session.close();
    await http.close();
    expect(order).toEqual(['message', 'end', 'after']);
    const { status, statusText, ok, content } = response ?? {};
    expect([status, statusText, ok, content]).toEqual([101, 'Switching Protocols', false, null]);
    expect([...(response?.headers ?? [])]).toEqual([['x-early', 'yes']]);
    expect(() => response?.toWeb()).toThrow('no status 101');
  });

  test('may put another response in place of an ended session, which goes nowhere', async () => {
    let isCancelled = false;
    async function* source() {
      try {
        yield 'x';
      } finally {
        isCancelled = true;
      }
    }
    const app = new Pullo()
      .use(async (_ctx, next) => {
        await next();
        const stream = source();
        await stream.next();
        return new StreamingResponse(stream);
      })
      .websocket('/', async ({ accept }) => void (await accept()));
    await using http = client(app);
    await (await http.websocket('/')).closed;
    await http.close();
    expect(isCancelled).toBe(true);
  });

  test('that throws after next() has its error come out of the app', async () => {
    const app = new Pullo()
      .use(async (_ctx, next) => {
        await next();
        throw new Error('in the middleware');
      })
      .websocket('/', async ({ accept }) => void (await accept()));
    await using http = client(app);
    const session = await http.websocket('/');
    expect((await session.closed).code).toBe(1000);
    await expect(session.receive()).rejects.toThrow('in the middleware');
  });

  test('that rethrows ctx.error keeps what the session was closed with', async () => {
    const committed: boolean[] = [];
    const transactional: Middleware = async (ctx, next) => {
      const response = await next();
      committed.push(ctx.error === undefined);
      if (ctx.error) throw ctx.error;
      return response;
    };
    const app = new Pullo()
      .use(transactional)
      .websocket('/good', async ({ accept }) => void (await accept()))
      .websocket('/bad', async ({ accept }) => {
        await accept();
        throw new HTTPError(409);
      });
    await using http = client(app);
    expect((await (await http.websocket('/good')).closed).code).toBe(1000);
    expect((await (await http.websocket('/bad')).closed).reason).toBe('409 Conflict');
    expect(committed).toEqual([true, false]);
  });

  test('keeps the app open for waitUntil() after the session', async () => {
    let done = false;
    const app = new Pullo().websocket('/', async ({ accept, waitUntil }) => {
      await accept();
      const work = async () => {
        await new Promise((resolve) => setTimeout(resolve, 10));
        done = true;
      };
      waitUntil(work());
    });
    await using http = client(app);
    await (await http.websocket('/')).closed;
    await http.close();
    expect(done).toBe(true);
  });

  test('of a branch is that of its sessions alone', async () => {
    const app = new Pullo();
    app
      .with(() => new TextResponse('no', { status: 403 }))
      .websocket('/closed', async ({ accept }) => void (await accept()));
    app.websocket('/open', async ({ accept }) => void (await accept()));
    await using http = client(app);
    await expect(http.websocket('/closed')).rejects.toThrow('403');
    expect((await (await http.websocket('/open')).closed).code).toBe(1000);
  });
});

describe('registration', () => {
  const lead = async ({ accept }: { accept: () => Promise<unknown> }) => void (await accept());

  test('app.routes has the WebSocket routes in their order, and urlFor their names', () => {
    const app = new Pullo()
      .get('/a', { name: 'a' }, ({ urlFor }) => urlFor('room', { room: 'x y' }))
      .websocket('/rooms/:room', { name: 'room', meta: { live: true } }, lead)
      .post('/b', () => null);
    expect(
      app.routes.map(({ kind, methods, pattern, name, meta }) => [kind, methods, pattern, name, meta]),
    ).toEqual([
      ['http', ['GET'], '/a', 'a', undefined],
      ['websocket', [], '/rooms/:room', 'room', { live: true }],
      ['http', ['POST'], '/b', undefined, undefined],
    ]);
  });

  test('urlFor makes the path of a WebSocket route, and knows all names', async () => {
    const app = new Pullo()
      .get('/', { name: 'home' }, ({ urlFor }) => urlFor('room', { room: 'x y' }))
      .get('/wrong', ({ urlFor }) => urlFor('rooms'))
      .websocket('/rooms/:room', { name: 'room' }, lead);
    await using http = client(app);
    expect(await (await http.get('/')).text()).toBe('/rooms/x%20y');
    await expect(http.get('/wrong')).rejects.toThrow(
      'urlFor("rooms"): nothing has that name. Known are "home", "room"',
    );
  });

  test('a name belongs to one pattern, whatever is served there', () => {
    expect(() =>
      new Pullo().get('/a', { name: 'x' }, () => null).websocket('/b', { name: 'x' }, lead),
    ).toThrow('The name "x" of "/b" belongs to "/a"');
    expect(() =>
      new Pullo().websocket('/b', { name: 'x' }, lead).get('/a', { name: 'x' }, () => null),
    ).toThrow('The name "x" of "/a" belongs to "/b"');
    new Pullo().get('/a', { name: 'x' }, () => null).websocket('/a', { name: 'x' }, lead);
  });

  test('two handlers for the same sessions are refused', () => {
    expect(() => new Pullo().websocket('/:a', lead).websocket('/:b', lead)).toThrow(
      'serves the same requests',
    );
  });

  test('use() after a WebSocket route is too late', () => {
    const app = new Pullo().websocket('/live', lead);
    expect(() => app.use((_ctx, next) => next())).toThrow('comes after the WebSocket route /live');
  });

  test('a WebSocket route without a handler is refused', () => {
    // @ts-expect-error a handler is needed
    expect(() => new Pullo().websocket('/live')).toThrow('The WebSocket route "/live" has no handler');
  });
});

describe('the parts of a WebSocket context', () => {
  test.each(['accept', 'subprotocols'])('"%s" cannot be provided', async (key) => {
    const app = new Pullo().provide(() => ({ [key]: 1 }) as object).get('/', () => null);
    await using http = client(app);
    await expect(http.get('/')).rejects.toThrow(`provides "${key}", which is a part of every context`);
  });
});
