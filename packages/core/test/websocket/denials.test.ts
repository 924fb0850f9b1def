import type { HTTPResponseStartEvent } from '@pullo/asgi';
import { HTTPError, Pullo, TextResponse } from '@pullo/core';
import { type Client, client, communicate, WebSocketDenied } from '@pullo/testing';
import { describeTransports } from '@pullo/testing/vitest';
import { describe, expect, test } from 'vitest';

/** The answer to a handshake that is refused. */
async function denial(http: Client, path: string, headers: Record<string, string> = {}) {
  const error = await http.websocket(path, { headers }).catch((error: unknown) => error);
  if (!(error instanceof WebSocketDenied)) throw new Error('the session was not refused', { cause: error });
  const { response } = error;
  return { status: response.status, body: await response.text(), headers: response.headers };
}

const app = new Pullo()
  .onError(RangeError, (error) => ({ problem: error.message }))
  .get('/page', () => 'a page')
  .get('/both', () => 'a page')
  .websocket('/both', async ({ accept }) => void (await accept()))
  .websocket(
    '/refused',
    () => new TextResponse('Not today.', { status: 503, headers: { 'retry-after': '60' } }),
  )
  .websocket('/fetch', () => globalThis.Response.json({ no: true }, { status: 400 }))
  .websocket('/error', async () => {
    throw new HTTPError(401, { headers: { 'www-authenticate': 'Bearer' }, detail: 'Who are you?' });
  })
  .websocket('/handled', () => {
    throw new RangeError('too far');
  })
  .websocket('/broken', () => {
    throw new Error('secret');
  })
  .websocket('/silent', () => {})
  // @ts-expect-error a session is refused by a response
  .websocket('/text', () => 'hello')
  .websocket('/subprotocol', async ({ accept }) => void (await accept({ subprotocol: 'v9' })))
  .websocket('/reserved', async ({ accept }) => void (await accept({ headers: { Upgrade: 'x' } })))
  .websocket('/twice', async ({ accept }) => {
    const socket = await accept();
    const error = await accept().catch((error: unknown) => error);
    await socket.send(String(error));
  })
  .group('/admin', (group) => {
    group
      .use(async (_ctx, next) => {
        const response = await next();
        response.headers.set('x-admin', '1');
      })
      .websocket('/live', async ({ accept }) => void (await accept()));
  })
  .group('/closed', (group) => {
    group
      .use(() => new TextResponse('closed', { status: 410 }))
      .websocket('/', async ({ accept }) => void (await accept()));
  });

const rows: readonly [path: string, status: number, body: string, headers?: Record<string, string>][] = [
  ['/nope', 404, '404 Not Found\n'],
  ['/page', 404, '404 Not Found\n'],
  ['/both/', 404, '404 Not Found\n'],
  ['/admin/nope', 404, '404 Not Found\n', { 'x-admin': '1' }],
  ['/closed', 410, 'closed'],
  ['/refused', 503, 'Not today.', { 'retry-after': '60' }],
  ['/fetch', 400, '{"no":true}', { 'content-type': 'application/json' }],
  ['/error', 401, '401 Unauthorized: Who are you?\n', { 'www-authenticate': 'Bearer' }],
  ['/handled', 500, '{"problem":"too far"}'],
  ['/broken', 500, '500 Internal Server Error\n'],
  ['/silent', 500, '500 Internal Server Error\n'],
  ['/text', 500, '500 Internal Server Error\n'],
  ['/subprotocol', 500, '500 Internal Server Error\n'],
  ['/reserved', 500, '500 Internal Server Error\n'],
];

describe('what is not accepted is refused with a whole response', () => {
  describeTransports(app, (http) => {
    test.each(rows)('%s', async (path, status, body, headers = {}) => {
      const answer = await denial(http, path);
      expect({ status: answer.status, body: answer.body }).toEqual({ status, body });
      for (const [name, value] of Object.entries(headers)) expect(answer.headers.get(name)).toBe(value);
    });

    test('an answer to a program is problem details', async () => {
      const { body } = await denial(http, '/error', { accept: 'application/json' });
      expect(JSON.parse(body)).toMatchObject({ status: 401, detail: 'Who are you?' });
    });

    test('accept() works once', async () => {
      const session = await http.websocket('/twice');
      expect(await session.receive()).toContain('accept() was called a second time');
    });

    test.each([
      ['GET', '/admin/live'],
      ['POST', '/admin/live'],
    ])('%s of a WebSocket is asked to upgrade, below its middleware', async (method, path) => {
      const response = await http.request(method, path);
      expect(response.status).toBe(426);
      expect(response.headers.get('x-admin')).toBe('1');
      expect(await response.text()).toBe('426 Upgrade Required: There is a WebSocket at this path.\n');
    });

    test('a page and a session may share a path', async () => {
      expect(await (await http.get('/both')).text()).toBe('a page');
      expect(await (await http.websocket('/both')).closed).toMatchObject({ code: 1000 });
    });
  });
});

