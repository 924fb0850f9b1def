import { type App, type Scope, validate } from '@pullo/asgi';
import { assertEqual, type Case } from './assert.ts';
import { bytes, httpScope, lifespanScope, play, type Script, websocketScope } from './script.ts';

/** Everything that an app can do wrong beyond the checklist, and the problem it is told. */

const start = { type: 'http.response.start', status: 200 };
const more = { type: 'http.response.body', body: 'a', moreBody: true };
const end = { type: 'http.response.body' };
const accept = { type: 'websocket.accept' };
const denial = { type: 'websocket.http.response.start', status: 401 };

type Row = readonly [events: readonly unknown[], problem: string];

const everything = {
  'http.response.pathsend': {},
  'http.response.zerocopysend': {},
  'http.response.trailers': {},
  'http.response.early_hint': {},
  'http.response.push': {},
  'http.response.debug': {},
};

const http: readonly Row[] = [
  [['start'], 'send() was called with "start", but an event is an object'],
  [[null], 'send() was called with null, but an event is an object'],
  [[undefined], 'send() was called with undefined, but an event is an object'],
  [[{ type: 7 }], 'send() was called with an event whose type is 7: type must be a string'],
  [[{ type: 'http.response.begin' }], '"http.response.begin" is not an event to send on an http scope'],
  [[{ type: 'http.request' }], '"http.request" is not an event to send on an http scope'],
  [[accept], '"websocket.accept" is not an event to send on an http scope'],
  [
    [{ type: 'http.response.start' }],
    'http.response.start.status is missing: it must be an integer from 200 to 599',
  ],
  [
    [{ ...start, status: '200' }],
    'http.response.start.status is "200", but must be an integer from 200 to 599',
  ],
  [
    [{ ...start, status: 200.5 }],
    'http.response.start.status is 200.5, but must be an integer from 200 to 599',
  ],
  [[{ ...start, status: 600 }], 'http.response.start.status is 600, but must be an integer from 200 to 599'],
  [
    [{ ...start, status: Number.NaN }],
    'http.response.start.status is NaN, but must be an integer from 200 to 599',
  ],
  [
    [{ ...start, headers: null }],
    'http.response.start.headers is null, but must be an iterable of [name, value] pairs: an array, a HeaderList, or Object.entries(...)',
  ],
  [
    [{ ...start, headers: 'a: b' }],
    'http.response.start.headers is "a: b", but must be an iterable of [name, value] pairs: an array, a HeaderList, or Object.entries(...)',
  ],
  [
    [{ ...start, headers: ['a: b'] }],
    'http.response.start.headers[0] is "a: b", but must be a [name, value] pair',
  ],
  [
    [{ ...start, headers: [['a', 'b'], ['c']] }],
    'http.response.start.headers[1] is an array of 1, but must be a [name, value] pair',
  ],
  [
    [{ ...start, headers: [[bytes('a'), 'b']] }],
    'http.response.start.headers[0] has the name an instance of Uint8Array, but it must be a string',
  ],
  [
    [{ ...start, headers: [['content-length', 5]] }],
    'http.response.start.headers[0] has the value 5 for "content-length", but it must be a string',
  ],
  [
    [{ ...start, headers: [[':status', '200']] }],
    'http.response.start.headers[0]: invalid header name ":status": a name is one or more of A-Z a-z 0-9 !#$%&\'*+-.^_`|~',
  ],
  [
    [{ ...start, headers: [['x', 'é€']] }],
    'http.response.start.headers[0]: invalid value of header "x": "é€" has a control character or one beyond U+00FF; encode it first',
  ],
  [[{ ...start, trailers: 1 }], 'http.response.start.trailers is 1, but must be true or false'],
  [
    [{ ...start, headers: [['content-length', '-1']] }],
    'http.response.start has the content-length "-1": it must be a number of bytes',
  ],
  [
    [
      {
        ...start,
        headers: [
          ['content-length', '1'],
          ['Content-Length', '1'],
        ],
      },
    ],
    'http.response.start has 2 content-length headers',
  ],
  [[start, { ...end, body: null }], 'http.response.body.body is null, but must be a string or a Uint8Array'],
  [
    [start, { ...end, body: new ArrayBuffer(1) }],
    'http.response.body.body is an instance of ArrayBuffer, but must be a string or a Uint8Array',
  ],
  [[start, { ...end, moreBody: 0 }], 'http.response.body.moreBody is 0, but must be true or false'],
  [
    [
      { ...start, headers: [['content-length', '1']] },
      { ...end, body: 'é' },
    ],
    'the body has 2 bytes or more, but content-length is 1: announce the number of bytes, not of characters',
  ],
  [
    [{ ...start, headers: [['content-length', '1']] }, more, more],
    'the body has 2 bytes or more, but content-length is 1: announce the number of bytes, not of characters',
  ],
  [
    [{ ...start, headers: [['content-length', '3']] }, more, end],
    'the body ended after 1 bytes, but content-length is 3',
  ],
  [
    [start],
    'it returned before its response was complete: send a last http.response.body whose moreBody is false',
  ],
  [
    [start, more],
    'it returned before its response was complete: send a last http.response.body whose moreBody is false',
  ],
  [[start, end, start], 'http.response.start was sent a second time: a response has one, before its body'],
  // Extensions that the server does not have
  [
    [start, { type: 'http.response.pathsend', path: '/a' }],
    'http.response.pathsend was sent, but the server does not have that extension: look for "http.response.pathsend" in scope.extensions first',
  ],
  [
    [start, { type: 'http.response.zerocopysend', file: 3 }],
    'http.response.zerocopysend was sent, but the server does not have that extension: look for "http.response.zerocopysend" in scope.extensions first',
  ],
  [
    [start, { type: 'http.response.early_hint', links: [] }],
    'http.response.early_hint was sent, but the server does not have that extension: look for "http.response.early_hint" in scope.extensions first',
  ],
  [
    [start, { type: 'http.response.push', path: '/a' }],
    'http.response.push was sent, but the server does not have that extension: look for "http.response.push" in scope.extensions first',
  ],
  [
    [{ type: 'http.response.debug', info: {} }],
    'http.response.debug was sent, but the server does not have that extension: look for "http.response.debug" in scope.extensions first',
  ],
  [
    [{ ...start, trailers: true }],
    'http.response.start with trailers: true was sent, but the server does not have that extension: look for "http.response.trailers" in scope.extensions first',
  ],
  [
    [start, { type: 'http.response.trailers' }],
    'http.response.trailers was sent, but the server does not have that extension: look for "http.response.trailers" in scope.extensions first',
  ],
];

