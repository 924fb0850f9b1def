import { describe, expect, it } from 'vitest';
import { Gate, MemoryLogger, serving, until } from '../support/serving.ts';
import { denial, echo, frame, handshake, open, sessions, WireSession } from '../support/sessions.ts';
import { Wire } from '../support/wire.ts';

describe('a server that stops', () => {
  it('closes its sessions with 1012, and waits for them and their apps', async () => {
    const seen: unknown[] = [];
    const gate = new Gate();
    const { server } = await serving(
      sessions(async (scope, receive, send) => {
        send({ type: 'websocket.accept' });
        const { signal } = scope.exchange;
        seen.push(await receive(), signal.aborted, signal.reason.code);
        seen.push(await send({ type: 'websocket.send', text: 'late' })?.catch((error) => error.code));
        await gate.opened;
        seen.push('saved');
      }),
      { gracefulTimeout: 5000 },
    );
    const session = await open(server);
    const closed = server.close();
    expect(await session.closed).toEqual({ code: 1012, reason: '' });
    await until(() => seen.length === 4);
    gate.open();
    await closed;
    expect(seen).toEqual([
      { type: 'websocket.disconnect', code: 1012, reason: '' },
      true,
      'ERR_SERVER_SHUTDOWN',
      'ERR_CLIENT_DISCONNECTED',
      'saved',
    ]);
    expect((await server.closed).cut).toBe(0);
  });

  it('lets an app say goodbye in its own words when the signal tells it', async () => {
    const { server, logger } = await serving(
      sessions(async (scope, _receive, send) => {
        send({ type: 'websocket.accept' });
        await new Promise((resolve) => scope.exchange.signal.addEventListener('abort', resolve));
        send({ type: 'websocket.send', text: 'moving house' });
        send({ type: 'websocket.close', code: 1001 });
      }),
      { gracefulTimeout: 5000 },
    );
    const session = await open(server);
    void server.close();
    expect(await session.receive()).toBe('moving house');
    expect((await session.closed).code).toBe(1001);
    expect(logger.errors).toEqual([]);
  });

  it('takes it for no error that an app throws what the signal was aborted with', async () => {
    const { server, logger } = await serving(
      sessions(async (scope, _receive, send) => {
        send({ type: 'websocket.accept' });
        const { signal } = scope.exchange;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        signal.throwIfAborted();
      }),
      { gracefulTimeout: 5000 },
    );
    const session = await open(server);
    void server.close();
    expect((await session.closed).code).toBe(1012);
    await server.closed;
    expect(logger.errors).toEqual([]);
  });

  it('cuts sessions that do not end in time, and counts them', async () => {
    const { server } = await serving(sessions(echo), { gracefulTimeout: 100 });
    const silent = await WireSession.open(server);
    await server.close();
    expect(await silent.allFrames()).toEqual(['close 1012']);
    expect((await server.closed).cut).toBe(1);
  });

  it('refuses a handshake that no app has answered yet, and one that comes then', async () => {
    const seen: unknown[] = [];
    const gate = new Gate();
    let calls = 0;
    const { server } = await serving(
      async (scope, receive, send) => {
        calls++;
        if (scope.type === 'http') {
          await gate.opened;
          send({ type: 'http.response.start', status: 200 });
          send({ type: 'http.response.body' });
        } else {
          await receive();
          seen.push(await receive());
          await send({ type: 'websocket.accept' })?.catch((error) => seen.push(error.code));
        }
      },
      { gracefulTimeout: 5000 },
    );
    const refused = denial(server);
    const late = new Wire(server).write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => calls === 2);
    void server.close();
    expect((await refused).status).toBe(503);
    expect(seen).toEqual([
      { type: 'websocket.disconnect', code: 1006, reason: '' },
      'ERR_CLIENT_DISCONNECTED',
    ]);
    late.write(handshake());
    gate.open();
    expect((await late.all()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    await server.closed;
  });
});

describe('limits of the server', () => {
  it('limitConcurrency counts sessions', async () => {
    const { server } = await serving(sessions(echo), { limitConcurrency: 2 });
    const [first] = await Promise.all([open(server), open(server)]);
    const refused = await denial(server);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    await first.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await open(server);
  });

  it('maxRequests counts handshakes, and the session is closed then as on any stop', async () => {
    const { server } = await serving(sessions(echo), { maxRequests: 2, gracefulTimeout: 5000 });
    const [first, second] = [await open(server), await open(server)];
    expect([(await first.closed).code, (await second.closed).code]).toEqual([1012, 1012]);
    await server.closed;
  });
});

describe('the access log', () => {
  const app = sessions(async (scope, receive, send) => {
    if (scope.path === '/no') return void send({ type: 'websocket.close' });
    send({ type: 'websocket.accept', headers: [['X-Request-Id', 'r1']] });
    await send({ type: 'websocket.send', text: 'hä' });
    await receive();
  });

  it('has a line for each handshake', async () => {
    const { server, logger } = await serving(app);
    await (await open(server, '/a?b')).close();
    await denial(server, '/no');
    const record = { method: 'GET', httpVersion: '1.1', protocol: 'websocket', client: expect.any(String) };
    expect(logger.accesses).toEqual([
      { ...record, target: '/a?b', status: 101 },
      { ...record, target: '/no', status: 403 },
    ]);
  });

  it('may have one for each session when it has ended', async () => {
    const { server, logger } = await serving(app, { accessLogFormat: 'json' });
    await (await open(server, '/a', { headers: { 'User-Agent': 'test' } })).close(3000);
    (await open(server, '/b')).terminate();
    await denial(server, '/no');
    await until(() => logger.accesses.length === 3);
    const details = logger.accesses.map(({ status, detail }) => ({ status, ...detail, duration: 0 }));
    const detail = { duration: 0, bytes: 3, requestId: 'r1', userAgent: null };
    expect(details).toEqual([
      { ...detail, status: 101, isComplete: true, userAgent: 'test', closeCode: 3000 },
      { ...detail, status: 101, isComplete: false, closeCode: 1006 },
      { ...detail, status: 403, isComplete: true, bytes: 0, requestId: null },
    ]);
  });

  it('of a server without one is empty', async () => {
    const { server, logger } = await serving(app, { accessLog: false, accessLogFormat: 'json' });
    await (await open(server)).close();
    expect(logger.accesses).toEqual([]);
  });

  it('has what the server has refused at debug', async () => {
    const logger = new MemoryLogger();
    const { server } = await serving(app, { logger });
    const wire = new Wire(server).write(handshake({ 'Sec-WebSocket-Key': '' }));
    await wire.all();
    const broken = await WireSession.open(server);
    broken.write(frame(0xff));
    await broken.ended;
    const lines = logger.lines
      .filter(({ level }) => level === 'debug')
      .map(({ message }) => message.replace(/^\S+/, '*'));
    expect(lines).toEqual([
      '* - refused with 400: The Sec-WebSocket-Key is not valid.',
      '* - broke the WebSocket protocol: Invalid WebSocket frame: RSV2 and RSV3 must be clear',
    ]);
  });
});
