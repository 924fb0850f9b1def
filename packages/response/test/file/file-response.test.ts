import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { appendFile, mkdir, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type App,
  type HTTPScope,
  isClientDisconnected,
  type SendEvent,
  UnsupportedScope,
  validate,
} from '@pullo/asgi';
import { Response } from '@pullo/response';
import { FileChanged, type FileInit, FileNotFound, FileResponse } from '@pullo/response/file';
import { describeTransports } from '@pullo/testing/vitest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, answerOf, headersOf, httpScope, noReceive, webSocketScope } from '../cases/exchange.ts';
import { makeFolder } from '../support/folder.ts';
import { until } from '../support/wait.ts';

const DIGITS = '0123456789';
const MODIFIED = new Date('2024-05-06T07:08:09.500Z');
const LAST_MODIFIED = 'Mon, 06 May 2024 07:08:09 GMT';
const EARLIER = 'Mon, 06 May 2024 07:08:08 GMT';
const LATER = 'Mon, 06 May 2024 07:08:10 GMT';
const BIG = 3 * 1024 * 1024;

let folder: Awaited<ReturnType<typeof makeFolder>>;
let path = '';
let etag = '';

beforeAll(async () => {
  folder = await makeFolder({
    'digits.txt': DIGITS,
    'empty.txt': '',
    'big.bin': new Uint8Array(BIG).fill(7),
    'app.js': 'plain',
    'app.js.br': 'brotli',
    'app.js.zst': 'zstandard',
    'app.js.gz': 'gzip',
    'inner/x.txt': 'x',
  });
  path = join(folder.path, 'digits.txt');
  await utimes(path, MODIFIED, MODIFIED);
  etag = headersOf(await get()).etag ?? '';
});
afterAll(() => folder.remove());

const at = (name: string) => join(folder.path, name);

function get(
  headers: Record<string, string> = {},
  init: FileInit = {},
  scope: Partial<HTTPScope> = {},
): Promise<Answer> {
  return answerOf(new FileResponse(path, init), httpScope({ headers: Object.entries(headers), ...scope }));
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // The descriptor of the listing itself is closed by now.
    return '';
  }
}

/** How many files of the folder are open in this process. */
function filesOpen(): number {
  const targets = readdirSync('/proc/self/fd').map((fd) => linkTarget(`/proc/self/fd/${fd}`));
  return targets.filter((target) => target.startsWith(folder.path)).length;
}

