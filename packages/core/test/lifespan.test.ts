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
      /The lifespan yielded ready: yield an object, which becomes ctx\.state\./,
    ],
  ];

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
