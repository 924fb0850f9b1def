import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, type HTTPScope, RequestTimeout } from '@pullo/asgi';
import { type ServeOptions, serve } from '@pullo/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Gate, serving, text, until } from '../support/serving.ts';
import { ask, get, head, parse, Wire } from '../support/wire.ts';

/** The scope of a GET with these lines. */
async function scopeOf(options: ServeOptions, target: string, ...lines: string[]): Promise<HTTPScope> {
  const scopes: HTTPScope[] = [];
  const { server } = await serving((scope, receive, send) => {
    scopes.push(scope as HTTPScope);
    return text('seen')(scope, receive, send);
  }, options);
  await get(server, target, ...lines);
  return scopes[0] as HTTPScope;
}

const FORWARDED = [
  'X-Forwarded-For: 203.0.113.7:5',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: example.org',
];

describe('trustedProxies', () => {
  it('are none by default, and nobody may claim to be another', async () => {
    const scope = await scopeOf({}, '/', ...FORWARDED);
    expect(scope.client?.host).toBe('127.0.0.1');
    expect(scope.scheme).toBe('http');
  });

  it('tell client and scheme, but not the host unless they are asked', async () => {
    const scope = await scopeOf({ trustedProxies: ['127.0.0.1'] }, '/', ...FORWARDED);
    expect(scope.client).toEqual({ host: '203.0.113.7', port: 5 });
    expect(scope.scheme).toBe('https');
    expect([...scope.headers]).toContainEqual(['host', 'a']);
  });

  it('tell the host where forwardedHost is on', async () => {
    const options = { trustedProxies: ['127.0.0.0/8'], forwardedHost: true };
    const scope = await scopeOf(options, '/', ...FORWARDED);
    expect([...scope.headers].filter(([name]) => name === 'host')).toEqual([['host', 'example.org']]);
  });

  it('do not count when the peer is not among them', async () => {
    const scope = await scopeOf({ trustedProxies: ['10.0.0.0/8'] }, '/', ...FORWARDED);
    expect(scope.client?.host).toBe('127.0.0.1');
  });

  it('may write Forwarded instead', async () => {
    const options: ServeOptions = { trustedProxies: ['*'], proxyHeaders: 'forwarded' };
    const scope = await scopeOf(options, '/', 'Forwarded: for="[2001:db8::1]:7";proto=https', ...FORWARDED);
    expect(scope.client).toEqual({ host: '2001:db8::1', port: 7 });
    expect(scope.scheme).toBe('https');
  });

  it('show the client in the access log', async () => {
    const { server, logger } = await serving(text('x'), { trustedProxies: ['127.0.0.1'] });
    await get(server, '/', ...FORWARDED);
    expect(logger.accesses[0]?.client).toBe('203.0.113.7:5');
  });

  it('may be whoever connects to a unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pullo-server-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const uds = join(folder, 'socket');
    const scopes: HTTPScope[] = [];
    const app: App = (scope, receive, send) => {
      scopes.push(scope as HTTPScope);
      return text('seen')(scope, receive, send);
    };
    await serving(app, { uds, trustedProxies: ['unix'] });
    const socket = connect(uds);
    socket.write(head('GET / HTTP/1.1', 'Host: a', 'Connection: close', ...FORWARDED));
    await new Promise((resolve) => socket.resume().on('close', resolve));
    expect(scopes[0]?.client).toEqual({ host: '203.0.113.7', port: 5 });
  });
});

describe('rootPath', () => {
  it.each([
    ['/users?a', '/api/users', '/users'],
    ['/', '/api/', '/'],
    ['/api/x', '/api/api/x', '/api/x'],
    ['/../x', '/api/x', '/../x'],
  ])('is put before the path of %s', async (target, path, rawPath) => {
    const scope = await scopeOf({ rootPath: '/api' }, target);
    expect([scope.rootPath, scope.path, scope.rawPath]).toEqual(['/api', path, rawPath]);
  });
});

