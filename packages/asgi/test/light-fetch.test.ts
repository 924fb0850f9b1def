import { HeaderList, type HTTPScope, type Receive, type SendEvent } from '@pullo/asgi';
import { fromFetch, useLightFetch } from '@pullo/asgi/fetch';
import { afterEach, describe, expect, test } from 'vitest';

let restore = (): void => {};
afterEach(() => restore());

type ResponseClass = typeof globalThis.Response;
type Make = (Response: ResponseClass) => globalThis.Response;

/** What there is to see of a response, or the kind of error. */
async function seen(make: Make, Response: ResponseClass): Promise<unknown> {
  try {
    const response = make(Response);
    const { status, statusText, ok, type, url, redirected } = response;
    const headers = [...response.headers];
    const copy = response.clone();
    const body = [
      await response.text(),
      await copy.text(),
      response.bodyUsed,
      copy.status,
      [...copy.headers],
    ];
    return {
      status,
      statusText,
      ok,
      type,
      url,
      redirected,
      headers,
      body,
      isOne: response instanceof Response,
    };
  } catch (error) {
    return (error as Error).name;
  }
}

function lightResponse(): ResponseClass {
  restore = useLightFetch();
  return globalThis.Response;
}

// As code has them that is not typed.
const shared = new Uint8Array(new SharedArrayBuffer(2)) as unknown as Uint8Array<ArrayBuffer>;
const handedOn = new Uint8Array(2);
structuredClone(handedOn.buffer, { transfer: [handedOn.buffer] });

describe('a light response is as the platform makes it', () => {
  const cases: [string, Make][] = [
    ['nothing', (R) => new R()],
    ['null', (R) => new R(null, { status: 204 })],
    ['text', (R) => new R('Hei ä')],
    ['an empty text', (R) => new R('')],
    ['text that is not well-formed', (R) => new R('\ud800')],
    ['bytes', (R) => new R(new Uint8Array([104, 101, 105]), { status: 201 })],
    ['a part of a buffer', (R) => new R(new Uint8Array([104, 101, 105]).subarray(1))],
    ['no bytes', (R) => new R(new Uint8Array())],
    ['bytes over shared memory', (R) => new R(shared)],
    ['bytes that have been handed on', (R) => new R(handedOn)],
    ['a blob', (R) => new R(new Blob(['blob'], { type: 'text/x' }))],
    ['a form', (R) => new R(new URLSearchParams({ a: '1' }))],
    ['a stream', (R) => new R(new Blob(['stream']).stream())],
    ['a number', (R) => new R(42 as unknown as string)],
    ['a type of its own', (R) => new R('<p>', { headers: { 'Content-Type': 'text/html' } })],
    ['a value with space around', (R) => new R('x', { headers: { a: ' b\t' } })],
    [
      'pairs of fields',
      (R) =>
        new R('x', {
          headers: [
            ['a', 'b'],
            ['a', 'c'],
          ],
        }),
    ],
    ['names that differ in case', (R) => new R('x', { headers: { a: '1', A: '2' } })],
    ['fields of Headers', (R) => new R('x', { headers: new globalThis.Headers({ b: '2', a: '1' }) })],
    ['a value that is a number', (R) => new R('x', { headers: { a: 1 as unknown as string } })],
    ['a reason', (R) => new R('x', { status: 404, statusText: 'Gone fishing' })],
    ['a status of text', (R) => new R('x', { status: '404' as unknown as number })],
    ['a status of 99', (R) => new R('x', { status: 99 })],
    ['a status of 101', (R) => new R(null, { status: 101 })],
    ['a body where there is none', (R) => new R('x', { status: 304 })],
    ['a name that is none', (R) => new R('x', { headers: { 'a b': 'c' } })],
    ['a line break in a value', (R) => new R('x', { headers: { a: 'b\r\nc' } })],
    ['a letter beyond Latin-1', (R) => new R('x', { headers: { a: 'ł' } })],
    ['headers that are null', (R) => new R('x', { headers: null as unknown as HeadersInit })],
    ['an init that is a number', (R) => new R('x', 5 as unknown as ResponseInit)],
    ['an init that is null', (R) => new R('x', null as unknown as ResponseInit)],
    ['another response', (R) => new R('new', new R('old', { status: 418, headers: { a: 'b' } }))],
    ['the body of another', (R) => new R(new R('old').body, new R('old', { status: 418 }))],
    ['a mark of the byte order', (R) => new R('\ufefftext')],
    ['JSON', (R) => R.json({ a: [1] })],
    ['JSON with a status', (R) => R.json([], { status: 201 })],
    ['JSON with fields', (R) => R.json([], { headers: { 'content-type': 'a/b', c: 'd' } })],
    ['JSON with a status that is inherited', (R) => R.json([], Object.create({ status: 202 }))],
    ['JSON with an init that is null', (R) => R.json([], null as unknown as ResponseInit)],
    ['JSON with an init that is a number', (R) => R.json([], 5 as unknown as ResponseInit)],
    ['JSON of undefined', (R) => R.json(undefined)],
    ['a redirect', (R) => R.redirect('https://example.org/a', 303)],
    ['an error', (R) => R.error()],
  ];

  test.each(cases)('%s', async (_what, make) => {
    const platform = await seen(make, globalThis.Response);
    expect(await seen(make, lightResponse())).toEqual(platform);
  });

  const reads: [string, (response: globalThis.Response) => unknown][] = [
    ['text twice', async (r) => [await r.text(), await r.text()]],
    ['text, and a copy then', async (r) => [await r.text(), r.clone().status]],
    ['text, and its stream then', async (r) => [await r.text(), r.bodyUsed, r.body?.locked]],
    ['JSON', async (r) => [await r.json(), r.bodyUsed]],
    ['JSON twice', async (r) => [await r.json(), await r.json()]],
    ['a buffer', async (r) => [...new Uint8Array(await r.arrayBuffer())]],
    ['a blob', async (r) => [(await r.blob()).type, r.bodyUsed]],
    ['a stream, and text then', async (r) => [r.body?.locked, await r.text()]],
    ['a copy, and both', async (r) => [await r.clone().text(), await r.text()]],
  ];
  const contents: [string, BodyInit | null][] = [
    ['text', '[1]'],
    ['text that is no JSON', '['],
    ['bytes', new Uint8Array([91, 93])],
    ['nothing', null],
  ];
  const readings = contents.flatMap(([content, body]) =>
    reads.map(([how, read]) => [how, content, body, read] as const),
  );
  test.each(readings)('read as %s: of %s', async (_how, _content, body, read) => {
    const outcome = async (): Promise<unknown> => {
      try {
        return await read(new globalThis.Response(body));
      } catch (error) {
        return (error as Error).name;
      }
    };
    const platform = await outcome();
    lightResponse();
    expect(await outcome()).toEqual(platform);
  });

  test('bytes and fields may be changed once it is made', async () => {
    const Light = lightResponse();
    const bytes = new Uint8Array([104, 101, 105]);
    const headers = { a: 'b' };
    const response = new Light(bytes, { headers });
    bytes.fill(0);
    headers.a = 'c';
    expect([await response.text(), response.headers.get('a')]).toEqual(['hei', 'b']);
  });

  test('what is changed in its fields is in the copies', () => {
    const response = new (lightResponse())('x');
    response.headers.set('a', 'b');
    const unread = response.clone();
    expect(response.body).toBeInstanceOf(ReadableStream);
    response.headers.set('a', 'c');
    expect([unread.headers.get('a'), response.clone().headers.get('a')]).toEqual(['b', 'c']);
  });

  test('a class may extend it', () => {
    class Page extends lightResponse() {}
    const page = new Page('x');
    expect(page).toBeInstanceOf(Page);
    expect(page).toBeInstanceOf(globalThis.Response);
    expect(new globalThis.Response()).not.toBeInstanceOf(Page);
  });
});

