import type { App, HTTPScope, Receive, Send } from '@pullo/asgi';
import type { RequestOptions } from '@pullo/testing';

type Serve = (scope: HTTPScope, receive: Receive, send: Send) => void | Promise<void>;

/** A request and the app that it is sent to: both transports must show the same answer. */
export interface ExchangeCase {
  title: string;
  method: string;
  path: string;
  options: () => RequestOptions;
  serve: Serve;
}

const bytes = new Uint8Array(256).map((_, i) => i);
const large = 'pullo '.repeat(50_000);

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function readAll(receive: Receive): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const event = await receive();
    if (event.type !== 'http.request') throw new Error(`unexpected ${event.type}`);
    chunks.push(event.body);
    if (!event.moreBody) break;
  }
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Answers with all that it can see of the request, but for what belongs to one connection. */
const mirror: Serve = async (scope, receive, send) => {
  const body = await readAll(receive);
  const headers = [...scope.headers].filter(([name]) => name !== 'host' && name !== 'connection');
  const { method, path, rawPath, queryString, rootPath, scheme, httpVersion } = scope;
  const seen = { method, path, rawPath, queryString, rootPath, scheme, httpVersion, headers };
  send({ type: 'http.response.start', status: 200, headers: [['content-type', 'application/json']] });
  await send({
    type: 'http.response.body',
    body: JSON.stringify({ ...seen, body: [...body.slice(0, 999)] }),
  });
};

function answer(status: number, headers: [string, string][], ...pieces: (string | Uint8Array)[]): Serve {
  return async (_scope, _receive, send) => {
    send({ type: 'http.response.start', status, headers });
    for (const [i, body] of pieces.entries()) {
      await send({ type: 'http.response.body', body, moreBody: i < pieces.length - 1 });
    }
  };
}

function given(
  title: string,
  serve: Serve,
  [method, path]: [method: string, path: string] = ['GET', '/'],
  options: () => RequestOptions = () => ({}),
): ExchangeCase {
  return { title, method, path, options, serve };
}

function throwing(title: string, serve: Serve, method = 'GET'): ExchangeCase {
  return given(title, serve, [method, '/']);
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'MKCOL', 'REPORT'];
const statuses = [
  200, 201, 202, 204, 205, 206, 299, 301, 304, 307, 400, 401, 404, 405, 418, 422, 429, 500, 503, 599,
];
const paths = [
  '/',
  '/a/b/c',
  '/a//b/',
  '/%41%7e',
  '/a%2Fb',
  '/a%2fb%5cc',
  '/a/./b/../c',
  '/%2e%2e/x',
  '/..',
  '/a%252e',
  '/a;x=1',
  '/ä ö',
  '/%C3%A4',
  '/"<>^`{|}',
  '/%zz',
  '/%',
  '/%ff',
  '/a%00b',
  '/x?y=1&y=2',
  '/x?',
  '/x??',
  '/x?a=ä%20b+c',
  '/x?<"\'>',
  '//evil.example/x',
];

const requestBodies: [title: string, options: () => RequestOptions][] = [
  ['no body', () => ({})],
  ['an empty text', () => ({ body: '' })],
  ['a text', () => ({ body: 'hä' })],
  ['all bytes', () => ({ body: bytes })],
  ['an array buffer', () => ({ body: bytes.buffer.slice(0) })],
  ['a data view', () => ({ body: new DataView(bytes.buffer, 10, 5) })],
  ['JSON', () => ({ json: { a: [1, null, 'x'] } })],
  ['a form', () => ({ form: { a: 1, b: ['x', 'y z'] } })],
  ['URL parameters', () => ({ body: new URLSearchParams('a=1&b=ä') })],
  ['a blob', () => ({ body: new Blob(['bl', 'ob'], { type: 'text/x-blob' }) })],
  ['a blob without a type', () => ({ body: new Blob(['blob']) })],
  ['an empty blob', () => ({ body: new Blob([]) })],
  ['a list of chunks', () => ({ body: ['a', '', new Uint8Array([98])] })],
  ['an empty list', () => ({ body: [] })],
  ['a generator', () => ({ body: chunks('x', 'y') })],
  ['a slow generator', () => ({ body: slowChunks('x', 'y') })],
  ['a web stream', () => ({ body: new Blob(['web']).stream() })],
  ['a large text', () => ({ body: large })],
  ['an announced length', () => ({ body: chunks('abc'), headers: { 'content-length': '3' } })],
  ['a type of its own', () => ({ json: 1, headers: { 'Content-Type': 'application/problem+json' } })],
];

