import { type App, type HTTPScope, UnsupportedScope } from '@pullo/asgi';
import { Pullo } from '@pullo/core';
import { fromFetch, toFetch } from '@pullo/core/adapters';
import { assertEqual, type Case, thrownBy } from '../../../../conformance/assert.ts';
import { codeOf, get, hostApp, pushed, readerOf, readText, rejectionCode, turn } from './fetch-support.ts';

/** An app below a prefix, as a mount hands it on. */
function below(rootPath: string, app: App): App {
  return (scope, receive, send) => {
    if (scope.type !== 'http') throw new UnsupportedScope(scope);
    const mounted: HTTPScope = { ...scope, rootPath };
    return app(mounted, receive, send);
  };
}

const showURL = (request: globalThis.Request) => new globalThis.Response(request.url);

const paths: readonly [title: string, app: App, path: string, url: string][] = [
  ['no mount', fromFetch(showURL), '/a/b?c', 'http://test.example/a/b?c'],
  ['a mount', below('/api', fromFetch(showURL)), '/api/b?c', 'http://test.example/b?c'],
  ['the prefix itself', below('/api', fromFetch(showURL)), '/api', 'http://test.example/'],
  ['what only begins like it', below('/api', fromFetch(showURL)), '/apis', 'http://test.example/apis'],
  ['a path outside', below('/api', fromFetch(showURL)), '/x', 'http://test.example/x'],
  [
    'a mount, whole',
    below('/api', fromFetch(showURL, { path: 'whole' })),
    '/api/b',
    'http://test.example/api/b',
  ],
  ['escapes', below('/api', fromFetch(showURL)), '/api/a%2Fb%20', 'http://test.example/a%2Fb%20'],
];

