import { HeaderList, type HTTPScope, type Send, type SendEvent, UnsupportedScope } from '@pullo/asgi';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';
import { codeOf, get, type HTTPApp, host, hostApp, hostValid, rejectionCode, turn } from './fetch-support.ts';

/** The contract's checklist, as far as a host of fetch can meet it; the numbers are its lines'. */

const start: SendEvent = { type: 'http.response.start', status: 200 };
const end: SendEvent = { type: 'http.response.body', body: 'end' };

/** Sends what may break the contract: an event of another type than TypeScript would let through. */
function sendAny(send: Send, event: unknown): void | Promise<void> {
  return send(event as SendEvent);
}

/** What an app does wrong before its answer: a 500, one error, and a `send` that rejects. */
const misuses: readonly [title: string, event: unknown][] = [
  ['3: an event without a type', { body: 'x' }],
  ['3: an event that is undefined', undefined],
  ['4: a body before start', { type: 'http.response.body', body: 'x' }],
  ['12: a status below 200', { type: 'http.response.start', status: 101 }],
  ['12: a status above 599', { type: 'http.response.start', status: 600 }],
  ['12: a status that is no integer', { type: 'http.response.start', status: 200.5 }],
  ['13: a CR LF in a value', { type: 'http.response.start', status: 200, headers: [['x-a', 'b\r\nx: y']] }],
  ['13: a NUL in a value', { type: 'http.response.start', status: 200, headers: [['x-a', 'b\0']] }],
  ['13: a name that is no token', { type: 'http.response.start', status: 200, headers: [['x a', 'b']] }],
  [
    'two lengths',
    {
      type: 'http.response.start',
      status: 200,
      headers: [
        ['content-length', '1'],
        ['content-length', '2'],
      ],
    },
  ],
  [
    'a length that is none',
    { type: 'http.response.start', status: 200, headers: [['content-length', '-1']] },
  ],
  ['an event of an extension that is not offered', { type: 'http.response.pathsend', path: '/etc/passwd' }],
  ['an event of another protocol', { type: 'websocket.accept' }],
];

/** What an app sends once it has sent a start: the client must not take what has come for the whole. */
const lateMisuses: readonly [title: string, event: unknown][] = [
  ['5: a second start', start],
  ['a body that is a number', { type: 'http.response.body', body: 5 }],
];

/** Bodies that are not as long as they were announced to be: 4 bytes. */
const wrongLengths: readonly [title: string, events: readonly SendEvent[]][] = [
  ['a whole body that is too short', [{ type: 'http.response.body', body: 'abc' }]],
  ['a whole body that is too long', [{ type: 'http.response.body', body: 'abcde' }]],
  ['a length in characters', [{ type: 'http.response.body', body: 'äö€!' }]],
  [
    'a streamed body that is too short',
    [
      { type: 'http.response.body', body: 'ab', moreBody: true },
      { type: 'http.response.body', body: 'c' },
    ],
  ],
  [
    'a streamed body that is too long',
    [
      { type: 'http.response.body', body: 'abcd', moreBody: true },
      { type: 'http.response.body', body: 'e', moreBody: true },
    ],
  ],
];

const bodies: readonly [
  title: string,
  app: HTTPApp,
  init: RequestInit,
  status: number,
  length: string | null,
][] = [
  ['14: HEAD keeps the length that was announced', answer(200, 'hello', '5'), { method: 'HEAD' }, 200, '5'],
  [
    '14: HEAD has the length of the body that was dropped',
    answer(200, 'hällo'),
    { method: 'HEAD' },
    200,
    '6',
  ],
  ['15: a 204 has no body and no length', answer(204, 'x', '1'), {}, 204, null],
  ['15: a 205 has no body', answer(205, 'x'), {}, 205, null],
  ['15: a 304 has no body and keeps its length', answer(304, '', '100'), {}, 304, '100'],
];

function answer(status: number, body: string, length?: string): HTTPApp {
  return (_scope, _receive, send) => {
    const headers: [string, string][] = length === undefined ? [] : [['content-length', length]];
    send({ type: 'http.response.start', status, headers });
    return send({ type: 'http.response.body', body });
  };
}

