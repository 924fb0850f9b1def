import type { Scope } from '@pullo/asgi';
import { LifespanFailed, Pullo } from '@pullo/core';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';
import { codeOf, get, hostApp, readerOf, readText, rejectionCode, turn } from './fetch-support.ts';

async function answers(responses: readonly (globalThis.Response | Promise<globalThis.Response>)[]) {
  const settled = await Promise.all(responses);
  return Promise.all(settled.map(async (response) => [response.status, await response.text()]));
}

export const cases: readonly Case[] = [
  {
    title: 'start-up is run once for the requests that come together, and shutdown by close()',
    run: async () => {
      const order: string[] = [];
      const app = new Pullo({
        async *lifespan() {
          order.push('start');
          await turn(2);
          order.push('started');
          yield { db: 'notes' };
          order.push('stop');
        },
      }).get('/', ({ state }) => {
        order.push('request');
        return state.db;
      });
      const both = await answers([app.fetch(get()), app.fetch(get())]);
      assertEqual(both, [
        [200, 'notes'],
        [200, 'notes'],
      ]);
      await Promise.all([app.close(), app.close()]);
      await app.close();
      assertEqual(order, ['start', 'started', 'request', 'request', 'stop']);
      assertEqual(await answers([app.fetch(get())]), [[503, 'Service Unavailable']]);
    },
  },
  {
    title:
      'a start-up that fails answers those that wait with 500, is told once, and tried again by the next request',
    run: async () => {
      const errors: [unknown, string | undefined][] = [];
      let attempts = 0;
      const app = new Pullo({
        async *lifespan() {
          attempts++;
          await turn();
          if (attempts === 1) throw new Error('no database');
          yield { attempts };
        },
        onUnhandled: (error, request) => errors.push([error, request?.url]),
      }).get('/', ({ state }) => state.attempts);
      const failed = await answers([app.fetch(get('/?first')), app.fetch(get())]);
      assertEqual(failed, [
        [500, 'Internal Server Error'],
        [500, 'Internal Server Error'],
      ]);
      assertEqual(errors.length, 1);
      const [error, url] = errors[0] ?? [];
      assertEqual([error instanceof LifespanFailed, url], [true, 'http://test.example/?first']);
      assertEqual(String(error).includes('no database'), true);
      assertEqual(await answers([app.fetch(get())]), [[200, '2']]);
      await app.close();
    },
  },
  {
    title: 'a shutdown that fails rejects close()',
    run: async () => {
      const app = new Pullo({
        async *lifespan() {
          yield {};
          throw new Error('still locked');
        },
      }).get('/', () => 'x');
      await app.fetch(get());
      assertEqual(await rejectionCode(app.close()), 'ERR_LIFESPAN_FAILED');
      assertEqual(await rejectionCode(app.close()), 'ERR_LIFESPAN_FAILED');
    },
  },
  {
    title: 'an app that no request has come to starts and stops nothing',
    run: async () => {
      let started = false;
      const app = new Pullo({
        async *lifespan() {
          started = true;
          yield {};
        },
      });
      await app.close();
      assertEqual([started, (await app.fetch(get())).status], [false, 503]);
    },
  },
  {
    title: 'close() waits for a start-up that is under way, whose requests get 503',
    run: async () => {
      const order: string[] = [];
      const app = new Pullo({
        async *lifespan() {
          await turn(2);
          order.push('started');
          yield {};
          order.push('stopped');
        },
      }).get('/', () => 'x');
      const response = app.fetch(get());
      await app.close();
      assertEqual([order, (await response).status], [['started', 'stopped'], 503]);
    },
  },
  {
    title: 'close() waits for requests and their background work before the shutdown',
    run: async () => {
      const order: string[] = [];
      const app = new Pullo({
        async *lifespan() {
          yield {};
          order.push('stopped');
        },
      }).get('/', ({ waitUntil }) => {
        waitUntil(turn(5).then(() => order.push('background')));
        return 'x';
      });
      assertEqual(await answers([app.fetch(get())]), [[200, 'x']]);
      await app.close();
      assertEqual(order, ['background', 'stopped']);
    },
  },
  {
    title: 'close() tells streams that run, and cuts what is there when its time is over',
    run: async () => {
      const seen: string[] = [];
      const { fetch, close, errors } = hostApp(async (scope, _receive, send) => {
        if (scope.type !== 'http') return;
        await send({ type: 'http.response.start', status: 200 });
        await send({ type: 'http.response.body', body: 'a', moreBody: true });
        scope.exchange.signal.addEventListener('abort', () =>
          seen.push(codeOf(scope.exchange.signal.reason)),
        );
        await new Promise(() => {});
      });
      const reader = readerOf(await fetch(get()));
      assertEqual(await readText(reader), 'a');
      const closed = close({ gracefulTimeout: 10 });
      assertEqual(seen, []);
      await turn(1);
      assertEqual(seen, ['ERR_SERVER_SHUTDOWN']);
      await closed;
      assertEqual((await rejectionCode(reader.read())) !== undefined, true);
      assertEqual(errors, []);
    },
  },
  {
    title: 'a request that has no answer when the time of close() is over gets 503',
    run: async () => {
      const { fetch, close } = hostApp(async (scope) => {
        if (scope.type === 'http') await new Promise(() => {});
      });
      const response = fetch(get());
      await turn();
      await close({ gracefulTimeout: 0 });
      assertEqual((await response).status, 503);
    },
  },
  {
    title: 'the lifespan of a raw app that returns at once is none, and one that dies later is told',
    run: async () => {
      const answer = (scope: Scope, send: Parameters<Parameters<typeof hostApp>[0]>[2]) => {
        if (scope.type !== 'http') throw new Error('not asked');
        send({ type: 'http.response.start', status: 204 });
        send({ type: 'http.response.body' });
      };
      const silent = hostApp((scope, _receive, send) => {
        if (scope.type === 'http') answer(scope, send);
      });
      assertEqual([(await silent.fetch(get())).status, silent.errors], [204, []]);
      await silent.close();
      const dying = hostApp(async (scope, receive, send) => {
        if (scope.type !== 'lifespan') return answer(scope, send);
        await receive();
        await send({ type: 'lifespan.startup.complete' });
        await turn();
        throw new Error('died');
      });
      assertEqual((await dying.fetch(get())).status, 204);
      await turn(2);
      await dying.close();
      assertEqual(dying.errors.map(codeOf), ['died']);
    },
  },
  {
    title: 'a lifespan that answers what it was not asked has failed to start',
    run: async () => {
      const { fetch, errors } = hostApp(async (scope, receive, send) => {
        if (scope.type !== 'lifespan') return;
        await receive();
        await send({ type: 'lifespan.shutdown.complete' });
      });
      assertEqual((await fetch(get())).status, 500);
      assertEqual(errors.map(codeOf), ['ERR_LIFESPAN_FAILED']);
    },
  },
];
