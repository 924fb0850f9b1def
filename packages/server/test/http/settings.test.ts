import { type App, type HTTPScope, RequestTimeout } from '@pullo/asgi';
import type { ServeOptions } from '@pullo/server';
import { describe, expect, it } from 'vitest';
import { PROTOCOLS, type Protocol } from '../support/protocols.ts';
import { Gate, text, until } from '../support/serving.ts';

/** The scope of a GET with these lines. */
async function scopeOf(
  { serving, get }: Protocol,
  options: ServeOptions,
  target: string,
  ...lines: string[]
): Promise<HTTPScope> {
  const scopes: HTTPScope[] = [];
  const { server } = await serving((scope, receive, send) => {
    scopes.push(scope as HTTPScope);
    return text('seen')(scope, receive, send);
  }, options);
  await get(server, target, ...lines);
  return scopes[0] as HTTPScope;
}

/** What a proxy says that was spoken to in the other scheme. */
function forwarded({ scheme }: Protocol): string[] {
  const other = scheme === 'http' ? 'https' : 'http';
  return ['X-Forwarded-For: 203.0.113.7:5', `X-Forwarded-Proto: ${other}`, 'X-Forwarded-Host: example.org'];
}

describe.each(PROTOCOLS)('trustedProxies in $name', (protocol) => {
  it('are none by default, and nobody may claim to be another', async () => {
    const scope = await scopeOf(protocol, {}, '/', ...forwarded(protocol));
    expect(scope.client?.host).toBe('127.0.0.1');
    expect(scope.scheme).toBe(protocol.scheme);
  });

  it('tell client and scheme, but not the host unless they are asked', async () => {
    const scope = await scopeOf(protocol, { trustedProxies: ['127.0.0.1'] }, '/', ...forwarded(protocol));
    expect(scope.client).toEqual({ host: '203.0.113.7', port: 5 });
    expect(scope.scheme).not.toBe(protocol.scheme);
    expect([...scope.headers]).toContainEqual(['host', 'a']);
  });

  it('tell the host where forwardedHost is on', async () => {
    const options = { trustedProxies: ['127.0.0.0/8'], forwardedHost: true };
    const scope = await scopeOf(protocol, options, '/', ...forwarded(protocol));
    expect([...scope.headers].filter(([name]) => name === 'host')).toEqual([['host', 'example.org']]);
  });

  it('do not count when the peer is not among them', async () => {
    const scope = await scopeOf(protocol, { trustedProxies: ['10.0.0.0/8'] }, '/', ...forwarded(protocol));
    expect(scope.client?.host).toBe('127.0.0.1');
  });

  it('may write Forwarded instead', async () => {
    const options: ServeOptions = { trustedProxies: ['*'], proxyHeaders: 'forwarded' };
    const scope = await scopeOf(
      protocol,
      options,
      '/',
      'Forwarded: for="[2001:db8::1]:7";proto=https',
      ...forwarded(protocol),
    );
    expect(scope.client).toEqual({ host: '2001:db8::1', port: 7 });
    expect(scope.scheme).toBe('https');
  });

  it('show the client in the access log', async () => {
    const { server, logger } = await protocol.serving(text('x'), { trustedProxies: ['127.0.0.1'] });
    await protocol.get(server, '/', ...forwarded(protocol));
    expect(logger.accesses[0]?.client).toBe('203.0.113.7:5');
  });
});

describe.each(PROTOCOLS)('rootPath in $name', (protocol) => {
  it.each([
    ['/users?a', '/api/users', '/users'],
    ['/', '/api/', '/'],
    ['/api/x', '/api/api/x', '/api/x'],
    ['/../x', '/api/x', '/../x'],
  ])('is put before the path of %s', async (target, path, rawPath) => {
    const scope = await scopeOf(protocol, { rootPath: '/api' }, target);
    expect([scope.rootPath, scope.path, scope.rawPath]).toEqual(['/api', path, rawPath]);
  });
});

describe.each(PROTOCOLS)('headers in $name', ({ serving, get }) => {
  const headers = ['X-Frame-Options: DENY', 'Server: mine'];

  it('are on every response, and the app wins by name', async () => {
    const app = text('x', [['x-frame-options', 'SAMEORIGIN']]);
    const { server } = await serving(app, { headers, serverHeader: true });
    const { fields } = await get(server);
    expect([fields.get('x-frame-options'), fields.get('server')]).toEqual(['SAMEORIGIN', 'mine']);
  });

  it('are on a 500 and on refusals too', async () => {
    const { server } = await serving(
      () => {
        throw new Error('the app fails');
      },
      { headers },
    );
    expect((await get(server)).fields.get('x-frame-options')).toBe('DENY');
    expect((await get(server, '/%zz')).fields.get('x-frame-options')).toBe('DENY');
  });

  it('do not name the server by default, and do where serverHeader is on', async () => {
    const { server } = await serving(text('x'));
    expect((await get(server)).fields.has('server')).toBe(false);
    const { server: named } = await serving(text('x'), { serverHeader: true });
    expect((await get(named)).fields.get('server')).toBe('pullo');
  });

  it('have a date unless dateHeader is off', async () => {
    const { server } = await serving(text('x'));
    expect(Date.parse((await get(server)).fields.get('date') ?? '')).toBeGreaterThan(0);
    const { server: timeless } = await serving(text('x'), { dateHeader: false });
    expect((await get(timeless)).fields.has('date')).toBe(false);
    expect((await get(timeless, '/%zz')).fields.has('date')).toBe(false);
  });
});

