import { type App, ClientDisconnected, HeaderList, UnsupportedScope, validate } from '@pullo/asgi';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';
import {
  bytes,
  gone,
  httpScope,
  lifespanScope,
  type Played,
  pairs,
  play,
  type Script,
  sends,
  slow,
  websocketScope,
} from './script.ts';

/** Legal exchanges, of which `validate` must not complain: neither now nor, by a thrown error, later. */

interface Row {
  readonly title: string;
  readonly app: App;
  readonly script?: Script;
  /** What is to be found out beyond "no error". */
  readonly check?: (played: Played) => void;
}

const start = { type: 'http.response.start', status: 200 } as const;
const end = { type: 'http.response.body' } as const;

const withExtensions = (...names: string[]) => ({
  scope: httpScope({ extensions: Object.fromEntries(names.map((name) => [name, {}])) }),
});

const http: readonly Row[] = [
  {
    title: 'a sync app that awaits nothing stays sync',
    app: sends(start, end),
    check: ({ isAsync }) => assertEqual(isAsync, false),
  },
  {
    title: 'an async app stays async',
    app: async (scope, receive, send) => sends(start, end)(scope, receive, send),
    check: ({ isAsync }) => assertEqual(isAsync, true),
  },
  { title: 'sends that nobody awaits on a slow server', app: sends(start, end), script: { send: slow } },
  {
    title: 'a thenable instead of a promise',
    app: ((scope, receive, send) => {
      sends(start, end)(scope, receive, send);
      // biome-ignore lint/suspicious/noThenProperty: that is the point
      return { then: (resolve: () => void) => resolve() };
    }) as App,
  },
  {
    title: 'headers from a generator, handed on as a list that can be read again',
    app: sends({ ...start, headers: pairs() }, end),
    check: ({ sent }) => {
      const headers = sent[0]?.type === 'http.response.start' ? sent[0].headers : undefined;
      assertEqual([...(headers ?? [])], [...pairs()]);
      assertEqual([...(headers ?? [])], [...pairs()]);
    },
  },
  {
    title: 'headers as a HeaderList, handed on as they are',
    app: sends({ ...start, headers: new HeaderList(pairs()) }, end),
    check: ({ sent }) =>
      assertEqual(sent[0]?.type === 'http.response.start' && sent[0].headers instanceof HeaderList, true),
  },
  { title: 'headers as a Map', app: sends({ ...start, headers: new Map([['a', 'b']]) }, end) },
  {
    title: 'fields that are undefined count as left out',
    app: sends(
      { ...start, headers: undefined, trailers: undefined } as never,
      { ...end, body: undefined } as never,
    ),
  },
  { title: 'text as a body', app: sends(start, { ...end, body: 'hyvää päivää' }) },
  {
    title: 'a body in many pieces, some empty, of the announced length',
    app: sends(
      { ...start, headers: [['Content-Length', '4']] },
      { ...end, body: 'é', moreBody: true },
      { ...end, body: '', moreBody: true },
      { ...end, body: bytes('ab'), moreBody: true },
      end,
    ),
  },
  {
    title: 'an announced length without a body in answer to HEAD',
    app: sends({ ...start, headers: [['content-length', '4']] }, end),
    script: { scope: httpScope({ method: 'HEAD' }) },
  },
  {
    title: 'an announced length without a body with 304',
    app: sends({ ...start, status: 304, headers: [['content-length', '4']] }, end),
  },
  {
    title: 'Transfer-Encoding from an app: the server ignores it',
    app: sends({ ...start, headers: [['transfer-encoding', 'chunked']] }, end),
  },
  {
    title: 'a body that is never read',
    app: sends(start, end),
    script: { events: [{ type: 'http.request', body: bytes('a'), moreBody: true }] },
  },
  {
    title: 'a body that is read after start, while the answer streams',
    app: async (_scope, receive, send) => {
      send(start);
      for (let moreBody = true; moreBody; ) {
        const event = await receive();
        if (event.type !== 'http.request') return;
        moreBody = event.moreBody;
        await send({ type: 'http.response.body', body: event.body, moreBody });
      }
    },
    script: {
      events: [
        { type: 'http.request', body: bytes('a'), moreBody: true },
        { type: 'http.request', body: bytes(''), moreBody: true },
        { type: 'http.request', body: bytes('b'), moreBody: false },
      ],
      send: slow,
    },
  },
  {
    title: 'background work after the final body',
    app: async (scope, receive, send) => {
      sends(start, end)(scope, receive, send);
      await new Promise((resolve) => setTimeout(resolve, 2));
      await receive();
    },
  },
  {
    title: 'a request event asked for before the final body was taken',
    app: async (_scope, receive, send) => {
      send(start);
      const waiting = receive();
      await send(end);
      await waiting;
    },
    script: { events: [{ type: 'http.request', body: bytes('a'), moreBody: false }] },
  },
  {
    title: 'an app that returns early because the client has left',
    app: async (_scope, receive, send) => {
      send(start);
      await receive();
    },
  },
  {
    title: 'an app that returns early because a send was refused',
    app: async (_scope, _receive, send) => {
      try {
        await send(start);
      } catch {}
    },
    script: { send: gone },
  },
  {
    title: 'an app that returns early because the signal is aborted',
    app: async () => {},
    script: { scope: httpScope({ exchange: { signal: AbortSignal.abort(new ClientDisconnected()) } }) },
  },
  {
    title: 'sends to a client that has left, without awaiting',
    app: sends(start, end),
    script: { send: gone },
  },
  {
    title: 'changes of what state holds',
    app: (scope, receive, send) => {
      scope.state.user = 'me';
      return sends(start, end)(scope, receive, send);
    },
  },
  {
    title: 'an app under another app, on a copy of the scope',
    app: (scope, receive, send) => validate(sends(start, end))({ ...scope }, receive, send),
  },
  {
    title: 'early hints',
    app: sends(start, { type: 'http.response.early_hint', links: new Set(['</a>; rel=preload']) }, end),
    script: withExtensions('http.response.early_hint'),
  },
  {
    title: 'trailers',
    app: sends(
      { ...start, trailers: true },
      end,
      { type: 'http.response.trailers', headers: [['a', 'b']], moreTrailers: true },
      { type: 'http.response.trailers', headers: pairs() },
    ),
    script: withExtensions('http.response.trailers'),
  },
  {
    title: 'pathsend',
    app: sends(
      { ...start, headers: [['content-length', '5']] },
      { type: 'http.response.pathsend', path: '/etc/hosts' },
    ),
    script: withExtensions('http.response.pathsend'),
  },
  {
    title: 'zerocopysend among body events',
    app: sends(
      { ...start, headers: [['content-length', '5']] },
      { ...end, body: 'a', moreBody: true },
      { type: 'http.response.zerocopysend', file: 3, offset: 0, count: 4 },
    ),
    script: withExtensions('http.response.zerocopysend'),
  },
  {
    title: 'a push',
    app: sends(start, { type: 'http.response.push', path: '/a.css', headers: pairs() }, end),
    script: withExtensions('http.response.push'),
  },
  {
    title: 'debug data',
    app: sends({ type: 'http.response.debug', info: {} }, start, end),
    script: withExtensions('http.response.debug'),
  },
  {
    title: 'an event of an extension that is not in the books',
    app: sends(start, { type: 'acme.trace', id: 1 } as never, end),
    script: withExtensions('acme.trace'),
  },
];