describe('the whole file', () => {
  test('has type, length, validators and word of ranges', async () => {
    const answer = await get();
    expect([answer.status, answer.body]).toEqual([200, DIGITS]);
    expect(headersOf(answer)).toEqual({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '10',
      'last-modified': LAST_MODIFIED,
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^"[^"]+"$/),
    });
  });

  test('is sent as often as it is asked for, as it is then', async () => {
    const file = at('changing.txt');
    await writeFile(file, 'one');
    const response = new FileResponse(file);
    const first = await answerOf(response);
    await writeFile(file, 'three');
    const second = await answerOf(response);
    expect([first.body, second.body]).toEqual(['one', 'three']);
    expect(headersOf(first).etag).not.toBe(headersOf(second).etag);
  });

  test('may be empty', async () => {
    const answer = await answerOf(new FileResponse(at('empty.txt')));
    expect([answer.status, answer.body, headersOf(answer)['content-length']]).toEqual([200, '', '0']);
  });

  test('is sent in pieces when it is large', async () => {
    const { events } = await answerOf(new FileResponse(at('big.bin')));
    const bytes = events.map((event) => ('body' in event ? (event.body?.length ?? 0) : 0));
    expect(bytes.reduce((sum, length) => sum + length)).toBe(BIG);
    expect(Math.max(...bytes)).toBe(64 * 1024);
  });

  test.each(['GET', 'POST'])('is sent for %s', async (method) => {
    expect((await get({}, {}, { method })).body).toBe(DIGITS);
  });

  test('is not sent for HEAD, but its length is', async () => {
    const answer = await get({}, {}, { method: 'HEAD' });
    expect([answer.body, headersOf(answer)['content-length']]).toEqual(['', '10']);
  });

  test('takes a path, relative or absolute, or a file URL', async () => {
    const url = pathToFileURL(path);
    expect((await answerOf(new FileResponse(url))).body).toBe(DIGITS);
    const relative = new FileResponse('package.json');
    expect((await answerOf(relative)).body).toContain('@pullo/response');
  });

  test('has the headers of the response, and what that says itself wins', async () => {
    const headers = { 'x-a': '1', etag: '"mine"', 'last-modified': EARLIER, 'content-type': 'a/b' };
    const answer = await get({}, { headers });
    expect(headersOf(answer)).toMatchObject(headers);
    expect((await get({ 'if-none-match': '"mine"' }, { headers })).status).toBe(304);
  });

  test('has a status of its own, without conditions and ranges then', async () => {
    const answer = await get({ range: 'bytes=0-1', 'if-none-match': '*' }, { status: 404 });
    expect([answer.status, answer.body]).toEqual([404, DIGITS]);
    expect(headersOf(answer)['accept-ranges']).toBeUndefined();
  });

  test.each<[init: FileInit, disposition: string | undefined]>([
    [{}, undefined],
    [{ disposition: 'inline' }, 'inline'],
    [{ filename: 'a.txt' }, 'attachment; filename="a.txt"'],
    [{ filename: 'ä.txt', disposition: 'inline' }, 'inline; filename="_.txt"; filename*=UTF-8\'\'%C3%A4.txt'],
  ])('of %o has content-disposition %s', async (init, disposition) => {
    expect(headersOf(await get({}, init))['content-disposition']).toBe(disposition);
  });

  test.each<[init: FileInit, value: string]>([
    [{ cacheControl: 'no-store' }, 'no-store'],
    [{ cacheControl: { visibility: 'public', maxAge: 60 } }, 'public, max-age=60'],
    [{ cacheControl: 'no-store', headers: { 'cache-control': 'private' } }, 'private'],
  ])('of %o has cache-control %s', async (init, value) => {
    expect(headersOf(await get({}, init))['cache-control']).toBe(value);
  });

  test.each([
    ['a.html', 'text/html; charset=utf-8'],
    ['a.HTML', 'text/html; charset=utf-8'],
    ['a.mjs', 'text/javascript; charset=utf-8'],
    ['a.json', 'application/json'],
    ['a.svg', 'image/svg+xml'],
    ['a.woff2', 'font/woff2'],
    ['a.wasm', 'application/wasm'],
    ['a.unknown', 'application/octet-stream'],
    ['a', 'application/octet-stream'],
    ['.html', 'application/octet-stream'],
    ['a.constructor', 'application/octet-stream'],
  ])('%s is %s', (name, type) => {
    expect(new FileResponse(name).headers.get('content-type')).toBe(type);
  });

  test('is the content of toWeb, and of copies', async () => {
    const response = new FileResponse(path, { filename: 'x.txt' });
    expect(await response.toWeb().text()).toBe(DIGITS);
    expect(await response.toWeb().text()).toBe(DIGITS);
    const copy = response.copy();
    copy.headers.set('x-a', '1');
    expect([copy instanceof FileResponse, response.headers.has('x-a')]).toEqual([true, false]);
    expect((await answerOf(copy, httpScope({ headers: [['range', 'bytes=0-1']] }))).body).toBe('01');
  });

  test('may be replaced', async () => {
    const answer = await answerOf(new FileResponse(path).withContent('other'));
    expect([answer.body, headersOf(answer)['content-length']]).toEqual(['other', '5']);
  });

  test('refuses a WebSocket session like any response', async () => {
    const scope = webSocketScope({ 'websocket.http.response': {} });
    expect((await answerOf(new FileResponse(path, { status: 403 }), scope)).body).toBe(DIGITS);
  });
});

