import type { App, Receive, Send, WebSocketScope } from '@pullo/asgi';
import { serve } from '@pullo/server';
import { AppDispatcher, client, WebSocketClosed, WebSocketDenied } from '@pullo/testing';
import fc from 'fast-check';
import { WebSocket } from 'undici';
import { describe, expect, test } from 'vitest';
import { wait } from './support/apps.js';

/** An app of one function that is only called for sessions. */
function webSocketApp(serve: (scope: WebSocketScope, receive: Receive, send: Send) => Promise<void>): App {
  return async (scope, receive, send) => {
    if (scope.type !== 'websocket') throw new Error(`no ${scope.type} here`);
    expect(await receive()).toEqual({ type: 'websocket.connect' });
    await serve(scope, receive, send);
  };
}

/** Sends back what it gets, until it gets 'bye'. */
const echo = webSocketApp(async (scope, receive, send) => {
  const subprotocol = scope.subprotocols[0] ?? null;
  send({
    type: 'websocket.accept',
    subprotocol,
    headers: [
      ['x-path', scope.path],
      ['set-cookie', 'seen=1'],
    ],
  });
  for (;;) {
    const event = await receive();
    if (event.type !== 'websocket.receive') return;
    if (event.text === 'bye') return void send({ type: 'websocket.close', code: 4000, reason: 'so long' });
    await send(
      event.text === null
        ? { type: 'websocket.send', bytes: event.bytes }
        : { type: 'websocket.send', text: event.text },
    );
  }
});

