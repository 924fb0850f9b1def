import { HTTPError, type Middleware, Pullo, Response, StreamingResponse, TextResponse } from '@pullo/core';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';
import { codeOf, get, pushed, readerOf, readText, rejectionCode, turn } from './fetch-support.ts';

/** What handlers return, and what comes of it. */
const results: readonly [title: string, make: () => Pullo, body: string, type: string | null][] = [
  ['text', () => new Pullo().get('/', () => 'hej då'), 'hej då', 'text/plain; charset=utf-8'],
  ['JSON', () => new Pullo().get('/', () => ({ a: [1] })), '{"a":[1]}', 'application/json'],
  ['nothing', () => new Pullo().get('/', () => null), '', null],
  ['bytes', () => new Pullo().get('/', () => new Uint8Array([104, 105])), 'hi', 'application/octet-stream'],
  [
    'an async iterable',
    () =>
      new Pullo().get('/', async function* () {
        yield 'a';
        await turn();
        yield 'b';
      }),
    'ab',
    null,
  ],
  [
    'a response of Fetch',
    () => new Pullo().get('/', () => new globalThis.Response('web', { headers: { 'content-type': 'a/b' } })),
    'web',
    'a/b',
  ],
  ['a constant', () => new Pullo().get('/', new TextResponse('same')), 'same', 'text/plain; charset=utf-8'],
];

/** An app that keeps what `onUnhandled` hears. */
function watched() {
  const errors: [error: string, url: string | undefined][] = [];
  const onUnhandled = (error: unknown, request?: globalThis.Request) => {
    errors.push([codeOf(error), request?.url]);
  };
  return { app: new Pullo({ onUnhandled }), errors };
}

