import type { App, Receive, State } from '@pullo/asgi';
import { AppStillRunning, client } from '@pullo/testing';
import { describe, expect, test, vi } from 'vitest';

async function readBody(receive: Receive): Promise<string> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const event = await receive();
    if (event.type !== 'http.request') throw new Error(`unexpected ${event.type}`);
    chunks.push(event.body);
    if (!event.moreBody) return Buffer.concat(chunks).toString();
  }
}

interface Echo {
  method: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  body: string;
}

const echo: App = async (scope, receive, send) => {
  if (scope.type !== 'http') throw new Error('only http');
  const seen: Echo = {
    method: scope.method,
    path: scope.path,
    query: scope.queryString,
    headers: Object.fromEntries(scope.headers),
    body: await readBody(receive),
  };
  send({ type: 'http.response.start', status: 200, headers: [['content-type', 'application/json']] });
  await send({ type: 'http.response.body', body: JSON.stringify(seen) });
};

describe('what a request carries', () => {
  test.each([
    ['json', { json: { a: 1 } }, 'application/json', '{"a":1}'],
    [
      'form',
      { form: { a: 1, b: ['x', 'y z'] } },
      'application/x-www-form-urlencoded;charset=UTF-8',
      'a=1&b=x&b=y+z',
    ],
    ['text', { body: 'hä' }, undefined, 'hä'],
    ['bytes', { body: new Uint8Array([104, 105]) }, undefined, 'hi'],
    ['a blob', { body: new Blob(['hi'], { type: 'text/x' }) }, 'text/x', 'hi'],
    [
      'an iterable',
      {
        body: (function* () {
          yield 'h';
          yield 'i';
        })(),
      },
      undefined,
      'hi',
    ],
  ])('%s is sent with its type', async (_name, options, type, body) => {
    await using http = client(echo);
    const seen = await (await http.post('/', options)).json<Echo>();
    expect(seen.headers['content-type']).toBe(type);
    expect(seen.body).toBe(body);
  });

  test('two bodies are refused', async () => {
    await using http = client(echo);
    await expect(http.post('/', { json: 1, body: 'x' })).rejects.toThrow('give only one of json and body');
  });

  test('the query is added to the one of the path', async () => {
    await using http = client(echo);
    const seen = await (await http.get('/a?x=1', { query: { y: [2, 3], z: undefined } })).json<Echo>();
    expect(seen.query).toBe('x=1&y=2&y=3');
  });

  test('the path reaches the app as it was written, but for what must be encoded', async () => {
    await using http = client(echo);
    const seen = await (await http.get('/a b/ä/../%2f#top')).json<Echo>();
    expect(seen.path).toBe('/a%20b/%2F');
    expect((await http.get('/%zz')).status).toBe(400);
  });

  test('paths are relative to the base URL, and the headers of the client yield to those of the request', async () => {
    await using http = client(echo, {
      baseURL: 'https://example.org/api',
      headers: { 'x-a': '1', 'x-b': '1' },
    });
    const seen = await (await http.get('/users', { headers: { 'X-B': '2' } })).json<Echo>();
    expect(seen.path).toBe('/api/users');
    expect(seen.headers).toMatchObject({ host: 'example.org', 'x-a': '1', 'x-b': '2' });
  });
});

describe('errors of the app', () => {
  const failure = new Error('oh no');
  const before: App = async (scope) => {
    if (scope.type === 'http') throw failure;
  };
  const after: App = async (scope, _receive, send) => {
    if (scope.type !== 'http') return;
    send({ type: 'http.response.start', status: 500 });
    await send({ type: 'http.response.body', body: 'sorry' });
    throw failure;
  };

  test('an error is thrown in the test, also one that was rethrown after the answer', async () => {
    await using first = client(before);
    await using second = client(after);
    await expect(first.get('/')).rejects.toBe(failure);
    await expect(second.get('/')).rejects.toBe(failure);
  });

  test('with raiseAppErrors false it is answered, and reported to onError', async () => {
    const errors: unknown[] = [];
    const options = { raiseAppErrors: false, onError: (error: unknown) => errors.push(error) };
    await using first = client(before, options);
    await using second = client(after, options);
    expect((await first.get('/')).status).toBe(500);
    expect(await (await second.get('/')).text()).toBe('sorry');
    expect(errors).toEqual([failure, failure]);
  });

  test('in the middle of a body it comes out of the reader', async () => {
    await using http = client(async (scope, _receive, send) => {
      if (scope.type !== 'http') return;
      send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body', body: 'half', moreBody: true });
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw failure;
    });
    const response = await http.get('/');
    await expect(response.text()).rejects.toBe(failure);
  });

  test('one that nobody has seen comes out of close', async () => {
    const http = client(async (scope, _receive, send) => {
      if (scope.type !== 'http') return;
      send({ type: 'http.response.start', status: 204 });
      send({ type: 'http.response.body' });
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw failure;
    });
    expect((await http.get('/')).status).toBe(204);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(http.close()).rejects.toBe(failure);
  });
});