describe('a session of the client', () => {
  test('texts, bytes and JSON go both ways', async () => {
    await using http = client(echo);
    await using session = await http.websocket('/rooms/1');
    session.send('hä ☃');
    session.send(new Uint8Array([0, 255]));
    session.sendJSON({ a: [1] });
    expect(await session.receiveText()).toBe('hä ☃');
    expect(await session.receiveBytes()).toEqual(new Uint8Array([0, 255]));
    expect(await session.receiveJSON()).toEqual({ a: [1] });
  });

  test.each([0, 125, 126, 0xffff, 0x10000, 300_000])('a message of %i bytes arrives whole', async (size) => {
    await using http = client(echo);
    await using session = await http.websocket('/');
    session.send(new Uint8Array(size).fill(7));
    const bytes = await session.receiveBytes();
    expect(bytes.length).toBe(size);
    expect(bytes.every((byte) => byte === 7)).toBe(true);
  });

  test('the app sees the handshake, and the client its answer', async () => {
    const scopes: WebSocketScope[] = [];
    const app: App = (scope, receive, send) => {
      if (scope.type === 'websocket') scopes.push(scope);
      return echo(scope, receive, send);
    };
    await using http = client(app, { baseURL: 'https://example.org', cookies: { a: '1' } });
    const options = { subprotocols: ['chat', 'v2'], query: { x: 1 }, headers: { 'X-Own': 'yes' } };
    await using session = await http.websocket('/rooms/1', options);
    expect(session.subprotocol).toBe('chat');
    expect(session.headers.get('x-path')).toBe('/rooms/1');
    expect(http.cookies.get('seen')).toBe('1');
    expect(scopes[0]).toMatchObject({
      scheme: 'wss',
      path: '/rooms/1',
      queryString: 'x=1',
      subprotocols: ['chat', 'v2'],
    });
    const fields = Object.fromEntries(scopes[0]?.headers ?? []);
    expect(fields).toMatchObject({
      host: 'example.org',
      upgrade: 'websocket',
      'x-own': 'yes',
      cookie: 'a=1',
    });
  });

  test('the app closes with a code and a reason', async () => {
    await using http = client(echo);
    const session = await http.websocket('/');
    session.send('bye');
    await expect(session.receive()).rejects.toThrow('closed with code 4000: so long');
    expect(await session.closed).toEqual({ code: 4000, reason: 'so long' });
    expect(() => session.send('more')).toThrow(WebSocketClosed);
  });

  test.each([
    ['with a code', { code: 3001, reason: 'done' }],
    ['without one', { code: 1000, reason: '' }],
  ])('the client closes %s, and the app is told', async (title, expected) => {
    const seen: unknown[] = [];
    const app = webSocketApp(async (scope, receive, send) => {
      send({ type: 'websocket.accept' });
      seen.push(await receive(), await receive(), scope.exchange.signal.aborted);
      await send({ type: 'websocket.send', text: 'too late' })?.catch((error) => seen.push(error.code));
    });
    await using http = client(app);
    const session = await http.websocket('/');
    await (title === 'without one' ? session.close() : session.close(expected.code, expected.reason));
    await http.close();
    const disconnect = { type: 'websocket.disconnect', ...expected };
    expect(seen).toEqual([disconnect, disconnect, true, 'ERR_CLIENT_DISCONNECTED']);
  });

  test('an app that sends on and on waits for the test to receive, which can leave', async () => {
    let sent = 0;
    const app = webSocketApp(async (_scope, _receive, send) => {
      send({ type: 'websocket.accept' });
      for (;;) {
        await send({ type: 'websocket.send', text: '' });
        sent++;
      }
    });
    await using http = client(app);
    const session = await http.websocket('/');
    expect(await session.receive()).toBe('');
    await wait(5);
    const sentAtFirst = sent;
    await wait(5);
    expect(sent).toBe(sentAtFirst);
    expect(sent).toBeGreaterThan(10_000);
    for (let i = 0; i < sentAtFirst; i++) await session.receive();
    await wait(5);
    expect(sent).toBeGreaterThan(sentAtFirst);
    expect((await session.close()).code).toBe(1000);
  });

  test('an app that sends without waiting is held back without a warning of Node', async () => {
    const warnings: unknown[] = [];
    const listen = (warning: Error) => void warnings.push(warning);
    process.on('warning', listen);
    const app = webSocketApp(async (_scope, receive, send) => {
      send({ type: 'websocket.accept' });
      const sent = Array.from({ length: 200 }, () =>
        send({ type: 'websocket.send', bytes: new Uint8Array(2000) }),
      );
      await Promise.all(sent);
      for (let i = 0; i < 200; i++) await send({ type: 'websocket.send', bytes: new Uint8Array(2000) });
      await receive();
    });
    await using http = client(app);
    const session = await http.websocket('/');
    for (let i = 0; i < 400; i++) expect(await session.receiveBytes()).toHaveLength(2000);
    await session.close();
    await wait(5);
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });

  test('messages go to those who wait for them in their order', async () => {
    await using http = client(echo);
    await using session = await http.websocket('/');
    const received = Promise.all([session.receive(), session.receive(), session.receive()]);
    for (const text of ['1', '2', '3']) session.send(text);
    expect(await received).toEqual(['1', '2', '3']);
  });

  test('a code that is none is refused, and the session goes on', async () => {
    await using http = client(echo);
    await using session = await http.websocket('/');
    await expect(session.close(99_999)).rejects.toThrow(RangeError);
    session.send('still');
    expect(await session.receive()).toBe('still');
  });

  test('a lost connection is code 1006 for the app', async () => {
    const seen: unknown[] = [];
    const app = webSocketApp(async (_scope, receive, send) => {
      send({ type: 'websocket.accept' });
      seen.push(await receive());
    });
    await using http = client(app);
    (await http.websocket('/')).terminate();
    await wait(1);
    expect(seen).toEqual([{ type: 'websocket.disconnect', code: 1006, reason: '' }]);
  });

  test('a message of the other kind, and none at all, are errors that say so', async () => {
    await using http = client(echo);
    await using session = await http.websocket('/');
    session.send('text');
    await expect(session.receiveBytes()).rejects.toThrow('receive it with receiveText()');
    session.send(new Uint8Array(3));
    await expect(session.receiveText()).rejects.toThrow('not a text, but 3 bytes');
    await expect(session.receive({ timeout: 5 })).rejects.toThrow('No message came within 5 ms.');
  });
});

