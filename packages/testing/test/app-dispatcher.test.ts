import { AsyncLocalStorage } from 'node:async_hooks';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline as pipelinePromise } from 'node:stream/promises';
import { serve } from '@pullo/server';
import { AppDispatcher } from '@pullo/testing';
import {
  Agent,
  type Dispatcher,
  errors,
  fetch,
  getGlobalDispatcher,
  interceptors,
  pipeline,
  request,
  setGlobalDispatcher,
  stream,
} from 'undici';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { answer, type Echo, echo, endless, httpApp, readBody, wait } from './support/apps.js';

const quiet = { onError: () => {} };

describe('the functions of undici', () => {
  test('request is answered by the app', async () => {
    await using dispatcher = new AppDispatcher(echo);
    const response = await request('http://example.org/a%7Eb?x=1', {
      dispatcher,
      method: 'POST',
      headers: { 'X-One': 'uno' },
      body: 'hei',
    });
    expect(response.statusCode).toBe(201);
    expect(response.statusText).toBe('Created');
    expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(await response.body.json()).toEqual({
      method: 'POST',
      path: '/a~b',
      rawPath: '/a%7Eb',
      query: 'x=1',
      headers: [
        ['host', 'example.org'],
        ['connection', 'keep-alive'],
        ['x-one', 'uno'],
        ['content-length', '3'],
      ],
      body: 'hei',
    });
  });

  test('a request on the dispatcher itself needs no origin', async () => {
    await using dispatcher = new AppDispatcher(echo);
    const response = await dispatcher.request({ path: '/x', method: 'GET', query: { a: 1 } } as never);
    expect(await response.body.json()).toMatchObject({ path: '/x', query: 'a=1' });
  });

  test('fetch is answered by the app', async () => {
    await using dispatcher = new AppDispatcher(echo);
    const response = await fetch('http://example.org/', { dispatcher, method: 'PUT', body: 'hei' });
    expect(response.status).toBe(201);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.json()).toMatchObject({ method: 'PUT', body: 'hei' });
  });

  test('fetch follows redirects and decodes what is compressed', async () => {
    const { gzipSync } = await import('node:zlib');
    const app = httpApp((scope, _receive, send) => {
      const isFirst = scope.path === '/old';
      send({
        type: 'http.response.start',
        status: isFirst ? 302 : 200,
        headers: isFirst ? [['location', '/new']] : [['content-encoding', 'gzip']],
      });
      send({ type: 'http.response.body', body: isFirst ? '' : gzipSync('packed') });
    });
    await using dispatcher = new AppDispatcher(app);
    const response = await fetch('http://example.org/old', { dispatcher });
    expect(response.url).toBe('http://example.org/new');
    expect(await response.text()).toBe('packed');
  });

  test('stream writes the body into a stream', async () => {
    await using dispatcher = new AppDispatcher(answer('in a stream'));
    const chunks: Buffer[] = [];
    const sink = new Writable({
      write(chunk, _encoding, done) {
        chunks.push(chunk);
        done();
      },
    });
    await stream('http://a/', { dispatcher, method: 'GET' }, () => sink);
    expect(Buffer.concat(chunks).toString()).toBe('in a stream');
  });

  test('pipeline sends and receives at the same time', async () => {
    const upper = httpApp(async (_scope, receive, send) => {
      send({ type: 'http.response.start', status: 200 });
      for (;;) {
        const event = await receive();
        if (event.type !== 'http.request') return;
        const text = Buffer.from(event.body).toString().toUpperCase();
        await send({ type: 'http.response.body', body: text, moreBody: event.moreBody });
        if (!event.moreBody) return;
      }
    });
    await using dispatcher = new AppDispatcher(upper);
    const duplex = pipeline('http://a/', { dispatcher, method: 'POST' }, ({ body }) => body);
    const chunks: string[] = [];
    const result = new PassThrough();
    result.on('data', (chunk) => chunks.push(String(chunk)));
    await pipelinePromise(Readable.from(['a', 'b', 'c']), duplex, result);
    expect(chunks.join('')).toBe('ABC');
  });

  test('a throw of the pipeline handler ends the exchange', async () => {
    await using dispatcher = new AppDispatcher(answer('x'));
    const duplex = pipeline('http://a/', { dispatcher, method: 'GET' }, () => {
      throw new Error('not like this');
    });
    duplex.end();
    await expect(new Promise((_resolve, reject) => duplex.on('error', reject))).rejects.toThrow(
      'not like this',
    );
  });

  test('setGlobalDispatcher leads every fetch to the app', async () => {
    const before = getGlobalDispatcher();
    await using dispatcher = new AppDispatcher(answer('from the app'));
    setGlobalDispatcher(dispatcher);
    try {
      expect(await (await globalThis.fetch('http://example.org/')).text()).toBe('from the app');
    } finally {
      setGlobalDispatcher(before);
    }
  });

  test('interceptors compose', async () => {
    const app = httpApp((scope, _receive, send) => {
      const isFirst = scope.path === '/old';
      send({
        type: 'http.response.start',
        status: isFirst ? 307 : 200,
        headers: isFirst ? [['location', '/new']] : [],
      });
      send({ type: 'http.response.body', body: scope.path });
    });
    await using dispatcher = new AppDispatcher(app);
    const following = dispatcher.compose(interceptors.redirect({ maxRedirections: 3 }));
    const { body } = await request('http://a/old', { dispatcher: following });
    expect(await body.text()).toBe('/new');
  });
});