test('lifespan runs around the requests, and each request has its own copy of the state', async () => {
  const log: string[] = [];
  const app: App = async (scope, receive, send) => {
    if (scope.type === 'lifespan') {
      await receive();
      log.push('startup');
      scope.state.shared = 'yes';
      send({ type: 'lifespan.startup.complete' });
      await receive();
      log.push('shutdown');
      send({ type: 'lifespan.shutdown.complete' });
      return;
    }
    const state: State = scope.state;
    log.push(`${state.shared} ${state.own}`);
    state.own = 'mine';
    send({ type: 'http.response.start', status: 204 });
    send({ type: 'http.response.body' });
  };
  {
    await using http = client(app);
    await http.get('/');
    await http.get('/');
  }
  expect(log).toEqual(['startup', 'yes undefined', 'yes undefined', 'shutdown']);
});

test('an app that fails to start fails the requests, with the reason', async () => {
  const http = client(async (_scope, receive, send) => {
    await receive();
    send({ type: 'lifespan.startup.failed', message: 'no database' });
  });
  await expect(http.get('/')).rejects.toThrow('The app failed to start: no database');
});

describe('close', () => {
  /** Never settles, whatever it is told. */
  const deaf: App = async (scope, _receive, send) => {
    if (scope.type === 'lifespan') throw new Error('no lifespan here');
    if (scope.type === 'websocket') send({ type: 'websocket.accept' });
    await new Promise(() => {});
  };

  test('it does not wait for ever for an app that ignores that its clients have left, and names what runs', async () => {
    const http = client(deaf, { closeTimeout: 20 });
    const request = http.get('/slow?a=1');
    await http.websocket('/rooms/1');
    const closed = http.close();
    await expect(request).rejects.toThrow('The client is destroyed');
    await expect(closed).rejects.toBeInstanceOf(AppStillRunning);
    await expect(closed).rejects.toMatchObject({
      code: 'ERR_APP_STILL_RUNNING',
      pending: ['GET /slow?a=1', 'WebSocket /rooms/1'],
      message: expect.stringContaining('20 ms after its clients left: GET /slow?a=1, WebSocket /rooms/1.'),
    });
  });

  test.each(['start-up', 'shutdown'])('a %s of the lifespan that hangs is named too', async (phase) => {
    const app: App = async (scope, receive, send) => {
      if (scope.type === 'lifespan') {
        await receive();
        if (phase === 'start-up') await new Promise(() => {});
        send({ type: 'lifespan.startup.complete' });
        await new Promise(() => {});
      }
    };
    const http = client(app, { closeTimeout: 20 });
    const started = http.start();
    if (phase === 'shutdown') await started;
    await expect(http.close()).rejects.toMatchObject({ pending: [`the lifespan's ${phase}`] });
  });

  test('a body that never comes does not hold it up', async () => {
    const http = client(echo);
    const body = new ReadableStream();
    const request = http.post('/', { body });
    const rejected = expect(request).rejects.toThrow('The client is destroyed');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await http.close();
    await rejected;
  });

  test('errors that nobody has seen come along with one of the closing itself', async () => {
    const late = new Error('late');
    const http = client(async (scope, receive, send) => {
      if (scope.type === 'lifespan') {
        await receive();
        send({ type: 'lifespan.startup.complete' });
        await receive();
        send({ type: 'lifespan.shutdown.failed', message: 'stuck' });
        return;
      }
      send({ type: 'http.response.start', status: 204 });
      send({ type: 'http.response.body' });
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw late;
    });
    await http.get('/');
    const closed = await http.close().catch((error: unknown) => error);
    expect(closed).toBeInstanceOf(AggregateError);
    expect((closed as AggregateError).errors).toEqual([
      expect.objectContaining({ message: 'The app failed to stop: stuck' }),
      late,
    ]);
  });
});

test('a fake clock does not stop requests', async () => {
  vi.useFakeTimers();
  try {
    await using http = client(async (scope, receive, send) => {
      if (scope.type !== 'http') throw new Error('no lifespan here');
      send({ type: 'http.response.start', status: 200 });
      for (let i = 0; i < 1000; i++) await send({ type: 'http.response.body', body: 'x', moreBody: true });
      await send({ type: 'http.response.body' });
      await receive();
      await receive();
    });
    const response = await http.get('/');
    expect((await response.text()).length).toBe(1000);
  } finally {
    vi.useRealTimers();
  }
});

describe('what a caller gets wrong', () => {
  test.each([
    [
      'a server that was not awaited',
      Promise.resolve({ url: 'http://127.0.0.1/' }),
      'got a promise: await it',
    ],
    ['nothing', undefined, 'got undefined'],
    ['an object without a URL', {}, 'got an object without a url'],
  ])('%s is no target of a client', (_title, target, message) => {
    expect(() => client(target as never)).toThrow(message);
  });

  test.each(['localhost:3000', 'testserver', 'ftp://testserver'])('%s is no base URL', (baseURL) => {
    expect(() => client(echo, { baseURL })).toThrow(`Invalid baseURL "${baseURL}"`);
  });

  test('a FormData is no URL-encoded form', async () => {
    await using http = client(echo);
    const form = new FormData() as never;
    await expect(http.post('/', { form })).rejects.toThrow('give it as body');
  });
});