describe('a session that is refused', () => {
  test('a close before the accept is a 403', async () => {
    await using http = client(
      webSocketApp(async (_scope, _receive, send) => void send({ type: 'websocket.close' })),
    );
    const error = await http.websocket('/').catch((error: unknown) => error);
    expect(error).toBeInstanceOf(WebSocketDenied);
    expect((error as WebSocketDenied).response.status).toBe(403);
  });

  test('a denial has a response of its own', async () => {
    const app = webSocketApp(async (_scope, _receive, send) => {
      send({ type: 'websocket.http.response.start', status: 401, headers: [['www-authenticate', 'Basic']] });
      send({ type: 'websocket.http.response.body', body: 'who ', moreBody: true });
      await send({ type: 'websocket.http.response.body', body: 'are you?' });
    });
    await using http = client(app);
    const error = await http.websocket('/').catch((error: unknown) => error);
    const { response } = error as WebSocketDenied;
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Basic');
    expect(await response.text()).toBe('who are you?');
  });

  test('no answer and a throw are errors of the app, or a 500', async () => {
    const failure = new Error('oh no');
    const throwing = webSocketApp(() => Promise.reject(failure));
    const silent = webSocketApp(async () => {});
    await expect(client(throwing).websocket('/')).rejects.toBe(failure);
    await expect(client(silent).websocket('/')).rejects.toThrow('without an answer to websocket.connect');
    const options = { raiseAppErrors: false, onError: () => {} };
    await expect(client(throwing, options).websocket('/')).rejects.toMatchObject({
      code: 'ERR_WEBSOCKET_DENIED',
      response: { status: 500 },
    });
  });
});

test('an error of the app within a session comes out of receive, after what was sent before', async () => {
  const failure = new Error('oh no');
  const app = webSocketApp(async (_scope, _receive, send) => {
    send({ type: 'websocket.accept' });
    await send({ type: 'websocket.send', text: 'one' });
    throw failure;
  });
  await using http = client(app);
  const session = await http.websocket('/');
  expect(await session.receiveText()).toBe('one');
  await expect(session.receive()).rejects.toBe(failure);
  expect(await session.closed).toMatchObject({ code: 1011 });
});

describe('the WebSocket of undici', () => {
  async function talk(dispatcher: AppDispatcher, protocols: string[]): Promise<string[]> {
    const log: string[] = [];
    const socket = new WebSocket('ws://example.org/x', { dispatcher, protocols });
    socket.binaryType = 'arraybuffer';
    await new Promise<void>((resolve) => {
      socket.onopen = () => {
        log.push(`open ${socket.protocol}`);
        socket.send('text');
        socket.send(new Uint8Array([1, 2]));
        socket.send('bye');
      };
      socket.onmessage = ({ data }) => log.push(typeof data === 'string' ? data : `${data.byteLength} bytes`);
      socket.onerror = () => log.push('error');
      socket.onclose = ({ code, reason }) => {
        log.push(`close ${code} ${reason}`);
        resolve();
      };
    });
    return log;
  }

  test('works in process, with a real handshake and real frames', async () => {
    await using dispatcher = new AppDispatcher(echo);
    expect(await talk(dispatcher, ['chat'])).toEqual(['open chat', 'text', '2 bytes', 'close 4000 so long']);
  });

  test('sees a refusal as an error', async () => {
    const app = webSocketApp(async (_scope, _receive, send) => void send({ type: 'websocket.close' }));
    await using dispatcher = new AppDispatcher(app);
    expect(await talk(dispatcher, [])).toEqual(['error', expect.stringMatching(/^close 1006/)]);
  });
});

