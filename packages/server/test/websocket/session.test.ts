import { type ContractViolation, HeaderList, type SendEvent, UnsupportedScope } from '@pullo/asgi';
import { describe, expect, it } from 'vitest';
import { serving, servingUnwatched, until } from '../support/serving.ts';
import { denial, echo, frame, handshake, open, sessions, WireSession } from '../support/sessions.ts';
import { Wire } from '../support/wire.ts';

const LOST = { type: 'websocket.disconnect', code: 1006, reason: '' };

/** An event that the types do not allow. */
const wrong = (event: object): SendEvent => event as SendEvent;

describe('a session', () => {
  it('takes texts and bytes of any length both ways', async () => {
    const { server, logger } = await serving(sessions(echo));
    const session = await open(server);
    for (const size of [0, 1, 125, 126, 65_535, 65_536, 300_000]) {
      session.send('ä'.repeat(size));
      session.send(new Uint8Array(size).fill(7));
      expect(await session.receiveText()).toBe('ä'.repeat(size));
      expect((await session.receiveBytes()).every((byte) => byte === 7)).toBe(true);
    }
    await session.close();
    expect(logger.errors).toEqual([]);
  });

  it('begins with websocket.connect, and ends with the same disconnect every time', async () => {
    const seen: unknown[] = [];
    const { server } = await serving(async (scope, receive, send) => {
      if (scope.type !== 'websocket') return;
      seen.push(await receive());
      send({ type: 'websocket.accept' });
      for (let i = 0; i < 4; i++) seen.push(await receive());
    });
    const session = await open(server);
    session.send('hä');
    session.send(new Uint8Array([1]));
    await session.close(3000, 'dös');
    await until(() => seen.length === 5);
    const disconnect = { type: 'websocket.disconnect', code: 3000, reason: 'dös' };
    expect(seen).toEqual([
      { type: 'websocket.connect' },
      { type: 'websocket.receive', text: 'hä', bytes: null },
      { type: 'websocket.receive', text: null, bytes: new Uint8Array([1]) },
      disconnect,
      disconnect,
    ]);
  });

  it('gives the messages to those who wait for them in their order', async () => {
    const seen: unknown[] = [];
    const { server } = await serving(
      sessions(async (_scope, receive, send) => {
        send({ type: 'websocket.accept' });
        const events = await Promise.all([receive(), receive(), receive()]);
        seen.push(...events.map((event) => ('text' in event ? event.text : event.type)));
      }),
    );
    const session = await open(server);
    for (const text of ['1', '2', '3']) session.send(text);
    await session.closed;
    expect(seen).toEqual(['1', '2', '3']);
  });

  it('may be accepted without waiting for websocket.connect, and with a field that is not known', async () => {
    const { server } = await serving(async (scope, _receive, send) => {
      if (scope.type !== 'websocket') return;
      send(wrong({ type: 'websocket.accept', own: 1 }));
      send(wrong({ type: 'websocket.send', text: 'hei', bytes: null, own: 1 }));
    });
    expect(await (await open(server)).receive()).toBe('hei');
  });

  it.each([
    ['a list of pairs', [['X-A', '1']]],
    ['a HeaderList', new HeaderList([['X-A', '1']])],
    [
      'a generator',
      (function* () {
        yield ['X-A', '1'] as const;
      })(),
    ],
  ])('takes the fields of the answer as %s', async (_title, headers) => {
    const { server } = await servingUnwatched(
      sessions(async (_scope, receive, send) => {
        send(wrong({ type: 'websocket.accept', headers }));
        await receive();
      }),
    );
    expect((await open(server)).headers.get('x-a')).toBe('1');
  });

  it('has a scope and a state of its own', async () => {
    const states: Record<string, unknown>[] = [];
    const shared = { count: 0 };
    const { server } = await serving(
      async (scope, receive, send) => {
        if (scope.type === 'lifespan') {
          await receive();
          scope.state.shared = shared;
          send({ type: 'lifespan.startup.complete' });
          await receive();
          send({ type: 'lifespan.shutdown.complete' });
          return;
        }
        states.push(scope.state);
        await sessions(echo)(scope, receive, send);
      },
      { lifespan: 'on' },
    );
    await open(server);
    await open(server);
    expect(states).toEqual([{ shared }, { shared }]);
    expect(states[0]).not.toBe(states[1]);
    expect(states[0]?.shared).toBe(shared);
  });
});