describe('conditional requests', () => {
  /** `ETAG` stands for the file's own. In the order of RFC 9110, section 13.2.2. */
  const table: readonly [headers: Record<string, string>, status: number][] = [
    [{ 'if-match': 'ETAG' }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': '"other", ETAG' }, 200],
    [{ 'if-match': '"other"' }, 412],
    [{ 'if-match': 'W/ETAG' }, 412],
    [{ 'if-match': '' }, 412],
    [{ 'if-match': 'ETAG', 'if-unmodified-since': EARLIER }, 200],
    [{ 'if-match': '"other"', 'if-none-match': 'ETAG' }, 412],
    [{ 'if-match': 'ETAG', 'if-none-match': 'ETAG' }, 304],
    [{ 'if-unmodified-since': LAST_MODIFIED }, 200],
    [{ 'if-unmodified-since': LATER }, 200],
    [{ 'if-unmodified-since': EARLIER }, 412],
    [{ 'if-unmodified-since': 'yesterday' }, 200],
    [{ 'if-none-match': 'ETAG' }, 304],
    [{ 'if-none-match': 'W/ETAG' }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"a,b", "c" , ETAG' }, 304],
    [{ 'if-none-match': '"other"' }, 200],
    [{ 'if-none-match': '' }, 200],
    [{ 'if-none-match': '"other"', 'if-modified-since': LATER }, 200],
    [{ 'if-none-match': 'ETAG', 'if-modified-since': EARLIER }, 304],
    [{ 'if-modified-since': LAST_MODIFIED }, 304],
    [{ 'if-modified-since': LATER }, 304],
    [{ 'if-modified-since': EARLIER }, 200],
    [{ 'if-modified-since': '2030' }, 200],
    [{ 'if-modified-since': 'Mon, 06 Foo 2030 07:08:09 GMT' }, 200],
    [{ 'if-modified-since': 'Monday, 06-May-24 07:08:09 GMT' }, 304],
    [{ 'if-modified-since': 'Monday, 06-May-23 07:08:09 GMT' }, 200],
    [{ 'if-modified-since': 'Sunday, 06-Nov-94 08:49:37 GMT' }, 200],
    [{ 'if-modified-since': 'Mon May  6 07:08:09 2024' }, 304],
    [{ 'if-modified-since': 'Mon May  6 07:08:08 2024' }, 200],
    [{ 'if-unmodified-since': EARLIER, 'if-none-match': 'ETAG' }, 412],
  ];

  for (const [headers, status] of table) {
    for (const method of ['GET', 'HEAD']) {
      test(`${method} with ${JSON.stringify(headers)} is a ${status}`, async () => {
        const real = Object.entries(headers).map(
          ([name, value]) => [name, value.replace('ETAG', etag)] as const,
        );
        const answer = await answerOf(new FileResponse(path), httpScope({ method, headers: real }));
        expect(answer.status).toBe(status);
        expect(answer.body).toBe(status === 200 && method === 'GET' ? DIGITS : '');
      });
    }
  }

  test('a 304 has what caches need and nothing of the content', async () => {
    const init: FileInit = {
      cacheControl: 'no-cache',
      filename: 'a.txt',
      headers: { vary: 'Cookie', 'x-a': '1' },
    };
    expect(headersOf(await get({ 'if-none-match': etag }, init))).toEqual({
      etag,
      'cache-control': 'no-cache',
      vary: 'Cookie',
      'x-a': '1',
    });
  });

  test.each([{ 'if-match': '"x"' }, { range: 'bytes=99-' }])(
    'a refusal of %o is not kept by caches',
    async (headers) => {
      const answer = await get(headers, { cacheControl: { maxAge: 60 } });
      expect([answer.status >= 412, headersOf(answer)['cache-control']]).toEqual([true, undefined]);
    },
  );

  test('other methods have done what they do: no conditions', async () => {
    expect((await get({ 'if-none-match': '*', range: 'bytes=0-1' }, {}, { method: 'POST' })).status).toBe(
      200,
    );
  });

  test('the entity tag changes with the content, also within a second and at the same length', async () => {
    const file = at('twice.txt');
    await writeFile(file, 'a');
    await utimes(file, 1_700_000_000.1, 1_700_000_000.1);
    const first = headersOf(await answerOf(new FileResponse(file)));
    await utimes(file, 1_700_000_000.2, 1_700_000_000.2);
    const second = headersOf(await answerOf(new FileResponse(file)));
    expect(first['last-modified']).toBe(second['last-modified']);
    expect(first.etag).not.toBe(second.etag);
  });
});

describe('ranges', () => {
  const single: readonly [range: string, contentRange: string, body: string][] = [
    ['bytes=0-0', 'bytes 0-0/10', '0'],
    ['bytes=0-4', 'bytes 0-4/10', '01234'],
    ['bytes=5-', 'bytes 5-9/10', '56789'],
    ['bytes=-3', 'bytes 7-9/10', '789'],
    ['bytes=-99', 'bytes 0-9/10', DIGITS],
    ['bytes=9-99', 'bytes 9-9/10', '9'],
    ['BYTES=1-2', 'bytes 1-2/10', '12'],
    ['bytes= 1-2 ', 'bytes 1-2/10', '12'],
    ['bytes=0-1,1-2', 'bytes 0-2/10', '012'],
    ['bytes=0-1,2-3', 'bytes 0-3/10', '0123'],
    ['bytes=3-4,0-2,5-5', 'bytes 0-5/10', '012345'],
    ['bytes=2-3,20-30', 'bytes 2-3/10', '23'],
    ['bytes=0-,-1', 'bytes 0-9/10', DIGITS],
  ];
  test.each(single)('%s is %s', async (range, contentRange, body) => {
    const answer = await get({ range });
    expect([answer.status, answer.body]).toEqual([206, body]);
    expect(headersOf(answer)).toMatchObject({
      'content-range': contentRange,
      'content-length': String(body.length),
      etag,
      'last-modified': LAST_MODIFIED,
    });
  });

  test.each(['bytes=10-', 'bytes=10-20', 'bytes=-0', 'bytes=20-30,40-'])('%s is a 416', async (range) => {
    const answer = await get({ range });
    expect([answer.status, answer.body, headersOf(answer)['content-range']]).toEqual([416, '', 'bytes */10']);
  });

  test('any range of an empty file is a 416', async () => {
    const answer = await answerOf(
      new FileResponse(at('empty.txt')),
      httpScope({ headers: [['range', 'bytes=0-']] }),
    );
    expect([answer.status, headersOf(answer)['content-range']]).toEqual([416, 'bytes */0']);
  });

  const ignored = [
    'bytes=',
    'bytes',
    'bytes=a-b',
    'bytes=-',
    'bytes=--1',
    'bytes=1',
    'bytes=4-2',
    'bytes=0x1-2',
    'bytes=1-2,x',
    'bytes=1 -2',
    'bytes:0-1',
    'items=0-1',
    'bytes=0-9999999999999999',
    `bytes=${Array(33).fill('0-0').join(',')}`,
    `bytes=${Array(2000).fill('0-').join(',')}`,
  ];
  test.each(ignored)('%s is ignored', async (range) => {
    expect((await get({ range })).status).toBe(200);
  });

  test('HEAD has no ranges', async () => {
    const answer = await get({ range: 'bytes=0-1' }, {}, { method: 'HEAD' });
    expect([answer.status, headersOf(answer)['content-length']]).toEqual([200, '10']);
  });

  test('several are parts of one body, in the order asked for', async () => {
    const answer = await get({ range: 'bytes=8-9,0-1,4-4' });
    const { 'content-type': type = '', 'content-length': length } = headersOf(answer);
    const boundary = /^multipart\/byteranges; boundary=([\w-]+)$/.exec(type)?.[1];
    const part = (range: string, body: string) =>
      `--${boundary}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-range: bytes ${range}/10\r\n\r\n${body}\r\n`;
    expect(answer.status).toBe(206);
    expect(answer.body).toBe(
      `${part('8-9', '89')}${part('0-1', '01')}${part('4-4', '4')}--${boundary}--\r\n`,
    );
    expect(length).toBe(String(answer.body.length));
    expect(headersOf(answer)['content-range']).toBeUndefined();
  });

  const ifRange: readonly [value: string, status: number][] = [
    ['ETAG', 206],
    [' ETAG ', 206],
    ['W/ETAG', 200],
    ['"other"', 200],
    ['*', 200],
    [LAST_MODIFIED, 206],
    [EARLIER, 200],
    [LATER, 200],
    ['nonsense', 200],
  ];
  test.each(ifRange)('If-Range %s is a %i', async (value, status) => {
    expect((await get({ range: 'bytes=0-1', 'if-range': value.replace('ETAG', etag) })).status).toBe(status);
  });

  test('If-Range by date does not hold for a file that has just changed: it could change again', async () => {
    const file = at('fresh.txt');
    await writeFile(file, DIGITS);
    const now = new Date();
    await utimes(file, now, now);
    const modified = headersOf(await answerOf(new FileResponse(file)))['last-modified'] ?? '';
    const headers = [
      ['range', 'bytes=0-1'],
      ['if-range', modified],
    ] as const;
    expect((await answerOf(new FileResponse(file), httpScope({ headers }))).status).toBe(200);
  });

  test('a condition that fails comes before a range', async () => {
    expect((await get({ range: 'bytes=0-1', 'if-none-match': etag })).status).toBe(304);
    expect((await get({ range: 'bytes=99-', 'if-match': '"x"' })).status).toBe(412);
  });
});

describe('precompressed files', () => {
  const offered = ['br', 'zstd', 'gzip'] as const;
  const table: readonly [acceptEncoding: string | null, coding: string | undefined, body: string][] = [
    [null, undefined, 'plain'],
    ['', undefined, 'plain'],
    ['identity', undefined, 'plain'],
    ['deflate', undefined, 'plain'],
    ['gzip', 'gzip', 'gzip'],
    ['x-gzip', 'gzip', 'gzip'],
    ['GZIP', 'gzip', 'gzip'],
    ['gzip, br', 'br', 'brotli'],
    ['zstd', 'zstd', 'zstandard'],
    ['gzip, deflate, br, zstd', 'br', 'brotli'],
    ['*', 'br', 'brotli'],
    ['*;q=0', undefined, 'plain'],
    ['br;q=0', undefined, 'plain'],
    ['br;q=0.000, gzip', 'gzip', 'gzip'],
    ['br;q=0, *', 'zstd', 'zstandard'],
    ['br;q=0.5, gzip;q=0.8', 'gzip', 'gzip'],
    ['br; q=1.0 , gzip;q=1', 'br', 'brotli'],
    ['br;q=high', undefined, 'plain'],
    ['br;q=2', undefined, 'plain'],
    ['identity, br;q=0.1', 'br', 'brotli'],
  ];
  test.each(table)('accept-encoding %s gets %s', async (accepted, coding, body) => {
    const headers = accepted === null ? [] : ([['accept-encoding', accepted]] as const);
    const response = new FileResponse(at('app.js'), { precompressed: offered });
    const answer = await answerOf(response, httpScope({ headers }));
    expect(answer.body).toBe(body);
    expect(headersOf(answer)['content-encoding']).toBe(coding);
    expect(headersOf(answer)['content-type']).toBe('text/javascript; charset=utf-8');
    expect(headersOf(answer)['content-length']).toBe(String(body.length));
    expect(headersOf(answer).vary).toBe('Accept-Encoding');
  });

  const ask = (...pairs: [string, string][]) =>
    answerOf(new FileResponse(at('app.js'), { precompressed: offered }), httpScope({ headers: pairs }));

  test('each coding has an entity tag of its own', async () => {
    const tags = await Promise.all(
      ['br', 'zstd', 'gzip', 'identity'].map(
        async (coding) => headersOf(await ask(['accept-encoding', coding])).etag,
      ),
    );
    expect(new Set(tags).size).toBe(4);
  });

  test('a tag of one coding is no tag of another', async () => {
    const { etag: plain = '' } = headersOf(await ask());
    expect((await ask(['accept-encoding', 'br'], ['if-none-match', plain])).status).toBe(200);
    const range: [string, string] = ['range', 'bytes=0-1'];
    expect((await ask(['accept-encoding', 'br'], range, ['if-range', plain])).status).toBe(200);
  });

  test('a range is one of the bytes of the coding', async () => {
    const answer = await ask(['accept-encoding', 'gzip'], ['range', 'bytes=1-']);
    expect([answer.body, headersOf(answer)['content-encoding']]).toEqual(['zip', 'gzip']);
  });

  test('vary is told where there is no other form, too', async () => {
    const response = new FileResponse(path, { precompressed: offered, headers: { vary: 'Cookie' } });
    const answer = await answerOf(response, httpScope({ headers: [['accept-encoding', 'br']] }));
    expect([answer.body, headersOf(answer).vary]).toEqual([DIGITS, 'Cookie, Accept-Encoding']);
  });

  test('without the option no other form is looked for', async () => {
    const answer = await answerOf(
      new FileResponse(at('app.js')),
      httpScope({ headers: [['accept-encoding', 'br']] }),
    );
    expect([answer.body, headersOf(answer).vary]).toEqual(['plain', undefined]);
  });
});

describe('the http.response.zerocopysend extension', () => {
  const extensions = { 'http.response.zerocopysend': {} };
  const big = (headers: [string, string][] = []) =>
    answerOf(new FileResponse(at('big.bin')), httpScope({ headers, extensions }));
  const file = expect.any(Number);

  test('has the server read a whole file from the descriptor that was looked at', async () => {
    const answer = await big();
    expect(answer.events.slice(1)).toEqual([
      { type: 'http.response.zerocopysend', file, offset: 0, count: BIG, moreBody: false },
    ]);
    expect(headersOf(answer)['content-length']).toBe(String(BIG));
  });

  test('has it read a range', async () => {
    const { status, events } = await big([['range', 'bytes=100-200099']]);
    expect(status).toBe(206);
    expect(events.slice(1)).toEqual([
      { type: 'http.response.zerocopysend', file, offset: 100, count: 200_000, moreBody: false },
    ]);
  });

  test('has it read several, between what separates them', async () => {
    const answer = await big([['range', 'bytes=0-9,100-200099']]);
    expect(answer.events.slice(1)).toMatchObject([
      { type: 'http.response.body', moreBody: true },
      { type: 'http.response.zerocopysend', offset: 0, count: 10, moreBody: true },
      { type: 'http.response.body', moreBody: true },
      { type: 'http.response.zerocopysend', offset: 100, count: 200_000, moreBody: true },
      { type: 'http.response.body', moreBody: false },
    ]);
  });

  test.each<[title: string, headers: Record<string, string>, method: string]>([
    ['a short file', {}, 'GET'],
    ['a short range', { range: 'bytes=0-1' }, 'GET'],
    ['HEAD', {}, 'HEAD'],
    ['a 304', { 'if-none-match': '*' }, 'GET'],
  ])('is not used for %s, which goes out in one piece', async (_title, headers, method) => {
    const { events } = await get(headers, {}, { extensions, method });
    expect(events.map(({ type }) => type)).toEqual(['http.response.start', 'http.response.body']);
  });

  test('a file that a server cannot read is the error of the server', async () => {
    const failure = new Error('EIO');
    const send = async (event: SendEvent) => {
      if (event.type === 'http.response.zerocopysend') throw failure;
    };
    const response = new FileResponse(at('big.bin'));
    await expect(response(httpScope({ extensions }), noReceive, send)).rejects.toBe(failure);
  });
});

describe('what cannot be sent', () => {
  const failure = async (response: Response): Promise<unknown> => {
    const events: SendEvent[] = [];
    const error = await Promise.resolve(
      response(httpScope(), noReceive, (event) => void events.push(event)),
    ).catch((reason: unknown) => reason);
    expect(events).toEqual([]);
    return error;
  };

  test('a missing file rejects with FileNotFound before anything is sent', async () => {
    const error = await failure(new FileResponse(at('missing')));
    expect(error).toBeInstanceOf(FileNotFound);
    expect(error).toMatchObject({ code: 'ERR_FILE_NOT_FOUND', path: at('missing'), isDirectory: false });
  });

  test('a directory does too, and says so', async () => {
    expect(await failure(new FileResponse(folder.path))).toMatchObject({
      isDirectory: true,
      message: expect.stringContaining('staticFiles'),
    });
  });

  test('a FIFO does too, without waiting for a writer', async () => {
    execFileSync('mkfifo', [at('fifo')]);
    expect(await failure(new FileResponse(at('fifo')))).toMatchObject({
      message: expect.stringContaining('not a regular file'),
    });
  });

  test('a device does too', async () => {
    expect(await failure(new FileResponse('/dev/null'))).toBeInstanceOf(FileNotFound);
  });

  test('a path with NUL is an error', async () => {
    expect(await failure(new FileResponse(`${path}\0.png`))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  });

  test('a file outside of the root is missing, however it is reached', async () => {
    await symlink(path, at('inner/link.txt'));
    await symlink(folder.path, at('inner/up'));
    const init: FileInit = { root: at('inner') };
    expect((await answerOf(new FileResponse(at('inner/x.txt'), init))).body).toBe('x');
    for (const name of ['inner/link.txt', 'inner/up/digits.txt', 'digits.txt', 'inner/../digits.txt']) {
      expect(await failure(new FileResponse(at(name), init)), name).toBeInstanceOf(FileNotFound);
    }
  });

  test('a directory whose name begins like the root is outside of it', async () => {
    await mkdir(at('inner-secret'));
    await writeFile(at('inner-secret/x.txt'), 'secret');
    const response = new FileResponse(at('inner/../inner-secret/x.txt'), { root: at('inner') });
    expect(await failure(response)).toBeInstanceOf(FileNotFound);
  });
});

/** What the app of the transports answers with, and what came out of that. */
let current: App = new Response();
let thrown: unknown;
const app: App = async (scope, receive, send) => {
  if (scope.type !== 'http') throw new UnsupportedScope(scope);
  thrown = undefined;
  try {
    await validate(current)(scope, receive, send);
  } catch (error) {
    thrown = error;
    throw error;
  }
};

/** How many bytes were left. */
async function drain(reader: {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
}): Promise<number> {
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return length;
    length += value?.length ?? 0;
  }
}

describeTransports(app, (client) => {
  test('a large file arrives whole', async () => {
    current = new FileResponse(at('big.bin'));
    const bytes = await (await client.get('/')).bytes();
    expect([bytes.length, bytes.every((byte) => byte === 7)]).toEqual([BIG, true]);
  });

  test('a part of a large file arrives', async () => {
    current = new FileResponse(at('big.bin'));
    const response = await client.get('/', { headers: { range: 'bytes=100-200099' } });
    expect([response.status, (await response.bytes()).length]).toEqual([206, 200_000]);
  });

  describe('the descriptor is closed', () => {
    const HUGE = 64 * 1024 * 1024;
    let before = 0;
    let file = '';
    beforeEach(async () => {
      file = at('huge.bin');
      await writeFile(file, new Uint8Array(HUGE));
      // The connection is there before it is counted.
      current = new Response();
      await (await client.get('/')).text();
      current = new FileResponse(file);
      before = filesOpen();
    });

    test('after the file has been sent', async () => {
      await (await client.get('/')).bytes();
      await until(() => filesOpen() === before, 'the file to be closed');
    });

    test('after a 304, a 416 and HEAD', async () => {
      await (await client.get('/', { headers: { 'if-none-match': '*' } })).text();
      await (await client.get('/', { headers: { range: 'bytes=-0' } })).text();
      await (await client.head('/')).text();
      await until(() => filesOpen() === before, 'the file to be closed');
    });

    test('when the client leaves, before background work', async () => {
      let openThen = -1;
      current = new FileResponse(file, {
        background: () => {
          openThen = filesOpen();
        },
      });
      const response = await client.get('/');
      await response.body.getReader().read();
      expect(filesOpen()).toBe(before + 1);
      response.cancel();
      await until(() => openThen >= 0, 'background work');
      expect(openThen).toBe(before);
      expect(isClientDisconnected(thrown)).toBe(true);
    });

    test('when the file becomes shorter, which cuts the connection', async () => {
      const response = await client.get('/');
      const reader = response.body.getReader();
      await reader.read();
      await truncate(file, 1024);
      await expect(drain(reader)).rejects.toThrow();
      await until(() => thrown !== undefined, 'the error');
      expect(thrown).toBeInstanceOf(FileChanged);
      expect(thrown).toMatchObject({ code: 'ERR_FILE_CHANGED', path: file });
      expect(filesOpen()).toBe(before);
    });

    test('when the file vanishes, of which what is open is sent all the same', async () => {
      const response = await client.get('/');
      const reader = response.body.getReader();
      await reader.read();
      await rm(file);
      await drain(reader);
      await until(() => filesOpen() === before, 'the file to be closed');
    });

    test('when the file becomes longer, of which the length announced is sent', async () => {
      const response = await client.get('/');
      await appendFile(file, 'more');
      expect(await drain(response.body.getReader())).toBe(HUGE);
      await until(() => filesOpen() === before, 'the file to be closed');
    });
  });
});