describe('upgrade of undici', () => {
  test('hands over the connection', async () => {
    await using dispatcher = new AppDispatcher(echo);
    const { headers, socket } = await dispatcher.upgrade({
      path: '/x',
      headers: { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' },
    });
    expect(headers['sec-websocket-accept']).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    const answer = new Promise<Buffer>((resolve) => socket.once('data', resolve));
    socket.write(Buffer.from([0x81, 0x82, 1, 2, 3, 4, 'h'.charCodeAt(0) ^ 1, 'i'.charCodeAt(0) ^ 2]));
    expect((await answer).toString('latin1')).toBe('\x81\x02hi');
    socket.destroy();
  });

  test.each([
    ['without a key', {}],
    ['of another version', { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '8' }],
  ])('a handshake %s is refused', async (_title, headers) => {
    await using dispatcher = new AppDispatcher(echo);
    await expect(dispatcher.upgrade({ path: '/', headers })).rejects.toThrow('bad upgrade');
  });

  /** Frames as bytes, a mask of zeroes, and how the app sees the end. */
  const broken: [title: string, frame: number[], code: number][] = [
    ['a reserved bit', [0xc1, 0x80, 0, 0, 0, 0], 1002],
    ['an unknown opcode', [0x83, 0x80, 0, 0, 0, 0], 1002],
    ['no mask', [0x81, 0x00], 1002],
    ['a fragmented ping', [0x09, 0x80, 0, 0, 0, 0], 1002],
    ['a continuation of nothing', [0x80, 0x80, 0, 0, 0, 0], 1002],
    ['a close with half a code', [0x88, 0x81, 0, 0, 0, 0, 3], 1002],
    ['a text that is not UTF-8', [0x81, 0x81, 0, 0, 0, 0, 0xff], 1007],
  ];

  test.each(broken)('a frame with %s ends the session', async (_title, frame, code) => {
    await using dispatcher = new AppDispatcher(echo);
    const { socket } = await dispatcher.upgrade({
      path: '/',
      headers: { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' },
    });
    const answer = new Promise<Buffer>((resolve) => socket.once('data', resolve));
    socket.write(Buffer.from(frame));
    const bytes = await answer;
    expect([bytes[0], bytes.readUInt16BE(2)]).toEqual([0x88, code]);
    socket.destroy();
  });

  test('fragments are joined, pings answered, wherever the bytes are cut', async () => {
    await using dispatcher = new AppDispatcher(echo);
    const { socket } = await dispatcher.upgrade({
      path: '/',
      headers: { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' },
    });
    const got: Buffer[] = [];
    socket.on('data', (chunk) => got.push(chunk));
    const frames = [0x01, 0x81, 0, 0, 0, 0, 104, 0x89, 0x81, 0, 0, 0, 0, 33, 0x80, 0x81, 0, 0, 0, 0, 105];
    for (const byte of frames) socket.write(Buffer.from([byte]));
    await wait(5);
    expect(Buffer.concat(got).toString('latin1')).toBe('\x8a\x01!\x81\x02hi');
    socket.destroy();
  });
});

test('a session of a live server is the same', async () => {
  await using server = await serve(echo, { port: 0, lifespan: 'off', logLevel: 'silent' });
  await using http = client(server);
  const session = await http.websocket('/rooms/2', { subprotocols: ['chat'] });
  expect([session.subprotocol, session.headers.get('x-path')]).toEqual(['chat', '/rooms/2']);
  session.send('over a socket');
  expect(await session.receiveText()).toBe('over a socket');
  expect(await session.close()).toEqual({ code: 1000, reason: '' });
});

test('a live server that refuses a session says why', async () => {
  const closed = webSocketApp(async (_scope, _receive, send) => void send({ type: 'websocket.close' }));
  await using server = await serve(closed, { port: 0, lifespan: 'off', logLevel: 'silent' });
  await using http = client(server);
  const error = await http.websocket('/').catch((error: unknown) => error);
  expect((error as WebSocketDenied).response.status).toBe(403);
});

/** A whole message as a client frames it, with a mask of zeroes, which changes nothing. */
function clientFrame(opcode: number, payload: Buffer): Buffer {
  const size = payload.length;
  const head = size < 126 ? [0x80 | size] : [0x80 | 126, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...head, 0, 0, 0, 0]), payload]);
}

test('messages arrive as they were sent, wherever their bytes are cut', async () => {
  const message = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.uint8Array({ maxLength: 200 }),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 5 }), sizes, async (messages, cuts) => {
      const got: unknown[] = [];
      const app = webSocketApp(async (_scope, receive, send) => {
        send({ type: 'websocket.accept' });
        for (;;) {
          const event = await receive();
          if (event.type !== 'websocket.receive') return;
          got.push(event.text ?? event.bytes);
        }
      });
      const dispatcher = new AppDispatcher(app);
      const { socket } = await dispatcher.upgrade({
        path: '/',
        headers: { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' },
      });
      const frames = messages.map((item) =>
        clientFrame(typeof item === 'string' ? 1 : 2, Buffer.from(item as string)),
      );
      const bytes = Buffer.concat([...frames, clientFrame(8, Buffer.alloc(0))]);
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const end = at + (cuts[i % cuts.length] ?? 1);
        socket.write(bytes.subarray(at, end));
        at = end;
      }
      socket.resume();
      await dispatcher.close();
      expect(got).toEqual(messages);
    }),
    { numRuns: 50 },
  );
});