function* chunks(...texts: string[]) {
  yield* texts;
}

async function* slowChunks(...texts: string[]) {
  for (const text of texts) {
    yield text;
    await wait(2);
  }
}

const requestHeaders: [title: string, headers: [string, string][]][] = [
  ['letter case', [['X-MiXeD', 'Value']]],
  [
    'repeated',
    [
      ['x-a', '1'],
      ['X-A', '2'],
    ],
  ],
  ['empty', [['x-empty', '']]],
  ['white space around', [['x-space', '  a b\t']]],
  ['Latin-1', [['x-latin', 'caf\xe9']]],
  ['cookies', [['cookie', 'a=1; b=2']]],
  ['all of a token', [["x!#$%&'*+-.^_`|~", '1']]],
  ['a host of its own', [['host', 'example.org:8080']]],
  ['a host that is an address', [['host', '[::1]:80']]],
  ['a host that is none', [['host', 'a b']]],
  ['a host with a user', [['host', 'me@example.org']]],
  ['an empty host', [['host', '']]],
  ['close', [['connection', 'close']]],
];

const responseHeaders: [title: string, headers: [string, string][]][] = [
  ['letter case', [['X-MiXeD', 'Value']]],
  [
    'set-cookie',
    [
      ['set-cookie', 'a=1'],
      ['Set-Cookie', 'b=2; Path=/x'],
    ],
  ],
  [
    'repeated',
    [
      ['vary', 'accept'],
      ['Vary', 'origin'],
      ['x', '1'],
      ['x', '1'],
    ],
  ],
  ['empty', [['x-empty', '']]],
  ['white space around', [['x-space', '  a b\t']]],
  ['Latin-1', [['x-latin', 'caf\xe9']]],
  [
    'of the connection',
    [
      ['Transfer-Encoding', 'chunked'],
      ['Keep-Alive', 'timeout=99'],
      ['upgrade', 'h2c'],
    ],
  ],
  [
    'named like object members',
    [
      ['constructor', 'a'],
      ['__proto__', 'b'],
    ],
  ],
  ['a date of its own', [['date', 'Thu, 01 Jan 1970 00:00:00 GMT']]],
];

/** What goes wrong on the app's side, and how the client sees it. */
const failures: ExchangeCase[] = [
  throwing('a throw before the start', () => {
    throw new Error('oh no');
  }),
  throwing(
    'a throw before the start of a HEAD',
    () => {
      throw new Error('oh no');
    },
    'HEAD',
  ),
  throwing('a throw of no error', () => {
    throw 'text';
  }),
  throwing('no answer', () => {}),
  throwing('a body first', async (_scope, _receive, send) => {
    await send({ type: 'http.response.body', body: 'x' });
  }),
  throwing('a status of 99', async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 99 });
  }),
  throwing('a status of 101', async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 101 });
  }),
  throwing('a line break in a field', answer(200, [['x', 'a\r\nb: c']], 'x')),
  throwing('a field of no name', answer(200, [['', 'a']], 'x')),
  throwing('a throw after the start', (_scope, _receive, send) => {
    send({ type: 'http.response.start', status: 200 });
    throw new Error('oh no');
  }),
  throwing('a start only', (_scope, _receive, send) => {
    send({ type: 'http.response.start', status: 200 });
  }),
  throwing('two starts', async (_scope, _receive, send) => {
    send({ type: 'http.response.start', status: 200 });
    await send({ type: 'http.response.start', status: 200 });
  }),
  throwing('a throw within the body', async (_scope, _receive, send) => {
    send({ type: 'http.response.start', status: 200 });
    await send({ type: 'http.response.body', body: 'half', moreBody: true });
    await wait(20);
    throw new Error('oh no');
  }),
  throwing('a body without its end', async (_scope, _receive, send) => {
    send({ type: 'http.response.start', status: 200 });
    await send({ type: 'http.response.body', body: 'half', moreBody: true });
    await wait(20);
  }),
  throwing('a throw within a body of announced length', async (_scope, _receive, send) => {
    send({ type: 'http.response.start', status: 200, headers: [['content-length', '8']] });
    await send({ type: 'http.response.body', body: 'half', moreBody: true });
    await wait(20);
    throw new Error('oh no');
  }),
  throwing('a body longer than announced', answer(200, [['content-length', '3']], 'four')),
  throwing('a body shorter than announced', answer(200, [['content-length', '5']], 'four')),
  throwing('an announced length of words', answer(200, [['content-length', 'four']], 'four')),
  throwing(
    'two announced lengths',
    answer(
      200,
      [
        ['content-length', '4'],
        ['content-length', '4'],
      ],
      'four',
    ),
  ),
  throwing('a throw after the end', async (_scope, _receive, send) => {
    send({ type: 'http.response.start', status: 200 });
    await send({ type: 'http.response.body', body: 'whole' });
    throw new Error('too late');
  }),
];

