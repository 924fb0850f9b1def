import type { App, HTTPSendEvent } from '@pullo/asgi';
import { communicate } from '@pullo/testing';
import { expect, expectTypeOf, test } from 'vitest';
import { echo, httpApp, wait } from './support/apps.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('the test is the server: it gives events and takes events', async () => {
  const app = communicate(echo, { type: 'http', method: 'POST', path: '/x' });
  app.send({ type: 'http.request', body: bytes('one '), moreBody: true });
  expect(await app.receiveNothing()).toBe(true);
  app.send({ type: 'http.request', body: bytes('two'), moreBody: false });
  const start = await app.receive();
  expectTypeOf(start).toEqualTypeOf<HTTPSendEvent>();
  expect(start).toMatchObject({ type: 'http.response.start', status: 201 });
  expect(await app.receiveNothing()).toBe(false);
  expect(await app.receive()).toMatchObject({ body: expect.stringContaining('"body":"one two"') });
  await app.wait();
  await expect(app.receive()).rejects.toThrow('The app has returned and sends nothing more.');
});

test('what the app throws comes out of receive and wait', async () => {
  const failure = new Error('oh no');
  const app = communicate(
    httpApp(() => {
      throw failure;
    }),
    { type: 'http' },
  );
  await expect(app.receive()).rejects.toBe(failure);
  await expect(app.wait()).rejects.toBe(failure);
});

test('an app that sends nothing in time is an error that says so', async () => {
  const app = communicate(echo, { type: 'http' });
  await expect(app.receive({ timeout: 5 })).rejects.toThrow('The app sent nothing within 5 ms.');
});

test('a disconnect is given every time, aborts the signal, and fails what is sent', async () => {
  const app = communicate(
    httpApp(async (scope, receive, send) => {
      const first = await receive();
      const second = await receive();
      await send({ type: 'http.response.start', status: 200 })?.catch(() => {});
      expect([first.type, second.type, scope.exchange.signal.aborted]).toEqual([
        'http.disconnect',
        'http.disconnect',
        true,
      ]);
    }),
    { type: 'http' },
  );
  app.send({ type: 'http.disconnect' });
  await app.wait();
});

test('a breach of the contract is an error, of the app and of the test', async () => {
  const wrong = communicate(
    httpApp(async (_scope, _receive, send) => {
      await send({ type: 'http.response.body', body: 'x' });
    }),
    { type: 'http' },
  );
  await expect(wrong.wait()).rejects.toMatchObject({ code: 'ERR_CONTRACT_VIOLATION', side: 'app' });
  const app = communicate(echo, { type: 'http' });
  app.send({ type: 'http.request', body: 'text' as never, moreBody: false });
  await expect(app.wait()).rejects.toMatchObject({ code: 'ERR_CONTRACT_VIOLATION', side: 'server' });
});

test('WebSocket sessions and the lifespan are played the same way', async () => {
  const app: App = async (scope, receive, send) => {
    const { type } = await receive();
    if (scope.type === 'websocket') {
      expect(type).toBe('websocket.connect');
      send({ type: 'websocket.accept' });
      const message = await receive();
      if (message.type === 'websocket.receive') send({ type: 'websocket.send', text: `${message.text}!` });
      send({ type: 'websocket.close' });
      return;
    }
    if (scope.type === 'lifespan') scope.state.ready = true;
    send({ type: 'lifespan.startup.complete' });
    await receive();
    await wait(1);
    send({ type: 'lifespan.shutdown.complete' });
  };
  const session = communicate(app, { type: 'websocket', path: '/ws' });
  session.send({ type: 'websocket.connect' });
  expect(await session.receive()).toEqual({ type: 'websocket.accept' });
  session.send({ type: 'websocket.receive', text: 'hei', bytes: null });
  expect(await session.receive()).toEqual({ type: 'websocket.send', text: 'hei!' });
  expect(await session.receive()).toEqual({ type: 'websocket.close' });

  const lifespan = communicate(app, { type: 'lifespan' });
  lifespan.send({ type: 'lifespan.startup' });
  expect(await lifespan.receive()).toEqual({ type: 'lifespan.startup.complete' });
  expect(lifespan.scope.state).toEqual({ ready: true });
  lifespan.send({ type: 'lifespan.shutdown' });
  expect(await lifespan.receive()).toEqual({ type: 'lifespan.shutdown.complete' });
  await lifespan.wait();
});

test('events go to those who wait for them in their order', async () => {
  const app = communicate(echo, { type: 'http' });
  const received = Promise.all([app.receive(), app.receive()]);
  app.send({ type: 'http.request', body: bytes('x'), moreBody: false });
  const events = await received;
  expect(events.map(({ type }) => type)).toEqual(['http.response.start', 'http.response.body']);
});