const accept = { type: 'websocket.accept' } as const;
const connect = { type: 'websocket.connect' };

const websocket: readonly Row[] = [
  {
    title: 'a session',
    app: async (_scope, receive, send) => {
      await receive();
      await send({ type: 'websocket.accept', subprotocol: 'chat', headers: pairs() });
      for (let event = await receive(); event.type === 'websocket.receive'; event = await receive()) {
        await send(
          event.text === null
            ? { type: 'websocket.send', bytes: event.bytes }
            : { type: 'websocket.send', text: event.text },
        );
      }
    },
    script: {
      scope: websocketScope({ subprotocols: ['chat'] }),
      events: [
        connect,
        { type: 'websocket.receive', bytes: null, text: '' },
        { type: 'websocket.receive', bytes: bytes('a'), text: null },
        { type: 'websocket.disconnect', code: 1001, reason: 'bye' },
      ],
    },
  },
  {
    title: 'null for what is not there',
    app: sends({ ...accept, subprotocol: null }, { type: 'websocket.send', text: 'a', bytes: null }),
    script: { scope: websocketScope() },
  },
  {
    title: 'messages that came before the close, read after it',
    app: async (_scope, receive, send) => {
      await receive();
      await send(accept);
      await send({ type: 'websocket.close', code: 4000, reason: 'é'.repeat(61) });
      await receive();
      await receive();
    },
    script: {
      scope: websocketScope(),
      events: [connect, { type: 'websocket.receive', bytes: null, text: 'a' }],
    },
  },
  {
    title: 'a client that leaves before the answer',
    app: async (_scope, receive) => {
      await receive();
      await receive();
    },
    script: { scope: websocketScope(), events: [connect] },
  },
  {
    title: 'an app that leaves the session open: the server closes it',
    app: sends(accept),
    script: { scope: websocketScope() },
  },
  {
    title: 'a denial response, then websocket.disconnect',
    app: async (_scope, receive, send) => {
      await receive();
      await send({ type: 'websocket.http.response.start', status: 401, headers: pairs() });
      await send({ type: 'websocket.http.response.body', body: 'who ', moreBody: true });
      await send({ type: 'websocket.http.response.body', body: bytes('are you?') });
      await receive();
    },
    script: { scope: websocketScope({ extensions: { 'websocket.http.response': {} } }), events: [connect] },
  },
];

