import type { HTTPScope, Receive } from '@pullo/asgi';
import { Request } from '@pullo/request';
import { describe, expect, test } from 'vitest';

const receive: Receive = async () => ({
  type: 'http.request',
  body: new TextEncoder().encode('[1]'),
  moreBody: false,
});

/** Fields that can be looked up, and that nobody may ask for all. */
const lookUp = {
  get: (name: string) => ({ 'content-type': 'application/json', 'content-length': '3' })[name] ?? null,
  [Symbol.iterator](): Iterator<[string, string]> {
    throw new Error('all fields were read');
  },
};

describe('reading a body', () => {
  test('looks up the fields that it needs where the server has a way', async () => {
    expect(await requestWith(lookUp).json()).toEqual([1]);
  });

  test.each<[string, HTTPScope['headers']]>([
    ['pairs', [['content-type', 'application/json']]],
    ['a map, whose names may be in any case', new Map([['Content-Type', 'application/json']])],
  ])('reads %s', async (_what, headers) => {
    expect(await requestWith(headers).json()).toEqual([1]);
  });

  test('sees what has been changed in the headers', async () => {
    const request = requestWith([['content-type', 'text/plain']]);
    request.headers.set('content-type', 'application/json');
    expect(await request.json()).toEqual([1]);
  });
});

function requestWith(headers: HTTPScope['headers']): Request {
  const scope: HTTPScope = {
    type: 'http',
    asgi: { version: '3.0', specVersion: '2.5' },
    httpVersion: '1.1',
    method: 'POST',
    scheme: 'http',
    path: '/',
    rawPath: '/',
    queryString: '',
    rootPath: '',
    headers,
    client: null,
    server: null,
    state: {},
    extensions: {},
    exchange: { signal: new AbortController().signal },
  };
  return new Request(scope, receive);
}
