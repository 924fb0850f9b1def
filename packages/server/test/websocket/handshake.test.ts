import type { WebSocketScope } from '@pullo/asgi';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Gate, serving, text, until } from '../support/serving.ts';
import { ACCEPTED, echo, frame, handshake, open, sessions, WireSession } from '../support/sessions.ts';
import { ask, head, parse, Wire } from '../support/wire.ts';

const CLOSE = frame(0x88, Buffer.from([0x03, 0xe8]));

describe('an opening handshake', () => {
  it('is answered as RFC 6455 says', async () => {
    const { server } = await serving(sessions(echo));
    const { fields, status } = parse((await WireSession.open(server)).text);
    expect(status).toBe(101);
    expect(fields.get('upgrade')).toBe('websocket');
    expect(fields.get('connection')).toBe('Upgrade');
    expect(fields.get('sec-websocket-accept')).toBe(ACCEPTED);
    expect(fields.has('sec-websocket-protocol') || fields.has('sec-websocket-extensions')).toBe(false);
    expect(fields.get('date')).toMatch(/GMT$/);
  });

  /** Some fields, and the answer; null where it is one. */
  const rows: readonly [title: string, fields: Record<string, string>, status: number][] = [
    ['other cases', { Upgrade: 'WebSocket', Connection: 'keep-alive, upgrade' }, 101],
    ['websocket as one of several protocols', { Upgrade: 'h2c, websocket' }, 101],
    ['no version', { 'Sec-WebSocket-Version': '' }, 426],
    ['version 8', { 'Sec-WebSocket-Version': '8' }, 426],
    ['two versions', { 'Sec-WebSocket-Version': '13, 8' }, 426],
    ['no key', { 'Sec-WebSocket-Key': '' }, 400],
    ['a short key', { 'Sec-WebSocket-Key': 'YWJj' }, 400],
    ['a key that is no base64', { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ=!' }, 400],
    ['two keys', { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' }, 400],
    ['a subprotocol that is no token', { 'Sec-WebSocket-Protocol': 'a b' }, 400],
    ['a subprotocol twice', { 'Sec-WebSocket-Protocol': 'a, b, a' }, 400],
    ['extensions that are none', { 'Sec-WebSocket-Extensions': 'permessage-deflate; =1' }, 400],
    ['endless extensions', { 'Sec-WebSocket-Extensions': 'a,'.repeat(2000) }, 400],
    ['an extension that nobody knows', { 'Sec-WebSocket-Extensions': 'x-own; a="1"; b' }, 101],
    ['a body of no bytes', { 'Content-Length': '0' }, 101],
    ['no Host', { Host: '' }, 400],
    ['a bad Host', { Host: 'a/b' }, 400],
    ['two Hosts', { host: 'b' }, 400],
    ['an expectation', { Expect: 'x' }, 417],
    ['a long field', { 'X-Long': 'x'.repeat(17_000) }, 431],
  ];

  it.each(rows)('with %s', async (_title, fields, status) => {
    const { server } = await serving(sessions(echo));
    const wire = new Wire(server).write(handshake(fields));
    const answer = parse(await wire.until(/\r\n\r\n/));
    expect(answer.status).toBe(status);
    if (status !== 101) expect(answer.fields.get('connection')).toBe('close');
    if (status !== 426) return;
    expect(answer.fields.get('sec-websocket-version')).toBe('13');
    expect(answer.fields.get('upgrade')).toBe('websocket');
  });

  it.each([
    ['with a broken escape', '/a/%zz', 400],
    ['with a fragment', '/a#b', 400],
    ['that is too long', `/${'a'.repeat(9000)}`, 414],
    ['without a slash', 'a', 400],
  ])('for a target %s', async (_title, target, status) => {
    const { server } = await serving(sessions(echo));
    expect(parse(await ask(server, handshake({}, target))).status).toBe(status);
  });

  it.each([
    ['another protocol', handshake({ Upgrade: 'h2c' })],
    ['no Upgrade', handshake({ Upgrade: '' })],
    ['a Connection that does not name it', handshake({ Connection: 'close' })],
    ['another method', handshake().replace('GET', 'DELETE')],
    ['a body', `${handshake({ 'Content-Length': '3' })}abc`],
    ['a body in chunks', `${handshake({ 'Transfer-Encoding': 'chunked' })}0\r\n\r\n`],
    ['HTTP/1.0', handshake().replace('HTTP/1.1', 'HTTP/1.0')],
  ])('that is none, with %s, is a plain request', async (_title, bytes) => {
    const { server } = await serving(sessions(echo), { keepAliveTimeout: 30 });
    const { status, body } = parse(await ask(server, bytes));
    expect([status, body]).toEqual([200, '/']);
  });

  it('with a method that has a body is a plain request that keeps it', async () => {
    const bodies: unknown[] = [];
    const { server } = await serving(async (scope, receive, send) => {
      bodies.push(await receive());
      await text('x')(scope, receive, send);
    });
    await ask(server, `${handshake({ 'Content-Length': '3' }).replace('GET', 'POST')}abc`);
    expect(bodies).toEqual([{ type: 'http.request', body: Buffer.from('abc'), moreBody: false }]);
  });

  it('is a plain request where WebSockets are off', async () => {
    const { server } = await serving(text('plain'), { webSockets: false });
    const { status, body, fields } = parse(await ask(server, handshake()));
    expect([status, body, fields.get('connection')]).toEqual([200, 'plain', 'close']);
  });

  it('waits for its turn behind requests that came before', async () => {
    const gate = new Gate();
    const { server } = await serving(async (scope, receive, send) => {
      if (scope.type === 'websocket') return sessions(echo)(scope, receive, send);
      if (scope.type === 'http' && scope.path === '/slow') await gate.opened;
      await text(`<${'x'.repeat(300_000)}>`)(scope, receive, send);
    });
    const requests = head('GET /slow HTTP/1.1', 'Host: a') + head('GET /b HTTP/1.1', 'Host: a');
    const wire = new Wire(server).write(requests + handshake());
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(wire.text).toBe('');
    gate.open();
    const all = await wire.until(/101 Switching/);
    expect([...all.matchAll(/HTTP\/1\.1 (\d+)|x>/g)].map(([match, status]) => status ?? match)).toEqual([
      ...['200', 'x>', '200', 'x>'],
      '101',
    ]);
    wire.write(frame(0x81, 'hei'));
    await wire.until(/hei$/);
  });

  it('does not come to the app if a request before it closes the connection', async () => {
    const types: string[] = [];
    const { server } = await serving((scope, receive, send) => {
      types.push(scope.type);
      return text('bye', [['connection', 'close']])(scope, receive, send);
    });
    const answer = await ask(server, head('GET / HTTP/1.1', 'Host: a') + handshake());
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(types).toEqual(['http']);
  });

  it('may have the first frames right behind it', async () => {
    const { server } = await serving(sessions(echo));
    const wire = new WireSession(server);
    wire.write(Buffer.concat([Buffer.from(handshake()), frame(0x81, 'early')]));
    await wire.until(/early/);
    wire.write(CLOSE);
    expect(await wire.allFrames()).toEqual(['text early', 'close 1000']);
  });

  it('in bytes that come one by one is the same', async () => {
    const { server } = await serving(sessions(echo));
    const wire = new WireSession(server);
    wire.socket.setNoDelay();
    for (const byte of Buffer.concat([Buffer.from(handshake()), frame(0x81, 'hei')])) {
      wire.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await wire.until(/hei/);
    wire.write(CLOSE);
    expect(await wire.allFrames()).toEqual(['text hei', 'close 1000']);
  });

  it('that the client gives up is over for the app', async () => {
    const seen: unknown[] = [];
    const { server, logger } = await serving(
      sessions(async (scope, receive, send) => {
        seen.push(await receive(), scope.exchange.signal.aborted);
        await send({ type: 'websocket.accept' })?.catch((error) => seen.push(error.code));
      }),
    );
    const wire = new Wire(server).write(handshake());
    await new Promise((resolve) => setTimeout(resolve, 20));
    wire.socket.destroy();
    await until(() => seen.length === 3);
    const disconnect = { type: 'websocket.disconnect', code: 1006, reason: '' };
    expect(seen).toEqual([disconnect, true, 'ERR_CLIENT_DISCONNECTED']);
    expect(logger.errors).toEqual([]);
  });

  it('does not run into the time-outs of requests', async () => {
    const options = { keepAliveTimeout: 30, idleTimeout: 30, requestTimeout: 60, headersTimeout: 60 };
    const { server } = await serving(
      sessions(async (scope, receive, send) => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        await echo(scope, receive, send);
      }),
      options,
    );
    const session = await open(server);
    await new Promise((resolve) => setTimeout(resolve, 200));
    session.send('still');
    expect(await session.receive()).toBe('still');
  });
});

describe('the scope of a session', () => {
  it('is that of its request, with what the contract adds', async () => {
    const scopes: WebSocketScope[] = [];
    const { server } = await serving(
      (scope, receive, send) => {
        if (scope.type === 'websocket') scopes.push(scope);
        return sessions(echo)(scope, receive, send);
      },
      { rootPath: '/api' },
    );
    await open(server, '/a/%7Eb?x=%20', { subprotocols: ['v2', 'v1'], headers: { 'X-Own': 'yes' } });
    const [scope] = scopes;
    expect(scope).toMatchObject({
      type: 'websocket',
      asgi: { version: '3.0', specVersion: '2.5' },
      httpVersion: '1.1',
      scheme: 'ws',
      path: '/api/a/~b',
      rawPath: '/a/%7Eb',
      queryString: 'x=%20',
      rootPath: '/api',
      client: { host: '127.0.0.1' },
      server: { host: '127.0.0.1', port: server.port },
      state: {},
      subprotocols: ['v2', 'v1'],
      extensions: { 'websocket.http.response': {} },
    });
    expect(scope).not.toHaveProperty('method');
    expect([...(scope?.headers ?? [])]).toContainEqual(['x-own', 'yes']);
  });

  it('is wss behind a proxy that says https', async () => {
    const scopes: WebSocketScope[] = [];
    const { server } = await serving(
      sessions((scope, receive, send) => {
        scopes.push(scope);
        return echo(scope, receive, send);
      }),
      { trustedProxies: ['127.0.0.1'] },
    );
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };
    await open(server, '/', { headers });
    expect(scopes[0]).toMatchObject({ scheme: 'wss', client: { host: '203.0.113.7' } });
  });
});

describe('websocket.accept', () => {
  it('chooses a subprotocol, and has fields of the app’s', async () => {
    const { server } = await serving(
      sessions(async (_scope, receive, send) => {
        const headers: [string, string][] = [
          ['Set-Cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['X-Name', 'Ä'],
          ['Connection', 'close'],
          ['Content-Length', '5'],
        ];
        send({ type: 'websocket.accept', subprotocol: 'v1', headers });
        await receive();
      }),
      { headers: ['X-Default: 1', 'X-Name: no'] },
    );
    const wire = await WireSession.open(server, { 'Sec-WebSocket-Protocol': 'v2, v1' });
    const { fields } = parse(wire.text);
    expect(fields.get('sec-websocket-protocol')).toBe('v1');
    expect(fields.get('set-cookie')).toBe('a=1, b=2');
    expect(fields.get('x-name')).toBe('Ä');
    expect(fields.get('x-default')).toBe('1');
    expect(fields.get('connection')).toBe('Upgrade');
    expect(fields.has('content-length')).toBe(false);
  });
});

describe('permessage-deflate', () => {
  const long = 'hei '.repeat(2000);

  async function talk(url: string): Promise<{ extensions: string; bytes: number }> {
    const socket = new WebSocket(url.replace('http', 'ws'), { perMessageDeflate: true });
    const bytes = await new Promise<number>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => socket.send(long));
      socket.on('message', (data) => {
        expect(data.toString()).toBe(long);
        resolve((socket as unknown as { _socket: { bytesRead: number } })._socket.bytesRead);
      });
    });
    const { extensions } = socket;
    socket.close();
    return { extensions, bytes };
  }

  it('is not agreed on by default', async () => {
    const { server } = await serving(sessions(echo));
    expect((await talk(server.url)).extensions).toBe('');
  });

  it('is where the option says so, and keeps nothing between two messages', async () => {
    const { server } = await serving(sessions(echo), { wsPerMessageDeflate: true });
    const { extensions, bytes } = await talk(server.url);
    expect(extensions).toBe('permessage-deflate');
    expect(bytes).toBeLessThan(1000);
    const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
    const answer = parse((await WireSession.open(server, offer)).text).fields.get('sec-websocket-extensions');
    expect(answer).toContain('server_no_context_takeover');
    expect(answer).toContain('client_no_context_takeover');
  });

  it('is declined where the client asks for more than can be had', async () => {
    const { server } = await serving(sessions(echo), { wsPerMessageDeflate: true });
    const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=99' };
    const wire = await WireSession.open(server, offer);
    expect(parse(wire.text).fields.has('sec-websocket-extensions')).toBe(false);
    wire.write(frame(0x81, 'hei')).write(CLOSE);
    expect(await wire.allFrames()).toEqual(['text hei', 'close 1000']);
  });

  it('does not let a small frame become a long message', async () => {
    const { server } = await serving(sessions(echo), {
      wsPerMessageDeflate: true,
      wsMaxMessageBytes: 10_000,
    });
    const socket = new WebSocket(server.url.replace('http', 'ws'), { perMessageDeflate: true });
    socket.on('open', () => socket.send('a'.repeat(10_001)));
    const code = await new Promise((resolve) => socket.on('close', resolve));
    expect(code).toBe(1009);
  });
});
