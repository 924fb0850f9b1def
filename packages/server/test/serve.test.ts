import type { App } from '@pullo/asgi';
import { InvalidApp, InvalidOption, type ServeOptions, type Server, serve } from '@pullo/server';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { Gate, MemoryLogger, serving, text, until } from './support/serving.ts';
import { get, head, parse, Wire } from './support/wire.ts';

describe('serve', () => {
  it('gives the address that it listens on', async () => {
    const { server } = await serving(text('x'));
    expect(server.host).toBe('127.0.0.1');
    expect(server.port).toBeGreaterThan(0);
    expect(server.address).toEqual({ host: server.host, port: server.port });
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect(await (await fetch(server.url)).text()).toBe('x');
  });

  it('listens on IPv6', async () => {
    const { server } = await serving(text('x'), { host: '::1' });
    expect(server.url).toBe(`http://[::1]:${server.port}`);
    expect(await (await fetch(server.url)).text()).toBe('x');
  });

  it('shows IPv4 clients of a dual-stack socket as such', async () => {
    const { server } = await serving(
      (scope, receive, send) =>
        text(scope.type === 'http' ? (scope.client?.host ?? '') : '')(scope, receive, send),
      { host: '::' },
    );
    expect(await (await fetch(`http://127.0.0.1:${server.port}`)).text()).toBe('127.0.0.1');
  });

  it('rejects with StartupFailed if the port is taken', async () => {
    const { server } = await serving(text('x'));
    await expect(serving(text('y'), { port: server.port })).rejects.toMatchObject({
      code: 'ERR_STARTUP_FAILED',
      message: expect.stringMatching(/^Cannot listen on 127\.0\.0\.1:\d+: another program has the port\./),
      cause: { code: 'EADDRINUSE' },
    });
  });

  it.each<[unknown, RegExp]>([
    [
      undefined,
      /Found undefined; expected an app, a function \(scope, receive, send\), or an object with a fetch method\.$/,
    ],
    [{ a: 1 }, /Found \{ a: 1 \}/],
    [class Thing {}, /Found the class Thing, not an instance of it/],
    [(_req: unknown, _res: unknown) => {}, /Found a function of two parameters: .*--interface node/],
  ])('refuses what is no app: %s', async (app, message) => {
    const failure = await serve(app as App).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InvalidApp);
    expect(String(failure)).toMatch(message);
  });

  it.each<[string, unknown, string]>([
    ['port', 70_000, 'an integer from 0 to 65535, but is 70000'],
    ['port', '80', 'an integer from 0 to 65535, but is "80"'],
    ...['', 'http://localhost', 'localhost:3000', '[::1]', 'not a host'].map(
      (host): [string, string, string] => [
        'host',
        host,
        `a host name or an IP address, such as "127.0.0.1" or "::1", without scheme, port and brackets, but is "${host}"`,
      ],
    ),
    ['lifespan', 'yes', 'one of "auto", "on", "off", but is "yes"'],
    ['accessLog', 1, 'true or false, but is 1'],
    ['logLevel', 'loud', 'one of "debug", "info", "warning", "error", "silent", but is "loud"'],
    ['colors', 'red', 'true, false or "auto", but is "red"'],
    ['handleSignals', 'SIGINT', 'true or false, but is "SIGINT"'],
    [
      'gracefulTimeout',
      -1,
      'a whole number of milliseconds from 0 to 2147483647, or Infinity for no limit, but is -1',
    ],
    [
      'keepAliveTimeout',
      0,
      'a whole number of milliseconds from 1 to 2147483647, or Infinity for no limit, but is 0',
    ],
    [
      'headersTimeout',
      1.5,
      'a whole number of milliseconds from 1 to 2147483647, or Infinity for no limit, but is 1.5',
    ],
    [
      'requestTimeout',
      Number.NaN,
      'a whole number of milliseconds from 1 to 2147483647, or Infinity for no limit, but is NaN',
    ],
    ['maxHeaderBytes', 1, 'a whole number of bytes from 256 to 16777216, but is 1'],
    ['maxHeaderCount', 0, 'an integer from 1 to 10000, but is 0'],
    ['maxTargetBytes', 0, 'a whole number of bytes from 1 to 16777216, but is 0'],
    [
      'trustedProxies',
      ['localhost'],
      'a list of IP addresses, networks such as "10.0.0.0/8", "unix", or "*" for everybody (host names are not taken), but is ["localhost"]',
    ],
    ['proxyHeaders', 'both', 'one of "x-forwarded", "forwarded", but is "both"'],
    [
      'rootPath',
      '/api/',
      'empty, or a path such as "/api": canonical, with a slash at its beginning and none at its end, but is "/api/"',
    ],
    [
      'headers',
      ['Content-Length: 1'],
      'a list of header fields such as "X-Frame-Options: DENY", none of the framing, but is ["Content-Length: 1"]',
    ],
    ['limitConcurrency', 0, 'an integer, at least 1, or Infinity for no limit, but is 0'],
    ['maxRequests', 1.5, 'an integer, at least 1, or Infinity for no limit, but is 1.5'],
    ['maxBodyBytes', -1, 'a whole number of bytes, or Infinity for no limit, but is -1'],
  ])('refuses the option %s: %j', async (name, value, message) => {
    const failure = await serve(text('x'), { [name]: value }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InvalidOption);
    expect((failure as Error).message).toBe(`Option ${name} must be ${message}.`);
  });

  it('refuses an option that it does not know', async () => {
    const options = { prot: 1 } as ServeOptions;
    await expect(serve(text('x'), options)).rejects.toThrow(/^Unknown option "prot": known are host, port/);
  });

  it.each([
    ['a port', 3000, '3000'],
    ['a text', 'x', "'x'"],
    ['null', null, 'null'],
  ])('refuses %s in place of the options', async (_what, given, shown) => {
    await expect(serve(text('x'), given as never)).rejects.toThrow(
      `Options are an object, such as { port: 8000 }, and not ${shown}.`,
    );
  });

  it('takes an option that is undefined as not given', async () => {
    const options = {
      host: undefined,
      port: 0,
      lifespan: 'off',
      logger: new MemoryLogger(),
    } as unknown as ServeOptions;
    const server = await serve(text('x'), options);
    expect(server.host).toBe('127.0.0.1');
    await server.close();
  });

  it('takes time-outs without a limit, and a request time-out below the default of the head', async () => {
    const never = Number.POSITIVE_INFINITY;
    const { server } = await serving(text('x'), {
      keepAliveTimeout: never,
      headersTimeout: never,
      requestTimeout: never,
    });
    expect(parse(await get(server)).body).toBe('x');
    await serving(text('x'), { requestTimeout: 1000 });
  });

  it('has types that say what it takes', () => {
    expectTypeOf<App>().toExtend<Parameters<typeof serve>[0]>();
    expectTypeOf(serve).returns.toEqualTypeOf<Promise<Server>>();
    // @ts-expect-error: a time is a number of milliseconds
    const wrong: ServeOptions = { gracefulTimeout: '30s' };
    expect(wrong).toBeDefined();
  });
});

