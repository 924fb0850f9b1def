import type { App, Receive, State } from '@pullo/asgi';
import { client } from '@pullo/testing';
import { describe, expect, test } from 'vitest';

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
