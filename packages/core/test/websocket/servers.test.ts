import type { Receive, ReceiveEvent, Send, SendEvent, WebSocketScope } from '@pullo/asgi';
import { ClientDisconnected, Pullo, ServerShutdown, type Socket } from '@pullo/core';
import { contextStorage, currentContext } from '@pullo/core/current-context';
import { client, communicate } from '@pullo/testing';
import { describeTransports } from '@pullo/testing/vitest';
import fc from 'fast-check';
import { expect, test } from 'vitest';

/** A scope as servers of other people make it: no exchange, no extensions. */
function bareScope(app: Pullo): WebSocketScope {
  const { scope } = communicate(app, { type: 'websocket', path: '/' });
  const { exchange, ...bare } = scope as WebSocketScope;
  return { ...bare, extensions: {} } as unknown as WebSocketScope;
}

/** Hands out events in order. */
function feed(...events: readonly object[]): Receive {
  const left = [...events];
  return async () => (left.length > 1 ? left.shift() : left[0]) as ReceiveEvent;
}

const connect = { type: 'websocket.connect' };
const disconnect = { type: 'websocket.disconnect', code: 1001, reason: 'going' };

test('an app waits for the connect event before it accepts, and leads the events in their order', async () => {
  const app = new Pullo().websocket('/', async ({ accept }) => {
    const socket = await accept({ subprotocol: 'a', headers: [['X-A', '1']] });
    for await (const message of socket) await socket.send(message);
  });
  const call = communicate(app, { type: 'websocket', path: '/', subprotocols: ['a'] });
  expect(await call.receiveNothing()).toBe(true);
  call.send({ type: 'websocket.connect' });
  const accepted = await call.receive();
  expect(accepted).toMatchObject({ type: 'websocket.accept', subprotocol: 'a' });
  expect([...('headers' in accepted ? (accepted.headers ?? []) : [])]).toEqual([['x-a', '1']]);
  call.send({ type: 'websocket.receive', text: 'hei', bytes: null });
  expect(await call.receive()).toEqual({ type: 'websocket.send', text: 'hei' });
  call.send({ type: 'websocket.disconnect', code: 1000, reason: '' });
  await call.wait();
  expect(await call.receiveNothing()).toBe(true);
});

test('a server without exchange has a signal made of the disconnect', async () => {
  const seen: unknown[] = [];
  const app = new Pullo().websocket('/', async ({ accept }) => {
    const socket = await accept();
    const { signal } = socket;
    signal.addEventListener('abort', () => seen.push(signal.reason.closeCode));
    seen.push(signal.aborted);
    for await (const _message of socket);
    seen.push(signal.aborted, socket.closed, socket.signal.aborted);
  });
  await app(bareScope(app), feed(connect, disconnect), () => {});
  expect(seen).toEqual([false, 1001, true, { code: 1001, reason: 'going', wasClean: true }, true]);
});

test('a signal that is first asked for after the end has aborted', async () => {
  let signal: AbortSignal | undefined;
  const app = new Pullo().websocket('/', async ({ accept }) => {
    const socket = await accept();
    for await (const _message of socket);
    signal = socket.signal;
  });
  await app(bareScope(app), feed(connect, disconnect), () => {});
  expect([signal?.aborted, signal?.reason.code]).toEqual([true, 'ERR_CLIENT_DISCONNECTED']);
});

test('an event that is not known is passed over', async () => {
  const messages: unknown[] = [];
  const app = new Pullo().websocket('/', async ({ accept }) => {
    for await (const message of await accept()) messages.push(message);
  });
  const message = { type: 'websocket.receive', text: 'a', bytes: null, more: true };
  await app(bareScope(app), feed(connect, { type: 'websocket.ping' }, message, disconnect), () => {});
  expect(messages).toEqual(['a']);
});

test('a send that fails since the client has left ends the session quietly, and nothing is sent after it', async () => {
  const sent: string[] = [];
  const send: Send = (event: SendEvent) => {
    sent.push(event.type);
    if (event.type !== 'websocket.send') return;
    const rejection = Promise.reject(new ClientDisconnected());
    rejection.catch(() => {});
    return rejection;
  };
  const seen: unknown[] = [];
  const app = new Pullo()
    .use(async (ctx, next) => {
      seen.push((await next()).status, ctx.error);
    })
    .websocket('/', async ({ accept }) => {
      const socket = await accept();
      await socket.send('into the void');
    });
  await app(bareScope(app), feed(connect, disconnect), send);
  expect(sent).toEqual(['websocket.accept', 'websocket.send']);
  expect(seen).toEqual([101, undefined]);
});

test('work that the server gives up when it stops closes the session with 1001', async () => {
  const controller = new AbortController();
  const closed: SendEvent[] = [];
  const app = new Pullo().websocket('/', async ({ accept }) => {
    const { signal } = await accept();
    controller.abort(new ServerShutdown());
    signal.throwIfAborted();
  });
  const scope = { ...bareScope(app), exchange: controller };
  await app(scope, feed(connect, disconnect), (event) => {
    if (event.type === 'websocket.close') closed.push(event);
  });
  expect(closed).toEqual([{ type: 'websocket.close', code: 1001, reason: '' }]);
});

test('what a server throws at the close comes out of the app', async () => {
  const send: Send = (event) =>
    event.type === 'websocket.close' ? Promise.reject(new Error('no wire')) : undefined;
  const app = new Pullo().websocket('/', async ({ accept }) => void (await accept()));
  await expect(app(bareScope(app), feed(connect, disconnect), send)).rejects.toThrow('no wire');
});

test('currentContext() is there in a session', async () => {
  const greet = () => `Hei from ${currentContext().request.path}!`;
  const app = new Pullo().use(contextStorage()).websocket('/room', async ({ accept }) => {
    const socket: Socket = await accept();
    for await (const _message of socket) await socket.send(greet());
  });
  await using http = client(app);
  await using session = await http.websocket('/room');
  session.send('who?');
  expect(await session.receive()).toBe('Hei from /room!');
});

const echo = new Pullo().websocket('/', async ({ accept }) => {
  const socket = await accept();
  for await (const message of socket) await socket.send(message);
});

describeTransports(echo, (http) => {
  test('whatever messages come, they come back as they were', async () => {
    const message = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 1000 }));
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 10 }), async (messages) => {
        await using session = await http.websocket('/');
        for (const each of messages) session.send(each);
        for (const each of messages) expect(await session.receive()).toEqual(each);
      }),
      { numRuns: 50 },
    );
  });
});
