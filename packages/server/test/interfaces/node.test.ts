import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { Pullo } from '@pullo/core';
import { fromNodeListener, type NodeListener } from '@pullo/server';
import { client } from '@pullo/testing';
import express, { type ErrorRequestHandler } from 'express';
import Koa from 'koa';
import { describe, expect, test } from 'vitest';
import { serving, until } from '../support/serving.ts';
import { Wire } from '../support/wire.ts';

async function served(listener: NodeListener, options = {}) {
  const { server, logger } = await serving(fromNodeListener(listener), options);
  return { server, url: server.url, logger };
}

function expressApp() {
  const onError: ErrorRequestHandler = (error, _req, res, next) => {
    if (error.message !== 'teapot') return next(error);
    res.status(418).send('teapot');
  };
  const app = express();
  app.set('env', 'test');
  app.get('/hello/:name', (req, res) => void res.send(`Hello ${req.params.name}`));
  app.get(
    '/where',
    (req, res) => void res.json([req.url, req.originalUrl, req.baseUrl, req.path, req.ip, req.protocol]),
  );
  app.post('/json', express.json(), (req, res) => void res.json(req.body));
  app.post('/echo', (req, res) => void req.pipe(res));
  app.get('/file', (_req, res) => res.sendFile(fileURLToPath(import.meta.url)));
  app.get('/teapot', (_req, _res, next) => next(new Error('teapot')));
  app.get('/fails', () => {
    throw new Error('failed');
  });
  app.get('/fails-late', (_req, res, next) => {
    res.write('a');
    next(new Error('late'));
  });
  app.use(
    '/nested',
    express.Router().get('/where', (req, res) => void res.json([req.url, req.originalUrl, req.baseUrl])),
  );
  app.use(onError);
  return app;
}

function koaApp() {
  const app = new Koa();
  app.silent = true;
  app.use(async (ctx, next) => {
    await next();
    ctx.set('x-later', 'yes');
  });
  app.use(async (ctx) => {
    if (ctx.path === '/hello/Aino') ctx.body = 'Hello Aino';
    else if (ctx.path === '/echo') ctx.body = ctx.req;
    else if (ctx.path === '/file') ctx.body = createReadStream(fileURLToPath(import.meta.url));
    else if (ctx.path === '/where') ctx.body = [ctx.url, ctx.ip, ctx.protocol];
    else if (ctx.path === '/fails') ctx.throw(418, 'teapot');
  });
  return app.callback();
}

