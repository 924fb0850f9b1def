import { Readable } from 'node:stream';
import { type App, UnsupportedScope } from '@pullo/asgi';
import { JSONResponse, Response, type StreamContent, StreamingResponse, TextResponse } from '@pullo/response';
import { describeTransports } from '@pullo/testing/vitest';
import { beforeEach, describe, expect, test } from 'vitest';
import { sleep, until } from './support/wait.ts';

/** Serves what the test that runs has put here. */
let respond: () => Response = () => new Response();
const app: App = (scope, receive, send) => {
  if (scope.type !== 'http') throw new UnsupportedScope(scope);
  return respond()(scope, receive, send);
};

const PIECE = 16 * 1024;
const piece = new Uint8Array(PIECE).fill(97);

/** What an endless source has done. */
interface Log {
  pieces: number;
  ends: number;
}

const endless: Readonly<Record<string, (log: Log) => StreamContent>> = {
  'a ReadableStream': (log) =>
    new ReadableStream<Uint8Array>({
      pull: (controller) => {
        log.pieces++;
        controller.enqueue(piece.slice());
      },
      cancel: () => {
        log.ends++;
      },
    }),
  'a Node Readable': (log) =>
    new Readable({
      read() {
        log.pieces++;
        this.push(piece.slice());
      },
      destroy(error, callback) {
        log.ends++;
        callback(error);
      },
    }),
  'an async generator': async function* (log) {
    try {
      for (;;) {
        log.pieces++;
        yield piece.slice();
      }
    } finally {
      log.ends++;
    }
  },
  'a generator': function* (log) {
    try {
      for (;;) {
        log.pieces++;
        yield piece.slice();
      }
    } finally {
      log.ends++;
    }
  },
};

/** Whatever lies between a source and a reader that does not read: socket buffers of both sides, mostly. */
const IN_BETWEEN = 12 * 1024 * 1024;

describeTransports(app, (client) => {
  beforeEach(() => {
    respond = () => new Response();
  });

  const contents: readonly [kind: string, content: () => Response][] = [
    ['a string', () => new TextResponse('ä'.repeat(300_000))],
    ['bytes', () => new Response(Buffer.from('ä'.repeat(300_000)))],
    ['an ArrayBuffer', () => new Response(new TextEncoder().encode('ä'.repeat(300_000)).buffer)],
    ['a ReadableStream', () => new Response(new Blob(['ä'.repeat(300_000)]).stream())],
    ['a Node Readable', () => new Response(Readable.from(Array(300).fill('ä'.repeat(1000))))],
    ['an array', () => new Response(Array<string>(300).fill('ä'.repeat(1000)))],
    [
      'an async generator',
      () =>
        new Response(
          (async function* () {
            for (let i = 0; i < 300; i++)
              yield i % 2 === 0 ? 'ä'.repeat(1000) : Buffer.from('ä'.repeat(1000));
          })(),
        ),
    ],
  ];
  test.each(contents)('%s arrives whole', async (_kind, make) => {
    respond = make;
    expect(await (await client.get('/')).text()).toBe('ä'.repeat(300_000));
  });

  test('a known length is announced, for HEAD too', async () => {
    respond = () => new JSONResponse({ a: 'ä' });
    expect((await client.get('/')).headers.get('content-length')).toBe('10');
    const head = await client.head('/');
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['10', '']);
  });

  test('repeated cookies arrive as several fields', async () => {
    respond = () => new TextResponse('a').setCookie('a', '1').setCookie('b', '2', { httpOnly: true });
    expect((await client.get('/')).headers.getSetCookie()).toEqual([
      'a=1; Path=/; SameSite=Lax',
      'b=2; Path=/; HttpOnly; SameSite=Lax',
    ]);
  });

  test.each([204, 205, 304])('a %i has no body', async (status) => {
    respond = () => new TextResponse('no', { status });
    const response = await client.get('/');
    expect([response.status, await response.text()]).toEqual([status, '']);
  });

  test('one constant answers many requests', async () => {
    const constant = new TextResponse('hi', { headers: { 'x-a': '1' } });
    respond = () => constant;
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.get('/')));
    for (const answer of answers)
      expect([await answer.text(), answer.headers.get('x-a')]).toEqual(['hi', '1']);
  });

  test('a stream that fails before its first byte is a 500', async () => {
    respond = () =>
      new StreamingResponse(
        // biome-ignore lint/correctness/useYield: it fails before
        (async function* (): AsyncGenerator<string> {
          throw new Error('no database');
        })(),
      );
    expect((await client.get('/')).status).toBe(500);
  });

  test('a stream that fails later cuts the connection', async () => {
    respond = () =>
      new StreamingResponse(
        (async function* () {
          yield 'a';
          await sleep(10);
          throw new Error('lost');
        })(),
      );
    const response = await client.get('/');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  describe.each(Object.entries(endless))('%s without an end', (_kind, make) => {
    test('is held back by a slow reader, and ended once when the client leaves, before background work', async () => {
      const log: Log = { pieces: 0, ends: 0 };
      let endsBefore = -1;
      const background = () => {
        endsBefore = log.ends;
      };
      respond = () => new StreamingResponse(make(log), { background });
      const response = await client.get('/');
      const reader = response.body.getReader();
      await reader.read();
      await sleep(150);
      const held = log.pieces;
      await sleep(150);
      expect(log.pieces).toBe(held);
      expect(held * PIECE).toBeLessThan(IN_BETWEEN);
      await reader.cancel();
      await until(() => endsBefore >= 0, 'background work');
      await until(() => log.ends > 0, 'the end of the source');
      await sleep(20);
      expect(log.ends).toBe(1);
    });

    test('does not send a body for HEAD', async () => {
      const log: Log = { pieces: 0, ends: 0 };
      respond = () => new StreamingResponse(make(log));
      expect(await (await client.head('/')).text()).toBe('');
      // Streams fill their own buffer as soon as there is one; nothing more is asked of them.
      expect(log.pieces).toBeLessThanOrEqual(2);
    });
  });

  test('a response does not wait for its background work', async () => {
    respond = () =>
      new TextResponse('hi', {
        background: async () => {
          await sleep(200);
        },
      });
    const start = performance.now();
    await (await client.get('/')).text();
    expect(performance.now() - start).toBeLessThan(190);
  });
});
