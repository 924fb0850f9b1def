import { createHash } from 'node:crypto';
import { request as send } from 'node:http';
import { connect as connectHTTP2 } from 'node:http2';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { App, HTTPScope, Receive, Send } from '@pullo/asgi';
import { EventStreamResponse } from '@pullo/response';
import type { ServeOptions, Server } from '@pullo/server';
import { Agent, Pool, request, WebSocket } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Command, FIXTURES } from '../support/command.ts';
import { folder } from '../support/folder.ts';
import { Nginx } from '../support/nginx.ts';
import { Gate, serving, servingUnwatched, text, until } from '../support/serving.ts';
import { echo, sessions } from '../support/sessions.ts';

/** Of the client, as the proxy sees it: not the address that the proxy has itself. */
const CLIENT = '127.0.0.9';

type HTTPApp = (scope: HTTPScope, receive: Receive, send: Send) => Promise<void> | void;

function http(app: HTTPApp): App {
  return (scope, receive, send) => (scope.type === 'http' ? app(scope, receive, send) : undefined);
}

interface Behind {
  server: Server;
  nginx: Nginx;
}

/** An app behind an nginx. */
async function behind(app: App, options: ServeOptions = {}, changes = {}): Promise<Behind> {
  const { server } = await serving(app, { trustedProxies: ['127.0.0.1'], ...options });
  return { server, nginx: await Nginx.start(`127.0.0.1:${server.port}`, changes) };
}

/** Tells what the app sees of its client. */
const seen: App = http((scope, receive, send) => {
  const { client, scheme, httpVersion } = scope;
  const host = [...scope.headers].find(([name]) => name === 'host')?.[1];
  return text(JSON.stringify({ client: client?.host, scheme, host, httpVersion }))(scope, receive, send);
});

/** A GET from an address of its own. */
function getFrom(localAddress: string, url: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = send(url, { localAddress, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
    });
    outgoing.on('error', reject).end();
  });
}