export const exchanges: readonly ExchangeCase[] = [
  ...methods.map((method) => given(`method ${method}`, mirror, [method, '/'])),
  ...methods
    .slice(2)
    .map((method) => given(`method ${method} with a body`, mirror, [method, '/'], () => ({ body: 'x' }))),
  ...paths.map((path) => given(`target ${path}`, mirror, ['GET', path])),
  ...requestBodies.map(([title, options]) => given(`request body: ${title}`, mirror, ['POST', '/'], options)),
  ...requestHeaders.map(([title, headers]) =>
    given(`request fields: ${title}`, mirror, ['GET', '/'], () => ({ headers })),
  ),
  ...statuses.map((status) => given(`status ${status}`, answer(status, [['x', 'y']], 'body'))),
  ...statuses.map((status) => given(`status ${status} in two pieces`, answer(status, [], 'bo', 'dy'))),
  ...statuses.map((status) => given(`status ${status} of a HEAD`, answer(status, [], 'body'), ['HEAD', '/'])),
  ...responseHeaders.map(([title, headers]) => given(`response fields: ${title}`, answer(200, headers, 'x'))),
  given('response body: none', answer(200, [], '')),
  given('response body: all bytes', answer(200, [], bytes)),
  given('response body: text beyond ASCII', answer(200, [['x', 'caf\xe9']], 'hä ☃')),
  given('response body: announced', answer(200, [['Content-Length', '4']], 'body')),
  given('response body: announced, in pieces', answer(200, [['content-length', '4']], 'bo', 'dy')),
  given('response body: an empty piece first', answer(200, [], '', 'body')),
  given('response body: an empty piece last', answer(200, [], 'body', '')),
  given('response body: only empty pieces', answer(200, [], '', '', '')),
  given('response body: large', answer(200, [], large)),
  given('response body: large, in pieces', answer(200, [], ...Array.from({ length: 20 }, () => large))),
  given('HEAD in pieces', answer(200, [], 'bo', 'dy'), ['HEAD', '/']),
  given('HEAD with an announced length and no bytes', answer(200, [['content-length', '99']], ''), [
    'HEAD',
    '/',
  ]),
  given('204 with a length', answer(204, [['content-length', '0']], '')),
  given('an answer to a body that nobody read', answer(200, [], 'early'), ['POST', '/'], () => ({
    body: 'unread',
  })),
  ...failures,
];

/** One app for all exchanges: the field `x-exchange` says which. */
export const app: App = async (scope, receive, send) => {
  if (scope.type !== 'http') throw new Error(`no ${scope.type} here`);
  const field = [...scope.headers].find(([name]) => name === 'x-exchange');
  await exchanges[Number(field?.[1])]?.serve(scope, receive, send);
};