/** On a server with every extension. */
const extended: readonly Row[] = [
  [
    [{ type: 'http.response.pathsend', path: '/a' }],
    'http.response.pathsend was sent before http.response.start: that comes first',
  ],
  [
    [start, more, { type: 'http.response.pathsend', path: '/a' }],
    'http.response.pathsend was sent after http.response.body: the file is the whole body',
  ],
  [
    [start, { type: 'http.response.pathsend', path: 'a' }],
    'http.response.pathsend.path is "a", but must be an absolute path',
  ],
  [
    [start, { type: 'http.response.pathsend', path: '/a' }, end],
    'http.response.body was sent after the last http.response.body: the response is complete once moreBody is false',
  ],
  [
    [start, { type: 'http.response.zerocopysend', file: -1 }],
    'http.response.zerocopysend.file is -1, but must be an integer of at least 0',
  ],
  [
    [start, { type: 'http.response.zerocopysend', file: 3, offset: 1.5 }],
    'http.response.zerocopysend.offset is 1.5, but must be an integer of at least 0',
  ],
  [
    [start, { type: 'http.response.zerocopysend', file: 3, count: '5' }],
    'http.response.zerocopysend.count is "5", but must be an integer of at least 0',
  ],
  [
    [{ type: 'http.response.early_hint', links: [] }],
    'http.response.early_hint was sent before http.response.start: that comes first',
  ],
  [
    [start, end, { type: 'http.response.early_hint', links: [] }],
    'http.response.early_hint was sent after the last http.response.body: the response is complete once moreBody is false',
  ],
  [
    [start, { type: 'http.response.early_hint', links: '</a>; rel=preload' }],
    'http.response.early_hint.links is "</a>; rel=preload", but must be an iterable of strings',
  ],
  [
    [start, { type: 'http.response.early_hint', links: ['<a>', 1] }],
    'http.response.early_hint.links[1] is 1, but must be a string',
  ],
  [
    [start, { type: 'http.response.early_hint', links: ['a\nb'] }],
    'http.response.early_hint.links: invalid value of header "links": "a\\nb" has a control character or one beyond U+00FF; encode it first',
  ],
  [
    [start, { type: 'http.response.push', path: 'a.css' }],
    'http.response.push.path is "a.css", but must be a path that begins with "/"',
  ],
  [[start, { type: 'http.response.push' }], 'http.response.push.path is missing: it must be a string'],
  [[{ type: 'http.response.debug' }], 'http.response.debug.info is missing: it must be an object'],
  [
    [start, { type: 'http.response.debug', info: {} }],
    'http.response.debug was sent after http.response.start',
  ],
  [
    [
      { type: 'http.response.debug', info: {} },
      { type: 'http.response.debug', info: {} },
    ],
    'http.response.debug was sent a second time',
  ],
  [
    [start, { type: 'http.response.trailers' }],
    'http.response.trailers was sent, but http.response.start did not announce it with trailers: true',
  ],
  [
    [{ ...start, trailers: true }, more, { type: 'http.response.trailers' }],
    'http.response.trailers was sent before the last http.response.body',
  ],
  [
    [{ type: 'http.response.trailers' }],
    'http.response.trailers was sent before the last http.response.body',
  ],
  [
    [{ ...start, trailers: true }, end, { type: 'http.response.trailers', headers: [['a b', 'c']] }],
    'http.response.trailers.headers[0]: invalid header name "a b": a name is one or more of A-Z a-z 0-9 !#$%&\'*+-.^_`|~',
  ],
  [
    [
      { ...start, trailers: true },
      end,
      { type: 'http.response.trailers' },
      { type: 'http.response.trailers' },
    ],
    'http.response.trailers was sent after the last of them',
  ],
  [
    [{ ...start, trailers: true }, end],
    'it returned without the trailers that http.response.start announced: send http.response.trailers',
  ],
];

