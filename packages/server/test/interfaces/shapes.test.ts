import type { App } from '@pullo/asgi';
import { Pullo } from '@pullo/core';
import {
  fromNodeListener,
  fromWSGI,
  InvalidApp,
  type ServeOptions,
  serve,
  type WSGIApp,
} from '@pullo/server';
import express from 'express';
import Koa from 'koa';
import { describe, expect, test } from 'vitest';

const fetching = { fetch: () => new globalThis.Response('x') };
const listener = (_req: unknown, _res: unknown) => {};
const wsgi: WSGIApp = (_environ, start) => {
  start('200 OK', []);
  return ['x'];
};
const NODE = /--interface node/;

const refused: readonly [
  what: string,
  app: () => unknown,
  name: ServeOptions['interface'],
  message: RegExp,
][] = [
  ['an Express app', () => express(), 'auto', NODE],
  ['an Express app', () => express(), 'asgi', NODE],
  ['an Express app', () => express(), 'wsgi', NODE],
  ['an Express app', () => express(), 'fetch', NODE],
  ['a Koa app', () => new Koa(), 'auto', /app of Koa: give its app\.callback\(\)/],
  ['a Koa app', () => new Koa(), 'node', /app of Koa: give its app\.callback\(\)/],
  ['a function of two parameters', () => listener, 'auto', /of two parameters: .*"wsgi"/],
  [
    'an object with fetch',
    () => fetching,
    'asgi',
    /an object with a fetch method; the interface "asgi" expects/,
  ],
  ['an object with fetch', () => fetching, 'node', /the interface "node" expects a function \(req, res\)/],
  ['an object with fetch', () => fetching, 'wsgi', /the interface "wsgi" expects/],
  ['an app of Pullo', () => new Pullo(), 'node', /with a fetch method; the interface "node"/],
  ['a class', () => class Klass {}, 'node', /the class Klass, not an instance/],
  ['a number', () => 42, 'fetch', /Found 42; the interface "fetch" expects/],
  ['nothing', () => undefined, 'auto', /Found undefined; expected an app/],
];

describe('what does not fit', () => {
  test.each(refused)('%s (%#)', async (_what, app, name, message) => {
    const serving = serve(app() as App, { port: 0, interface: name as 'asgi' });
    await expect(serving).rejects.toThrow(InvalidApp);
    await expect(serving).rejects.toThrow(message);
  });

  test('an interface of another name', async () => {
    const serving = serve(wsgi as never, { interface: 'cgi' as 'asgi' });
    await expect(serving).rejects.toThrow('Option interface must be one of "auto", "asgi", "wsgi", "fetch"');
  });

  test('the adapters say what they take', () => {
    expect(() => fromNodeListener(new Koa() as never)).toThrow(/app\.callback\(\)/);
    expect(() => fromWSGI({} as never)).toThrow('(environ, startResponse)');
  });
});

test('an app of Pullo, which has fetch, is served as what it is', async () => {
  await using server = await serve(
    new Pullo().get('/', () => 'pullo'),
    { port: 0, logLevel: 'silent', accessLog: false },
  );
  expect(await (await fetch(server.url)).text()).toBe('pullo');
});

test('the type of the app is that of its interface', () => {
  const calls = [
    () => serve(fetching),
    () =>
      serve(
        async (scope, _receive, send) =>
          void (await send({ type: 'http.response.start', status: scope.type === 'http' ? 200 : 500 })),
      ),
    () => serve((req, res) => res.end(req.url), { interface: 'node' }),
    () => serve(wsgi, { interface: 'wsgi' }),
    () => serve((request) => new globalThis.Response(request.url), { interface: 'fetch' }),
    // @ts-expect-error: a listener is none without the name of its interface
    () => serve((req: { url: string }, res: { end(): void }) => res.end(req.url)),
    // @ts-expect-error: an object with fetch is no listener
    () => serve(fetching, { interface: 'node' }),
  ];
  expect(calls).toHaveLength(7);
});
