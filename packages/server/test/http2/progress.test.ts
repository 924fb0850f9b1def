import { constants } from 'node:http2';
import { type App, type HTTPScope, RequestTimeout } from '@pullo/asgi';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SECURED } from '../support/certificates.ts';
import { FRAME, Frames, frame, GET_HEADERS, setting, word } from '../support/frames.ts';
import { ask, connected, request } from '../support/http2.ts';
import { serving, text, until } from '../support/serving.ts';

const { NGHTTP2_CANCEL } = constants;
const INITIAL_WINDOW = 4;
const CLOSED = setting(INITIAL_WINDOW, 0);
const POST_HEADERS = Buffer.from([0x83, ...GET_HEADERS.subarray(1)]);

/** Shows every few milliseconds that it is alive, and that only. */
function alive(client: Frames): void {
  const timer = setInterval(() => client.send(frame(FRAME.ping, 0, 0, Buffer.alloc(8))), 10);
  onTestFinished(() => clearInterval(timer));
}

/** Sends 100 KB in one piece or, below `/pieces`, in many. */
const large: App = async (scope, receive, send) => {
  if ((scope as HTTPScope).path !== '/pieces') return text('x'.repeat(100_000))(scope, receive, send);
  send({ type: 'http.response.start', status: 200 });
  for (let i = 0; i < 100; i++)
    await send({ type: 'http.response.body', body: 'x'.repeat(1000), moreBody: true });
  send({ type: 'http.response.body' });
};

describe('a client in HTTP/2 that is alive, and', () => {
  it.each([
    ['a response in one piece', GET_HEADERS, 5],
    [
      'a response in many',
      Buffer.concat([
        GET_HEADERS.subarray(0, 1),
        Buffer.from([4, 7]),
        Buffer.from('/pieces'),
        GET_HEADERS.subarray(2),
      ]),
      5,
    ],
    ['the response to a body that nobody reads', POST_HEADERS, 4],
  ])('takes nothing of %s, has its stream reset after idleTimeout', async (_name, head, flags) => {
    const { server } = await serving(large, { ...SECURED, idleTimeout: 200 });
    const client = new Frames(server, null, CLOSED);
    alive(client);
    client.send(frame(FRAME.headers, flags, 1, head));
    await until(() => client.resets.has(1));
    expect(client.resets.get(1)).toBe(NGHTTP2_CANCEL);
    expect(client.count(FRAME.ping)).toBeGreaterThan(5);
    expect(client.bytes.get(1) ?? 0).toBe(0);
  });

  it('opens its window by a byte now and then, has its stream reset too', async () => {
    const { server } = await serving(large, { ...SECURED, idleTimeout: 200 });
    const client = new Frames(server, null, CLOSED).send(frame(FRAME.headers, 5, 1, GET_HEADERS));
    const timer = setInterval(() => client.send(frame(FRAME.window, 0, 1, word(1))), 20);
    onTestFinished(() => clearInterval(timer));
    await until(() => client.resets.has(1));
    expect(client.bytes.get(1)).toBeLessThan(100);
  });

  it('takes all of a response slowly, gets it whole', async () => {
    const { server } = await serving(text('x'.repeat(1_000_000)), { ...SECURED, idleTimeout: 200 });
    const client = new Frames(server, null, CLOSED).send(frame(FRAME.headers, 5, 1, GET_HEADERS));
    const timer = setInterval(() => {
      client.send(frame(FRAME.window, 0, 1, word(65_536))).send(frame(FRAME.window, 0, 0, word(65_536)));
    }, 60);
    onTestFinished(() => clearInterval(timer));
    await until(() => client.complete.has(1));
    expect(client.bytes.get(1)).toBe(1_000_000);
  });

  it.each([
    ['sends no more of its body', Buffer.alloc(0)],
    ['sends frames of its body with nothing in them', frame(FRAME.data, 0, 1)],
  ])('%s, is answered with 408 after idleTimeout', async (_name, more) => {
    const reasons: unknown[] = [];
    const app: App = async (scope, receive) => {
      const { signal } = (scope as HTTPScope).exchange;
      while ((await receive()).type === 'http.request');
      reasons.push(signal.reason);
    };
    const { server, logger } = await serving(app, { ...SECURED, idleTimeout: 200 });
    const client = new Frames(server).send(frame(FRAME.headers, 4, 1, POST_HEADERS));
    client.send(frame(FRAME.data, 0, 1, Buffer.from('abc')));
    alive(client);
    const timer = setInterval(() => client.send(more), 50);
    onTestFinished(() => clearInterval(timer));
    await until(() => client.complete.has(1));
    expect(logger.accesses).toMatchObject([{ status: 408 }]);
    expect(reasons).toEqual([expect.any(RequestTimeout)]);
  });

  it('waits for an app that takes its time, keeps its stream', async () => {
    const app: App = async (_scope, receive, send) => {
      await receive();
      await receive();
      send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body', body: 'x'.repeat(200_000), moreBody: true });
      // The next piece is there when the time is nearly over: the client has all of it from then on.
      for (let i = 0; i < 3; i++) {
        await new Promise((resolve) => setTimeout(resolve, 190));
        await send({ type: 'http.response.body', body: 'x', moreBody: true });
      }
      send({ type: 'http.response.body' });
    };
    const { server } = await serving(app, { ...SECURED, idleTimeout: 200 });
    const session = connected(server);
    const stream = request(session, { ':method': 'POST' }, null);
    stream.write('a');
    await new Promise((resolve) => setTimeout(resolve, 50));
    stream.end('b');
    const body: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => body.push(chunk));
    await new Promise((resolve) => stream.on('close', resolve));
    expect(Buffer.concat(body)).toHaveLength(200_003);
  });
});

describe('streams that the server ends itself', () => {
  it('are not held against the client', async () => {
    const app: App = async (scope, receive, send) => {
      if ((scope as HTTPScope).path === '/good') return text('good')(scope, receive, send);
      send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body', body: 'half', moreBody: true });
      throw new Error('it fails');
    };
    const { server } = await serving(app, SECURED);
    const session = connected(server);
    for (let i = 0; i < 300; i++) expect((await ask(session)).code).not.toBe(0);
    expect((await ask(session, { ':path': '/good' })).body).toBe('good');
  });
});
