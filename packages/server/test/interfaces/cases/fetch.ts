import { fromFetch } from '@pullo/asgi/fetch';
import { type AppByInterface, serve } from '@pullo/server';
import { H3 } from 'h3';
import { Hono } from 'hono';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MemoryLogger, serving, until } from '../../support/serving.ts';
import { Wire } from '../../support/wire.ts';

async function served(app: AppByInterface['fetch']): Promise<{ url: string; logger: MemoryLogger }> {
  const logger = new MemoryLogger();
  const server = await serve(app, { port: 0, interface: 'fetch', gracefulTimeout: 0, logger });
  onTestFinished(() => server.close());
  return { url: server.url, logger };
}

const hono = new Hono()
  .get('/hello/:name', (c) => c.text(`Hello ${c.req.param('name')}`))
  .get('/ip', (c) => c.json(c.env))
  .post('/echo', (c) => new globalThis.Response(c.req.raw.body))
  .post('/again', async (c) => c.text(await new globalThis.Request(c.req.raw, { method: 'PUT' }).text()));
const h3 = new H3()
  .get('/hello/:name', (event) => `Hello ${event.context.params?.name}`)
  .post('/echo', (event) => event.req.body);

/** What holds for an app of Fetch, whichever classes stand behind the globals. */
export function fetchCases(): void {
  describe.each([
    ['Hono', hono],
    ['h3', h3],
  ])('an app of %s', (_name, app) => {
    test('is served unchanged, told by its shape', async () => {
      const logger = new MemoryLogger();
      await using server = await serve(app, { port: 0, logger });
      expect(await (await fetch(`${server.url}/hello/Aino`)).text()).toBe('Hello Aino');
      expect((await fetch(`${server.url}/nowhere`)).status).toBe(404);
      const head = await fetch(`${server.url}/hello/Aino`, { method: 'HEAD' });
      expect([head.status, head.headers.get('content-length')]).not.toContain('0');
      expect(logger.accesses.map(({ status }) => status)).toEqual([200, 404, 200]);
      expect(logger.errors).toEqual([]);
    });

    test('keeps the contract, and streams a large body both ways', async () => {
      const { server } = await serving(fromFetch(app));
      const body = 'streams '.repeat(400_000);
      const response = await fetch(`${server.url}/echo`, { method: 'POST', body });
      expect((await response.text()) === body).toBe(true);
    });
  });

  test('a text goes out whole, with its length', async () => {
    const { url } = await served(() => new globalThis.Response('text'));
    const response = await fetch(url);
    expect([response.headers.get('content-length'), await response.text()]).toEqual(['4', 'text']);
  });

  test('the handler is handed the address of the client in the form of Deno', async () => {
    const { url } = await served(hono);
    const info = (await (await fetch(`${url}/ip`)).json()) as { remoteAddr: { port: number } };
    expect(info).toEqual({
      remoteAddr: { transport: 'tcp', hostname: '127.0.0.1', port: expect.any(Number) },
    });
  });

  test('the request is one of the platform: another is made of it, with its body', async () => {
    const { url } = await served(hono);
    expect(await (await fetch(`${url}/again`, { method: 'POST', body: 'once' })).text()).toBe('once');
  });

  test('a client that leaves aborts the signal and cancels a body that waits', async () => {
    const seen: string[] = [];
    const { url, logger } = await served((request) => {
      request.signal.addEventListener('abort', () => seen.push(request.signal.reason.code));
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array(1)),
        cancel: () => void seen.push('cancelled'),
      });
      return new globalThis.Response(body);
    });
    const client = new AbortController();
    const response = await fetch(url, { signal: client.signal });
    await response.body?.getReader().read();
    client.abort();
    await until(() => seen.length === 2);
    expect(seen.sort()).toEqual(['ERR_CLIENT_DISCONNECTED', 'cancelled']);
    expect(logger.errors).toEqual([]);
  });

  test('a client that does not read holds the body back', async () => {
    let pulled = 0;
    const { url } = await served(
      () =>
        new globalThis.Response(
          new ReadableStream({
            pull: (controller) => {
              pulled += 65_536;
              controller.enqueue(new Uint8Array(65_536));
            },
          }),
        ),
    );
    const client = new AbortController();
    await fetch(url, { signal: client.signal });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = pulled;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(pulled).toBe(before);
    client.abort();
  });

  test.each([
    ['throws', () => Promise.reject(new Error('thrown'))],
    ['returns no response', () => 'text' as unknown as globalThis.Response],
  ])('a handler that %s is answered with a 500, and logged', async (_what, handler) => {
    const { url, logger } = await served(handler);
    expect((await fetch(url)).status).toBe(500);
    expect(logger.errors).toHaveLength(1);
  });

  test.each([
    ['example.org', /^http:\/\/example\.org\/$/],
    ['example.org:8080', /^http:\/\/example\.org:8080\/$/],
    ['[::1]:1', /^http:\/\/\[::1\]:1\/$/],
    ['999.1.1.1', /^http:\/\/127\.0\.0\.1:\d+\/$/],
    ['a:70000', /^http:\/\/127\.0\.0\.1:\d+\/$/],
  ])('the URL has the host %s', async (host, url) => {
    const { server } = await serving(fromFetch((request) => new globalThis.Response(request.url)));
    const answer = await new Wire(server)
      .write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      .all();
    expect(answer.split('\r\n\r\n')[1]).toMatch(url);
  });
}
