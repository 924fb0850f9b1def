import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, HTTPScope } from '@pullo/asgi';
import { type ServeOptions, serve } from '@pullo/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Gate, serving, text, until } from '../support/serving.ts';
import { ask, get, head, parse, Wire } from '../support/wire.ts';

const FORWARDED = [
  'X-Forwarded-For: 203.0.113.7:5',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: example.org',
];

describe('trustedProxies', () => {
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

describe('headers', () => {
  const headers = ['X-Frame-Options: DENY', 'Server: mine'];

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
});

describe('accessLogFormat json', () => {
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
