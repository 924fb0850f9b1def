import { type HandlerResult, HTMLResponse, PipelineError, Pullo, TextResponse } from '@pullo/core';
import { client } from '@pullo/testing';
import { describeTransports } from '@pullo/testing/vitest';
import { describe, expect, test } from 'vitest';

async function* numbers() {
  yield 'one,';
  yield new TextEncoder().encode('two');
}

interface Row {
  returns: string;
  value: () => HandlerResult | Promise<HandlerResult>;
  status?: number;
  type: string | null;
  body: string;
}

const rows: readonly Row[] = [
  { returns: 'a string', value: () => 'hei', type: 'text/plain; charset=utf-8', body: 'hei' },
  { returns: 'an empty string', value: () => '', type: 'text/plain; charset=utf-8', body: '' },
  {
    returns: 'a promise of a string',
    value: async () => 'hei',
    type: 'text/plain; charset=utf-8',
    body: 'hei',
  },
  { returns: 'an object', value: () => ({ a: 1 }), type: 'application/json', body: '{"a":1}' },
  { returns: 'an array', value: () => [1, 'b'], type: 'application/json', body: '[1,"b"]' },
  { returns: 'a number', value: () => 42, type: 'application/json', body: '42' },
  { returns: 'false', value: () => false, type: 'application/json', body: 'false' },
  {
    returns: 'a date',
    value: () => new Date(0),
    type: 'application/json',
    body: '"1970-01-01T00:00:00.000Z"',
  },
  { returns: 'null', value: () => null, status: 204, type: null, body: '' },
  {
    returns: 'bytes',
    value: () => new Uint8Array([104, 105]),
    type: 'application/octet-stream',
    body: 'hi',
  },
  {
    returns: 'a buffer',
    value: () => new Uint8Array([104, 105]).buffer,
    type: 'application/octet-stream',
    body: 'hi',
  },
  {
    returns: 'an object with a JSON form of its own',
    value: () => new URL('http://pullo.test/'),
    type: 'application/json',
    body: '"http://pullo.test/"',
  },
  { returns: 'an async iterable', value: numbers, type: null, body: 'one,two' },
  { returns: 'a stream', value: () => new Blob(['streamed']).stream(), type: null, body: 'streamed' },
  {
    returns: 'a response',
    value: () => new HTMLResponse('<p>hei', { status: 201 }),
    status: 201,
    type: 'text/html; charset=utf-8',
    body: '<p>hei',
  },
  {
    returns: 'a Fetch response',
    value: () => globalThis.Response.json({ fetched: true }, { status: 202 }),
    status: 202,
    type: 'application/json',
    body: '{"fetched":true}',
  },
];

describe('what a handler returns becomes the response', () => {
  const app = new Pullo();
  for (const [index, { value }] of rows.entries()) app.route(`/${index}`, value);

  describeTransports(app, (http) => {
    test.each(rows)('$returns', async (row) => {
      const response = await http.get(`/${rows.indexOf(row)}`);
      expect(response.status).toBe(row.status ?? 200);
      expect(response.headers.get('content-type')).toBe(row.type);
      expect(await response.text()).toBe(row.body);
    });
  });

  test('a response constant can stand for the handler, any number of times', async () => {
    await using http = client(new Pullo().get('/', new TextResponse('constant')));
    expect(await (await http.get('/')).text()).toBe('constant');
    expect(await (await http.get('/')).text()).toBe('constant');
  });
});

class Foreign extends Error {}

/** What has no form that can be sent, as it comes from JavaScript. */
const wrong: readonly [title: string, value: unknown, message: RegExp][] = [
  ['undefined', undefined, /^The handler of GET \/wrong returned undefined: return a Response, text/],
  ['a function', function list() {}, /returned a function \(list\)/],
  ['an app', new Pullo(), /returned a Pullo: return a Response/],
  ['a symbol', Symbol('s'), /returned Symbol\(s\)/],
  ['a bigint', 10n, /returned the bigint 10/],
  ['a Map', new Map([[1, 2]]), /returned a Map, which JSON does not have/],
  ['a Set', new Set(), /returned a Set, which JSON does not have/],
  ['an iterator', [].values(), /returned an Array Iterator, which JSON does not have/],
  ['a Blob', new Blob(['x']), /returned a Blob, which JSON does not have/],
  ['a form', new FormData(), /returned a FormData, which JSON does not have/],
  ['a regular expression', /x/, /returned a RegExp, which JSON does not have/],
  [
    'numbers in an array that is typed',
    new Float64Array([1]),
    /returned a Float64Array, which JSON does not/,
  ],
  ['a view of bytes', new DataView(new ArrayBuffer(1)), /returned a DataView, which JSON does not have/],
  ['an error', Object.assign(new Foreign('x'), { status: 400 }), /returned an Error: throw it\.$/],
  ['data with a bigint', { a: 1n }, /returned an object that cannot be sent: .*BigInt/],
  [
    'Response.error()',
    globalThis.Response.error(),
    /returned a Response that cannot be sent: Invalid status 0/,
  ],
];

describe('what a handler must not return is an error that names the route', () => {
  test.each(wrong)('%s', async (_title, value, message) => {
    await using http = client(new Pullo().get('/wrong', () => value as string));
    const failure = await http.get('/wrong').then(String, (error: unknown) => error);
    expect(failure).toBeInstanceOf(PipelineError);
    expect(String((failure as Error).message)).toMatch(message);
  });
});