describe.each([
  ['Express', expressApp],
  ['Koa', koaApp],
])('%s', (_name, make) => {
  test('answers, with its own 404 and its own HEAD', async () => {
    const { url, logger } = await served(make());
    expect(await (await fetch(`${url}/hello/Aino`)).text()).toBe('Hello Aino');
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
    const head = await fetch(`${url}/hello/Aino`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10']);
    expect(logger.accesses.map(({ status }) => status)).toEqual([200, 404, 200]);
    expect(logger.errors).toEqual([]);
  });

  test('streams a large body both ways', async () => {
    const { url, logger } = await served(make());
    const body = 'streams '.repeat(400_000);
    const response = await fetch(`${url}/echo`, { method: 'POST', body });
    expect((await response.text()) === body).toBe(true);
    expect(logger.errors).toEqual([]);
  });

  test('goes on reading where each piece is taken at once', async () => {
    await using http = client(fromNodeListener(make()));
    async function* pieces() {
      for (const piece of ['one ', 'two ', 'three']) {
        yield Buffer.from(piece);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    const response = await http.post('/echo', { body: pieces() });
    expect(await response.text()).toBe('one two three');
  });

  test('sends a file', async () => {
    const { url } = await served(make());
    expect(await (await fetch(`${url}/file`)).text()).toContain('sends a file');
  });

  test('answers requests of one connection in order', async () => {
    const { server } = await served(make());
    const get = 'GET /hello/Aino HTTP/1.1\r\nHost: a\r\n';
    const text = await new Wire(server).write(`${get}\r\n${get}\r\n${get}Connection: close\r\n\r\n`).all();
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
    expect(text.match(/Hello Aino/g)).toHaveLength(3);
  });

  test('is called in process', async () => {
    await using http = client(fromNodeListener(make()));
    expect(await (await http.get('/hello/Aino')).text()).toBe('Hello Aino');
    expect(await (await http.post('/echo', { body: 'text' })).text()).toBe('text');
  });

  test('is mounted below middleware, which sees its response', async () => {
    const app = new Pullo()
      .use(async (_ctx, next) => {
        const response = await next();
        response.headers.set('x-status', String(response.status));
        return response;
      })
      .mount('/old', fromNodeListener(make()));
    const { server } = await serving(app, { lifespan: 'auto' });
    const response = await fetch(`${server.url}/old/hello/Aino`);
    expect([response.headers.get('x-status'), await response.text()]).toEqual(['200', 'Hello Aino']);
    expect((await fetch(`${server.url}/old/nowhere`)).headers.get('x-status')).toBe('404');
    const echo = await fetch(`${server.url}/old/echo`, { method: 'POST', body: 'text' });
    expect(await echo.text()).toBe('text');
  });
});

test('Express reads JSON, and refuses what is too long for it', async () => {
  const { url } = await served(expressApp());
  const post = (body: string) =>
    fetch(`${url}/json`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  expect(await (await post('{"a":1}')).json()).toEqual({ a: 1 });
  expect((await post(JSON.stringify('x'.repeat(200_000)))).status).toBe(413);
});

test('Express sees the path below the mount, and the whole', async () => {
  const { server } = await serving(new Pullo().mount('/old', fromNodeListener(expressApp())), {
    lifespan: 'auto',
  });
  const where = async (path: string) => (await fetch(server.url + path)).json();
  expect(await where('/old/where?a=%20')).toEqual([
    '/where?a=%20',
    '/old/where?a=%20',
    '/old',
    '/where',
    '127.0.0.1',
    'http',
  ]);
  expect(await where('/old/x/%2e%2e/%77here')).toEqual(expect.arrayContaining(['/where', '/old/where']));
  expect(await where('/old/nested/where')).toEqual(['/where', '/old/nested/where', '/old/nested']);
});

test('Express sees the client that a trusted proxy tells', async () => {
  const { url } = await served(expressApp(), { trustedProxies: ['127.0.0.1'] });
  const headers = { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' };
  const seen = (await (await fetch(`${url}/where`, { headers })).json()) as string[];
  expect(seen.slice(4)).toEqual(['192.0.2.7', 'https']);
});

test('errors are for the error handler of Express; one in the middle of a response cuts it', async () => {
  const { url, logger } = await served(expressApp());
  expect((await fetch(`${url}/teapot`)).status).toBe(418);
  expect((await fetch(`${url}/fails`)).status).toBe(500);
  expect(logger.errors).toEqual([]);
  await expect(fetch(`${url}/fails-late`).then((response) => response.text())).rejects.toThrow();
  expect(logger.errors).toHaveLength(1);
});

test('a Koa app answers what it throws', async () => {
  const { url, logger } = await served(koaApp());
  const response = await fetch(`${url}/fails`);
  expect([response.status, await response.text()]).toEqual([418, 'teapot']);
  expect(logger.errors).toEqual([]);
});

describe('a plain listener', () => {
  test.each<[string, NodeListener]>([
    [
      'throws',
      () => {
        throw new Error('listener');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('listener');
      },
    ],
    ['destroys its response', (_req, res) => void res.destroy(new Error('listener'))],
    ['destroys its request', (req) => void req.destroy(new Error('listener'))],
    [
      'sends more than it announced',
      (_req, res) => {
        res.setHeader('content-length', 1);
        res.end('listener');
      },
    ],
    [
      'has a status that is none',
      (_req, res) => {
        res.writeHead(101);
        res.end();
      },
    ],
    [
      'hands over a number',
      (_req, res) => {
        res.end(1 as never);
      },
    ],
  ])('that %s is logged, once', async (_what, listener) => {
    const { url, logger } = await served(listener);
    await fetch(url).catch(() => {});
    await until(() => logger.errors.length > 0);
    expect(logger.errors).toHaveLength(1);
  });

  test('has what it hands to writeHead in its response, in each of its forms', async () => {
    const { url } = await served((req, res) => {
      res.setHeader('x-a', '0');
      if (req.url === '/object') res.writeHead(201, { 'X-A': '1', 'x-b': ['2', '3'] });
      if (req.url === '/flat') res.writeHead(201, 'Made', ['x-a', '1', 'x-b', '2', 'x-b', '3']);
      if (req.url === '/pairs')
        res.writeHead(201, [
          ['x-a', '1'],
          ['x-b', '2'],
          ['x-b', '3'],
        ] as never);
      res.end();
    });
    for (const path of ['/object', '/flat', '/pairs']) {
      const { status, headers } = await fetch(url + path);
      expect([status, headers.get('x-a'), headers.get('x-b')]).toEqual([201, '1', '2, 3']);
    }
  });

  test('cannot put a line break into the head, nor send it twice', async () => {
    const codes: unknown[] = [];
    const { url } = await served((_req, res) => {
      for (const wrong of [
        () => res.setHeader('x', 'a\r\nb: c'),
        () => res.writeHead(200, { 'x\n': 'a' }),
        () => {
          res.writeHead(200);
          res.writeHead(200);
        },
      ]) {
        try {
          wrong();
        } catch (error) {
          codes.push((error as { code: string }).code);
        }
      }
      res.end();
    });
    await fetch(url);
    expect(codes).toEqual(['ERR_INVALID_CHAR', 'ERR_INVALID_HTTP_TOKEN', 'ERR_HTTP_HEADERS_SENT']);
  });

  test('hears that it has finished, and its request too', async () => {
    const events: string[] = [];
    const { url } = await served((req, res) => {
      for (const event of ['aborted', 'close']) req.on(event, () => events.push(`request ${event}`));
      for (const event of ['finish', 'close', 'error']) res.on(event, () => events.push(`response ${event}`));
      res.end('x', () => events.push('callback'));
      events.push(`${res.writableEnded} ${res.headersSent}`);
    });
    await fetch(url);
    await until(() => events.length === 5);
    expect(events.sort()).toEqual([
      'callback',
      'request close',
      'response close',
      'response finish',
      'true true',
    ]);
  });

  test('hears that its client has left', async () => {
    const events: string[] = [];
    const { url, logger } = await served((req, res) => {
      req.on('close', () => events.push('request'));
      req.on('error', (error: NodeJS.ErrnoException) => events.push(error.code ?? ''));
      req.socket.on('close', () => events.push('socket'));
      res.on('finish', () => events.push('finish'));
      res.on('close', () => events.push('response'));
      res.write('x');
    });
    const leaving = new AbortController();
    await fetch(url, { signal: leaving.signal });
    leaving.abort();
    await until(() => events.length === 4);
    expect(events.sort()).toEqual(['ECONNRESET', 'request', 'response', 'socket']);
    expect(logger.errors).toEqual([]);
  });

  test('is held back by a client that does not read', async () => {
    let [written, isDrained] = [0, false];
    const { url } = await served((_req, res) => {
      const more = () => {
        while (!res.destroyed && res.write(Buffer.alloc(65_536))) written++;
      };
      res.on('drain', () => {
        isDrained = true;
        more();
      });
      more();
    });
    const response = await fetch(url);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = written;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(written).toBe(before);
    const reader = response.body?.getReader();
    while (!isDrained) await reader?.read();
    await reader?.cancel();
  });

  test('takes part in pipeline() at both ends', async () => {
    const { url } = await served(async (req, res) => pipeline(req, res));
    const body = 'x'.repeat(1_000_000);
    expect((await (await fetch(url, { method: 'POST', body })).text()) === body).toBe(true);
  });

  test('is stopped by the limit of bodies, and by the app that reads no more', async () => {
    const { url, logger } = await served((req, res) => void req.pipe(res), { maxBodyBytes: 1000 });
    const body = new Blob(['x'.repeat(2000)]).stream();
    const response = await fetch(url, { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(response.status).toBe(413);
    expect(logger.errors).toEqual([]);
  });

  test('makes the client send a body only when it is read', async () => {
    const { server } = await served((req, res) => void req.pipe(res));
    const wire = new Wire(server);
    wire.write('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n');
    await wire.until(/100 Continue/);
    await wire.write('x').until(/\r\n\r\n.*200 OK/s);
  });

  test('flushes its head, and sends trailers', async () => {
    const { server } = await served((_req, res) => {
      res.setHeader('trailer', 'x-sum');
      res.flushHeaders();
      setTimeout(() => {
        res.write('a');
        res.addTrailers({ 'x-sum': '1' });
        res.end();
      }, 20);
    });
    const wire = new Wire(server).write(
      'GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE\r\n\r\n',
    );
    expect(await wire.until(/\r\n\r\n/)).not.toContain('x-sum: 1');
    expect(await wire.until(/0\r\n.*\r\n\r\n$/s)).toContain('x-sum: 1');
  });

  test.each([
    [
      'HEAD',
      (_req, res) => {
        res.write('a');
        res.end('b');
      },
    ],
    ['HEAD', (_req, res) => res.end()],
    [
      'GET',
      (_req, res) => {
        res.writeHead(304);
        res.end();
      },
    ],
    [
      'GET',
      (_req, res) => {
        res.writeHead(204);
        res.end();
      },
    ],
  ] satisfies [string, NodeListener][])(
    'finishes a response without a body (%s, %#)',
    async (method, listener) => {
      let isFinished = false;
      const { url, logger } = await served((req, res) => {
        res.on('finish', () => {
          isFinished = true;
        });
        listener(req, res);
      });
      const { headers } = await fetch(url, { method });
      await until(() => isFinished);
      expect([headers.get('content-length'), logger.errors]).toEqual([null, []]);
    },
  );
});
