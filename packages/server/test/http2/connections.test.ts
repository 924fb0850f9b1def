import { connect as connectHTTP2, constants } from 'node:http2';
import { type App, ClientDisconnected, type HTTPScope, ServerShutdown } from '@pullo/asgi';
import { describe, expect, it } from 'vitest';
import { SECURED, TRUSTING } from '../support/certificates.ts';
import { FRAME, Frames, field, frame, GET_HEADERS, word } from '../support/frames.ts';
import { answerOf, ask, connected, request } from '../support/http2.ts';
import { Gate, serving, text, until } from '../support/serving.ts';

const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_NO_ERROR } = constants;

/** An app that answers once a gate is open. */
function gated(body = 'whole'): { gate: Gate; app: App; calls: () => number; signals: AbortSignal[] } {
  const gate = new Gate();
  const signals: AbortSignal[] = [];
  let calls = 0;
  const app: App = async (scope, receive, send) => {
    calls++;
    signals.push((scope as HTTPScope).exchange.signal);
    await gate.opened;
    await text(body)(scope, receive, send);
  };
  return { gate, app, calls: () => calls, signals };
}

describe('a connection in HTTP/2', () => {
  it('tells its limits', async () => {
    const { server } = await serving(text('x'), { ...SECURED, http2MaxStreams: 7 });
    const session = connected(server);
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    expect(session.remoteSettings).toMatchObject({ maxConcurrentStreams: 7, enableConnectProtocol: false });
    expect(session.remoteSettings.maxHeaderListSize).toBeGreaterThanOrEqual(16_384);
  });

  it('ends with a GOAWAY once it has been idle for keepAliveTimeout', async () => {
    const { server } = await serving(text('x'), { ...SECURED, keepAliveTimeout: 100 });
    const session = connected(server);
    const goaway = new Promise((resolve) => session.once('goaway', resolve));
    expect((await ask(session)).status).toBe(200);
    expect(await goaway).toBe(NGHTTP2_NO_ERROR);
    await new Promise((resolve) => (session.closed ? resolve(null) : session.once('close', resolve)));
  });

  it('that asks nothing ends after headersTimeout', async () => {
    const { server } = await serving(text('x'), { ...SECURED, headersTimeout: 100 });
    const silent = new Frames(server, '');
    const greeting = new Frames(server);
    await Promise.all([silent.ended, greeting.ended]);
  });

  it.each([
    ['small', 10],
    ['large', 1_000_000],
  ])('that has broken the protocol ends also if it stays for a %s response', async (_size, size) => {
    const { app, gate, calls } = gated('x'.repeat(size));
    const { server } = await serving(app, { ...SECURED, idleTimeout: 100, keepAliveTimeout: 100 });
    const client = new Frames(server).send(frame(FRAME.headers, 5, 1, GET_HEADERS));
    await until(() => calls() === 1);
    // The window of the connection is opened by nothing: nghttp2 says GOAWAY, and nothing more.
    client.send(frame(FRAME.window, 0, 0, word(0)));
    await until(() => client.goaway !== null);
    gate.open();
    await client.ended;
  });

  it('does not end while an exchange runs', async () => {
    const { app, gate } = gated();
    const { server } = await serving(app, { ...SECURED, keepAliveTimeout: 50, headersTimeout: 50 });
    const session = connected(server);
    const answer = ask(session);
    await new Promise((resolve) => setTimeout(resolve, 200));
    gate.open();
    expect((await answer).body).toBe('whole');
  });
});

describe('close of a server with HTTP/2', () => {
  it('lets what runs be answered, and takes nothing more', async () => {
    const { app, gate, calls, signals } = gated();
    const { server } = await serving(app, { ...SECURED, gracefulTimeout: 5000 });
    const session = connected(server);
    const idle = connected(server);
    await new Promise((resolve) => idle.once('connect', resolve));
    const answers = [ask(session, { ':path': '/1' }), ask(session, { ':path': '/2' })];
    await until(() => calls() === 2);
    const goaway = new Promise((resolve) => session.once('goaway', resolve));
    const closed = server.close();
    await goaway;
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    gate.open();
    expect((await Promise.all(answers)).map(({ body }) => body)).toEqual(['whole', 'whole']);
    await closed;
    expect((await server.closed).cut).toBe(0);
  });

  it('tells streams by their signal', async () => {
    const { server } = await serving(
      async (scope, _receive, send) => {
        const { signal } = (scope as HTTPScope).exchange;
        send({ type: 'http.response.start', status: 200 });
        await send({ type: 'http.response.body', body: 'hello ', moreBody: true });
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await send({ type: 'http.response.body', body: signal.reason.name });
      },
      { ...SECURED, gracefulTimeout: 5000 },
    );
    const stream = request(connected(server));
    const answer = answerOf(stream);
    await new Promise((resolve) => stream.once('data', resolve));
    await server.close();
    expect((await answer).body).toBe('hello ServerShutdown');
  });

  it('cuts what is not done after gracefulTimeout', async () => {
    const { app, calls, signals } = gated();
    const { server } = await serving(app, { ...SECURED, gracefulTimeout: 50 });
    const answer = ask(connected(server));
    await until(() => calls() === 1);
    await server.close();
    expect((await answer).status).toBe(0);
    expect(signals[0]?.reason).toBeInstanceOf(ServerShutdown);
    expect((await server.closed).cut).toBe(1);
  });
});

