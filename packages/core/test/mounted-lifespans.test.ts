import { type App, Pullo, TextResponse } from '@pullo/core';
import { client } from '@pullo/testing';
import { describe, expect, test } from 'vitest';

/** A Pullo that writes down when it starts and stops, and may fail at either. */
function member(
  order: string[],
  name: string,
  { start, stop, state = {} }: { start?: string; stop?: string; state?: object } = {},
) {
  return new Pullo({
    async *lifespan() {
      order.push(`${name} starts`);
      if (start !== undefined) throw new Error(start);
      try {
        yield state as Record<string, unknown>;
      } catch (error) {
        order.push(`${name} hears of ${(error as Error).message.split('\n')[0]}`);
        throw error;
      } finally {
        order.push(`${name} stops`);
      }
      if (stop !== undefined) throw new Error(stop);
    },
  }).get('/', ({ state }) => ({ ...state }));
}

/** A raw app with a lifespan. */
function raw(order: string[], { answer = 'complete' }: { answer?: string } = {}): App {
  return async (scope, receive, send) => {
    if (scope.type !== 'lifespan') return new TextResponse(JSON.stringify(scope.state))(scope, receive, send);
    expect((await receive()).type).toBe('lifespan.startup');
    if (answer === 'failed') return send({ type: 'lifespan.startup.failed', message: 'no disk' });
    order.push('raw starts');
    scope.state.raw = true;
    await send({ type: 'lifespan.startup.complete' });
    expect((await receive()).type).toBe('lifespan.shutdown');
    order.push('raw stops');
    await send({ type: 'lifespan.shutdown.complete' });
  };
}

describe('the lifespans of mounted apps', () => {
  test('run inside the parent’s: in order of registration, and unwind in reverse', async () => {
    const order: string[] = [];
    const inner = member(order, 'inner');
    const app = member(order, 'parent')
      .mount('/a', member(order, 'a').mount('/inner', inner))
      .mount('/raw', raw(order))
      .host('b.test', member(order, 'b'));
    const http = client(app);
    await http.start();
    expect(order).toEqual(['parent starts', 'a starts', 'inner starts', 'raw starts', 'b starts']);
    await http.close();
    expect(order.slice(5)).toEqual(['b stops', 'raw stops', 'inner stops', 'a stops', 'parent stops']);
  });

  test('run without one of the parent', async () => {
    const order: string[] = [];
    const http = client(new Pullo().group('/g', (group) => group.mount('/a', member(order, 'a'))));
    await http.start();
    await http.close();
    expect(order).toEqual(['a starts', 'a stops']);
  });

  test('run once for an app that is mounted twice, also at another level', async () => {
    const order: string[] = [];
    const shared = member(order, 'shared', { state: { db: 'notes' } });
    const app = new Pullo()
      .mount('/a', shared)
      .mount(
        '/b',
        shared.with((_ctx, next) => next()),
      )
      .mount('/c', new Pullo().mount('/deep', shared));
    await using http = client(app);
    for (const path of ['/a', '/b', '/c/deep']) {
      expect(await (await http.get(path)).json()).toEqual({ db: 'notes' });
    }
    await http.close();
    expect(order).toEqual(['shared starts', 'shared stops']);
  });

  test.each<[title: string, app: App]>([
    ['a Response', new TextResponse('hi')],
    ['an app that throws', async (_scope, _receive, _send) => Promise.reject(new Error('what is lifespan?'))],
    [
      'an app that throws at once',
      (_scope, _receive, _send) => {
        throw new Error('what is lifespan?');
      },
    ],
    ['an app that returns', (_scope, _receive, _send) => {}],
    [
      'an app that answers as if it were a request',
      async (_scope, _receive, send) => {
        await send({ type: 'http.response.start', status: 200 });
      },
    ],
  ])('leave %s alone, which does not speak lifespan', async (_title, mounted) => {
    const order: string[] = [];
    const http = client(new Pullo().mount('/mute', mounted).mount('/a', member(order, 'a')));
    await http.start();
    await http.close();
    expect(order).toEqual(['a starts', 'a stops']);
  });
});

