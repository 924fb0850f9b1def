import { type App, type Scope, validate } from '@pullo/asgi';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';
import { bytes, httpScope, lifespanScope, play, type Script, websocketScope } from './script.ts';

/** Everything that a server can do wrong beyond the checklist, and the problem it is told. */

const endless: Iterable<readonly [string, string]> = {
  *[Symbol.iterator]() {
    yield ['host', 'example.org'] as const;
  },
};

type ScopeRow = readonly [change: Readonly<Record<string, unknown>>, problem: string];

const httpScopes: readonly ScopeRow[] = [
  [{ type: 7 }, 'scope.type is 7, but must be a string'],
  [{ type: undefined }, 'scope.type is missing: it must be a string'],
  [{ asgi: null }, 'scope.asgi is null, but must be an object'],
  [{ asgi: { version: '2.0', specVersion: '2.5' } }, 'scope.asgi.version is "2.0", but must be "3.0"'],
  [{ asgi: { version: '3.0', specVersion: '2.3' } }, 'scope.asgi.specVersion is "2.3", but must be "2.5"'],
  [{ httpVersion: '2.0' }, 'scope.httpVersion is "2.0", but must be "1.0" or "1.1" or "2"'],
  [{ method: '' }, 'scope.method is "", but must be a token, such as "GET"'],
  [{ method: 'GET /' }, 'scope.method is "GET /", but must be a token, such as "GET"'],
  [{ scheme: 'ws' }, 'scope.scheme is "ws", but must be "http" or "https"'],
  [{ path: 'a' }, 'scope.path is "a", but must be a path that begins with "/"'],
  [{ path: '' }, 'scope.path is "", but must be a path that begins with "/"'],
  [{ path: '*' }, 'scope.path is "*", but must be a path that begins with "/"'],
  [{ path: '/a b' }, 'scope.path is "/a b", but must be canonical: "/a%20b"'],
  [{ path: '/%61/../b' }, 'scope.path is "/%61/../b", but must be canonical: "/b"'],
  [{ path: '/%' }, 'scope.path is "/%", but must be canonical: it has none, malformed escape "%"'],
  [{ rawPath: null }, 'scope.rawPath is null, but must be a string'],
  [{ rawPath: '/?a' }, 'scope.rawPath is "/?a", but must be the path without the query'],
  [{ queryString: bytes('a=b') }, 'scope.queryString is an instance of Uint8Array, but must be a string'],
  [{ rootPath: null }, 'scope.rootPath is null, but must be a string'],
  [{ rootPath: '/' }, 'scope.rootPath is "/", but must be empty or a path that does not end with "/"'],
  [{ rootPath: 'app' }, 'scope.rootPath is "app", but must be a path that begins with "/"'],
  [{ rootPath: '/%61', path: '/a/b' }, 'scope.rootPath is "/%61", but must be canonical: "/a"'],
  [
    { rootPath: '/app', path: '/other' },
    'scope.path is "/other", but must begin with scope.rootPath, "/app"',
  ],
  [
    { rootPath: '/app', path: '/apple' },
    'scope.path is "/apple", but must begin with scope.rootPath, "/app"',
  ],
  [{ headers: null }, 'scope.headers is null, but must be an object'],
  [
    { headers: { host: 'a' } },
    'scope.headers is an object, but must be an iterable of [name, value] pairs: an array, a HeaderList, or Object.entries(...)',
  ],
  [
    { headers: endless[Symbol.iterator]() },
    'scope.headers can be read only once: it must be iterable any number of times, such as a HeaderList',
  ],
  [
    { headers: [[':authority', 'a']] },
    'scope.headers[0]: invalid header name ":authority": a name is one or more of A-Z a-z 0-9 !#$%&\'*+-.^_`|~',
  ],
  [
    { headers: [['a', 'b\r']] },
    'scope.headers[0]: invalid value of header "a": "b\\r" has a control character or one beyond U+00FF; encode it first',
  ],
  [{ client: '127.0.0.1' }, 'scope.client is "127.0.0.1", but must be an object'],
  [{ client: {} }, 'scope.client.host is missing: it must be a string'],
  [
    { client: { host: 'a', port: null } },
    'scope.client.port is null, but must be an integer from 0 to 65535',
  ],
  [
    { server: { host: 'a', port: 70_000 } },
    'scope.server.port is 70000, but must be an integer from 0 to 65535',
  ],
  [{ state: null }, 'scope.state is null, but must be an object'],
  [{ extensions: null }, 'scope.extensions is null, but must be an object'],
  [{ extensions: { tls: true } }, 'scope.extensions.tls is true, but must be an object'],
  [
    { extensions: { tls: {} } },
    'scope.extensions.tls.clientCertChain is missing: it must be an iterable of strings',
  ],
  [
    { extensions: { tls: { ...tls(), clientCertError: 1 } } },
    'scope.extensions.tls.clientCertError is 1, but must be a string',
  ],
  [
    { extensions: { tls: { ...tls(), tlsVersion: 'TLSv1.3' } } },
    'scope.extensions.tls.tlsVersion is "TLSv1.3", but must be an integer from 0 to 65535',
  ],
  [{ exchange: null }, 'scope.exchange is null, but must be an object'],
  [{ exchange: {} }, 'scope.exchange.signal is missing: it must be an AbortSignal'],
  [{ exchange: { signal: null } }, 'scope.exchange.signal is null, but must be an AbortSignal'],
];