const websocket: readonly Row[] = [
  [[start], '"http.response.start" is not an event to send on a websocket scope'],
  [[{ type: 'websocket.send', text: 'a' }], 'websocket.send was sent before websocket.accept'],
  [[accept, { type: 'websocket.send' }], 'websocket.send has neither bytes nor text: give exactly one'],
  [[accept, { type: 'websocket.send', text: 7 }], 'websocket.send.text is 7, but must be a string or null'],
  [
    [accept, { type: 'websocket.send', bytes: 'a' }],
    'websocket.send.bytes is "a", but must be a Uint8Array or null',
  ],
  [
    [{ ...accept, subprotocol: 'chat' }],
    'websocket.accept.subprotocol is "chat", but must be null: the client offered none',
  ],
  [[{ ...accept, subprotocol: 7 }], 'websocket.accept.subprotocol is 7, but must be a string'],
  [
    [{ ...accept, headers: [['Sec-WebSocket-Protocol', 'chat']] }],
    'websocket.accept has a sec-websocket-protocol header: that is the field subprotocol',
  ],
  [
    [{ ...accept, headers: [['a', '\0']] }],
    'websocket.accept.headers[0]: invalid value of header "a": "\\u0000" has a control character or one beyond U+00FF; encode it first',
  ],
  [
    [accept, { type: 'websocket.close', code: 1005 }],
    'websocket.close.code is 1005, but must be 1000 to 1003, 1007 to 1014, or 3000 to 4999',
  ],
  [
    [accept, { type: 'websocket.close', code: '1000' }],
    'websocket.close.code is "1000", but must be 1000 to 1003, 1007 to 1014, or 3000 to 4999',
  ],
  [
    [accept, { type: 'websocket.close', reason: 'é'.repeat(62) }],
    'websocket.close.reason has 124 bytes, but a close frame has room for 123',
  ],
  [
    [accept, { type: 'websocket.close' }, { type: 'websocket.send', text: 'a' }],
    'websocket.send was sent after the session had ended',
  ],
  [
    [accept, { type: 'websocket.close' }, { type: 'websocket.close' }],
    'websocket.close was sent after the session had ended',
  ],
  [[{ type: 'websocket.close' }, accept], 'websocket.accept was sent after the session was refused'],
  [
    [denial],
    'websocket.http.response.start was sent, but the server does not have that extension: look for "websocket.http.response" in scope.extensions first',
  ],
];

/** On a server with the denial extension, for a client that offers a subprotocol. */
const denying: readonly Row[] = [
  [
    [{ ...accept, subprotocol: 'CHAT' }],
    'websocket.accept.subprotocol is "CHAT", but must be one the client offered: chat',
  ],
  [[accept, denial], 'websocket.http.response.start was sent after websocket.accept'],
  [
    [{ type: 'websocket.close' }, denial],
    'websocket.http.response.start was sent after the session was refused',
  ],
  [[denial, accept], 'websocket.accept was sent after the session was refused'],
  [[denial, { type: 'websocket.close' }], 'websocket.close was sent after websocket.http.response.start'],
  [
    [{ ...denial, status: 101 }],
    'websocket.http.response.start.status is 101, but must be an integer from 200 to 599',
  ],
  [
    [{ type: 'websocket.http.response.body' }],
    'websocket.http.response.body was sent before websocket.http.response.start',
  ],
  [
    [denial, { type: 'websocket.http.response.body' }, { type: 'websocket.http.response.body' }],
    'websocket.http.response.body was sent after the session had ended',
  ],
  [
    [denial, { type: 'websocket.http.response.body', body: [] }],
    'websocket.http.response.body.body is an array of 0, but must be a string or a Uint8Array',
  ],
  [
    [denial],
    'it returned before its denial was complete: send a last websocket.http.response.body whose moreBody is false',
  ],
];