function all<Result>(count: number, task: (index: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => task(index)));
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('behind nginx, the app sees', () => {
  it('the address of the client, the scheme and the host that it asked for', async () => {
    const { nginx } = await behind(seen);
    const answer = await getFrom(CLIENT, nginx.url, { host: 'notes.example' });
    expect(JSON.parse(answer)).toEqual({
      client: CLIENT,
      scheme: 'http',
      host: 'notes.example',
      httpVersion: '1.1',
    });
  });

  it.each([
    ['X-Forwarded-For', '10.1.2.3'],
    ['X-Forwarded-For', '10.1.2.3, 127.0.0.1'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Host', 'evil.example'],
    ['Forwarded', 'for=10.1.2.3;proto=https;host=evil.example'],
  ])('nothing that the client made up: %s: %s', async (name, value) => {
    const { nginx } = await behind(seen);
    const answer = await getFrom(CLIENT, nginx.url, { host: 'notes.example', [name]: value });
    expect(JSON.parse(answer)).toMatchObject({ client: CLIENT, scheme: 'http', host: 'notes.example' });
  });

  it('the proxy as its client where that is not trusted', async () => {
    const { nginx } = await behind(seen, { trustedProxies: [] });
    const answer = await getFrom(CLIENT, nginx.url, { host: 'notes.example' });
    expect(JSON.parse(answer)).toMatchObject({ client: '127.0.0.1', scheme: 'http' });
  });

  it('the same over a unix socket', async () => {
    const path = join(await folder({}), 'app.sock');
    await serving(seen, { uds: path, trustedProxies: ['unix'] });
    const nginx = await Nginx.start(`unix:${path}`);
    const answer = await getFrom(CLIENT, nginx.url, { host: 'notes.example' });
    expect(JSON.parse(answer)).toMatchObject({ client: CLIENT, scheme: 'http', host: 'notes.example' });
  });

  it('https where the client speaks HTTP/2 over TLS, and itself HTTP/1.1', async () => {
    const { nginx } = await behind(seen);
    const session = connectHTTP2(nginx.secureURL, { ca: nginx.certificate });
    onTestFinished(() => session.destroy());
    const answers = await all(20, async () => {
      const stream = session.request({ ':path': '/', ':authority': 'notes.example' });
      const status = new Promise((resolve) => stream.once('response', (head) => resolve(head[':status'])));
      const body = (await stream.setEncoding('utf8').toArray()).join('');
      return { status: await status, ...JSON.parse(body) };
    });
    expect(session.alpnProtocol).toBe('h2');
    const right = {
      status: 200,
      client: '127.0.0.1',
      scheme: 'https',
      host: 'notes.example',
      httpVersion: '1.1',
    };
    for (const answer of answers) expect(answer).toEqual(right);
  });
});

describe('between nginx and the server', () => {
  it('connections are kept: 400 requests of 8 clients come over no more than these', async () => {
    const ports = new Set<number>();
    const app = http((scope, receive, send) => {
      ports.add(scope.client?.port ?? 0);
      return text('x')(scope, receive, send);
    });
    const { nginx } = await behind(app, { trustedProxies: [] });
    const pool = new Pool(nginx.url, { connections: 8 });
    onTestFinished(() => pool.close());
    await all(8, async () => {
      for (let i = 0; i < 50; i++) await (await pool.request({ path: '/', method: 'GET' })).body.text();
    });
    expect(ports.size).toBeLessThanOrEqual(8);
  });

  it('no request is lost on a connection whose idle time is over: it is nginx that closes', {
    timeout: 60_000,
  }, async () => {
    const { nginx } = await behind(
      text('x'),
      { keepAliveTimeout: 500 },
      { 'keepalive_timeout 60s': 'keepalive_timeout 50ms' },
    );
    const pool = new Pool(nginx.url, { connections: 40 });
    onTestFinished(() => pool.close());
    const statuses: number[] = [];
    for (let round = 0; round < 50; round++) {
      // At the same time, so that all connections have been idle for as long; nginx does not try a POST twice.
      const found = await all(40, async () => {
        const { statusCode, body } = await pool.request({ path: '/', method: 'POST', body: 'x' });
        await body.dump();
        return statusCode;
      });
      statuses.push(...found);
      await pause(35 + (round % 25));
    }
    expect(statuses).toHaveLength(2000);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(nginx.log).toBe('');
  });
});

describe('through nginx', () => {
  it('a large body arrives whole, and from its first byte on', async () => {
    const began = new Gate();
    const app = http(async (scope, receive, send) => {
      const hash = createHash('sha256');
      for (;;) {
        const event = await receive();
        if (event.type !== 'http.request') return;
        began.open();
        hash.update(event.body);
        if (!event.moreBody) break;
      }
      return text(hash.digest('hex'))(scope, receive, send);
    });
    const { nginx } = await behind(app);
    const chunk = Buffer.alloc(1024 * 1024, 'a large body ');
    async function* pieces() {
      yield chunk;
      await began.opened;
      for (let i = 1; i < 24; i++) yield chunk;
    }
    const { body } = await request(nginx.url, { method: 'POST', body: Readable.from(pieces()) });
    const hash = createHash('sha256');
    for (let i = 0; i < 24; i++) hash.update(chunk);
    expect(await body.text()).toBe(hash.digest('hex'));
  });

  it('events arrive as they happen', async () => {
    const gate = new Gate();
    const events = async function* () {
      yield 'first';
      await gate.opened;
      yield 'second';
    };
    const { nginx } = await behind(http((...call) => new EventStreamResponse(events())(...call)));
    const { body } = await request(nginx.url);
    let got = '';
    for await (const chunk of body) {
      got += chunk;
      if (got.includes('data: first\n\n')) gate.open();
    }
    expect(got).toContain('data: second\n\n');
  });

  it.each([
    [413, 'a body that is too long', { method: 'POST', body: 'x'.repeat(2000) }, '/'],
    [414, 'a target that is too long', {}, `/${'x'.repeat(10_000)}`],
    [431, 'a head that is too long', { headers: { a: 'x'.repeat(9000), b: 'x'.repeat(9000) } }, '/'],
  ])('the server itself answers with %i for %s', async (status, _name, options, path) => {
    const { nginx } = await behind(text('x'), { maxBodyBytes: 1000 });
    const { statusCode, body } = await request(nginx.url + path, options);
    expect(statusCode).toBe(status);
    // A page of nginx's is HTML.
    expect(await body.text()).toMatch(/^The .* (too long|longer than \d+ bytes)\.\n$/);
  });

  it('a client that leaves is missed by the app', async () => {
    let isOver = false;
    const app = http(async (_scope, receive, send) => {
      await receive();
      await send({ type: 'http.response.start', status: 200, headers: [['x-accel-buffering', 'no']] });
      await send({ type: 'http.response.body', body: 'first', moreBody: true });
      isOver = (await receive()).type === 'http.disconnect';
    });
    const { nginx } = await behind(app);
    const socket = connect({ port: nginx.port, host: '127.0.0.1' });
    socket.write('GET / HTTP/1.1\r\nHost: notes.example\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    expect(isOver).toBe(false);
    socket.destroy();
    await until(() => isOver);
  });

  it('a WebSocket session runs, and its end has the code of the app', async () => {
    const { server } = await servingUnwatched(
      sessions(async (scope, receive, send) => {
        if (scope.path === '/echo') return echo(scope, receive, send);
        await send({ type: 'websocket.accept' });
        await send({ type: 'websocket.close', code: 4001, reason: scope.scheme });
      }),
      { trustedProxies: ['127.0.0.1'] },
    );
    const nginx = await Nginx.start(`127.0.0.1:${server.port}`);
    const socket = new WebSocket(`ws://127.0.0.1:${nginx.port}/echo`);
    onTestFinished(() => socket.close());
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    for (const message of ['a', 'ä'.repeat(100_000)]) {
      const answer = new Promise((resolve) => {
        socket.onmessage = ({ data }) => resolve(data);
      });
      socket.send(message);
      expect(await answer).toBe(message);
    }
    const dispatcher = new Agent({ connect: { ca: nginx.certificate } });
    const secure = new WebSocket(`wss://127.0.0.1:${nginx.securePort}/`, { dispatcher });
    const { code, reason } = await new Promise<CloseEvent>((resolve) => {
      secure.onclose = resolve as (event: unknown) => void;
    });
    expect({ code, reason }).toEqual({ code: 4001, reason: 'wss' });
  });
});

describe('workers behind nginx', () => {
  it('are replaced without an error of the proxy', { timeout: 60_000 }, async () => {
    const flags = ['--port', '0', '--no-access-log', '--workers', '2', '--keep-alive-timeout', '75s'];
    const command = new Command(['run', join(FIXTURES, 'processes.mjs'), ...flags]);
    const nginx = await Nginx.start((await command.url()).replace('http://', ''));
    const pool = new Pool(nginx.url, { connections: 16 });
    onTestFinished(() => pool.close());
    const statuses: number[] = [];
    const pids = new Set<string>();
    let isOver = false;
    const load = all(16, async (index) => {
      while (!isOver) {
        const method = index % 2 === 0 ? 'POST' : 'GET';
        const { statusCode, body } = await pool.request({ path: '/', method });
        pids.add((await body.text()).split(' ')[0] ?? '');
        statuses.push(statusCode);
      }
    });
    for (let round = 0; round < 2; round++) {
      command.process.kill('SIGHUP');
      await command.next(/All workers have been replaced/);
    }
    isOver = true;
    await load;
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(pids.size).toBe(6);
    expect(nginx.log).toBe('');
  });
});