test.each([
  [
    '/silent',
    'The WebSocket handler of /silent returned without an answer to the handshake: call ctx.accept()',
  ],
  ['/text', 'The WebSocket handler of /text returned the text "hello": refuse a session with a Response'],
  ['/subprotocol', 'accept() was given the text "v9" as subprotocol, and the client has offered "v1", "v2"'],
  ['/reserved', 'accept() was given the header "upgrade": the server writes it.'],
])('the error of %s says what to do', async (path, message) => {
  await using http = client(app);
  await expect(http.websocket(path, { subprotocols: ['v1', 'v2'] })).rejects.toThrow(message);
});

test('a server that cannot send responses to handshakes closes, which clients see as 403', async () => {
  const call = communicate(app, { type: 'websocket', path: '/error', extensions: {} });
  call.send({ type: 'websocket.connect' });
  expect(await call.receive()).toEqual({ type: 'websocket.close' });
  await call.wait();
});

test('a request that should upgrade is told to what', async () => {
  const call = communicate(app, { type: 'http', path: '/silent' });
  const { headers } = (await call.receive()) as HTTPResponseStartEvent;
  expect([...(headers ?? [])]).toEqual(
    expect.arrayContaining([
      ['upgrade', 'websocket'],
      ['connection', 'upgrade'],
    ]),
  );
});

test('a client that leaves before it is accepted is no error', async () => {
  const call = communicate(app, { type: 'websocket', path: '/both' });
  call.send({ type: 'websocket.disconnect', code: 1006, reason: '' });
  await call.wait();
});

test('an accept() that fails is told also where nobody waits for it', async () => {
  const careless = new Pullo().websocket('/', ({ accept }) => {
    void accept({ subprotocol: 'v9' });
  });
  await using http = client(careless);
  await expect(http.websocket('/')).rejects.toThrow('the client has offered none');
});

test('an accept() that fails can be followed by a refusal', async () => {
  const polite = new Pullo().websocket('/', async ({ accept }) => {
    const socket = await accept({ subprotocol: 'v9' }).catch(() => null);
    if (socket === null) return new TextResponse('Speak v9.', { status: 400 });
  });
  await using http = client(polite);
  expect(await denial(http, '/')).toMatchObject({ status: 400, body: 'Speak v9.' });
});

test('a handler that overlooks that the client has left before it accepted is no error', async () => {
  const careless = new Pullo().websocket('/', async ({ accept }) => {
    await accept().catch(() => {});
  });
  const call = communicate(careless, { type: 'websocket', path: '/' });
  call.send({ type: 'websocket.disconnect', code: 1006, reason: '' });
  await call.wait();
});

test('over Fetch, which has no sessions, a WebSocket is asked for an upgrade', async () => {
  const response = await app.fetch(new globalThis.Request('http://testserver/silent'));
  expect(response.status).toBe(426);
});

test('accept() after the handler has returned rejects', async () => {
  let accept: () => Promise<unknown> = async () => {};
  const late = new Pullo().websocket('/', (ctx) => {
    accept = ctx.accept;
    return new TextResponse('no', { status: 403 });
  });
  await using http = client(late);
  expect((await denial(http, '/')).status).toBe(403);
  await expect(accept()).rejects.toThrow('accept() came after the handler had returned');
});

test('accept() of a plain request says where it belongs', async () => {
  const plain = new Pullo().get('/', (ctx) => {
    // @ts-expect-error a plain request has none
    ctx.accept();
    return null;
  });
  await using http = client(plain);
  await expect(http.get('/')).rejects.toThrow('register the handler with app.websocket()');
});