describe('connect', () => {
  const app = answer('x');
  const refusal = 'This server is not a proxy.\n';

  async function tunnel(dispatcher: Dispatcher, origin: string): Promise<unknown> {
    const { statusCode, headers, socket } = await dispatcher.connect({ origin, path: 'other:443' });
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk);
    return [statusCode, headers['content-type'], headers['content-length'], Buffer.concat(chunks).toString()];
  }

  test('is refused in process as over a socket', async () => {
    await using dispatcher = new AppDispatcher(app);
    await using server = await serve(app, { port: 0, logLevel: 'silent' });
    const agent = new Agent();
    const expected = [501, 'text/plain; charset=utf-8', String(refusal.length), refusal];
    expect(await tunnel(dispatcher, 'http://a')).toEqual(expected);
    expect(await tunnel(agent, server.url)).toEqual(expected);
    await agent.destroy();
  });
});

describe('what the app does wrong', () => {
  test('before its start it is a 500', async () => {
    const seen: unknown[] = [];
    const failure = new Error('oh no');
    const app = httpApp(async (scope, _receive, send) => {
      if (scope.path === '/throw') throw failure;
      if (scope.path === '/order') await send({ type: 'http.response.body', body: 'x' });
    });
    await using dispatcher = new AppDispatcher(app, { onError: (error) => seen.push(error) });
    for (const path of ['/throw', '/order', '/return']) {
      const { statusCode, body } = await request(`http://a${path}`, { dispatcher });
      expect(statusCode).toBe(500);
      expect(await body.text()).toBe('Internal Server Error');
    }
    expect(seen).toEqual([
      failure,
      expect.objectContaining({ message: expect.stringContaining('before http.response.start') }),
      expect.objectContaining({ message: expect.stringContaining('returned without a response') }),
    ]);
  });

  test('between the start and the body the connection is lost without an answer', async () => {
    const app = httpApp((_scope, _receive, send) => {
      send({ type: 'http.response.start', status: 200 });
      throw new Error('oh no');
    });
    await using dispatcher = new AppDispatcher(app, quiet);
    await expect(request('http://a/', { dispatcher })).rejects.toMatchObject({
      code: 'UND_ERR_SOCKET',
      message: 'other side closed',
    });
  });

  test('within the body the reader sees that it is not whole', async () => {
    const app = httpApp(async (_scope, _receive, send) => {
      send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body', body: 'half', moreBody: true });
      throw new Error('oh no');
    });
    await using dispatcher = new AppDispatcher(app, quiet);
    const { statusCode, body } = await request('http://a/', { dispatcher });
    expect(statusCode).toBe(200);
    await expect(body.text()).rejects.toThrow('other side closed');
  });

  test.each([
    ['more', '3', 'four', /has 4 bytes or more, but content-length is 3/],
    ['less', '5', 'four', /ended after 4 bytes, but content-length is 5/],
  ])('a body of %s bytes than announced breaks the connection', async (_title, length, body, message) => {
    const seen: unknown[] = [];
    const app = answer(body, [['content-length', length]]);
    await using dispatcher = new AppDispatcher(app, { onError: (error) => seen.push(error) });
    await expect(request('http://a/', { dispatcher })).rejects.toThrow('other side closed');
    expect(seen).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })]);
  });

  test('after the end the client has its answer, and the error is reported', async () => {
    const seen: unknown[] = [];
    const failure = new Error('too late');
    const app = httpApp((_scope, _receive, send) => {
      send({ type: 'http.response.start', status: 200 });
      send({ type: 'http.response.body', body: 'fine' });
      throw failure;
    });
    await using dispatcher = new AppDispatcher(app, { onError: (error) => seen.push(error) });
    const { body } = await request('http://a/', { dispatcher });
    expect(await body.text()).toBe('fine');
    expect(seen).toEqual([failure]);
  });

  test('a breach that nobody awaited counts at once, though the app goes on', async () => {
    const app = httpApp(async (_scope, receive, send) => {
      send({ type: 'http.response.body', body: 'no start' });
      while ((await receive()).type !== 'http.disconnect');
    });
    await using dispatcher = new AppDispatcher(app, quiet);
    expect((await request('http://a/', { dispatcher })).statusCode).toBe(500);
  });
});

