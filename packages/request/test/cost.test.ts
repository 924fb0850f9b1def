import { inspect } from 'node:util';
import { HeaderList, type Headers, type HTTPScope, type Receive } from '@pullo/asgi';
import { type Query, Request } from '@pullo/request';
import { expect, expectTypeOf, test } from 'vitest';
import { httpScope, makeRequest, post } from './cases/make.ts';

/** Counts the constructions of a platform class while `run` runs. */
function constructions(
  name: 'URL' | 'URLSearchParams' | 'AbortController' | 'ReadableStream' | 'Promise' | 'Map',
  run: () => void,
): number {
  const original = globalThis[name];
  let count = 0;
  const counting = new Proxy(original, {
    construct(target, args, newTarget) {
      count++;
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
  Object.assign(globalThis, { [name]: counting });
  try {
    run();
  } finally {
    Object.assign(globalThis, { [name]: original });
  }
  return count;
}

const scope: HTTPScope = {
  ...httpScope({ query: 'a=1' }),
  headers: new HeaderList([
    ['host', 'a'],
    ['cookie', 'a=1'],
  ]),
};
const never: Receive = () => {
  throw new Error('nothing may be received');
};

/** A plain request: what a router and a logger look at. */
function plainRequest(): void {
  const request = new Request(scope, never);
  expect([request.method, request.path, request.client?.port, request.bodyUsed]).toEqual([
    'GET',
    '/',
    54321,
    false,
  ]);
}

test.each(['URL', 'URLSearchParams', 'AbortController', 'ReadableStream', 'Promise', 'Map'] as const)(
  'a plain request makes no %s',
  (name) => {
    expect(constructions(name, plainRequest)).toBe(0);
  },
);

test('the counter counts', () => {
  expect(constructions('URL', () => new Request(scope, never).url)).toBe(1);
  expect(constructions('URLSearchParams', () => new Request(scope, never).query)).toBe(1);
});

test('a plain request does not look at the headers', () => {
  const headers = {
    [Symbol.iterator](): Iterator<readonly [string, string]> {
      throw new Error('nobody may iterate the headers');
    },
  };
  const request = new Request({ ...scope, headers }, never);
  expect(request.path).toBe('/');
  expect(() => request.headers).toThrow('nobody may iterate');
});

test('every property is made once', () => {
  const request = makeRequest();
  for (const name of ['url', 'query', 'headers', 'cookies', 'signal', 'body'] as const) {
    expect(request[name]).toBe(request[name]);
  }
});

test('headers is a view of the scope, not a copy', () => {
  const headers = new HeaderList([['a', '1']]);
  const request = new Request({ ...scope, headers }, never);
  headers.append('a', '2');
  expect(request.headers.get('a')).toBe('1, 2');
});

test('console.log shows what they are, and no value of a cookie', () => {
  const request = makeRequest({ path: '/a', query: 'q=%C3%A4', headers: [['cookie', 'a=1; b=2']] });
  expect(inspect([request, request.query, request.cookies])).toBe(
    '[ Request { GET /a }, Query { q=%C3%A4 }, Cookies { a, b } ]',
  );
});

test('types say what is there', async () => {
  const request = post('application/json', ['{"a":1}']);
  expectTypeOf(request.headers).toEqualTypeOf<Headers>();
  expectTypeOf(request.query).toEqualTypeOf<Query>();
  expectTypeOf(request.json()).resolves.toEqualTypeOf<unknown>();
  expectTypeOf(request.json<{ a: number }>()).resolves.toEqualTypeOf<{ a: number }>();
  expectTypeOf(request.accepts(['a/b', 'c/d'])).toEqualTypeOf<'a/b' | 'c/d' | null>();
  expectTypeOf(request.cookies.get('a')).toEqualTypeOf<string | undefined>();
  expectTypeOf(request).toExtend<AsyncDisposable>();
  expect(await request.json()).toEqual({ a: 1 });
  // @ts-expect-error: a query is read-only
  expect(request.query.append).toBeUndefined();
  expect(() => {
    // @ts-expect-error: what was received is not changed
    request.method = 'POST';
  }).toThrow(TypeError);
  // @ts-expect-error: a limit is a number of bytes
  expectTypeOf(request.text).toBeCallableWith({ maxBytes: '1mb' });
});