export const cases: readonly Case[] = [
  {
    title: "a response is the platform's own: its members work as they lie on the prototype",
    run: async () => {
      const { prototype } = globalThis.Response;
      for (const [, make, body] of results) {
        const response = await make().fetch(get());
        assertEqual(Object.getPrototypeOf(response) === prototype, true);
        assertEqual(Reflect.get(prototype, 'ok', response), true);
        assertEqual(await prototype.text.call(prototype.clone.call(response)), body);
      }
    },
  },
  ...results.map(([title, make, body, type]) => ({
    title: `a handler that returns ${title} is answered so`,
    run: async () => {
      const app = make();
      for (let time = 0; time < 2; time++) {
        const response = await app.fetch(get());
        assertEqual([await response.text(), response.headers.get('content-type')], [body, type]);
      }
      await app.close();
    },
  })),
  {
    title: 'an answer is a response of the platform: a copy, a stream, and another that is made of it',
    run: async () => {
      const app = new Pullo().get('/', () => 'whole');
      const response = await app.fetch(get());
      assertEqual(
        [response instanceof globalThis.Response, response.ok, response.bodyUsed],
        [true, true, false],
      );
      response.headers.set('a', 'b');
      const copy = response.clone();
      const other = new globalThis.Response(response.body, response);
      assertEqual([await copy.text(), copy.headers.get('a')], ['whole', 'b']);
      assertEqual([await readText(readerOf(other)), other.headers.get('a')], ['whole', 'b']);
      const json = await new Pullo().get('/', () => [1]).fetch(get());
      assertEqual([await json.json(), json.bodyUsed], [[1], true]);
      assertEqual((await rejectionCode(json.text())) === undefined, false);
    },
  },
  {
    title: 'fetch is bound, and the same each time, also on the views of an app',
    run: async () => {
      const app = new Pullo();
      let view: unknown;
      app.group('/group', (group) => {
        view = group.fetch;
        group.get('/', () => 'grouped');
      });
      const { fetch } = app;
      assertEqual([fetch === app.fetch, view === fetch], [true, true]);
      assertEqual(await (await fetch(get('/group'))).text(), 'grouped');
    },
  },
  {
    title: 'a sync handler below sync middleware is answered without a promise',
    run: async () => {
      const passing: Middleware = (_ctx, next) => next();
      const app = new Pullo().use(passing).get('/', () => 'x');
      await app.fetch(get());
      assertEqual(app.fetch(get()) instanceof globalThis.Response, true);
    },
  },
  {
    title: 'HEAD, OPTIONS, 404, 405 and redirects are as on any server',
    run: async () => {
      const app = new Pullo().get('/a', () => 'text');
      const answer = async (method: string, path: string) => {
        const { status, headers } = await app.fetch(get(path, { method }));
        return [status, headers.get('allow') ?? headers.get('location') ?? headers.get('content-length')];
      };
      assertEqual(await answer('HEAD', '/a'), [200, '4']);
      assertEqual(await answer('OPTIONS', '/a'), [204, 'GET, HEAD, OPTIONS']);
      assertEqual(await answer('POST', '/a'), [405, 'GET, HEAD, OPTIONS']);
      assertEqual(await answer('GET', '/a/?b'), [308, '/a?b']);
      assertEqual((await answer('GET', '/b'))[0], 404);
    },
  },
  {
    title: 'ctx.platform is what the host handed over, and nothing where it handed over nothing',
    run: async () => {
      const app = new Pullo()
        .provide(({ platform: [env] }) => ({ env: env as { GREETING: string } | undefined }))
        .get('/', ({ env, platform }) => `${env?.GREETING} ${platform.length}`);
      assertEqual(await (await app.fetch(get(), { GREETING: 'hej' }, {})).text(), 'hej 2');
      assertEqual(await (await app.fetch(get())).text(), 'undefined 0');
    },
  },
  {
    title: "waitUntil keeps the host's context, and the response does not wait",
    run: async () => {
      const kept: Promise<unknown>[] = [];
      const context = { waitUntil: (promise: Promise<unknown>) => kept.push(promise) };
      const order: string[] = [];
      const app = new Pullo().get('/', ({ waitUntil }) => {
        waitUntil(turn(2).then(() => order.push('background')));
        return 'now';
      });
      const response = await app.fetch(get(), {}, context);
      order.push(await response.text());
      await Promise.all(kept);
      assertEqual([order, kept.length > 0], [['now', 'background'], true]);
    },
  },
  {
    title: 'background work of a response, and of a stream that the client has left, is kept too',
    run: async () => {
      const order: string[] = [];
      const kept: Promise<unknown>[] = [];
      const context = { waitUntil: (promise: Promise<unknown>) => kept.push(promise) };
      const background = () => void order.push('background');
      const app = new Pullo().get('/', () => {
        const source = async function* () {
          try {
            for (;;) {
              yield 'tick';
              await turn(1);
            }
          } finally {
            order.push('source stopped');
          }
        };
        return new StreamingResponse(source(), { background });
      });
      const reader = readerOf(await app.fetch(get(), {}, context));
      assertEqual(await readText(reader), 'tick');
      await reader.cancel();
      await Promise.all(kept);
      assertEqual(order.sort(), ['background', 'source stopped']);
    },
  },
  ...['sync', 'async'].map((kind) => ({
    title: `an error that nobody takes, ${kind}, is a 500, and told with its request`,
    run: async () => {
      const { app, errors } = watched();
      app.get('/', (): Promise<string> => {
        if (kind === 'sync') throw new Error('secret');
        return Promise.reject(new Error('secret'));
      });
      const response = await app.fetch(get('/?x'));
      assertEqual([response.status, await response.text()], [500, '500 Internal Server Error\n']);
      await app.close();
      assertEqual(errors, [['secret', 'http://test.example/?x']]);
    },
  })),
  {
    title: 'an error that is an answer is not told, nor one that a handler takes',
    run: async () => {
      const { app, errors } = watched();
      app
        .onError(RangeError, () => 'taken')
        .get('/410', () => {
          throw new HTTPError(410);
        })
        .get('/taken', () => {
          throw new RangeError();
        });
      assertEqual((await app.fetch(get('/410'))).status, 410);
      assertEqual(await (await app.fetch(get('/taken'))).text(), 'taken');
      await app.close();
      assertEqual(errors, []);
    },
  },
  {
    title: 'an onUnhandled that throws, at once or later, breaks nothing',
    run: async () => {
      const { error } = console;
      const logged: unknown[] = [];
      console.error = (message: unknown) => logged.push(codeOf(message));
      const broken = (): never => {
        throw new Error('logger broken');
      };
      try {
        for (const onUnhandled of [broken, async () => broken()]) {
          const app = new Pullo({ onUnhandled }).get('/', () => {
            throw new Error('x');
          });
          assertEqual((await app.fetch(get())).status, 500);
          await app.close();
        }
      } finally {
        console.error = error;
      }
      assertEqual(logged, ['logger broken', 'logger broken']);
    },
  },
  {
    title: 'without onUnhandled errors are printed',
    run: async () => {
      const { error } = console;
      const logged: unknown[] = [];
      console.error = (message: unknown) => logged.push(codeOf(message));
      try {
        const app = new Pullo().get('/', () => {
          throw new Error('printed');
        });
        assertEqual((await app.fetch(get())).status, 500);
        await app.close();
      } finally {
        console.error = error;
      }
      assertEqual(logged, ['printed']);
    },
  },
  {
    title: 'a stream that fails on its way fails the body, and is told',
    run: async () => {
      const { app, errors } = watched();
      app.get('/', async function* () {
        yield 'half';
        await turn();
        throw new Error('broken');
      });
      const reader = readerOf(await app.fetch(get()));
      assertEqual(await readText(reader), 'half');
      assertEqual((await rejectionCode(reader.read())) !== undefined, true);
      await app.close();
      assertEqual(errors, [['broken', 'http://test.example/']]);
    },
  },
  {
    title: 'bodies are read with their limits, and stream both ways',
    run: async () => {
      const app = new Pullo({ request: { maxBytes: 4 } })
        .post('/text', ({ request }) => request.text())
        .post('/echo', ({ request }) => request.stream());
      const post = (body: string) => app.fetch(get('/text', { method: 'POST', body }));
      assertEqual(await (await post('1234')).text(), '1234');
      assertEqual((await post('12345')).status, 413);
      const body = pushed('/echo');
      body.push('one');
      const reader = readerOf(await app.fetch(body.request));
      assertEqual(await readText(reader), 'one');
      body.push('two');
      assertEqual(await readText(reader), 'two');
      body.end();
      assertEqual((await reader.read()).done, true);
      await app.close();
    },
  },
  {
    title: 'cookies stay apart, and a response can be changed afterwards',
    run: async () => {
      const app = new Pullo().get('/', () => new Response('x').setCookie('a', '1').setCookie('b', '2'));
      const { headers } = await app.fetch(get());
      headers.append('set-cookie', 'c=3');
      assertEqual(
        headers.getSetCookie().map((cookie) => cookie.slice(0, 3)),
        ['a=1', 'b=2', 'c=3'],
      );
    },
  },
];