describe('the contract', () => {
  test('receive gives the disconnect after the end, every time, and drops what was not read', async () => {
    const events: string[] = [];
    const app = httpApp(async (_scope, receive, send) => {
      send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body' });
      for (let i = 0; i < 3; i++) events.push((await receive()).type);
    });
    await using dispatcher = new AppDispatcher(app);
    await request('http://a/', { dispatcher, method: 'POST', body: 'unread' });
    await dispatcher.close();
    expect(events).toEqual(['http.disconnect', 'http.disconnect', 'http.disconnect']);
  });

  test('the client may be named, or be nobody', async () => {
    const hosts: unknown[] = [];
    const app = httpApp((scope, _receive, send) => {
      hosts.push(scope.client);
      send({ type: 'http.response.start', status: 204 });
      send({ type: 'http.response.body' });
    });
    for (const options of [{}, { client: { host: '10.0.0.1', port: 1 } }, { client: null }]) {
      await using dispatcher = new AppDispatcher(app, options);
      await request('http://a/', { dispatcher });
    }
    expect(hosts).toEqual([{ host: '127.0.0.1', port: 50000 }, { host: '10.0.0.1', port: 1 }, null]);
  });

  test('the app does not see the async context of the test, nor the test that of the app', async () => {
    const storage = new AsyncLocalStorage<string>();
    let inApp: string | undefined = 'not called';
    const app = httpApp(async (_scope, _receive, send) => {
      inApp = storage.getStore();
      await storage.run('of the app', async () => {
        send({ type: 'http.response.start', status: 200 });
        await send({ type: 'http.response.body', body: 'x' });
      });
    });
    await using dispatcher = new AppDispatcher(app);
    const inFactory = await storage.run('of the test', async () => {
      let store: string | undefined;
      await stream('http://a/', { dispatcher, method: 'GET' }, () => {
        store = storage.getStore();
        return new PassThrough().resume();
      });
      return store;
    });
    expect(inApp).toBeUndefined();
    expect(inFactory).toBe('of the test');
  });
});