const lifespan: readonly Row[] = [
  [[start], '"http.response.start" is not an event to send on a lifespan scope'],
  [
    [],
    'it returned without an answer to lifespan.startup: send lifespan.startup.complete or lifespan.startup.failed, or throw',
  ],
  [
    [{ type: 'lifespan.shutdown.complete' }],
    'lifespan.shutdown.complete was sent before lifespan.shutdown was received: it is the answer to that',
  ],
  [
    [{ type: 'lifespan.startup.complete' }, { type: 'lifespan.shutdown.failed' }],
    'lifespan.shutdown.failed was sent before lifespan.shutdown was received: it is the answer to that',
  ],
  [
    [{ type: 'lifespan.startup.complete' }, { type: 'lifespan.startup.complete' }],
    'lifespan.startup.complete was sent when lifespan.startup had been answered already',
  ],
  [
    [{ type: 'lifespan.startup.failed' }, { type: 'lifespan.shutdown.complete' }],
    'lifespan.shutdown.complete was sent after the lifespan had ended',
  ],
  [
    [{ type: 'lifespan.startup.failed' }, { type: 'lifespan.startup.complete' }],
    'lifespan.startup.complete was sent after the lifespan had ended',
  ],
];

/** Sends events without waiting, after it has received as many as it is told. */
function app(events: readonly unknown[], receives: number): App {
  return async (_scope, receive, send) => {
    for (let i = 0; i < receives; i++) await receive();
    for (const event of events) send(event as Parameters<typeof send>[0]);
  };
}

function table(
  kind: string,
  rows: readonly Row[],
  makeScope: () => Scope,
  received: readonly unknown[],
): Case[] {
  return rows.map(([events, problem], index) => ({
    title: `${kind} ${index + 1}: ${problem.slice(0, 90)}`,
    run: () => check(app(events, received.length), { scope: makeScope(), events: received }, problem),
  }));
}

async function check(wrong: App, script: Script, problem: string): Promise<void> {
  const { error } = await play(validate(wrong), script);
  assertEqual(error instanceof Error ? error.message : error, `The app broke the contract: ${problem}.`);
}

const wrongResults: readonly (readonly [title: string, app: () => unknown, shown: string])[] = [
  ['a text', () => 'hello', '"hello"'],
  ['null', () => null, 'null'],
  ['a promise of an object', async () => ({}), 'an object'],
  ['a Fetch response', async () => new globalThis.Response('hi'), 'an instance of Response'],
];

const results: readonly Case[] = wrongResults.map(([title, wrong, shown]) => ({
  title: `an app that returns ${title}`,
  run: () =>
    check(wrong as App, {}, `it returned ${shown}, but an app returns nothing, or a promise of nothing`),
}));

const rest: readonly Case[] = [
  {
    title: 'an app that adds to the scope instead of a copy',
    run: () =>
      check(
        (scope, _receive, send) => {
          Object.assign(scope, { user: 'me' });
          send({ type: 'http.response.start', status: 200 });
          send({ type: 'http.response.body' });
        },
        {},
        'it changed scope.user from undefined to "me": pass on a copy, { ...scope, user }',
      ),
  },
  {
    title: 'lifespan.shutdown without an answer',
    run: () =>
      check(
        async (_scope, receive, send) => {
          await receive();
          await send({ type: 'lifespan.startup.complete' });
          await receive();
        },
        {
          scope: lifespanScope(),
          events: [{ type: 'lifespan.startup' }, { type: 'lifespan.shutdown' }],
        },
        'it returned without an answer to lifespan.shutdown: send lifespan.shutdown.complete or lifespan.shutdown.failed, or throw',
      ),
  },
  {
    title: 'lifespan.startup.complete before startup was received',
    run: () =>
      check(
        app([{ type: 'lifespan.startup.complete' }], 0),
        { scope: lifespanScope() },
        'lifespan.startup.complete was sent before lifespan.startup was received: it is the answer to that',
      ),
  },
];

export const name = 'validate: what an app can do wrong';
export const cases: readonly Case[] = [
  ...table('http', http, () => httpScope(), []),
  ...table('http with extensions', extended, () => httpScope({ extensions: everything }), []),
  ...table('websocket', websocket, () => websocketScope(), [{ type: 'websocket.connect' }]),
  ...table(
    'websocket with denial',
    denying,
    () => websocketScope({ subprotocols: ['chat'], extensions: { 'websocket.http.response': {} } }),
    [{ type: 'websocket.connect' }],
  ),
  ...table('lifespan', lifespan, () => lifespanScope(), [{ type: 'lifespan.startup' }]),
  ...results,
  ...rest,
];
