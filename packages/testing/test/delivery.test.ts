import { Readable } from 'node:stream';
import { AppDispatcher } from '@pullo/testing';
import { type Dispatcher, errors, fetch, request } from 'undici';
import { describe, expect, test } from 'vitest';
import { answer, endless, httpApp, readBody, wait } from './support/apps.js';

const KIB = 1024;

describe('back-pressure', () => {
  test('an app that sends for ever waits for the reader', async () => {
    const { app, sent } = endless(new Uint8Array(16 * KIB));
    const dispatcher = new AppDispatcher(app);
    const { body } = await request('http://a/', { dispatcher });
    await wait(20);
    const before = sent();
    expect(before).toBeLessThan(20);
    let read = 0;
    for await (const chunk of body) {
      read += chunk.length;
      if (read >= 512 * KIB) break;
    }
    expect(sent()).toBeGreaterThan(before);
    await dispatcher.destroy();
  });

  test('an endless response can be read in part, and the app hears that its client has left', async () => {
    const { app, ended } = endless(new TextEncoder().encode('tick '));
    await using dispatcher = new AppDispatcher(app);
    const response = await fetch('http://a/', { dispatcher });
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toMatch(/^tick /);
    await reader?.cancel();
    expect(await ended).toMatchObject({ code: 'ERR_CLIENT_DISCONNECTED' });
  });

  test('a client that reads an endless response leaves time for timers', async () => {
    const { app } = endless(new Uint8Array(1));
    const dispatcher = new AppDispatcher(app);
    const { body } = await request('http://a/', { dispatcher });
    const reading = body.text();
    reading.catch(() => {});
    await wait(5);
    await dispatcher.destroy();
    await expect(reading).rejects.toThrow();
  });

  test('a body is taken from its source as fast as the app reads it', async () => {
    let pulled = 0;
    function* source() {
      for (; pulled < 100; pulled++) yield Buffer.alloc(16 * KIB);
    }
    let begin: () => void = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const app = httpApp(async (_scope, receive, send) => {
      await begun;
      const body = await readBody(receive);
      send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body', body: String(body.length) });
    });
    await using dispatcher = new AppDispatcher(app);
    const response = request('http://a/', { dispatcher, method: 'POST', body: Readable.from(source()) });
    await wait(10);
    expect(pulled).toBeLessThan(40);
    begin();
    expect(await (await response).body.text()).toBe(String(100 * 16 * KIB));
  });

  test('a handler that has paused gets nothing until it resumes', async () => {
    const log: string[] = [];
    await using dispatcher = new AppDispatcher(answer('body'));
    const controller = await new Promise<Dispatcher.DispatchController>((resolve) => {
      dispatcher.dispatch(
        { path: '/', method: 'GET' },
        {
          onRequestStart: () => log.push('request'),
          onResponseStart(controller, status) {
            log.push(String(status));
            controller.pause();
            resolve(controller);
          },
          onResponseData: (_controller, chunk) => log.push(String(chunk)),
          onResponseEnd: () => log.push('end'),
          onResponseError: (_controller, error) => log.push(error.message),
        },
      );
    });
    await wait(5);
    expect(log).toEqual(['request', '200']);
    controller.resume();
    await wait(1);
    expect(log).toEqual(['request', '200', 'body', 'end']);
  });
});