const websocketScopes: readonly ScopeRow[] = [
  [{ scheme: 'http' }, 'scope.scheme is "http", but must be "ws" or "wss"'],
  [{ subprotocols: 'chat' }, 'scope.subprotocols is "chat", but must be an iterable of strings'],
  [{ subprotocols: [1] }, 'scope.subprotocols[0] is 1, but must be a string'],
  [{ path: '*' }, 'scope.path is "*", but must be a path that begins with "/"'],
];

const lifespanScopes: readonly ScopeRow[] = [
  [{ asgi: { version: '3.0', specVersion: '2.5' } }, 'scope.asgi.specVersion is "2.5", but must be "2.0"'],
  [{ state: 7 }, 'scope.state is 7, but must be an object'],
];

function tls() {
  return {
    serverCert: null,
    clientCertChain: [],
    clientCertName: null,
    clientCertError: null,
    tlsVersion: 0x0304,
    cipherSuite: 0x1301,
  };
}

type EventRow = readonly [events: readonly unknown[], problem: string];

const request = { type: 'http.request', body: bytes('a'), moreBody: true };
const lastRequest = { ...request, moreBody: false };
const connect = { type: 'websocket.connect' };
const message = { type: 'websocket.receive', text: 'a', bytes: null };

const httpEvents: readonly EventRow[] = [
  [[undefined], 'receive() gave undefined, but an event is an object'],
  [[{ type: Symbol('a') }], 'receive() gave an event whose type is Symbol(a): type must be a string'],
  [[{ type: 'http.asked' }], 'receive() gave "http.asked", which is not an event of an http scope'],
  [[connect], 'receive() gave "websocket.connect", which is not an event of an http scope'],
  [[{ ...request, body: 'a' }], 'http.request.body is "a", but must be a Uint8Array'],
  [[{ type: 'http.request', moreBody: false }], 'http.request.body is missing: it must be a Uint8Array'],
  [[{ type: 'http.request', body: bytes('') }], 'http.request.moreBody is missing: it must be true or false'],
  [
    [lastRequest, lastRequest],
    'receive() gave http.request after one whose moreBody was false: only http.disconnect follows',
  ],
  [[request, { type: 'http.disconnect' }, request], 'receive() gave http.request after http.disconnect'],
];

const websocketEvents: readonly EventRow[] = [
  [[request], 'receive() gave "http.request", which is not an event of a websocket scope'],
  [[connect, connect], 'receive() gave websocket.connect a second time'],
  [[message], 'receive() gave websocket.receive before websocket.connect'],
  [
    [connect, { type: 'websocket.receive', text: 'a' }],
    'websocket.receive.bytes is missing: it must be a Uint8Array or null',
  ],
  [
    [connect, { ...message, text: null }],
    'websocket.receive has neither bytes nor text: one must be null, the other not',
  ],
  [
    [connect, { ...message, bytes: bytes('a') }],
    'websocket.receive has both bytes and text: one must be null, the other not',
  ],
  [
    [connect, { type: 'websocket.disconnect', code: 1000 }],
    'websocket.disconnect.reason is missing: it must be a string',
  ],
  [
    [connect, { type: 'websocket.disconnect', code: 1000, reason: '' }, message],
    'receive() gave websocket.receive after websocket.disconnect',
  ],
];

const lifespanEvents: readonly EventRow[] = [
  [[connect], 'receive() gave "websocket.connect", which is not an event of a lifespan scope'],
  [
    [{ type: 'lifespan.startup' }, { type: 'lifespan.startup' }],
    'receive() gave lifespan.startup a second time',
  ],
  [
    [{ type: 'lifespan.shutdown' }],
    'receive() gave lifespan.shutdown before the app sent lifespan.startup.complete',
  ],
];

/** Receives as many events as there are; accepts a session after its first; answers no request. */
function reader(count: number): App {
  return async (scope, receive, send) => {
    for (let i = 0; i < count; i++) {
      await receive();
      if (scope.type === 'websocket' && i === 0) await send({ type: 'websocket.accept' });
    }
  };
}

