import { useLightFetch } from '@pullo/asgi/fetch';
import { serve } from '@pullo/server';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { MemoryLogger } from '../support/serving.ts';
import { fetchCases } from './cases/fetch.ts';

const PlatformResponse = globalThis.Response;

describe('with useLightFetch()', () => {
  let restore: () => void;
  beforeAll(() => {
    restore = useLightFetch();
  });
  afterAll(() => restore());

  fetchCases();

  test('a request is handed on by fetch, with its fields and its body', async () => {
    const upstream = await serving((request) =>
      request
        .text()
        .then((text) => globalThis.Response.json([request.method, request.headers.get('x-a'), text])),
    );
    const proxy = await serving((request) => {
      const { pathname } = new URL(request.url);
      return fetch(new globalThis.Request(`${upstream}${pathname}`, request));
    });
    const asked = { method: 'PUT', headers: { 'x-a': 'b' }, body: 'text' };
    expect(await (await fetch(`${proxy}/`, asked)).json()).toEqual(['PUT', 'b', 'text']);
  });

  test('what a middleware of Hono does to a response that it gets is sent', async () => {
    const app = new Hono();
    app.use(async (c, next) => {
      await next();
      c.header('x-after', 'set');
      c.res.headers.append('set-cookie', 'a=1');
      c.res.headers.append('set-cookie', 'b=2');
    });
    app.get('/', (c) => c.json({ a: 1 }));
    const response = await fetch(await serving(app.fetch));
    expect(response.headers.get('x-after')).toBe('set');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.json()).toEqual({ a: 1 });
  });

  test.each([
    ['text', 'ä', '2'],
    ['bytes', new Uint8Array([1, 2, 3]), '3'],
    ['nothing', null, '0'],
  ])('a response of %s has its length', async (_what, body, length) => {
    const response = await fetch(await serving(() => new globalThis.Response(body)));
    expect(response.headers.get('content-length')).toBe(length);
  });

  test('a body is read once, by the server as by others', async () => {
    const logger = new MemoryLogger();
    const url = await serving(async () => {
      const response = new globalThis.Response('text');
      await response.text();
      return response;
    }, logger);
    expect((await fetch(url)).status).toBe(500);
    expect(String(logger.errors)).toMatch(/locked|used|disturbed/);
  });
});

test('the option lightFetch puts them in place', async () => {
  const server = await serve(() => {}, {
    port: 0,
    lifespan: 'off',
    lightFetch: true,
    logger: new MemoryLogger(),
  });
  onTestFinished(() => server.close());
  expect(globalThis.Response).not.toBe(PlatformResponse);
  expect(new PlatformResponse('')).toBeInstanceOf(globalThis.Response);
});

async function serving(
  app: (request: globalThis.Request) => globalThis.Response | Promise<globalThis.Response>,
  logger = new MemoryLogger(),
): Promise<string> {
  const server = await serve(app, { port: 0, interface: 'fetch', logger });
  onTestFinished(() => server.close());
  return server.url;
}