type Use = (request: globalThis.Request) => unknown;

interface Asked {
  method?: string;
  path?: string;
  queryString?: string;
  headers?: readonly (readonly [string, string])[];
  pieces?: readonly string[];
}

/** What a handler sees of a request; of an error its name. */
async function use(handler: Use, asked: Asked = {}): Promise<unknown> {
  let value: unknown;
  const app = fromFetch(async (request) => {
    try {
      value = await handler(request);
    } catch (error) {
      value = (error as Error).name;
    }
    return new globalThis.Response(null);
  });
  await app(scopeOf(asked), receiving(asked.pieces ?? ['{"a":', '"ä"}']), (_event: SendEvent) => {});
  return value;
}

function scopeOf({ method = 'POST', path = '/a', queryString = 'b=c', headers = [] }: Asked): HTTPScope {
  return {
    type: 'http',
    asgi: { version: '3.0', specVersion: '2.5' },
    httpVersion: '1.1',
    method,
    scheme: 'http',
    path,
    rawPath: path,
    queryString,
    rootPath: '',
    headers: new HeaderList([['host', 'example.org'], ...headers]),
    client: null,
    server: { host: '127.0.0.1', port: 80 },
    state: {},
    extensions: {},
    exchange: { signal: new AbortController().signal },
  };
}

function receiving(pieces: readonly string[]): Receive {
  const left = pieces.map((piece) => new TextEncoder().encode(piece));
  return async () => {
    const body = left.shift();
    if (body === undefined) return { type: 'http.disconnect' };
    return { type: 'http.request', body, moreBody: left.length > 0 };
  };
}

const cookies = {
  headers: [
    ['cookie', 'a=1'],
    ['cookie', 'b=2'],
    ['x-a', '1'],
    ['x-a', '2'],
  ],
} as const;