describe.each(PROTOCOLS)('limitConcurrency in $name', ({ serving, ask, get }) => {
  it('answers 503 when that many calls of the app are under way', async () => {
    const gate = new Gate();
    const app: App = async (scope, receive, send) => {
      await gate.opened;
      await text('done')(scope, receive, send);
    };
    const { server, logger } = await serving(app, { limitConcurrency: 2 });
    const first = [get(server), get(server)];
    await new Promise((resolve) => setTimeout(resolve, 30));
    const { status, fields } = await get(server);
    expect([status, fields.get('retry-after')]).toEqual([503, '1']);
    expect(await ask(server, { method: 'HEAD' })).toMatchObject({ status: 503, body: '' });
    gate.open();
    for (const answer of await Promise.all(first)) expect(answer.status).toBe(200);
    await until(() => logger.accesses.length === 4);
    expect((await get(server)).status).toBe(200);
  });
});

describe.each(PROTOCOLS)('maxRequests in $name', ({ serving, client, get }) => {
  it('stops the server gracefully after that many', async () => {
    const { server } = await serving(text('x'), {
      maxRequests: 3,
      keepAliveTimeout: 50,
      gracefulTimeout: 5000,
    });
    const http = client(server);
    expect((await http.open().answer).status).toBe(200);
    expect((await get(server)).status).toBe(200);
    expect((await get(server)).status).toBe(200);
    expect(await server.closed).toMatchObject({ signal: null, isForced: false, cut: 0 });
  });
});

describe.each(PROTOCOLS)('idleTimeout in $name', ({ serving, client, ask, get }) => {
  it('cuts a client that does not read its response', async () => {
    const reasons: unknown[] = [];
    const { server } = await serving(
      async (scope, _receive, send) => {
        const { signal } = (scope as HTTPScope).exchange;
        send({ type: 'http.response.start', status: 200 });
        try {
          for (;;) await send({ type: 'http.response.body', body: Buffer.alloc(100_000), moreBody: true });
        } finally {
          reasons.push(signal.reason);
        }
      },
      { idleTimeout: 100 },
    );
    client(server).open().pause();
    await until(() => reasons.length === 1);
    expect(reasons[0]).toBeInstanceOf(RequestTimeout);
  });

  it('cuts a client that does not read a response in one piece, which is over for the app', async () => {
    const { server } = await serving(text('x'.repeat(20_000_000)), { idleTimeout: 100 });
    const exchange = client(server).open().pause();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await exchange.resume().answer).isWhole).toBe(false);
  });

  it('lets a client that reads slowly have its time', async () => {
    const size = 8_000_000;
    const { server } = await serving(text('x'.repeat(size)), { idleTimeout: 500 });
    const exchange = client(server).open();
    const timer = setInterval(() => {
      exchange.resume();
      setTimeout(() => exchange.pause(), 5);
    }, 50);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    clearInterval(timer);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await exchange.resume().answer).body).toHaveLength(size);
  });

  it('does not touch an app that takes its time, with or without a body to come', async () => {
    const slow: App = async (scope, receive, send) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await receive();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await text('slow')(scope, receive, send);
    };
    const { server } = await serving(slow, { idleTimeout: 80 });
    const posting = { method: 'POST', body: 'abc' };
    const [plain, posted] = await Promise.all([get(server), ask(server, posting)]);
    expect([plain.body, posted.body]).toEqual(['slow', 'slow']);
  });

  it('does not touch a stream that has nothing to say', async () => {
    const { server } = await serving(
      async (_scope, _receive, send) => {
        send({ type: 'http.response.start', status: 200 });
        send({ type: 'http.response.body', body: 'first', moreBody: true });
        await new Promise((resolve) => setTimeout(resolve, 300));
        send({ type: 'http.response.body', body: 'last' });
      },
      { idleTimeout: 60 },
    );
    expect(await get(server)).toMatchObject({ body: 'firstlast', isWhole: true });
  });
});

describe.each(PROTOCOLS)('accessLogFormat json in $name', ({ serving, client, get }) => {
  it('has what is known once the response has ended', async () => {
    const app: App = async (_scope, _receive, send) => {
      send({ type: 'http.response.start', status: 200, headers: [['x-request-id', 'r1']] });
      await send({ type: 'http.response.body', body: 'äb', moreBody: true });
      await new Promise((resolve) => setTimeout(resolve, 20));
      await send({ type: 'http.response.body', body: 'c' });
    };
    const { server, logger } = await serving(app, { accessLogFormat: 'json' });
    await get(server, '/a?b', 'User-Agent: test/1');
    const [record] = logger.accesses;
    expect(record).toMatchObject({
      method: 'GET',
      target: '/a?b',
      status: 200,
      detail: { bytes: 4, isComplete: true, requestId: 'r1', userAgent: 'test/1' },
    });
    expect(record?.detail?.duration).toBeGreaterThan(15);
  });

  it('has responses that were not whole, and refusals', async () => {
    const app: App = async (scope, _receive, send) => {
      send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body', body: 'abc', moreBody: true });
      if ((scope as HTTPScope).path === '/fails') throw new Error('it fails');
      await new Promise((resolve) => setTimeout(resolve, 100));
      await send({ type: 'http.response.body' });
    };
    const { server, logger } = await serving(app, { accessLogFormat: 'json' });
    await get(server, '/fails');
    const exchange = client(server).open({ path: '/left' });
    await until(() => exchange.body === 'abc');
    exchange.cancel();
    await get(server, '/"#');
    await until(() => logger.accesses.length === 3);
    const seen = logger.accesses.map(({ target, status, detail }) => [target, status, detail?.isComplete]);
    expect(seen).toEqual([
      ['/fails', 200, false],
      ['/left', 200, false],
      ['/%22#', 400, true],
    ]);
  });
});