describe('close', () => {
  it('answers a last request on connections that are idle, for clients that ask on and on', async () => {
    const { server } = await serving(text('x'), { gracefulTimeout: 5000 });
    const client = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await client.until(/x$/);
    const closed = server.close();
    client.write(head('GET /last HTTP/1.1', 'Host: a'));
    expect(await client.all()).toMatch(/x.*\r\nConnection: close\r\n\r\nx$/s);
    await closed;
  });

  it('ends connections that stay idle after a moment', async () => {
    const { server } = await serving(text('x'), { gracefulTimeout: 5000 });
    const idle = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    const unused = new Wire(server);
    await idle.until(/x$/);
    const started = Date.now();
    await server.close();
    expect(Date.now() - started).toBeLessThan(1000);
    expect([await idle.ended, await unused.ended]).toEqual(['end', 'end']);
  });

  it('waits for what runs, whose answer says Connection: close', async () => {
    const gate = new Gate();
    const { server, logger } = await serving(
      async (scope, receive, send) => {
        await gate.opened;
        await text('whole')(scope, receive, send);
      },
      { gracefulTimeout: 5000 },
    );
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    let isClosed = false;
    const closed = server.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(isClosed).toBe(false);
    gate.open();
    const { fields, body } = parse(await wire.all());
    expect([fields.get('connection'), body]).toEqual(['close', 'whole']);
    await closed;
    expect(logger.messages).toContain('Waiting for connections to close. (Press CTRL+C to force quit)');
  });

  it('does not abort the signal of a request that is still being worked on', async () => {
    const gate = new Gate();
    let isAborted: boolean | undefined;
    const { server } = await serving(
      async (scope, receive, send) => {
        if (scope.type !== 'http') return;
        const { signal } = scope.exchange;
        await gate.opened;
        isAborted = signal.aborted;
        await text('x')(scope, receive, send);
      },
      { gracefulTimeout: 5000 },
    );
    const answer = get(server);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const closed = server.close();
    gate.open();
    expect(parse(await answer).status).toBe(200);
    await closed;
    expect(isAborted).toBe(false);
  });

  it('tells streams by their signal, which may still say goodbye', async () => {
    const { server } = await serving(
      async (scope, _receive, send) => {
        if (scope.type !== 'http') return;
        const { signal } = scope.exchange;
        send({ type: 'http.response.start', status: 200 });
        await send({ type: 'http.response.body', body: 'hello', moreBody: true });
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await send({ type: 'http.response.body', body: signal.reason.name });
      },
      { gracefulTimeout: 5000 },
    );
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await wire.until(/hello/);
    await server.close();
    expect(await wire.all()).toMatch(/ServerShutdown\r\n0\r\n\r\n$/);
  });

  it('tells also a stream that begins while the server stops', async () => {
    const gate = new Gate();
    const { server } = await serving(
      async (scope, _receive, send) => {
        if (scope.type !== 'http') return;
        await gate.opened;
        send({ type: 'http.response.start', status: 200 });
        await send({ type: 'http.response.body', body: 'a', moreBody: true });
        await send({ type: 'http.response.body', body: String(scope.exchange.signal.aborted) });
      },
      { gracefulTimeout: 5000 },
    );
    const answer = get(server);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const closed = server.close();
    gate.open();
    expect(await answer).toContain('true');
    await closed;
  });

  it('cuts what is not done after gracefulTimeout, and reports how much that was', async () => {
    let name: string | undefined;
    const { server, logger } = await serving(
      async (scope, receive) => {
        if (scope.type !== 'http') return;
        await receive();
        await receive();
        name = scope.exchange.signal.reason.name;
      },
      { gracefulTimeout: 50 },
    );
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await server.close();
    expect(await wire.all()).toBe('');
    expect(name).toBe('ServerShutdown');
    expect(await server.closed).toEqual({ signal: null, isForced: false, cut: 1, error: null });
    expect(logger.messages).toContain('Cut 1 exchanges or background tasks that were still running.');
  });

  it('does not wait for ever for background work', async () => {
    const { server, logger } = await serving(
      async (scope, receive, send) => {
        await text('x')(scope, receive, send);
        await new Promise(() => {});
      },
      { gracefulTimeout: 50 },
    );
    await get(server);
    await server.close();
    expect((await server.closed).cut).toBe(1);
    expect(logger.messages).toContain(
      'Waiting for background tasks to complete. (Press CTRL+C to force quit)',
    );
  });

  it('lets a large response arrive whole at a client that reads slowly', async () => {
    const size = 30_000_000;
    const { server } = await serving(
      (_scope, _receive, send) => {
        send({ type: 'http.response.start', status: 200 });
        send({ type: 'http.response.body', body: new Uint8Array(size) });
      },
      { gracefulTimeout: 5000 },
    );
    const wire = new Wire(server);
    wire.socket.pause();
    wire.write(head('GET / HTTP/1.1', 'Host: a'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = server.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    wire.socket.resume();
    expect(parse(await wire.all()).body).toHaveLength(size);
    await closed;
  });

  it('may be called again, and is what await using does', async () => {
    const logger = new MemoryLogger();
    let url = '';
    {
      await using server = await serve(text('x'), { port: 0, lifespan: 'off', logger });
      url = server.url;
      expect((await fetch(url)).status).toBe(200);
      await Promise.all([server.close(), server.close()]);
    }
    await expect(fetch(url)).rejects.toThrow();
    expect(logger.messages.filter((message) => message === 'Shutting down')).toHaveLength(1);
  });

  it('leaves no signal handlers and no exit handlers behind', async () => {
    const count = (): number[] => ['SIGINT', 'SIGTERM', 'exit'].map((name) => process.listenerCount(name));
    const before = count();
    const server = await serve(text('x'), {
      port: 0,
      lifespan: 'off',
      logLevel: 'silent',
      handleSignals: true,
    });
    expect(count()).not.toEqual(before);
    await server.close();
    await until(() => String(count()) === String(before));
  });
});

describe('the access log', () => {
  it('has a record for each answer, in order', async () => {
    const { server, logger } = await serving(text('x'));
    const wire = new Wire(server);
    wire.write(head('GET /a/../b?c=%20&d="e" HTTP/1.1', 'Host: a')).write(head('GET /%zz HTTP/1.0'));
    await wire.all();
    expect(logger.accesses).toEqual([
      {
        client: `127.0.0.1:${logger.accesses[0]?.client.split(':')[1]}`,
        method: 'GET',
        target: '/b?c=%20&d=%22e%22',
        httpVersion: '1.1',
        status: 200,
      },
      { client: logger.accesses[0]?.client, method: 'GET', target: '/%zz', httpVersion: '1.0', status: 400 },
    ]);
  });

  it('is off where accessLog is false', async () => {
    const { server, logger } = await serving(text('x'), { accessLog: false });
    await get(server);
    await get(server, '/%zz');
    expect(logger.accesses).toEqual([]);
  });
});
