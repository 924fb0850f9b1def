import { Pullo } from '@pullo/core';
import { client } from '@pullo/testing';
import { describe, expect, test } from 'vitest';

describe('a lifespan', () => {
  test('starts before the first request, yields ctx.state, and ends after the last', async () => {
    const order: string[] = [];
    const app = new Pullo({
      async *lifespan() {
        order.push('start');
        yield { db: { name: 'notes' } };
        order.push('stop');
      },
    }).get('/', ({ state }) => {
      order.push('request');
      return state.db.name;
    });
    const http = client(app);
    expect(await (await http.get('/')).text()).toBe('notes');
    await http.close();
    expect(order).toEqual(['start', 'request', 'stop']);
  });

  test('gives each request a copy of the state', async () => {
    const app = new Pullo({
      async *lifespan() {
        yield { count: 0 };
      },
    }).get('/', ({ state }) => ++state.count);
    await using http = client(app);
    expect(await (await http.get('/')).json()).toBe(1);
    expect(await (await http.get('/')).json()).toBe(1);
  });

  const failures: readonly [
    title: string,
    lifespan: () => AsyncGenerator<object, void, void>,
    message: RegExp,
  ][] = [
    [
      'throws before it yields',
      // biome-ignore lint/correctness/useYield: that is the failure
      async function* () {
        throw new Error('no database');
      },
      /no database/,
    ],
    [
      'returns without yielding',
      async function* () {},
      /The lifespan returned without yielding: yield the state, or \{\} if there is none\./,
    ],
    [
      'yields no object',
      async function* () {
        yield 'ready' as never;
      },
      /The lifespan yielded the text "ready": yield an object, which becomes ctx\.state\./,
    ],
  ];

  test('that yields no object is unwound with the error', async () => {
    const seen: unknown[] = [];
    const app = new Pullo({
      async *lifespan(): AsyncGenerator<object, void, void> {
        try {
          yield 'ready' as never;
        } catch (error) {
          seen.push((error as Error).name);
        }
      },
    });
    await expect(client(app).start()).rejects.toThrow('The lifespan yielded the text "ready"');
    expect(seen).toEqual(['PipelineError']);
  });

  test('that is no generator says what it has to be', async () => {
    const app = new Pullo({ lifespan: (async () => ({ db: 1 })) as never });
    await expect(client(app).start()).rejects.toThrow(
      'A lifespan is an async generator function, async function* () { yield {}; }, and this one returned a Promise.',
    );
  });

  test('that is an async function and fails says the same, and leaves no rejection behind that would end the process', async () => {
    const lifespan = async () => {
      throw new Error('no database');
    };
    await expect(client(new Pullo({ lifespan: lifespan as never })).start()).rejects.toThrow(
      'and this one returned a Promise.',
    );
  });

  test('is unwound with the error when the server gives up between start-up and shutdown', async () => {
    const seen: unknown[] = [];
    const app = new Pullo({
      async *lifespan() {
        try {
          yield {};
        } catch (error) {
          seen.push(error);
          throw error;
        }
      },
    });
    const gone = new Error('the server has gone');
    let calls = 0;
    const running = app(
      { type: 'lifespan', asgi: { version: '3.0', specVersion: '2.0' }, state: {} },
      async () => {
        if (++calls === 2) throw gone;
        return { type: 'lifespan.startup' };
      },
      () => {},
    );
    await expect(running).rejects.toBe(gone);
    expect(seen).toEqual([gone]);
  });

  test('runs for a branch too, which is the same app', async () => {
    const branch = new Pullo({
      async *lifespan() {
        yield { db: 'notes' };
      },
    })
      .with((_ctx, next) => next())
      .get('/', ({ state }) => state.db);
    await using http = client(branch);
    expect(await (await http.get('/')).text()).toBe('notes');
  });

  test.each(failures)('that %s fails the start-up with that message', async (_title, lifespan, message) => {
    const http = client(new Pullo({ lifespan }));
    await expect(http.start()).rejects.toThrow(message);
  });

  test('that yields twice fails the shutdown, after its clean-up has run', async () => {
    const order: string[] = [];
    const app = new Pullo({
      async *lifespan() {
        try {
          yield {};
          yield {};
        } finally {
          order.push('cleaned up');
        }
      },
    });
    const http = client(app);
    await http.start();
    await expect(http.close()).rejects.toThrow(
      'The lifespan yielded twice: yield once, and clean up after it.',
    );
    expect(order).toEqual(['cleaned up']);
  });
});