describe('the end of a session', () => {
  /** How the client ends it, and what the app is told. */
  const ends: readonly [title: string, bytes: Buffer | null, code: number, reason: string][] = [
    ['a close without a code', frame(0x88), 1005, ''],
    ['a close with a code', frame(0x88, Buffer.from([0x0f, 0xa0])), 4000, ''],
    ['a close with a reason', frame(0x88, Buffer.from('\x03\xe8bye', 'latin1')), 1000, 'bye'],
    ['the end of the connection', null, 1006, ''],
  ];

  it.each(ends)('by %s', async (_title, bytes, code, reason) => {
    const seen: unknown[] = [];
    const { server, logger } = await serving(
      sessions(async (scope, receive, send) => {
        send({ type: 'websocket.accept' });
        const { signal } = scope.exchange;
        seen.push(signal.aborted, await receive(), signal.aborted, signal.reason.code);
        seen.push(await send({ type: 'websocket.send', text: 'late' })?.catch((error) => error.code));
        await send({ type: 'websocket.close' });
      }),
    );
    const wire = await WireSession.open(server);
    if (bytes === null) wire.socket.destroy();
    else wire.write(bytes);
    await until(() => seen.length === 5);
    const event = { type: 'websocket.disconnect', code, reason };
    const gone = 'ERR_CLIENT_DISCONNECTED';
    expect(seen).toEqual([false, event, true, gone, gone]);
    if (bytes !== null)
      expect(await wire.allFrames()).toEqual([`close ${code === 1005 ? '' : code} ${reason}`.trim()]);
    expect(logger.errors).toEqual([]);
  });

  it('comes after the messages before it', async () => {
    const seen: unknown[] = [];
    const { server } = await serving(
      sessions(async (_scope, receive, send) => {
        send({ type: 'websocket.accept' });
        await new Promise((resolve) => setTimeout(resolve, 50));
        for (let i = 0; i < 4; i++) {
          const event = await receive();
          seen.push('text' in event ? event.text : event.type);
        }
      }),
    );
    const wire = await WireSession.open(server);
    wire.socket.end(Buffer.concat([frame(0x81, 'a'), frame(0x81, 'b'), frame(0x81, 'c')]));
    await until(() => seen.length === 4);
    expect(seen).toEqual(['a', 'b', 'c', 'websocket.disconnect']);
  });

  it.each([
    [{}, 1000, ''],
    [{ code: 4001, reason: 'token expired ☃' }, 4001, 'token expired ☃'],
  ])('by the app: %o', async (close, code, reason) => {
    const seen: unknown[] = [];
    const { server } = await serving(
      sessions(async (_scope, receive, send) => {
        send({ type: 'websocket.accept' });
        send({ type: 'websocket.close', ...close });
        seen.push(await receive(), await receive());
      }),
    );
    const wire = await WireSession.open(server);
    await until(() => wire.frames.length === 1);
    // What the client sends before it answers still arrives.
    wire.write(Buffer.concat([frame(0x81, 'last words'), frame(0x88, Buffer.from([code >> 8, code & 255]))]));
    await wire.ended;
    await until(() => seen.length === 2);
    expect(Buffer.from(wire.frames[0] ?? '').toString()).toBe(`close ${code} ${reason}`.trim());
    expect(seen).toEqual([
      { type: 'websocket.receive', text: 'last words', bytes: null },
      { type: 'websocket.disconnect', code, reason: '' },
    ]);
  });

  it('of an app that just returns is 1000', async () => {
    const { server, logger } = await serving(
      sessions(async (_scope, _receive, send) => void send({ type: 'websocket.accept' })),
    );
    expect(await (await open(server)).closed).toEqual({ code: 1000, reason: '' });
    expect(logger.errors).toEqual([]);
  });

  it('of an app that returns comes soon, however much the client still sends', async () => {
    const { server } = await serving(
      sessions(async (_scope, _receive, send) => {
        send({ type: 'websocket.accept' });
        await new Promise((resolve) => setTimeout(resolve, 100));
      }),
    );
    const session = await open(server);
    const began = performance.now();
    for (let i = 0; i < 100; i++) session.send(new Uint8Array(100_000));
    expect((await session.closed).code).toBe(1000);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('comes after all that the app has sent, though it did not wait for it', async () => {
    const { server } = await serving(
      sessions((_scope, _receive, send) => {
        send({ type: 'websocket.accept' });
        for (let i = 0; i < 100; i++) void send({ type: 'websocket.send', bytes: new Uint8Array(100_000) });
        send({ type: 'websocket.close', code: 3000 });
      }),
    );
    const session = await open(server);
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (let i = 0; i < 100; i++) expect(await session.receiveBytes()).toHaveLength(100_000);
    expect((await session.closed).code).toBe(3000);
  });

  it('of an app that throws is 1011, and what it threw is logged once', async () => {
    const failure = new Error('oh no');
    const { server, logger } = await serving(
      sessions(async (_scope, _receive, send) => {
        send({ type: 'websocket.accept' });
        throw failure;
      }),
    );
    expect(await (await open(server)).closed).toEqual({ code: 1011, reason: '' });
    expect(logger.errors).toEqual([failure]);
  });

  it('is not the end of the app’s background work, whose failure is logged', async () => {
    const failure = new Error('later');
    const { server, logger } = await serving(
      sessions(async (_scope, _receive, send) => {
        send({ type: 'websocket.accept' });
        send({ type: 'websocket.close' });
        await new Promise((resolve) => setTimeout(resolve, 30));
        throw failure;
      }),
    );
    await (await open(server)).closed;
    await until(() => logger.errors.length > 0);
    expect(logger.errors).toEqual([failure]);
  });
});

describe('what the contract does not allow', () => {
  const accept = { type: 'websocket.accept' };
  const start = { type: 'websocket.http.response.start', status: 401 };
  const body = { type: 'websocket.http.response.body', body: 'no' };
  const injected = [['x-a', 'a\r\nset-cookie: b=1']];

  /** Events that go well, one that does not, and how the client sees it: a status, or a code. */
  const rows: readonly [title: string, before: object[], event: object, outcome: number, message: string][] =
    [
      ['an event without a type', [], {}, 500, 'what it sent has no type'],
      ['no event at all', [], null as unknown as object, 500, 'what it sent has no type'],
      [
        'an event of another scope',
        [],
        { type: 'http.response.start' },
        500,
        '"http.response.start" is not an event to send on a websocket scope',
      ],
      [
        'a message before the accept',
        [],
        { type: 'websocket.send', text: 'x' },
        500,
        'was sent before websocket.accept',
      ],
      [
        'a subprotocol that nobody offered',
        [],
        { ...accept, subprotocol: 'v9' },
        500,
        'has the subprotocol "v9", but the client has offered none',
      ],
      [
        'a subprotocol among the fields',
        [],
        { ...accept, headers: [['Sec-WebSocket-Protocol', 'v9']] },
        500,
        'that is the field subprotocol',
      ],
      [
        'a field that the server writes',
        [],
        { ...accept, headers: [['sec-websocket-accept', 'x']] },
        500,
        "has the header sec-websocket-accept, which is the server's",
      ],
      [
        'a field that would break the head',
        [],
        { ...accept, headers: injected },
        500,
        'invalid value of header "x-a"',
      ],
      ['a second accept', [accept], accept, 1011, 'was sent after websocket.accept'],
      ['a denial after the accept', [accept], start, 1011, 'was sent after websocket.accept'],
      [
        'text and bytes',
        [accept],
        { type: 'websocket.send', text: 'x', bytes: new Uint8Array(1) },
        1011,
        'has both bytes and text',
      ],
      ['neither', [accept], { type: 'websocket.send' }, 1011, 'has neither bytes nor text'],
      [
        'a text that is none',
        [accept],
        { type: 'websocket.send', text: 5 },
        1011,
        'has a text that is no string',
      ],
      [
        'bytes that are none',
        [accept],
        { type: 'websocket.send', bytes: [1] },
        1011,
        'has bytes that are no Uint8Array',
      ],
      [
        'a code that no frame has',
        [accept],
        { type: 'websocket.close', code: 1006 },
        1011,
        'websocket.close.code is 1006',
      ],
      [
        'half a code',
        [accept],
        { type: 'websocket.close', code: 1000.5 },
        1011,
        'websocket.close.code is 1000.5',
      ],
      [
        'a reason that is too long',
        [accept],
        { type: 'websocket.close', reason: 'ä'.repeat(62) },
        1011,
        'has 124 bytes, but a close frame has room for 123',
      ],
      [
        'a message after the close',
        [accept, { type: 'websocket.close' }],
        { type: 'websocket.send', text: 'x' },
        1000,
        'was sent after websocket.close',
      ],
      [
        'a second close',
        [accept, { type: 'websocket.close' }],
        { type: 'websocket.close' },
        1000,
        'was sent after websocket.close',
      ],
      [
        'an accept after the refusal',
        [{ type: 'websocket.close' }],
        accept,
        403,
        'was sent after the session was refused',
      ],
      ['a denial’s body first', [], body, 500, 'was sent before websocket.http.response.start'],
      ['a denial’s start twice', [start], start, 401, 'was sent after the session was refused'],
      ['a status that is none', [], { ...start, status: 101 }, 500, 'has the status 101'],
      [
        'a field of a denial that would break the head',
        [],
        { ...start, headers: injected },
        500,
        'invalid value of header "x-a"',
      ],
    ];

  it.each(rows)('%s', async (_title, before, event, outcome, message) => {
    const failures: unknown[] = [];
    const { server, logger } = await servingUnwatched(
      sessions(async (_scope, receive, send) => {
        for (const each of before) await send(wrong(each));
        await send(wrong(event))?.catch((error) => failures.push(error));
        if (outcome === 401) await send(wrong(body))?.catch(() => {});
        if (outcome >= 1000) await receive();
      }),
    );
    const path = '/';
    if (outcome >= 1000) expect(await (await open(server, path)).closed).toMatchObject({ code: outcome });
    else if (outcome === 401) await denial(server, path).catch(() => {});
    else expect((await denial(server, path)).status).toBe(outcome);
    expect(String((failures[0] as ContractViolation).message)).toContain(message);
    expect(logger.errors[0]).toBe(failures[0]);
  });

  it('is told in the log once, whether the app waits for it or not, and what it does then does not matter', async () => {
    const { server, logger } = await servingUnwatched(
      sessions(async (_scope, receive, send) => {
        send({ type: 'websocket.accept' });
        void send(wrong({ type: 'websocket.send' }));
        const late = await send({ type: 'websocket.send', text: 'x' })?.catch((error) => error);
        await receive();
        throw late;
      }),
    );
    expect((await (await open(server)).closed).code).toBe(1011);
    await until(() => logger.errors.length > 0);
    expect(logger.errors).toEqual([expect.objectContaining({ code: 'ERR_CONTRACT_VIOLATION' })]);
  });
});

describe('a refusal', () => {
  it('by websocket.close is 403, and the session over for the app', async () => {
    const seen: unknown[] = [];
    const { server } = await serving(
      sessions(async (_scope, receive, send) => {
        send({ type: 'websocket.close', code: 4000, reason: 'not you' });
        seen.push(await receive(), await receive());
      }),
    );
    const { status, headers, body } = await denial(server);
    expect([status, body, headers.get('content-length'), headers.get('connection')]).toEqual([
      403,
      '',
      '0',
      'close',
    ]);
    expect(seen).toEqual([LOST, LOST]);
  });

  it.each([
    ['returns without an answer', async () => {}, 'returned without an answer to websocket.connect'],
    ['throws', () => Promise.reject(new Error('oh no')), 'oh no'],
  ])('by an app that %s is 500', async (_title, lead, message) => {
    const { server, logger } = await servingUnwatched(sessions(lead));
    const { status, body } = await denial(server);
    expect([status, body]).toEqual([500, 'Internal Server Error']);
    expect(logger.errors.map(String)).toEqual([expect.stringContaining(message)]);
  });

  it('by an app that does not serve sessions is 501, and no failure of it', async () => {
    const { server, logger } = await serving(async (scope, receive) => {
      await receive();
      throw new UnsupportedScope(scope);
    });
    const { status, body } = await denial(server);
    expect([status, body]).toEqual([501, '']);
    expect(logger.errors).toEqual([]);
  });

  it('may be a whole response', async () => {
    const seen: unknown[] = [];
    const { server } = await serving(
      sessions(async (_scope, receive, send) => {
        const headers: [string, string][] = [
          ['WWW-Authenticate', 'Bearer'],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ];
        send({ type: 'websocket.http.response.start', status: 401, headers });
        await send({ type: 'websocket.http.response.body', body: 'Who are you?' });
        seen.push(await receive());
      }),
      { headers: ['X-Default: 1'] },
    );
    const { status, headers, body } = await denial(server);
    expect([status, body]).toEqual([401, 'Who are you?']);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(headers.get('content-length')).toBe('12');
    expect(headers.get('x-default')).toBe('1');
    expect(seen).toEqual([LOST]);
  });

  it('may be streamed, as fast as the client takes it', async () => {
    let sent = 0;
    const { server } = await serving(
      sessions(async (_scope, _receive, send) => {
        send({ type: 'websocket.http.response.start', status: 503 });
        for (; sent < 400; sent++) {
          await send({ type: 'websocket.http.response.body', body: 'x'.repeat(64 * 1024), moreBody: true });
        }
        await send({ type: 'websocket.http.response.body' });
      }),
    );
    const { status, body } = await denial(server);
    expect([status, body.length]).toEqual([503, 400 * 64 * 1024]);
  });

  it('that fails in the middle is cut', async () => {
    const { server, logger } = await serving(
      sessions(async (_scope, _receive, send) => {
        send({ type: 'websocket.http.response.start', status: 503 });
        await send({ type: 'websocket.http.response.body', body: 'x', moreBody: true });
        throw new Error('oh no');
      }),
    );
    await expect(denial(server)).rejects.toThrow();
    expect(logger.errors).toEqual([new Error('oh no')]);
  });

  it('that is longer than it said is cut, and says so', async () => {
    const { server, logger } = await serving(
      sessions(async (_scope, _receive, send) => {
        const headers: [string, string][] = [['content-length', '2']];
        send({ type: 'websocket.http.response.start', status: 503, headers });
        await send({ type: 'websocket.http.response.body', body: 'abc' });
      }),
    );
    await expect(denial(server)).rejects.toThrow('it was not refused');
    expect(String(logger.errors[0])).toContain('content-length is 2');
  });

  it('to a client that does not take it is cut after idleTimeout', async () => {
    const codes: unknown[] = [];
    const { server } = await serving(
      sessions(async (_scope, _receive, send) => {
        send({ type: 'websocket.http.response.start', status: 503 });
        for (;;) {
          const body = 'x'.repeat(1_000_000);
          const sent = send({ type: 'websocket.http.response.body', body, moreBody: true });
          const error = await Promise.resolve(sent).catch((error) => error);
          if (error === undefined) continue;
          codes.push(error.code);
          throw error;
        }
      }),
      { idleTimeout: 200 },
    );
    const wire = new Wire(server).write(handshake());
    wire.socket.pause();
    await until(() => codes.length > 0);
    expect(codes).toEqual(['ERR_CLIENT_DISCONNECTED']);
  });

  it('to a client that leaves ends', async () => {
    const codes: unknown[] = [];
    const { server } = await serving(
      sessions(async (scope, _receive, send) => {
        send({ type: 'websocket.http.response.start', status: 503 });
        for (;;) {
          try {
            await send({ type: 'websocket.http.response.body', body: 'x'.repeat(100_000), moreBody: true });
          } catch (error) {
            codes.push((error as ContractViolation).code, scope.exchange.signal.aborted);
            throw error;
          }
        }
      }),
    );
    const wire = new Wire(server).write(handshake());
    await wire.until(/503/);
    wire.socket.destroy();
    await until(() => codes.length > 0);
    expect(codes).toEqual(['ERR_CLIENT_DISCONNECTED', true]);
  });
});