describe('headers', () => {
  const headers = ['X-Frame-Options: DENY', 'Server: mine'];

  it('are on every response, and the app wins by name', async () => {
    const app = text('x', [['x-frame-options', 'SAMEORIGIN']]);
    const { server } = await serving(app, { headers, serverHeader: true });
    const { fields } = parse(await get(server));
    expect([fields.get('x-frame-options'), fields.get('server')]).toEqual(['SAMEORIGIN', 'mine']);
  });

  it('are on a 500 and on refusals too', async () => {
    const { server } = await serving(
      () => {
        throw new Error('the app fails');
      },
      { headers },
    );
    expect(parse(await get(server)).fields.get('x-frame-options')).toBe('DENY');
    expect(parse(await ask(server, 'nonsense\r\n\r\n')).fields.get('x-frame-options')).toBe('DENY');
  });

  it('do not name the server by default, and do where serverHeader is on', async () => {
    const { server } = await serving(text('x'));
    expect(parse(await get(server)).fields.has('server')).toBe(false);
    const { server: named } = await serving(text('x'), { serverHeader: true });
    expect(parse(await get(named)).fields.get('server')).toBe('pullo');
  });

  it('have a date unless dateHeader is off', async () => {
    const { server } = await serving(text('x'));
    expect(Date.parse(parse(await get(server)).fields.get('date') ?? '')).toBeGreaterThan(0);
    const { server: timeless } = await serving(text('x'), { dateHeader: false });
    expect(parse(await get(timeless)).fields.has('date')).toBe(false);
    expect(parse(await ask(timeless, 'nonsense\r\n\r\n')).fields.has('date')).toBe(false);
  });
});

describe('limitConcurrency', () => {
  it('answers 503 when that many calls of the app are under way', async () => {
    const gate = new Gate();
    const app: App = async (scope, receive, send) => {
      await gate.opened;
      await text('done')(scope, receive, send);
    };
    const { server, logger } = await serving(app, { limitConcurrency: 2 });
    const first = [get(server), get(server)];
    await new Promise((resolve) => setTimeout(resolve, 30));
    const { status, fields } = parse(await ask(server, head('GET / HTTP/1.1', 'Host: a')));
    expect([status, fields.get('retry-after'), fields.get('connection')]).toEqual([503, '1', 'close']);
    gate.open();
    for (const answer of await Promise.all(first)) expect(parse(answer).status).toBe(200);
    await until(() => logger.accesses.length === 3);
    expect(parse(await get(server)).status).toBe(200);
  });
});

describe('limitConcurrency for requests that come one behind the other on a connection', () => {
  const late: App = async (scope, receive, send) => {
    await text('done')(scope, receive, send);
    for (let i = 0; i < 20; i++) await null;
  };

  it('does not count the call whose response has just been sent', async () => {
    const { server } = await serving(late, { limitConcurrency: 1 });
    const one = head('GET / HTTP/1.1', 'Host: a');
    const answers = await ask(
      server,
      one + one + one + head('GET / HTTP/1.1', 'Host: a', 'Connection: close'),
    );
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(Array(4).fill('HTTP/1.1 200'));
  });

  it('counts calls that go on', async () => {
    const gate = new Gate();
    const busy: App = async (scope, receive, send) => {
      await text('done')(scope, receive, send);
      await gate.opened;
    };
    const { server } = await serving(busy, { limitConcurrency: 1 });
    const one = head('GET / HTTP/1.1', 'Host: a');
    const answers = await ask(server, one + one + one);
    gate.open();
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 503']);
  });
});