const lifespan: readonly Row[] = [
  {
    title: 'a lifespan',
    app: async (_scope, receive, send) => {
      await receive();
      send({ type: 'lifespan.startup.complete' });
      await receive();
      send({ type: 'lifespan.shutdown.failed', message: 'the database hangs' });
    },
    script: { scope: lifespanScope(), events: [{ type: 'lifespan.startup' }, { type: 'lifespan.shutdown' }] },
  },
  {
    title: 'a failed start-up',
    app: async (_scope, receive, send) => {
      await receive();
      await send({ type: 'lifespan.startup.failed' });
    },
    script: { scope: lifespanScope(), events: [{ type: 'lifespan.startup' }] },
  },
  {
    title: 'an app with nothing to do at shutdown',
    app: async (_scope, receive, send) => {
      await receive();
      await send({ type: 'lifespan.startup.complete' });
    },
    script: { scope: lifespanScope(), events: [{ type: 'lifespan.startup' }] },
  },
  {
    title: 'an app that returns before its first receive',
    app: () => {},
    script: { scope: lifespanScope() },
  },
];

const thrown: readonly Case[] = (
  [
    ['an error before start', new Error('before')],
    ['an unknown scope', new UnsupportedScope({ type: 'http' })],
    ['a departed client', new ClientDisconnected()],
    ['what is not an error', 'a string'],
  ] as const
).flatMap(([title, error]) => [
  {
    title: `${title}, thrown, comes out unchanged`,
    run: async () => {
      const app: App = () => {
        throw error;
      };
      assertEqual((await play(validate(app))).error === error, true);
    },
  },
  {
    title: `${title}, rejected after start, comes out unchanged`,
    run: async () => {
      const app: App = async (_scope, _receive, send) => {
        send(start);
        throw error;
      };
      assertEqual((await play(validate(app))).error === error, true);
    },
  },
]);

export const name = 'validate: legal exchanges';
export const cases: readonly Case[] = [
  ...[...http, ...websocket, ...lifespan].map(({ title, app, script, check }) => ({
    title,
    run: async () => {
      const played = await play(validate(app), script);
      if (played.error !== undefined) throw played.error;
      check?.(played);
    },
  })),
  ...thrown,
];