describe('a lifespan that fails', () => {
  test('at its start unwinds those that have started, the parent with the error', async () => {
    const order: string[] = [];
    const app = member(order, 'parent')
      .mount('/a', member(order, 'a'))
      .mount('/b', member(order, 'b', { start: 'no database' }))
      .mount('/c', member(order, 'c'));
    const http = client(app);
    await expect(http.start()).rejects.toThrow(
      /The app mounted at "\/b" failed to start: Error: no database/,
    );
    expect(order).toEqual([
      'parent starts',
      'a starts',
      'b starts',
      'a stops',
      'parent hears of The app mounted at "/b" failed to start: Error: no database',
      'parent stops',
    ]);
  });

  test('at its start in a raw app gives its own message', async () => {
    const http = client(new Pullo().mount('/raw', raw([], { answer: 'failed' })));
    await expect(http.start()).rejects.toThrow('The app mounted at "/raw" failed to start: no disk');
  });

  test('at its start, while others fail to unwind, tells of all', async () => {
    const order: string[] = [];
    const app = new Pullo()
      .mount('/a', member(order, 'a', { stop: 'a is stuck' }))
      .mount('/b', member(order, 'b', { start: 'no database' }));
    const started = client(app).start();
    await expect(started).rejects.toThrow(
      /2 lifespans failed:\n.*no database[\s\S]*"\/a" failed to stop: Error: a is stuck/,
    );
  });

  test('at its end does not keep the others from their end, and all failures are told', async () => {
    const order: string[] = [];
    const app = member(order, 'parent', { stop: 'parent is stuck' })
      .mount('/a', member(order, 'a', { stop: 'a is stuck' }))
      .mount('/b', member(order, 'b'));
    const http = client(app);
    await http.start();
    await expect(http.close()).rejects.toThrow(
      /2 lifespans failed:\nThe app mounted at "\/a" failed to stop: Error: a is stuck[\s\S]*Error: parent is stuck/,
    );
    expect(order.slice(3)).toEqual(['b stops', 'a stops', 'parent stops']);
  });

  test('while requests are served is told of at the end', async () => {
    const dying: App = async (scope, receive, send) => {
      if (scope.type !== 'lifespan') return;
      await receive();
      await send({ type: 'lifespan.startup.complete' });
      throw new Error('gone');
    };
    const http = client(new Pullo().mount('/dying', dying));
    await http.start();
    await expect(http.close()).rejects.toThrow('The app mounted at "/dying" failed to stop: Error: gone');
  });

  test.each([
    ['lifespan.startup', 'failed to start: it returned without an answer to lifespan.startup', false],
    ['lifespan.shutdown', 'failed to stop: it returned without an answer to lifespan.shutdown', true],
  ])('by returning without an answer to %s is told of', async (_title, message, answersStart) => {
    const silent: App = async (scope, receive, send) => {
      if (scope.type !== 'lifespan') return;
      await receive();
      if (!answersStart) return;
      await send({ type: 'lifespan.startup.complete' });
      await receive();
    };
    const http = client(new Pullo().mount('/silent', silent));
    await expect(http.start().then(() => http.close())).rejects.toThrow(message);
  });
});

describe('the state of a mounted app', () => {
  test('is a copy of its parent’s with its own over it, for start-up and for each request', async () => {
    const seenAtStart: unknown[] = [];
    const inner = new Pullo({
      async *lifespan() {
        yield { name: 'inner', own: 1 };
      },
    }).get('/', ({ state }) => ({ ...state }));
    const asked: App = async (scope, receive, send) => {
      if (scope.type === 'lifespan') {
        seenAtStart.push({ ...scope.state });
        throw new Error('none');
      }
      await new TextResponse(JSON.stringify(scope.state))(scope, receive, send);
    };
    const app = new Pullo({
      async *lifespan() {
        yield { name: 'parent', db: 'notes' };
      },
    })
      .use(({ state }, next) => {
        Object.assign(state, { db: 'changed', request: 'from the pipeline' });
        return next();
      })
      .mount('/inner', inner)
      .mount('/raw', asked)
      .get('/', ({ state }) => ({ ...state }));
    await using http = client(app);
    expect(await (await http.get('/inner')).json()).toEqual({
      name: 'inner',
      own: 1,
      db: 'changed',
      request: 'from the pipeline',
    });
    expect(JSON.parse(await (await http.get('/raw')).text())).toEqual({
      name: 'parent',
      db: 'changed',
      request: 'from the pipeline',
    });
    expect(await (await http.get('/')).json()).toMatchObject({ name: 'parent' });
    expect(seenAtStart).toMatchObject([{ name: 'parent', db: 'notes' }]);
  });

  test('is not shared by two servers of one app', async () => {
    let count = 0;
    const inner = new Pullo({
      async *lifespan() {
        yield { number: ++count };
      },
    }).get('/', ({ state }) => state.number);
    const app = new Pullo().mount('/inner', inner);
    await using one = client(app);
    await using two = client(app);
    await two.start();
    await one.start();
    expect(await (await one.get('/inner')).json()).toBe(2);
    expect(await (await two.get('/inner')).json()).toBe(1);
  });

  test('is written by a mounted raw app for its own requests alone', async () => {
    const app = new Pullo().mount('/raw', raw([])).get('/', ({ state }) => ({ ...(state as object) }));
    await using http = client(app);
    expect(JSON.parse(await (await http.get('/raw')).text())).toEqual({ raw: true });
    expect(await (await http.get('/')).json()).toEqual({});
  });
});
