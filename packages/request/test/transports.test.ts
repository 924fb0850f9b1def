import { connect } from 'node:net';
import { type App, isClientDisconnected, UnsupportedScope } from '@pullo/asgi';
import { Request } from '@pullo/request';
import { temporaryFiles } from '@pullo/request/files';
import { serve } from '@pullo/server';
import { describeTransports } from '@pullo/testing/vitest';
import { expect, test } from 'vitest';
import { formPairs } from './cases/make.ts';

/** What an app finds in its request, as JSON, or the error that a reader met. */
const app: App = async (scope, receive, send) => {
  if (scope.type === 'lifespan') throw new UnsupportedScope(scope);
  await using request = new Request(scope, receive, { files: temporaryFiles() });
  const { status, body } = await answer(request);
  const headers = [['content-type', 'application/json']] as const;
  send({ type: 'http.response.start', status, headers });
  await send({ type: 'http.response.body', body: JSON.stringify(body) });
};

async function answer(request: Request): Promise<{ status: number; body: unknown }> {
  try {
    return { status: 200, body: await read(request) };
  } catch (error) {
    if (!(error instanceof Error) || isClientDisconnected(error)) throw error;
    return { status: Number(Reflect.get(error, 'status') ?? 500), body: error.message };
  }
}

async function read(request: Request): Promise<unknown> {
  if (request.path === '/json') return request.json();
  if (request.path === '/form') return formPairs(await request.formData());
  if (request.path === '/parts') return sizes(request);
  if (request.path === '/text') return request.text();
  return {
    method: request.method,
    search: request.url.search,
    host: request.url.host === request.headers.get('host'),
    query: [...request.query],
    cookies: [...request.cookies],
    client: typeof request.client?.port,
    aborted: request.signal.aborted,
    disconnected: await request.isDisconnected(),
  };
}

async function sizes(request: Request): Promise<unknown> {
  const all: [string, number][] = [];
  for await (const part of request.parts()) {
    let size = 0;
    for await (const piece of part.stream()) size += piece.byteLength;
    all.push([part.name, size]);
  }
  return all;
}

describeTransports(app, (http, { transport }) => {
  test(`a request has its head (${transport})`, async () => {
    const response = await http.get('/?a=1&a=%C3%A4&__proto__=x', { headers: { cookie: 'b=2; b=3; c' } });
    expect(await response.json()).toEqual({
      method: 'GET',
      search: '?a=1&a=%C3%A4&__proto__=x',
      host: true,
      query: [
        ['a', '1'],
        ['a', '\u00e4'],
        ['__proto__', 'x'],
      ],
      cookies: [
        ['b', '2'],
        ['', 'c'],
      ],
      client: 'number',
      aborted: false,
      disconnected: false,
    });
  });

  test('a JSON body arrives', async () => {
    const value = { a: [1, '\u00e4'], b: 'x'.repeat(300_000) };
    const response = await http.post('/json', {
      body: JSON.stringify(value),
      headers: { 'content-type': 'application/json' },
    });
    expect([response.status, await response.json()]).toEqual([200, value]);
  });

  test.each([
    ['/json', 'text/plain', '{}', 415],
    ['/json', 'application/json', '{', 400],
    ['/text', 'text/plain', 'x'.repeat(1024 * 1024 + 1), 413],
    ['/form', 'application/json', '{}', 415],
    ['/form', 'multipart/form-data; boundary=b', 'x', 400],
  ])('%s refuses %s with a status', async (path, type, body, status) => {
    const response = await http.post(path, { body, headers: { 'content-type': type } });
    expect([response.status, typeof (await response.json())]).toEqual([status, 'string']);
  });

  test('a form with a spilled file arrives', async () => {
    const body = new FormData();
    body.append('a', '1');
    body.append('f', new File(['x'.repeat(2_000_000)], '\u00e4.txt', { type: 'text/x' }));
    const encoded = new globalThis.Request('http://a/', { method: 'POST', body });
    const headers = { 'content-type': encoded.headers.get('content-type') ?? '' };
    const bytes = new Uint8Array(await encoded.arrayBuffer());
    const form = await http.post('/form', { body: bytes, headers });
    expect(await form.json()).toEqual([
      ['a', '1'],
      ['f', ['\u00e4.txt', 'text/x', 'x'.repeat(2_000_000)]],
    ]);
    const parts = await http.post('/parts', { body: bytes, headers });
    expect(await parts.json()).toEqual([
      ['a', 1],
      ['f', 2_000_000],
    ]);
  });
});

test('a client that leaves in the middle of the body gives ClientDisconnected, and signal the reason', async () => {
  let done = (_: unknown) => {};
  const outcome = new Promise((resolve) => {
    done = resolve;
  });
  const raw: App = async (scope, receive, _send) => {
    if (scope.type !== 'http') throw new UnsupportedScope(scope);
    const request = new Request(scope, receive);
    const error: unknown = await request.text().catch((reason: unknown) => reason);
    done([
      isClientDisconnected(error),
      isClientDisconnected(request.signal.reason),
      await request.isDisconnected(),
    ]);
    throw error;
  };
  await using server = await serve(raw, { port: 0, host: '127.0.0.1', logLevel: 'silent' });
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
  setTimeout(() => socket.destroy(), 30);
  expect(await outcome).toEqual([true, true, true]);
});