async function check(app: App, script: Script, problem: string): Promise<void> {
  const { error } = await play(validate(app), script);
  assertEqual(error instanceof Error ? error.message : error, `The server broke the contract: ${problem}.`);
  assertEqual(error instanceof Error && 'side' in error && error.side, 'server');
}

function scopeTable(rows: readonly ScopeRow[], make: (change: ScopeRow[0]) => Scope): Case[] {
  return rows.map(([change, problem]) => ({
    title: problem,
    run: () => check(reader(0), { scope: make(change) }, problem),
  }));
}

function eventTable(rows: readonly EventRow[], make: () => Scope): Case[] {
  return rows.map(([events, problem]) => ({
    title: problem,
    run: () => check(reader(events.length), { scope: make(), events }, problem),
  }));
}

const ok: App = async (_scope, _receive, send) => {
  await send({ type: 'http.response.start', status: 200 });
  await send({ type: 'http.response.body' });
};

const rest: readonly Case[] = [
  {
    title: 'a scope that is not an object',
    run: () => check(ok, { scope: null as unknown as Scope }, 'the scope is null, but must be an object'),
  },
  {
    title: 'a scope without a field',
    run: () => {
      const { rawPath, ...scope } = httpScope();
      return check(ok, { scope: scope as Scope }, 'scope.rawPath is missing');
    },
  },
  {
    title: 'a scope whose field is inherited',
    run: () => {
      const { path, ...own } = httpScope();
      const scope = Object.assign(Object.create({ path }), own) as Scope;
      return check(ok, { scope }, 'scope.path is not an own enumerable property: { ...scope } would lose it');
    },
  },
  {
    title: 'a message before the session was accepted',
    run: () =>
      check(
        async (_scope, receive) => {
          await receive();
          await receive();
        },
        { scope: websocketScope(), events: [connect, message] },
        'receive() gave websocket.receive before the app sent websocket.accept',
      ),
  },
  {
    title: 'a message after the session was refused',
    run: () =>
      check(
        async (_scope, receive, send) => {
          await receive();
          await send({ type: 'websocket.close' });
          await receive();
        },
        { scope: websocketScope(), events: [connect, connect] },
        'receive() gave websocket.connect a second time',
      ),
  },
  {
    title: 'a second shutdown',
    run: () =>
      check(
        async (_scope, receive, send) => {
          await receive();
          await send({ type: 'lifespan.startup.complete' });
          await receive();
          await receive();
        },
        {
          scope: lifespanScope(),
          events: [
            { type: 'lifespan.startup' },
            { type: 'lifespan.shutdown' },
            { type: 'lifespan.shutdown' },
          ],
        },
        'receive() gave lifespan.shutdown a second time',
      ),
  },
  {
    title: 'a shutdown after a failed start-up',
    run: () =>
      check(
        async (_scope, receive, send) => {
          await receive();
          await send({ type: 'lifespan.startup.failed' });
          await receive();
        },
        { scope: lifespanScope(), events: [{ type: 'lifespan.startup' }, { type: 'lifespan.shutdown' }] },
        'receive() gave lifespan.shutdown after the app had ended its lifespan',
      ),
  },
  {
    title: 'a send that throws',
    run: () =>
      check(
        ok,
        {
          send: () => {
            throw new TypeError('no');
          },
        },
        'send() threw an instance of TypeError: it must return a promise that rejects',
      ),
  },
  {
    title: 'a send that returns something',
    run: () =>
      check(
        ok,
        { send: (() => true) as () => void },
        'send() returned true, but must return nothing or a promise of nothing',
      ),
  },
  {
    title: 'a send that promises something',
    run: () =>
      check(
        ok,
        { send: (async () => 7) as unknown as () => Promise<void> },
        'send() promised 7, but must return nothing or a promise of nothing',
      ),
  },
  ...(
    [
      [
        'receive() threw an instance of Error: it must return a promise that rejects',
        () => {
          throw new Error('no');
        },
      ],
      [
        'receive() returned an object, but must return a promise of an event',
        () => ({ type: 'http.disconnect' }),
      ],
      ['receive is undefined, but must be a function', undefined],
    ] as const
  ).map(([problem, receive]) => ({
    title: problem,
    run: () =>
      check(
        async (scope, _receive, send) => {
          const wrapped = validate(reader(1));
          await wrapped({ ...scope }, receive as never, send);
        },
        {},
        problem,
      ),
  })),
];

export const name = 'validate: what a server can do wrong';
export const cases: readonly Case[] = [
  ...scopeTable(httpScopes, httpScope),
  ...scopeTable(websocketScopes, websocketScope),
  ...scopeTable(lifespanScopes, lifespanScope),
  ...eventTable(httpEvents, httpScope),
  ...eventTable(websocketEvents, websocketScope),
  ...eventTable(lifespanEvents, lifespanScope),
  ...rest,
];
