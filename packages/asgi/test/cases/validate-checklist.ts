import { type App, UnsupportedScope, validate } from '@pullo/asgi';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';
import { bytes, httpScope, lifespanScope, play, type Script, websocketScope } from './script.ts';

/** ASGI's checklist, line by line: what a wrong app or server is told, word for word. */

const start = { type: 'http.response.start', status: 200 } as const;
const ok: App = (_scope, _receive, send) => {
  send(start);
  send({ type: 'http.response.body', body: 'hello' });
};
/** Sends events as they are, also such as the types forbid, and waits for none. */
function sends(...events: readonly unknown[]): App {
  return (_scope, _receive, send) => {
    for (const event of events) send(event as Parameters<typeof send>[0]);
  };
}
/** Receives some events, then answers properly. */
function receives(count: number): App {
  return async (scope, receive, send) => {
    for (let i = 0; i < count; i++) await receive();
    if (scope.type === 'http') ok(scope, receive, send);
  };
}

interface Line {
  readonly title: string;
  readonly app: App;
  readonly script?: Script;
  /** What the wrapped app throws: the whole message; `undefined` where the exchange is legal. */
  readonly message: string | undefined;
}

const lines: readonly Line[] = [
  {
    title: '1. an app that returns from a scope type it does not know',
    app: () => {},
    script: { scope: httpScope({ type: 'telepathy' }) },
    message:
      'The app broke the contract: it returned from a scope of type "telepathy" that it does nothing with: throw new UnsupportedScope(scope).',
  },
  {
    title: '1. an app that throws on a scope type it does not know',
    app: (scope) => {
      throw new UnsupportedScope(scope);
    },
    script: { scope: httpScope({ type: 'telepathy' }) },
    message: 'This app does not serve scopes of type "telepathy".',
  },
  {
    title: '2. events with extra keys are legal both ways',
    app: async (_scope, receive, send) => {
      await receive();
      await sends({ ...start, extra: 1 }, { type: 'http.response.body', extra: 1 })(_scope, receive, send);
    },
    script: { events: [{ type: 'http.request', body: bytes(''), moreBody: false, extra: 1 }] },
    message: undefined,
  },
  {
    title: '3. an event from the app without a type',
    app: sends({ status: 200 }),
    message:
      'The app broke the contract: send() was called with an event without a type: type must be a string.',
  },
  {
    title: '3. an event from the server without a type',
    app: receives(1),
    script: { events: [{ body: bytes('') }] },
    message: 'The server broke the contract: receive() gave an event without a type: type must be a string.',
  },
  {
    title: '4. a body before start',
    app: sends({ type: 'http.response.body' }, start),
    message:
      'The app broke the contract: http.response.body was sent before http.response.start: that comes first.',
  },
  {
    title: '5. a second start',
    app: sends(start, start),
    message:
      'The app broke the contract: http.response.start was sent a second time: a response has one, before its body.',
  },
  {
    title: '6. a body after the final body',
    app: sends(start, { type: 'http.response.body' }, { type: 'http.response.body' }),
    message:
      'The app broke the contract: http.response.body was sent after the last http.response.body: the response is complete once moreBody is false.',
  },
  {
    title: '7. an app that returns without a response',
    app: () => {},
    message:
      'The app broke the contract: it returned without a response: send http.response.start and http.response.body, or throw.',
  },
  {
    title: '8. header names in upper case are legal in what an app sends',
    app: sends({ ...start, headers: [['Content-Type', 'text/plain']] }, { type: 'http.response.body' }),
    message: undefined,
  },
  {
    title: '8. header names in upper case from the server',
    app: ok,
    script: { scope: httpScope({ headers: [['Host', 'example.org']] }) },
    message: 'The server broke the contract: scope.headers has the name "Host": names must be in lower case.',
  },
  {
    title: '9. headers that are neither pairs nor iterable',
    app: sends({ ...start, headers: { 'content-type': 'text/plain' } }),
    message:
      'The app broke the contract: http.response.start.headers is an object, but must be an iterable of [name, value] pairs: an array, a HeaderList, or Object.entries(...).',
  },
  {
    title: '10 and 11. headers and body left out are legal',
    app: sends(start, { type: 'http.response.body' }),
    message: undefined,
  },
  {
    title: '12. a status outside 200 to 599',
    app: sends({ ...start, status: 103 }),
    message:
      'The app broke the contract: http.response.start.status is 103, but must be an integer from 200 to 599.',
  },
  {
    title: '13. a line break in a header value',
    app: sends({ ...start, headers: [['location', '/\r\nset-cookie: a=b']] }),
    message:
      'The app broke the contract: http.response.start.headers[0]: invalid value of header "location": "/\\r\\nset-cookie: a=b" has a control character or one beyond U+00FF; encode it first.',
  },
  {
    title: '14. a body in answer to HEAD is legal, whatever its announced length',
    app: sends(
      { ...start, headers: [['content-length', '7']] },
      { type: 'http.response.body', body: 'hello' },
    ),
    script: { scope: httpScope({ method: 'HEAD' }) },
    message: undefined,
  },
  {
    title: '15. a body with status 204 is legal, the server drops it',
    app: sends({ ...start, status: 204 }, { type: 'http.response.body', body: 'hello' }),
    message: undefined,
  },
  {
    title: '16. receive after the response must give http.disconnect',
    app: async (scope, receive, send) => {
      ok(scope, receive, send);
      await receive();
    },
    script: { events: [{ type: 'http.request', body: bytes('late'), moreBody: false }] },
    message:
      'The server broke the contract: receive() gave http.request after the end of the exchange: give http.disconnect, every time.',
  },
  {
    title: '16. receive after the response gives http.disconnect, repeatedly',
    app: async (scope, receive, send) => {
      ok(scope, receive, send);
      assertEqual(await receive(), { type: 'http.disconnect' });
      assertEqual(await receive(), { type: 'http.disconnect' });
    },
    message: undefined,
  },
  {
    title: '18. an app that changes the scope instead of a copy',
    app: (scope, receive, send) => {
      Object.assign(scope, { path: '/elsewhere' });
      return ok(scope, receive, send);
    },
    message:
      'The app broke the contract: it changed scope.path from "/" to "/elsewhere": pass on a copy, { ...scope, path }.',
  },
  {
    title: '19. an app that leaves lifespan unsupported by throwing',
    app: (scope) => {
      throw new UnsupportedScope(scope);
    },
    script: { scope: lifespanScope() },
    message: 'This app does not serve scopes of type "lifespan".',
  },
  {
    title: '20. a message of a failed start-up that is not text',
    app: async (_scope, receive, send) => {
      await receive();
      sends({ type: 'lifespan.startup.failed', message: new Error('no database') })(_scope, receive, send);
    },
    script: { scope: lifespanScope(), events: [{ type: 'lifespan.startup' }] },
    message:
      'The app broke the contract: lifespan.startup.failed.message is an instance of Error, but must be a string.',
  },
  {
    title: '21. websocket.close before accept is legal: the server answers 403',
    app: async (_scope, receive, send) => {
      await receive();
      await send({ type: 'websocket.close' });
    },
    script: { scope: websocketScope(), events: [{ type: 'websocket.connect' }] },
    message: undefined,
  },
  {
    title: '22. websocket.accept twice',
    app: sends({ type: 'websocket.accept' }, { type: 'websocket.accept' }),
    script: { scope: websocketScope() },
    message: 'The app broke the contract: websocket.accept was sent a second time.',
  },
  {
    title: '23. an app that returns without an answer to websocket.connect',
    app: () => {},
    script: { scope: websocketScope() },
    message:
      'The app broke the contract: it returned without an answer to websocket.connect: send websocket.accept or websocket.close, or throw.',
  },
  {
    title: '24. both text and bytes in one message',
    app: sends({ type: 'websocket.accept' }, { type: 'websocket.send', text: 'a', bytes: bytes('a') }),
    script: { scope: websocketScope() },
    message: 'The app broke the contract: websocket.send has both bytes and text: give exactly one.',
  },
  {
    title: '25. a disconnect without a code',
    app: receives(1),
    script: { scope: websocketScope(), events: [{ type: 'websocket.disconnect', reason: '' }] },
    message:
      'The server broke the contract: websocket.disconnect.code is missing: it must be an integer from 1000 to 4999.',
  },
];

/** Line 17 needs two exchanges. */
const freshness: readonly Case[] = [
  {
    title: '17. a scope object handed over twice',
    run: async () => {
      const app = validate(ok);
      const scope = httpScope();
      assertEqual((await play(app, { scope })).error, undefined);
      assertEqual(
        message((await play(app, { scope })).error),
        'The server broke the contract: the same scope object was handed over twice: each call needs its own.',
      );
    },
  },
  {
    title: '17. one state object in two scopes',
    run: async () => {
      const app = validate(ok);
      const state = {};
      assertEqual((await play(app, { scope: httpScope({ state }) })).error, undefined);
      assertEqual(
        message((await play(app, { scope: httpScope({ state }) })).error),
        'The server broke the contract: scope.state is the object of another scope: each needs a shallow copy.',
      );
    },
  },
];

function message(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined;
}

export const name = 'validate: the checklist';
export const cases: readonly Case[] = [
  ...lines.map((line) => ({
    title: line.title,
    run: async () => assertEqual(message((await play(validate(line.app), line.script)).error), line.message),
  })),
  ...freshness,
];