describe('a client that leaves', () => {
  const hanging = (log: string[]) =>
    httpApp(async (scope, receive, send) => {
      scope.exchange.signal.addEventListener('abort', () => log.push(scope.exchange.signal.reason.code));
      await receive();
      log.push((await receive()).type);
      const sent = send({ type: 'http.response.start', status: 200 });
      await sent?.catch((error) => log.push(error.code));
    });

  test('before the head: the request fails with the reason, and the app is told in all three ways', async () => {
    const log: string[] = [];
    const dispatcher = new AppDispatcher(hanging(log));
    const abort = new AbortController();
    const pending = request('http://a/', { dispatcher, signal: abort.signal });
    await wait(1);
    const reason = new Error('changed my mind');
    abort.abort(reason);
    await expect(pending).rejects.toBe(reason);
    await dispatcher.close();
    expect(log).toEqual(['ERR_CLIENT_DISCONNECTED', 'http.disconnect', 'ERR_CLIENT_DISCONNECTED']);
  });

  test('with fetch it is the AbortError of Fetch', async () => {
    const dispatcher = new AppDispatcher(hanging([]));
    const abort = new AbortController();
    const pending = fetch('http://a/', { dispatcher, signal: abort.signal });
    await wait(1);
    abort.abort();
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
    await dispatcher.close();
  });

  test('at once: the app is not called', async () => {
    let called = false;
    await using dispatcher = new AppDispatcher(
      httpApp(() => {
        called = true;
      }),
    );
    await expect(request('http://a/', { dispatcher, signal: AbortSignal.abort() })).rejects.toThrow();
    expect(called).toBe(false);
  });

  test('without a reason: the body fails with the error of undici', async () => {
    const { app, ended } = endless(new Uint8Array(1));
    await using dispatcher = new AppDispatcher(app);
    const { body } = await request('http://a/', { dispatcher });
    body.on('error', () => {});
    body.destroy();
    expect(await ended).toMatchObject({
      code: 'ERR_CLIENT_DISCONNECTED',
      cause: expect.any(errors.RequestAbortedError),
    });
  });

  test('a source that fails takes the request with it', async () => {
    await using dispatcher = new AppDispatcher(
      httpApp(async (_scope, receive) => {
        while ((await receive()).type !== 'http.disconnect');
      }),
    );
    const failure = new Error('disk');
    async function* source() {
      yield 'one';
      throw failure;
    }
    const pending = request('http://a/', { dispatcher, method: 'POST', body: Readable.from(source()) });
    await expect(pending).rejects.toBe(failure);
  });

  test('a source whose rest the app does not want is told to stop', async () => {
    let stopped = false;
    async function* source() {
      try {
        for (;;) yield Buffer.alloc(KIB);
      } finally {
        stopped = true;
      }
    }
    await using dispatcher = new AppDispatcher(answer('enough'));
    const body: unknown = source();
    const response = await request('http://a/', { dispatcher, method: 'POST', body: body as Readable });
    expect(await response.body.text()).toBe('enough');
    await wait(1);
    expect(stopped).toBe(true);
  });
});

describe('time-outs', () => {
  test('a head that does not come is a HeadersTimeoutError', async () => {
    const dispatcher = new AppDispatcher(
      httpApp(async (_scope, receive) => {
        while ((await receive()).type !== 'http.disconnect');
      }),
    );
    const pending = request('http://a/', { dispatcher, headersTimeout: 5 });
    await expect(pending).rejects.toBeInstanceOf(errors.HeadersTimeoutError);
    await dispatcher.close();
  });

  test('a body that stops is a BodyTimeoutError, and a slow reader is not', async () => {
    const app = httpApp(async (scope, receive, send) => {
      send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body', body: Buffer.alloc(200 * KIB), moreBody: true });
      if (scope.path === '/ends') await send({ type: 'http.response.body' });
      else while ((await receive()).type !== 'http.disconnect');
    });
    await using dispatcher = new AppDispatcher(app);
    const stopped = await request('http://a/', { dispatcher, bodyTimeout: 5 });
    await expect(stopped.body.arrayBuffer()).rejects.toBeInstanceOf(errors.BodyTimeoutError);
    const slow = await request('http://a/ends', { dispatcher, bodyTimeout: 5 });
    await wait(20);
    expect((await slow.body.arrayBuffer()).byteLength).toBe(200 * KIB);
  });
});

describe('more than one head', () => {
  const app = httpApp(async (_scope, _receive, send) => {
    send({ type: 'http.response.start', status: 200, headers: [['x', 'y']], trailers: true });
    send({ type: 'http.response.early_hint', links: ['</a.css>; rel=preload', '</b.js>; rel=preload'] });
    await send({ type: 'http.response.body', body: 'text' });
    await send({ type: 'http.response.trailers', headers: [['X-Sum', '1']], moreTrailers: true });
    await send({ type: 'http.response.trailers', headers: [['x-sum', '2']] });
  });

  test('early hints come before the head, trailers after the body', async () => {
    const infos: unknown[] = [];
    await using dispatcher = new AppDispatcher(app);
    const response = await request('http://a/', {
      dispatcher,
      headers: { TE: 'trailers' },
      onInfo: (info) => infos.push(info),
    });
    expect(infos).toEqual([
      { statusCode: 103, headers: { link: ['</a.css>; rel=preload', '</b.js>; rel=preload'] } },
    ]);
    expect(await response.body.text()).toBe('text');
    expect(response.trailers).toEqual({ 'x-sum': ['1', '2'] });
  });

  test('trailers are dropped where the client has not asked for them', async () => {
    await using dispatcher = new AppDispatcher(app);
    const response = await request('http://a/', { dispatcher });
    expect(await response.body.text()).toBe('text');
    expect(response.trailers).toEqual({});
  });
});

test.each(['onResponseStart', 'onResponseData'] as const)(
  'a throw of %s aborts the request with it',
  async (name) => {
    const failure = new Error('bad handler');
    await using dispatcher = new AppDispatcher(answer('x'));
    const seen = await new Promise((resolve) => {
      dispatcher.dispatch(
        { path: '/', method: 'GET' },
        {
          onRequestStart() {},
          onResponseError: (_controller, error) => resolve(error),
          [name]() {
            throw failure;
          },
        },
      );
    });
    expect(seen).toBe(failure);
  },
);