describe('a client that abuses HTTP/2', () => {
  it('gets no more than http2MaxStreams exchanges at a time', async () => {
    const { app, gate, calls } = gated();
    const { server } = await serving(app, { ...SECURED, http2MaxStreams: 5 });
    const frames = new Frames(server);
    await frames.greeted;
    for (let id = 1; id < 40; id += 2) frames.send(frame(FRAME.headers, 0x5, id, GET_HEADERS));
    await until(() => frames.count(FRAME.rst) >= 15);
    expect(calls()).toBe(5);
    gate.open();
    await until(() => frames.count(FRAME.data) >= 5);
  });

  it('that takes its requests back as fast as it sends them is cut off (CVE-2023-44487)', async () => {
    const { app, calls } = gated();
    const { server, logger } = await serving(app, SECURED);
    const frames = new Frames(server);
    await frames.greeted;
    const cancel = Buffer.from([0, 0, 0, 8]);
    for (let id = 1; id < 2000 && !frames.hasEnded; id += 2) {
      frames.send(
        Buffer.concat([frame(FRAME.headers, 0x5, id, GET_HEADERS), frame(FRAME.rst, 0, id, cancel)]),
      );
      if (id % 20 === 1) await new Promise((resolve) => setImmediate(resolve));
    }
    await frames.ended;
    expect(frames.goaway).toBe(NGHTTP2_ENHANCE_YOUR_CALM);
    expect(calls()).toBeLessThan(400);
    expect(logger.messages.filter((message) => /takes back too many requests/.test(message))).toHaveLength(1);
  });

  it.each<[string, (id: number) => Buffer]>([
    ['opens their windows by nothing', (id) => frame(FRAME.window, 0, id, word(0))],
    ['opens their windows too far', (id) => frame(FRAME.window, 0, id, word(0x7fff_ffff))],
    ['sends a body longer than was said', (id) => frame(FRAME.data, 0, id, Buffer.alloc(8))],
    [
      'sends a body after its end',
      (id) => Buffer.concat([frame(FRAME.data, 1, id), frame(FRAME.data, 0, id)]),
    ],
  ])(
    'that makes the server take its requests back, as it %s, is cut off (CVE-2025-8671)',
    async (_name, mistake) => {
      const { app, calls } = gated();
      const { server } = await serving(app, {
        ...SECURED,
        headersTimeout: 500,
        idleTimeout: 500,
        gracefulTimeout: 0,
      });
      const frames = new Frames(server);
      await frames.greeted;
      const head = Buffer.concat([
        Buffer.from([0x83]),
        GET_HEADERS.subarray(1),
        field('content-length', '4'),
      ]);
      for (let id = 1; id < 3000 && !frames.hasEnded; id += 2) {
        frames.send(Buffer.concat([frame(FRAME.headers, 0x4, id, head), mistake(id)]));
        if (id % 20 === 1) await new Promise((resolve) => setImmediate(resolve));
      }
      await until(() => frames.goaway !== null || frames.hasEnded);
      expect(calls()).toBeLessThan(400);
    },
  );

  it('may take some back', async () => {
    const { app, gate } = gated();
    const { server } = await serving(app, SECURED);
    const session = connected(server);
    for (let i = 0; i < 90; i++) {
      const stream = request(session);
      await new Promise((resolve) => setImmediate(resolve));
      stream.close(constants.NGHTTP2_CANCEL);
    }
    gate.open();
    expect((await ask(session)).body).toBe('whole');
  });

  it.each<[string, (frames: Frames) => void]>([
    [
      'a head without an end (CONTINUATION)',
      (frames) => {
        frames.send(frame(FRAME.headers, 0x1, 1, GET_HEADERS));
        const more = Buffer.concat([
          Buffer.from([0, 3]),
          Buffer.from('x-a'),
          Buffer.from([1]),
          Buffer.from('b'),
        ]);
        for (let i = 0; i < 20_000; i++) frames.send(frame(FRAME.continuation, 0, 1, more));
      },
    ],
    [
      'settings without an end',
      (frames) => {
        for (let i = 0; i < 20_000; i++) frames.send(frame(FRAME.settings, 0, 0));
      },
    ],
    [
      'pings without an end',
      (frames) => {
        for (let i = 0; i < 20_000; i++) frames.send(frame(FRAME.ping, 0, 0, Buffer.alloc(8)));
      },
    ],
    [
      'a body without an end or content',
      (frames) => {
        frames.send(
          frame(FRAME.headers, 0x4, 1, Buffer.concat([Buffer.from([0x83]), GET_HEADERS.subarray(1)])),
        );
        for (let i = 0; i < 20_000; i++) frames.send(frame(FRAME.data, 0, 1));
      },
    ],
    [
      'priorities without an end',
      (frames) => {
        for (let i = 0; i < 20_000; i++) frames.send(frame(FRAME.priority, 0, 2 * i + 1, Buffer.alloc(5)));
      },
    ],
    [
      'windows without an end',
      (frames) => {
        for (let i = 0; i < 20_000; i++) frames.send(frame(FRAME.window, 0, 0, word(1)));
      },
    ],
    [
      'frames of a type that nobody knows, without an end',
      (frames) => {
        for (let i = 0; i < 20_000; i++) frames.send(frame(99, 0, 0, Buffer.alloc(8)));
      },
    ],
    [
      'frames that are not valid',
      (frames) => {
        for (let i = 0; i < 2000; i++) frames.send(frame(FRAME.data, 0, 2 * i + 1, Buffer.alloc(8)));
      },
    ],
    ['a frame that is too long', (frames) => frames.send(frame(FRAME.headers, 0x5, 1, Buffer.alloc(60_000)))],
    ['bytes that are no frames', (frames) => frames.send(Buffer.alloc(1000, 0xff))],
  ])('sends %s and is cut off, or answered, and nobody else hears of it', async (_name, attack) => {
    const limits = { headersTimeout: 500, keepAliveTimeout: 2000 };
    const { server, logger } = await serving(text('x'), { ...SECURED, ...limits });
    const other = connected(server);
    expect((await ask(other)).body).toBe('x');
    const frames = new Frames(server);
    frames.pause();
    await new Promise((resolve) => setTimeout(resolve, 20));
    attack(frames);
    await new Promise((resolve) => setTimeout(resolve, 100));
    frames.resume();
    expect((await ask(other)).body).toBe('x');
    await frames.ended;
    expect((await ask(connected(server))).body).toBe('x');
    expect(logger.errors).toEqual([]);
  });

  it('sends a head that unpacks to many times its size, and gets 431 or a reset', async () => {
    const { server } = await serving(text('x'), SECURED);
    const session = connected(server);
    const headers: Record<string, string[]> = {
      'x-bomb': Array.from({ length: 1000 }, () => 'a'.repeat(1000)),
    };
    const { status, code } = await ask(session, headers);
    expect(status === 431 || code !== 0 || session.destroyed).toBe(true);
    expect((await ask(connected(server))).body).toBe('x');
  });

  it.each([
    ['without an error', 0],
    ['with CANCEL', 8],
  ])('resets its stream in the middle of a body %s: half a body is never whole', async (_name, code) => {
    const events: unknown[] = [];
    let reason: unknown;
    const { server, logger } = await serving(async (scope, receive) => {
      const { signal } = (scope as HTTPScope).exchange;
      for (;;) {
        const event = await receive();
        events.push(event.type === 'http.request' ? event.moreBody : event.type);
        if (event.type !== 'http.request' || !event.moreBody) break;
      }
      reason = signal.reason;
    }, SECURED);
    const frames = new Frames(server);
    await frames.greeted;
    frames.send(frame(FRAME.headers, 0x4, 1, GET_HEADERS)).send(frame(FRAME.data, 0, 1, Buffer.from('abc')));
    await until(() => events.length === 1);
    frames.send(frame(FRAME.rst, 0, 1, Buffer.from([0, 0, 0, code])));
    await until(() => events.length === 2);
    expect(events).toEqual([true, 'http.disconnect']);
    expect(reason).toBeInstanceOf(ClientDisconnected);
    expect(logger.errors).toEqual([]);
  });

  it('comes and goes two hundred times, and leaves nothing open', async () => {
    const { server } = await serving(text('x'), { ...SECURED, gracefulTimeout: 5000 });
    for (let i = 0; i < 200; i++) {
      const session = connectHTTP2(server.url, { ca: TRUSTING.ca });
      session.on('error', () => {});
      if (i % 2 === 0) await ask(session);
      else await new Promise((resolve) => session.once('connect', resolve));
      session.destroy();
    }
    const started = Date.now();
    await server.close();
    expect(Date.now() - started).toBeLessThan(1500);
  });
});