export const cases: readonly Case[] = [
  ...misuses.map(([title, event]) => ({
    title: `${title} is a 500, told once, and rejects`,
    run: async () => {
      let rejection: string | undefined;
      const { fetch, errors } = host(async (_scope, _receive, send) => {
        const sent = sendAny(send, event);
        rejection = await rejectionCode(sent);
        await sent;
      });
      const response = await fetch(get());
      assertEqual([response.status, await response.text()], [500, 'Internal Server Error']);
      await turn();
      assertEqual([errors.length, errors.map(codeOf)], [1, [rejection ?? 'no rejection']]);
    },
  })),
  ...lateMisuses.map(([title, event]) => ({
    title: `${title} cuts the response, and rejects`,
    run: async () => {
      const codes: unknown[] = [];
      const { fetch, errors } = host(async (_scope, _receive, send) => {
        await send(start);
        codes.push(await rejectionCode(sendAny(send, event)), await rejectionCode(send(end)));
      });
      const response = await fetch(get());
      assertEqual((await rejectionCode(response.text())) !== undefined, true);
      await turn();
      assertEqual(codes, ['ERR_CONTRACT_VIOLATION', 'ERR_CONTRACT_VIOLATION']);
      assertEqual(errors.map(codeOf), ['ERR_CONTRACT_VIOLATION']);
    },
  })),
  ...wrongLengths.map(([title, events]) => ({
    title: `${title} is an error, and cuts the response`,
    run: async () => {
      const { fetch, errors } = host((_scope, _receive, send) => {
        send({ type: 'http.response.start', status: 200, headers: [['content-length', '4']] });
        for (const event of events) send(event);
      });
      const response = await fetch(get());
      assertEqual((await rejectionCode(response.text())) !== undefined, true);
      assertEqual(errors.map(codeOf), ['ERR_CONTRACT_VIOLATION']);
    },
  })),
  ...bodies.map(([title, app, init, status, length]) => ({
    title,
    run: async () => {
      const { fetch, errors } = host(app);
      const response = await fetch(get('/', init));
      assertEqual([response.status, response.headers.get('content-length')], [status, length]);
      assertEqual([await response.text(), errors], ['', []]);
    },
  })),
  {
    title: '1: an app that refuses lifespan scopes is started without one',
    run: async () => {
      const types: string[] = [];
      const { fetch, errors } = hostApp((scope, _receive, send) => {
        types.push(scope.type);
        if (scope.type !== 'http') throw new UnsupportedScope(scope);
        send(start);
        send(end);
      });
      assertEqual(await (await fetch(get())).text(), 'end');
      assertEqual([types, errors], [['lifespan', 'http'], []]);
    },
  },
  {
    title: '2, 10, 11: an event may have more fields, and less where there is a default',
    run: async () => {
      const { fetch } = host((_scope, _receive, send) => {
        sendAny(send, { ...start, 'x-more': 1 });
        send({ type: 'http.response.body', moreBody: true });
        sendAny(send, { type: 'http.response.body', other: 2 });
      });
      assertEqual(await (await fetch(get())).text(), '');
    },
  },
  {
    title: '6: a body after the final one rejects, and the response stays',
    run: async () => {
      let code: string | undefined;
      const { fetch, errors } = host(async (_scope, _receive, send) => {
        send(start);
        send(end);
        code = await rejectionCode(send(end));
      });
      assertEqual(await (await fetch(get())).text(), 'end');
      await turn();
      assertEqual([code, errors.map(codeOf)], ['ERR_CONTRACT_VIOLATION', ['ERR_CONTRACT_VIOLATION']]);
    },
  },
  {
    title: '7: an app that returns without an answer is a 500',
    run: async () => {
      const { fetch, errors } = host(async () => {});
      assertEqual((await fetch(get())).status, 500);
      assertEqual(errors.map(codeOf), ['ERR_CONTRACT_VIOLATION']);
    },
  },
  {
    title: '8, 9: header names may be in any case, and headers a generator',
    run: async () => {
      const { fetch, errors } = host((_scope, _receive, send) => {
        function* headers(): Generator<[string, string]> {
          yield ['X-One', '1'];
          yield ['x-one', '2'];
          yield ['constructor', 'x'];
        }
        send({ type: 'http.response.start', status: 200, headers: headers() });
        send(end);
      });
      const response = await fetch(get());
      assertEqual([response.headers.get('x-one'), response.headers.get('constructor')], ['1, 2', 'x']);
      assertEqual(errors, []);
    },
  },
  {
    title: '16: after the answer receive gives disconnects, as often as it is asked',
    run: async () => {
      const types: string[] = [];
      const { fetch, close } = hostValid(async (_scope, receive, send) => {
        await send(start);
        await send(end);
        types.push((await receive()).type, (await receive()).type);
      });
      await (await fetch(get('/', { method: 'POST', body: 'unread' }))).text();
      await close();
      assertEqual(types, ['http.disconnect', 'http.disconnect']);
    },
  },
  {
    title: '17, 18: each request has a scope of its own, with a copy of the state',
    run: async () => {
      const scopes: HTTPScope[] = [];
      const { fetch } = host((scope, _receive, send) => {
        scopes.push(scope);
        scope.state.own = scopes.length;
        send(start);
        send(end);
      });
      await fetch(get());
      await fetch(get());
      assertEqual(
        [scopes[0] === scopes[1], scopes.map(({ state }) => state)],
        [false, [{ own: 1 }, { own: 2 }]],
      );
    },
  },
  {
    title:
      'the fields of the connection are left to the host, cookies stay apart, and headers can be changed',
    run: async () => {
      const { fetch } = host((_scope, _receive, send) => {
        const headers = new HeaderList([
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['connection', 'close'],
          ['transfer-encoding', 'chunked'],
        ]);
        send({ type: 'http.response.start', status: 200, headers });
        send(end);
      });
      const { headers } = await fetch(get());
      headers.set('x-added', 'yes');
      assertEqual(headers.getSetCookie(), ['a=1', 'b=2']);
      assertEqual([headers.get('connection'), headers.get('transfer-encoding')], [null, null]);
    },
  },
  {
    title: 'Fetch adds no type to text that has none',
    run: async () => {
      const { fetch } = host(answer(200, 'x'));
      assertEqual((await fetch(get())).headers.get('content-type'), null);
    },
  },
  ...['sync', 'async'].map((kind) => ({
    title: `an app that throws before its answer, ${kind}, is a 500 that says nothing of it`,
    run: async () => {
      const secret = new Error('secret');
      const { fetch, errors } = host(() => {
        if (kind === 'sync') throw secret;
        return Promise.reject(secret);
      });
      const response = await fetch(get());
      assertEqual([response.status, await response.text()], [500, 'Internal Server Error']);
      assertEqual(response.headers.get('content-type'), 'text/plain; charset=utf-8');
      assertEqual(errors.length === 1 && errors[0] === secret, true);
    },
  })),
  {
    title: 'a throw of nothing is an error too',
    run: async () => {
      const { fetch, errors } = host(() => Promise.reject(undefined));
      assertEqual([(await fetch(get())).status, errors], [500, [undefined]]);
    },
  },
  {
    title: 'an error after the answer is told, and the answer stays',
    run: async () => {
      const { fetch, errors, close } = host(async (_scope, _receive, send) => {
        send(start);
        send(end);
        throw new Error('late');
      });
      assertEqual(await (await fetch(get())).text(), 'end');
      await close();
      assertEqual(errors.map(codeOf), ['late']);
    },
  },
  {
    title: 'an error between start and the end fails the body, with start held and with HEAD too',
    run: async () => {
      const { fetch, errors } = host(async (_scope, _receive, send) => {
        await send(start);
        throw new Error('early');
      });
      const response = await fetch(get());
      assertEqual([response.status, (await rejectionCode(response.text())) !== undefined], [200, true]);
      const head = await fetch(get('/', { method: 'HEAD' }));
      assertEqual([head.status, await head.text(), errors.map(codeOf)], [500, '', ['early', 'early']]);
    },
  },
];