export const cases: readonly Case[] = [
  ...paths.map(([title, app, path, url]) => ({
    title: `with ${title}, ${path} is ${url}`,
    run: async () => assertEqual(await (await hostApp(app).fetch(get(path))).text(), url),
  })),
  {
    title: 'method, headers and body come as they were, and so do status, cookies and body of the response',
    run: async () => {
      const { fetch, errors } = hostApp(
        fromFetch(async (request) => {
          const headers = new globalThis.Headers({ 'x-method': request.method });
          headers.append('set-cookie', 'a=1');
          headers.append('set-cookie', 'b=2');
          const body = `${request.headers.get('x-one')} ${await request.text()}`;
          return new globalThis.Response(body, { status: 201, headers });
        }),
      );
      const init = { method: 'PUT', body: 'body', headers: { 'x-one': '1' } };
      const response = await fetch(get('/', init));
      const { status, headers } = response;
      assertEqual([status, headers.get('x-method'), await response.text()], [201, 'PUT', '1 body']);
      assertEqual([headers.getSetCookie(), errors], [['a=1', 'b=2'], []]);
    },
  },
  {
    title: 'bodies stream both ways',
    run: async () => {
      const { fetch } = hostApp(fromFetch((request) => new globalThis.Response(request.body)));
      const body = pushed();
      body.push('one');
      const reader = readerOf(await fetch(body.request));
      assertEqual(await readText(reader), 'one');
      body.push('two');
      assertEqual(await readText(reader), 'two');
      body.end();
      assertEqual((await reader.read()).done, true);
    },
  },
  {
    title: 'a client that leaves aborts the signal and cancels the body',
    run: async () => {
      const seen: unknown[] = [];
      const handler = ({ signal }: globalThis.Request) => {
        signal.addEventListener('abort', () => seen.push(codeOf(signal.reason)));
        return new globalThis.Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(1)),
            cancel: () => void seen.push('cancelled'),
          }),
        );
      };
      const { fetch, close, errors } = hostApp(fromFetch(handler));
      const reader = readerOf(await fetch(get()));
      await reader.read();
      await reader.cancel();
      await close();
      assertEqual([seen.sort(), errors], [['ERR_CLIENT_DISCONNECTED', 'cancelled'], []]);
    },
  },
  {
    title: 'HEAD drops the body and cancels it',
    run: async () => {
      let cancelled = false;
      const { fetch, close } = hostApp(
        fromFetch(() => {
          const stream = new ReadableStream({
            cancel: () => {
              cancelled = true;
            },
          });
          return new globalThis.Response(stream, { headers: { 'x-a': 'b' } });
        }),
      );
      const response = await fetch(get('/', { method: 'HEAD' }));
      await close();
      assertEqual([response.headers.get('x-a'), response.body, cancelled], ['b', null, true]);
    },
  },
  ...(
    [
      [
        'throws',
        () => {
          throw new Error('thrown');
        },
        'thrown',
      ],
      ['rejects', () => Promise.reject(new Error('rejected')), 'rejected'],
      [
        'returns nothing',
        () => undefined as unknown as globalThis.Response,
        'A handler of Fetch returned undefined: return a Response.',
      ],
      [
        'returns what a body is made of',
        () => 'x' as unknown as globalThis.Response,
        'A handler of Fetch returned the text "x": return a Response.',
      ],
      ['returns Response.error()', () => globalThis.Response.error(), 'ERR_CONTRACT_VIOLATION'],
    ] as const
  ).map(([title, handler, code]) => ({
    title: `a handler that ${title} is an error of the app`,
    run: async () => {
      const { fetch, errors } = hostApp(fromFetch(handler));
      assertEqual((await fetch(get())).status, 500);
      assertEqual(errors.map(codeOf), [code]);
    },
  })),
  {
    title: 'what the host handed over is handed on, and an object keeps its this',
    run: async () => {
      class Handler {
        readonly #name = 'own';
        fetch(_request: globalThis.Request, env: { KEY: string }, count: number) {
          return new globalThis.Response(`${this.#name} ${env.KEY} ${count}`);
        }
      }
      const { fetch } = hostApp(fromFetch(new Handler()));
      assertEqual(await (await fetch(get(), { KEY: 'k' }, 2)).text(), 'own k 2');
    },
  },
  {
    title: 'methods that Fetch has no request for are 501',
    run: async () => {
      const app = fromFetch(() => new globalThis.Response('never'));
      const { fetch } = hostApp((scope, receive, send) => {
        if (scope.type !== 'http') throw new UnsupportedScope(scope);
        return app({ ...scope, method: 'TRACE' }, receive, send);
      });
      assertEqual((await fetch(get())).status, 501);
    },
  },
  {
    title: 'there and back again is the same app',
    run: async () => {
      const inner = new Pullo().post('/echo', ({ request }) => request.stream());
      const { fetch, close } = toFetch(fromFetch(toFetch(fromFetch(inner))));
      const response = await fetch(get('/echo', { method: 'POST', body: 'text' }));
      assertEqual([response.status, await response.text()], [200, 'text']);
      await close();
      await inner.close();
    },
  },
  {
    title: 'a WebSocket session and a lifespan are refused as an app refuses them',
    run: async () => {
      const app = fromFetch(showURL);
      const state = {};
      const scope = { type: 'lifespan', asgi: { version: '3.0', specVersion: '2.0' }, state } as const;
      const called = Promise.resolve(
        app(
          scope,
          () => new Promise(() => {}),
          () => {},
        ),
      );
      assertEqual(await rejectionCode(called), 'ERR_UNSUPPORTED_SCOPE');
      await turn();
    },
  },
  {
    title: 'what is no handler and what is no app are errors at once',
    run: () => {
      const wrong = [
        thrownBy(() => fromFetch({} as unknown as typeof showURL)),
        thrownBy(() => fromFetch(null as unknown as typeof showURL)),
        thrownBy(() => toFetch({} as unknown as App)),
      ];
      assertEqual(
        wrong.map(({ name }) => name),
        ['TypeError', 'TypeError', 'TypeError'],
      );
    },
  },
];
