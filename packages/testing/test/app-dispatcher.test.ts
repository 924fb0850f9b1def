import type { App } from '@pullo/asgi';
import { AppDispatcher } from '@pullo/testing';
import { fetch, request } from 'undici';
import { expect, test } from 'vitest';

/** Answers with what it was sent. */
const echo: App = async (scope, receive, send) => {
  if (scope.type !== 'http') throw new Error(`no ${scope.type} here`);
  const chunks: Uint8Array[] = [];
  for (;;) {
    const event = await receive();
    if (event.type !== 'http.request') return;
    chunks.push(event.body);
    if (!event.moreBody) break;
  }
  send({
    type: 'http.response.start',
    status: 201,
    headers: [
      ['Content-Type', 'application/json'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
  });
  await send({
    type: 'http.response.body',
    body: JSON.stringify({
      method: scope.method,
      path: scope.path,
      query: scope.queryString,
      headers: [...scope.headers],
      body: Buffer.concat(chunks).toString(),
    }),
  });
};

test('undici.request is answered by the app', async () => {
  await using dispatcher = new AppDispatcher(echo);
  const response = await request('http://example.org/a%7Eb?x=1', {
    dispatcher,
    method: 'POST',
    headers: { 'X-One': 'uno' },
    body: 'hei',
  });
  expect(response.statusCode).toBe(201);
  expect(response.statusText).toBe('Created');
  expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  expect(await response.body.json()).toEqual({
    method: 'POST',
    path: '/a~b',
    query: 'x=1',
    headers: [
      ['host', 'example.org'],
      ['connection', 'keep-alive'],
      ['x-one', 'uno'],
      ['content-length', '3'],
    ],
    body: 'hei',
  });
});

test('the fetch of undici is answered by the app', async () => {
  await using dispatcher = new AppDispatcher(echo);
  const response = await fetch('http://example.org/', { dispatcher, method: 'PUT', body: 'hei' });
  expect(response.status).toBe(201);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(await response.json()).toMatchObject({ method: 'PUT', body: 'hei' });
});

test("the platform's fetch is answered by the app", async () => {
  await using dispatcher = new AppDispatcher(echo);
  const init: object = { dispatcher, method: 'POST', body: 'hei' };
  const response = await globalThis.fetch('http://example.org/x', init);
  expect(response.status).toBe(201);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toMatchObject({ method: 'POST', path: '/x', body: 'hei' });
});

test('an app that throws before its start is a 500, and one that returns without an answer too', async () => {
  const errors: unknown[] = [];
  const failure = new Error('oh no');
  await using dispatcher = new AppDispatcher(
    async (scope) => {
      if (scope.type === 'http' && scope.path === '/throw') throw failure;
    },
    { onError: (error) => errors.push(error) },
  );
  expect((await request('http://a/throw', { dispatcher })).statusCode).toBe(500);
  expect((await request('http://a/return', { dispatcher })).statusCode).toBe(500);
  expect(errors).toEqual([failure, expect.objectContaining({ code: 'ERR_CONTRACT_VIOLATION' })]);
});
