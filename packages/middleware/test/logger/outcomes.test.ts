// What the logger says of each kind of outcome, on both transports.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventStreamResponse,
  HTTPError,
  JSONResponse,
  Pullo,
  StreamingResponse,
  TextResponse,
} from '@pullo/core';
import { logger } from '@pullo/middleware/logger';
import { requestId } from '@pullo/middleware/request-id';
import { FileResponse } from '@pullo/response/file';
import { describeTransports } from '@pullo/testing/vitest';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'pullo-logger-'));
const file = join(folder, 'hundred.txt');
writeFileSync(file, 'x'.repeat(100));
afterAll(() => rmSync(folder, { recursive: true }));

const lines: string[] = [];
const records = () => lines.map((line): unknown => JSON.parse(line));
const constant = new TextResponse('constant');

async function* pieces() {
  yield 'ten bytes ';
  await new Promise((resolve) => setTimeout(resolve, 20));
  yield 'äö';
}

async function* failing() {
  yield 'ten bytes ';
  await new Promise((resolve) => setTimeout(resolve, 20));
  throw new RangeError('the source is dry');
}

async function* failingAtOnce() {
  yield await Promise.reject<string>(new RangeError('there was no source'));
}

async function* events() {
  for (;;) {
    yield { data: 'tick' };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const app = new Pullo()
  .use(logger({ format: 'json', write: (line) => lines.push(line) }))
  .use(requestId({ generate: () => 'id-1' }))
  .get('/text', () => 'hello')
  .get('/utf8', () => 'äö')
  .get('/bytes', () => new Uint8Array(7))
  .get('/null', () => null)
  .get('/constant', constant)
  .get('/not-modified', () => new TextResponse('stale', { status: 304 }))
  .get('/taken', () => {
    throw new HTTPError(409, { detail: 'taken' });
  })
  .get('/broken', () => {
    throw new TypeError('no such thing');
  })
  .get('/stream', () => new StreamingResponse(pieces()))
  .get('/failing', () => new StreamingResponse(failing()))
  .get('/failing-at-once', () => new StreamingResponse(failingAtOnce()))
  .get('/events', () => new EventStreamResponse(events()))
  .get('/file', () => new FileResponse(file))
  .get('/web', () => new globalThis.Response('from the web'))
  .post('/echo', async ({ request }) => new JSONResponse(await request.json()));

beforeEach(() => {
  lines.length = 0;
});

describeTransports(app, (http) => {
  test.each([
    ['text', 'GET', '/text', {}, { status: 200, bytes: 5, level: 'info' }],
    ['text beyond ASCII', 'GET', '/utf8', {}, { status: 200, bytes: 4, level: 'info' }],
    ['bytes', 'GET', '/bytes', {}, { status: 200, bytes: 7, level: 'info' }],
    ['no content', 'GET', '/null', {}, { status: 204, bytes: 0, level: 'info' }],
    ['a response that requests share', 'GET', '/constant', {}, { status: 200, bytes: 8, level: 'info' }],
    ['content that is not sent, by its status', 'GET', '/not-modified', {}, { status: 304, bytes: 0 }],
    ['content that is not sent, by the method', 'HEAD', '/text', {}, { status: 200, bytes: 0 }],
    ['a body that was read', 'POST', '/echo', { json: [1] }, { status: 200, bytes: 3 }],
    ['a stream', 'GET', '/stream', {}, { status: 200, bytes: 14, level: 'info' }],
    ['a stream that is not sent', 'HEAD', '/stream', {}, { status: 200, bytes: 0, level: 'info' }],
    ['a response of Fetch', 'GET', '/web', {}, { status: 200, bytes: 12, level: 'info' }],
    ['a file', 'GET', '/file', {}, { status: 200, bytes: 100, level: 'info' }],
    ['a part of a file', 'GET', '/file', { headers: { range: 'bytes=10-19' } }, { status: 206, bytes: 10 }],
    [
      'a range that a file does not have',
      'GET',
      '/file',
      { headers: { range: 'bytes=200-' } },
      { status: 416 },
    ],
    ['a path without a route', 'GET', '/nope', {}, { status: 404, level: 'warn' }],
    ['a path without the method', 'PUT', '/text', {}, { status: 405, level: 'warn' }],
    [
      'an error that is an answer',
      'GET',
      '/taken',
      {},
      {
        status: 409,
        level: 'warn',
        error: { name: 'HTTPError', message: '409 Conflict: taken', code: 'ERR_HTTP' },
      },
    ],
    [
      'an error that nobody expected',
      'GET',
      '/broken',
      {},
      { status: 500, level: 'error', error: { name: 'TypeError', message: 'no such thing' } },
    ],
    [
      'a stream that failed before its first piece',
      'GET',
      '/failing-at-once',
      {},
      {
        status: 500,
        bytes: 0,
        level: 'error',
        cut: true,
        error: { name: 'RangeError', message: 'there was no source' },
      },
    ],
  ])('logs %s', async (_title, method, path, options, expected) => {
    const response = await http.request(method, path, options);
    await response.bytes();
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(records()).toEqual([expect.objectContaining({ method, path, requestId: 'id-1', ...expected })]);
  });

  test('logs a stream that failed on the way with what was sent of it', async () => {
    const response = await http.get('/failing');
    await expect(response.text()).rejects.toThrow();
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(records()).toEqual([
      expect.objectContaining({
        status: 200,
        bytes: 10,
        level: 'error',
        cut: true,
        error: { name: 'RangeError', message: 'the source is dry' },
      }),
    ]);
  });

  test('logs a stream whose client left', async () => {
    const response = await http.get('/events');
    await response.body.getReader().read();
    response.cancel();
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(records()).toEqual([
      expect.objectContaining({
        status: 200,
        level: 'warn',
        cut: true,
        error: expect.objectContaining({ code: 'ERR_CLIENT_DISCONNECTED' }),
      }),
    ]);
  });

  test('logs a stream when it has ended, with the time that took', async () => {
    const response = await http.get('/stream');
    expect(lines).toEqual([]);
    await response.text();
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    const [record] = records() as [{ duration: number }];
    expect(record.duration).toBeGreaterThan(15);
  });

  test('a file is still served as a file, with an answer to conditions', async () => {
    const first = await http.get('/file');
    await first.bytes();
    const etag = first.headers.get('etag') ?? '';
    const second = await http.get('/file', { headers: { 'if-none-match': etag } });
    await vi.waitFor(() => expect(lines).toHaveLength(2));
    expect(second.status).toBe(304);
    expect(records()[1]).toEqual(expect.objectContaining({ status: 304, bytes: 0 }));
  });
});
