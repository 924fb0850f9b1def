import type { App, Receive, Send } from '@pullo/asgi';
import { AppDispatcher, client, type LifespanMode } from '@pullo/testing';
import { request } from 'undici';
import { describe, expect, test } from 'vitest';

type LifespanPart = (receive: Receive, send: Send) => Promise<void>;

/** Answers requests with 204, and does with its lifespan what it is told. */
function appWith(lifespan: LifespanPart): App {
  return async (scope, receive, send) => {
    if (scope.type === 'lifespan') return lifespan(receive, send);
    send({ type: 'http.response.start', status: 204 });
    send({ type: 'http.response.body' });
  };
}

const unaware: LifespanPart = async () => {
  throw new Error('what is a lifespan?');
};
const returning: LifespanPart = async () => {};
const failing: LifespanPart = async (receive) => {
  await receive();
  throw new Error('no database');
};
const hanging: LifespanPart = async (receive, send) => {
  await receive();
  send({ type: 'http.response.start', status: 200 });
  await receive();
};
const leaving: LifespanPart = async (receive) => {
  await receive();
};

describe('the start', () => {
  test.each<[title: string, mode: LifespanMode, part: LifespanPart, outcome: string]>([
    ['goes on with an app that throws at once', 'auto', unaware, '204'],
    ['goes on with an app that returns at once', 'auto', returning, '204'],
    ['does not call the lifespan if it is off', 'off', failing, '204'],
    [
      'fails if it must be on and the app does not speak it',
      'on',
      unaware,
      'The app failed to start: what is a lifespan?',
    ],
    ['fails if the app throws later', 'auto', failing, 'The app failed to start: no database'],
    [
      'fails if the app returns before it is complete',
      'auto',
      leaving,
      'returned without an answer to lifespan.startup',
    ],
    [
      'fails if the app does not know what it is called for, and hangs',
      'auto',
      hanging,
      'not an event to send on a lifespan scope',
    ],
  ])('%s', async (_title, lifespan, part, outcome) => {
    await using dispatcher = new AppDispatcher(appWith(part), { lifespan });
    const answer = await request('http://a/', { dispatcher }).then(
      ({ statusCode }) => String(statusCode),
      (error: Error) => error.message,
    );
    expect(answer).toContain(outcome);
  });

  test('runs once for many requests at the same time, before the first', async () => {
    let starts = 0;
    const app = appWith(async (receive, send) => {
      await receive();
      await new Promise((resolve) => setTimeout(resolve, 5));
      starts++;
      send({ type: 'lifespan.startup.complete' });
      await receive();
      send({ type: 'lifespan.shutdown.complete' });
    });
    await using http = client(app);
    await http.start();
    await Promise.all([http.get('/'), http.get('/'), http.start()]);
    expect(starts).toBe(1);
  });
});

describe('the stop', () => {
  const failsAtStop = appWith(async (receive, send) => {
    await receive();
    send({ type: 'lifespan.startup.complete' });
    await receive();
    send({ type: 'lifespan.shutdown.failed', message: 'stuck' });
  });

  test('a shutdown that fails is an error of close', async () => {
    const http = client(failsAtStop);
    await http.start();
    await expect(http.close()).rejects.toThrow('The app failed to stop: stuck');
  });

  test('an app that was never started is not stopped', async () => {
    await client(failsAtStop).close();
  });
});