describe('a light request is as the platform makes it', () => {
  const cases: [string, Use, Asked?][] = [
    ['its parts', ({ method, url, bodyUsed }) => [method, url, bodyUsed]],
    ['a method in small letters', ({ method }) => method, { method: 'get' }],
    ['a method that Fetch leaves', ({ method }) => method, { method: 'patch' }],
    ['a path to be escaped', ({ url }) => url, { path: '/a"^{}|<b>' }],
    ['a query to be escaped', ({ url }) => url, { queryString: 'a="b"&c=\'d\'' }],
    ['a path with dots', ({ url }) => url, { path: '/.a/..b' }],
    [
      'the rest',
      ({ mode, credentials, cache, redirect, referrer }) => [mode, credentials, cache, redirect, referrer],
    ],
    ['a field', ({ headers }) => [headers.get('HOST'), headers.has('host'), headers.get('none')]],
    ['fields of one name', ({ headers }) => [headers.get('cookie'), headers.get('x-a')], cookies],
    ['all fields', ({ headers }) => [...headers], cookies],
    ['fields as Headers', ({ headers }) => [...new globalThis.Headers(headers)], cookies],
    ['a name that is none', ({ headers }) => headers.get('a b')],
    ['a field that is set', ({ headers }) => [headers.set('x-a', '3'), headers.get('x-a')], cookies],
    [
      'fields changed before a copy',
      (r) => [r.headers.set('x-a', '3'), r.clone().headers.get('x-a')],
      cookies,
    ],
    [
      'fields changed after a copy',
      (r) => [r.clone(), r.headers.set('x-a', '3'), r.clone().headers.get('x-a')].slice(1),
    ],
    ['fields read first after a copy', (r) => [r.clone(), r.headers.get('host')].slice(1)],
    ['its text', async (r) => [await r.text(), r.bodyUsed]],
    ['its text with a mark of its order', (r) => r.text(), { pieces: ['\ufefftext'] }],
    ['its JSON', (r) => r.json()],
    ['what is no JSON', (r) => r.json(), { pieces: ['{'] }],
    ['its bytes', async (r) => [...new Uint8Array(await r.arrayBuffer())]],
    ['a blob', async (r) => (await r.blob()).type, { headers: [['content-type', 'text/x']] }],
    [
      'a form',
      async (r) => (await r.formData()).get('a'),
      { headers: [['content-type', 'application/x-www-form-urlencoded']], pieces: ['a=b'] },
    ],
    ['its stream', async (r) => new globalThis.Response(r.body).text()],
    ['a body read twice', async (r) => [await r.text(), await r.text()]],
    ['a body read as two things at once', (r) => Promise.all([r.text(), r.json()])],
    ['a body read and cloned', async (r) => [await r.text(), r.clone()]],
    ['a body that was read, as a stream', async (r) => [await r.text(), r.body?.locked, r.bodyUsed]],
    ['a copy and itself', async (r) => [await r.clone().text(), await r.text()]],
    ['a request made of it', (r) => new globalThis.Request(r, { method: 'PUT' }).text()],
    ['its bodyUsed then', (r) => [new globalThis.Request(r).bodyUsed, r.bodyUsed]],
    ['a request made with it', async (r) => new globalThis.Request('http://a/', r).json()],
    ['no body of GET', async (r) => [r.body, await r.text(), r.bodyUsed], { method: 'GET' }],
    [
      'what it is',
      (r) => [
        r instanceof globalThis.Request,
        Object.prototype.toString.call(r),
        r.headers instanceof globalThis.Headers,
      ],
    ],
    ['a client that leaves', (r) => r.text(), { pieces: [] }],
  ];

  test.each(cases)('%s', async (_what, handler, asked) => {
    const platform = await use(handler, asked);
    restore = useLightFetch();
    expect(await use(handler, asked)).toEqual(platform);
  });

  test('bytes() gives a buffer of their own', async () => {
    restore = useLightFetch();
    expect(await use(async (r) => (await r.bytes()).buffer.byteLength, { pieces: ['text'] })).toBe(4);
  });

  test('its signal is that of the exchange', async () => {
    restore = useLightFetch();
    const scope = scopeOf({});
    let signal: AbortSignal | undefined;
    const app = fromFetch((request) => {
      signal = request.signal;
      return new globalThis.Response();
    });
    await app(scope, receiving([]), () => {});
    expect(signal).toBe(scope.exchange.signal);
  });

  test('a class may extend the global one', () => {
    restore = useLightFetch();
    class Call extends globalThis.Request {}
    expect(new Call('http://a/')).toBeInstanceOf(Call);
    expect(new globalThis.Request('http://a/')).not.toBeInstanceOf(Call);
  });
});

test('the globals come back, and a second use changes nothing', () => {
  const { Request, Response, fetch } = globalThis;
  const undo = useLightFetch();
  const light = globalThis.Response;
  useLightFetch()();
  expect(globalThis.Response).toBe(light);
  undo();
  expect([globalThis.Request, globalThis.Response, globalThis.fetch]).toEqual([Request, Response, fetch]);
});