describe('the end of a dispatcher', () => {
  test('close waits for what runs, and later requests fail', async () => {
    const app = httpApp(async (_scope, _receive, send) => {
      await wait(10);
      send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body', body: 'done' });
    });
    const dispatcher = new AppDispatcher(app);
    const running = request('http://a/', { dispatcher });
    const closed = dispatcher.close();
    expect(dispatcher.closed).toBe(true);
    await expect(request('http://a/', { dispatcher })).rejects.toBeInstanceOf(errors.ClientClosedError);
    await closed;
    expect(await (await running).body.text()).toBe('done');
  });

  test('destroy aborts what runs with its error, and tells the app', async () => {
    const { app, ended } = endless(new Uint8Array(10));
    const dispatcher = new AppDispatcher(app);
    const { body } = await request('http://a/', { dispatcher });
    const failure = new Error('enough');
    const read = body.text();
    await wait(1);
    await dispatcher.destroy(failure);
    await expect(read).rejects.toBe(failure);
    expect(await ended).toMatchObject({ code: 'ERR_CLIENT_DISCONNECTED' });
    expect(dispatcher.destroyed).toBe(true);
    await expect(request('http://a/', { dispatcher })).rejects.toBeInstanceOf(errors.ClientDestroyedError);
  });

  test('both take callbacks too', async () => {
    const dispatcher = new AppDispatcher(answer('x'));
    await new Promise<void>((resolve) => dispatcher.close(resolve));
    await new Promise<void>((resolve) => dispatcher.destroy(resolve));
    await new Promise<void>((resolve) => dispatcher.destroy(null, resolve));
  });
});

describe('what undici would refuse', () => {
  const cases: [string, Partial<Dispatcher.DispatchOptions>, string][] = [
    ['a path without a slash', { path: 'x' }, 'path must be an absolute URL or start with a slash'],
    ['a space in the path', { path: '/a b' }, 'invalid request path'],
    ['a bad method', { method: 'G T' }, 'invalid request method'],
    ['a line break in a value', { headers: { a: 'b\r\nc: d' } }, 'invalid a header'],
    ['a bad name', { headers: { 'a b': 'c' } }, 'invalid header key'],
    ['two hosts', { headers: ['host', 'a', 'Host', 'b'] }, 'duplicate host header'],
    ['an odd list', { headers: ['a'] }, 'headers array must be even'],
    ['a bad length', { headers: { 'content-length': '1e3' } }, 'invalid content-length header'],
    ['its own framing', { headers: { 'transfer-encoding': 'chunked' } }, 'invalid transfer-encoding header'],
    ['an upgrade field', { headers: { upgrade: 'h2c' } }, 'invalid upgrade header'],
    ['an expectation', { headers: { expect: '100-continue' } }, 'expect header not supported'],
    ['a bad connection', { headers: { connection: 'a b' } }, 'invalid connection header'],
    ['a body of no kind', { body: 5 as never }, 'body must be a string, a Buffer, a Readable stream'],
    ['a bad time-out', { bodyTimeout: -1 }, 'invalid bodyTimeout'],
  ];

  test.each(cases)('%s is refused with the same error', async (_title, options, message) => {
    await using dispatcher = new AppDispatcher(answer('x'));
    const whole = { path: '/', method: 'GET' as const, ...options };
    await expect(dispatcher.request(whole)).rejects.toThrow(message);
  });

  test('a handler of no kind is refused, with what it needs', () => {
    const dispatcher = new AppDispatcher(answer('x'));
    expect(() => dispatcher.dispatch({ path: '/', method: 'GET' }, {})).toThrow('must have onRequestStart');
  });
});

test('the length that a caller announces must be kept', async () => {
  await using dispatcher = new AppDispatcher(
    httpApp(async (_scope, receive) => void (await readBody(receive))),
    quiet,
  );
  const body = Readable.from(['abc']);
  const sent = dispatcher.request({ path: '/', method: 'POST', headers: { 'content-length': '2' }, body });
  await expect(sent).rejects.toBeInstanceOf(errors.RequestContentLengthMismatchError);
});

test('it is a Dispatcher', () => {
  expectTypeOf(new AppDispatcher(echo)).toExtend<Dispatcher>();
  expectTypeOf<Echo['path']>().toBeString();
});
