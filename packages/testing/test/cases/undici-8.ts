import type { App } from '@pullo/asgi';
import { AppDispatcher } from '@pullo/testing';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';

/** A request is answered with its body, or redirected; a session gets its first message back. */
const app: App = async (scope, receive, send) => {
  if (scope.type === 'lifespan') throw new Error('no lifespan here');
  if (scope.type === 'websocket') {
    await receive();
    send({ type: 'websocket.accept' });
    const message = await receive();
    if (message.type === 'websocket.receive')
      await send({ type: 'websocket.send', text: `${message.text}!` });
    send({ type: 'websocket.close', code: 4001 });
    return;
  }
  let body = '';
  for (;;) {
    const event = await receive();
    if (event.type !== 'http.request') return;
    body += new TextDecoder().decode(event.body);
    if (!event.moreBody) break;
  }
  const isOld = scope.path === '/old';
  const headers: [string, string][] = isOld ? [['location', '/new']] : [['x-path', scope.path]];
  send({ type: 'http.response.start', status: isOld ? 307 : 200, headers });
  await send({ type: 'http.response.body', body });
};

type Undici = typeof import('undici-8');

/** undici 8 needs Node 22, so it is loaded when a case runs: the tests on Node 20 leave these cases out. */
function withUndici(use: (undici: Undici, dispatcher: never) => Promise<unknown>, expected: unknown) {
  return async (): Promise<void> => {
    const dispatcher = new AppDispatcher(app);
    // A Dispatcher to undici 8 too, though its type is of undici 7.
    const actual = await use(await import('undici-8'), dispatcher as never);
    await dispatcher.close();
    assertEqual(actual, expected);
  };
}

/** What undici 8 does on an `AppDispatcher`, which extends the Dispatcher of undici 7. */
export const cases: readonly Case[] = [
  {
    title: 'request',
    run: withUndici(
      async ({ request }, dispatcher) => {
        const response = await request('http://a/x', { dispatcher, method: 'POST', body: 'hei' });
        return [response.statusCode, response.headers['x-path'], await response.body.text()];
      },
      [200, '/x', 'hei'],
    ),
  },
  {
    title: 'fetch',
    run: withUndici(
      async ({ fetch }, dispatcher) => {
        const response = await fetch('http://a/old', { dispatcher, method: 'PUT', body: 'hei' });
        return [response.url, response.headers.get('x-path'), await response.text()];
      },
      ['http://a/new', '/new', 'hei'],
    ),
  },
  {
    title: 'WebSocket',
    run: withUndici(
      async ({ WebSocket }, dispatcher) => {
        const log: unknown[] = [];
        const socket = new WebSocket('ws://a/', { dispatcher });
        await new Promise<void>((resolve) => {
          socket.onopen = () => socket.send('hei');
          socket.onmessage = ({ data }) => log.push(data);
          socket.onclose = ({ code }) => {
            log.push(code);
            resolve();
          };
        });
        return log;
      },
      ['hei!', 4001],
    ),
  },
];
