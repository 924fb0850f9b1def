import type { App } from '@pullo/asgi';
import type { Case } from '../../../../conformance/assert.ts';
import { lifespanScope, websocketScope } from './script.ts';
import { app, check, type Row, table } from './validate-table.ts';

/** What an app can do wrong on other scopes, with its result, and with its scope, beyond the checklist. */

const start = { type: 'http.response.start', status: 200 };
const accept = { type: 'websocket.accept' };
const denial = { type: 'websocket.http.response.start', status: 401 };

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