describe('maxRequests', () => {
  it('stops the server gracefully after that many', async () => {
    const server = await serve(text('x'), {
      port: 0,
      lifespan: 'off',
      maxRequests: 3,
      keepAliveTimeout: 50,
      logLevel: 'silent',
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await wire.until(/x$/);
    expect(parse(await get(server)).status).toBe(200);
    const last = await get(server);
    expect(parse(last)).toMatchObject({ status: 200 });
    expect(await server.closed).toMatchObject({ signal: null, isForced: false, cut: 0 });
  });

  it('may be raised at random', async () => {
    const server = await serve(text('x'), {
      port: 0,
      lifespan: 'off',
      maxRequests: 1,
      maxRequestsJitter: 1,
      keepAliveTimeout: 50,
      logLevel: 'silent',
    });
    let answered = 0;
    while (answered < 2 && (await get(server).catch(() => '')) !== '') answered++;
    expect(answered).toBeGreaterThan(0);
    await server.closed;
  });
});

describe('idleTimeout', () => {
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
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    wire.socket.pause();
    await until(() => reasons.length === 1);
    expect(reasons[0]).toBeInstanceOf(RequestTimeout);
  });

  it('cuts a client that does not read a response in one piece, which is over for the app', async () => {
    const { server } = await serving(text('x'.repeat(20_000_000)), { idleTimeout: 100 });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    wire.socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    wire.socket.resume();
    expect((await wire.all()).length).toBeLessThan(20_000_000);
  });

  it.each<[string, number, ServeOptions, string[]]>([
    ['more than 16 MiB', 64 * 1024, {}, []],
    ['for longer than requestTimeout', 1, { requestTimeout: 200 }, []],
    ['after its last request', 1, { requestTimeout: 200 }, ['Connection: close']],
  ])(
    'cuts a client that reads nothing of the answer and sends on and on: %s',
    async (_title, size, options, lines) => {
      const answer = text('x'.repeat(20_000_000));
      const { server } = await serving(answer, { idleTimeout: 100, ...options });
      const wire = new Wire(server).write(
        head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 60000000', ...lines),
      );
      wire.socket.pause();
      let isOver = false;
      wire.socket.on('close', () => {
        isOver = true;
      });
      const timer = setInterval(() => {
        if (wire.socket.writableLength < 1_000_000) wire.write(Buffer.alloc(size));
      }, 1);
      await until(() => isOver).finally(() => clearInterval(timer));
    },
  );

  it('lets a client that sends on and on, but reads, have the whole answer', async () => {
    const size = 20_000_000;
    const { server } = await serving(text('x'.repeat(size)), { idleTimeout: 100, requestTimeout: 200 });
    const wire = new Wire(server).write(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 60000000'));
    wire.socket.pause();
    const timer = setInterval(() => {
      if (wire.socket.writableLength < 1_000_000) wire.write(Buffer.alloc(64 * 1024));
      wire.socket.resume();
      setTimeout(() => wire.socket.pause(), 3);
    }, 20);
    await until(() => wire.text.endsWith('x') && parse(wire.text).body.length === size).finally(() =>
      clearInterval(timer),
    );
  });

  it('lets a client that reads slowly have its time', async () => {
    const size = 8_000_000;
    const { server } = await serving(text('x'.repeat(size)), { idleTimeout: 150 });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a', 'Connection: close'));
    const timer = setInterval(() => {
      wire.socket.resume();
      setTimeout(() => wire.socket.pause(), 5);
    }, 50);
    await new Promise((resolve) => setTimeout(resolve, 600));
    clearInterval(timer);
    await new Promise((resolve) => setTimeout(resolve, 10));
    wire.socket.resume();
    expect(parse(await wire.all()).body).toHaveLength(size);
  });

  it('answers 408 to a body that stalls', async () => {
    const reasons: unknown[] = [];
    const { server } = await serving(
      async (scope, receive) => {
        const { signal } = (scope as HTTPScope).exchange;
        while ((await receive()).type === 'http.request');
        reasons.push(signal.reason);
      },
      { idleTimeout: 100 },
    );
    const wire = new Wire(server).write(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 9'));
    await new Promise((resolve) => setTimeout(resolve, 60));
    wire.write('abc');
    expect(parse(await wire.all()).status).toBe(408);
    expect(reasons[0]).toBeInstanceOf(RequestTimeout);
  });

  it('does not touch an app that takes its time, with or without a body to come', async () => {
    const slow: App = async (scope, receive, send) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await receive();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await text('slow')(scope, receive, send);
    };
    const { server } = await serving(slow, { idleTimeout: 80 });
    const bytes = head('POST / HTTP/1.1', 'Host: a', 'Connection: close', 'Content-Length: 3');
    const [plain, posted] = await Promise.all([get(server), ask(server, `${bytes}abc`)]);
    expect([parse(plain).body, parse(posted).body]).toEqual(['slow', 'slow']);
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
    expect(await get(server)).toMatch(/last\r\n0\r\n\r\n$/);
  });
});

describe('accessLogFormat json', () => {
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
    const wire = new Wire(server).write(head('GET /left HTTP/1.1', 'Host: a'));
    await wire.until(/abc/);
    wire.socket.destroy();
    await ask(server, head('GET /"\x1b HTTP/1.1'));
    await ask(server, head('GET /" HTTP/1.1'));
    await until(() => logger.accesses.length === 3);
    const seen = logger.accesses.map(({ target, status, detail }) => [target, status, detail?.isComplete]);
    expect(seen).toEqual([
      ['/fails', 200, false],
      ['/left', 200, false],
      ['/%22', 400, true],
    ]);
  });
});
