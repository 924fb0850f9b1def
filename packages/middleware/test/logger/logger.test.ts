import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  HTTPError,
  type Middleware,
  Pullo,
  type Response,
  StreamingResponse,
  TextResponse,
} from '@pullo/core';
import { type LoggerOptions, logger } from '@pullo/middleware/logger';
import { requestId } from '@pullo/middleware/request-id';
import { EventStreamResponse } from '@pullo/response';
import { FileResponse } from '@pullo/response/file';
import { serve } from '@pullo/server';
import { type Client, client } from '@pullo/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';

/** The lines of an app for what a client does. */
async function linesOf(options: LoggerOptions, use: (http: Client) => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const app = new Pullo()
    .use(logger({ write: (line) => lines.push(line), ...options }))
    .use(requestId({ generate: () => 'id-1' }))
    .get('/', () => 'hello')
    .get('/large', () => 'x'.repeat(2_500_000))
    .get('/moved', () => new TextResponse('', { status: 302 }))
    .get('/taken', () => {
      throw new HTTPError(409, { detail: 'line one\nline two \u001b[31mred \u202e' });
    })
    .get('/thrown', () => {
      throw new RangeError('no such number');
    });
  await using http = client(app, { raiseAppErrors: false, onError: () => {} });
  await use(http);
  return lines;
}

describe('a line of text', () => {
  const text = { format: 'text', colour: false } as const;

  test('has method, path, status, duration, bytes, and request id', async () => {
    const lines = await linesOf(text, (http) => http.get('/'));
    expect(lines).toEqual([expect.stringMatching(/^GET \/ 200 [\d.]+ ms 5 B id-1$/)]);
  });

  test.each(['text', 'json'] as const)('of %s is there for an error that cannot be read', async (format) => {
    const unreadable = new Error('x');
    unreadable.toString = () => {
      throw new Error('not even that');
    };
    Object.defineProperty(unreadable, 'message', { get: unreadable.toString });
    const lines: string[] = [];
    const app = new Pullo()
      .use(logger({ format, colour: false, write: (line) => lines.push(line) }))
      .get('/own', () => {
        throw unreadable;
      })
      .get('/bare', () => {
        throw Object.create(null);
      });
    const errors: unknown[] = [];
    const http = client(app, { raiseAppErrors: false, onError: (error) => errors.push(error) });
    await http.get('/own');
    await http.get('/bare');
    await http.close();
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toContain('(an error that cannot be read)');
    expect(errors).toHaveLength(2);
  });

  test('has large numbers in large units', async () => {
    const [line] = await linesOf(text, (http) => http.get('/large'));
    expect(line).toMatch(/ 2\.5 MB /);
  });

  test('has the error', async () => {
    const [line] = await linesOf(text, (http) => http.get('/thrown'));
    expect(line).toMatch(/^GET \/thrown 500 .*RangeError: no such number/);
  });

  test.each([
    ['/', '\u001b[32m200\u001b[0m'],
    ['/moved', '\u001b[36m302\u001b[0m'],
    ['/nope', '\u001b[33m404\u001b[0m'],
    ['/thrown', '\u001b[31m500\u001b[0m'],
  ])('has the status of %s in its colour', async (path, status) => {
    const [line] = await linesOf({ format: 'text', colour: true }, (http) => http.get(path));
    expect(line).toContain(status);
  });
});

describe('the format', () => {
  const { isTTY } = process.stdout;
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  afterEach(() => {
    process.stdout.isTTY = isTTY;
    vi.unstubAllEnvs();
    log.mockClear();
  });

  async function printed(): Promise<unknown> {
    const app = new Pullo().use(logger()).get('/', () => 'hello');
    await using http = client(app);
    await http.get('/');
    return log.mock.calls[0]?.[0];
  }

  test('is coloured text on a terminal, printed by console.log', async () => {
    process.stdout.isTTY = true;
    vi.stubEnv('NO_COLOR', '');
    expect(await printed()).toEqual(expect.stringContaining('GET / \u001b[32m200\u001b[0m '));
  });

  test('is text without colours on a terminal where NO_COLOR is set', async () => {
    process.stdout.isTTY = true;
    vi.stubEnv('NO_COLOR', '1');
    expect(await printed()).toMatch(/^GET \/ 200 /);
  });

  test('is JSON where there is no terminal', async () => {
    process.stdout.isTTY = false;
    expect(JSON.parse(String(await printed()))).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      level: 'info',
      method: 'GET',
      path: '/',
      status: 200,
      duration: expect.any(Number),
      bytes: 5,
    });
  });
});

describe('what is in a request', () => {
  const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u202e]/u;

  test.each(['text', 'json'] as const)('cannot forge a line of %s', async (format) => {
    const lines = await linesOf({ format, colour: false, headers: 'all' }, async (http) => {
      await http.get('/taken', { headers: { 'user-agent': 'a\x80\x9bb' } });
      await http.get('/%0aGET%20/forged%20200');
    });
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).not.toMatch(unsafe);
    expect(lines[0]).toContain(format === 'json' ? 'line one\\nline two' : 'line one\\u000aline two');
    expect(lines[0]).toContain('a\\u0080\\u009bb');
    expect(lines[1]).toContain('/%0AGET%20/forged%20200');
  });

  test('does not bring its query into the log', async () => {
    const [line] = await linesOf({ format: 'json' }, (http) => http.get('/?token=secret'));
    expect(line).not.toContain('secret');
  });
});

describe('headers', () => {
  const headers = {
    authorization: 'Bearer secret',
    'proxy-authorization': 'Basic secret',
    cookie: 'session=secret',
    'x-api-key': 'secret',
    'x-token': 'secret',
    'x-amz-security-token': 'secret',
    'x-forwarded-access-token': 'secret',
    'cf-access-jwt-assertion': 'secret',
    'x-internal': 'secret',
    referer: 'http://localhost/reset?code=secret#secret',
    'user-agent': 'test',
  };

  test('are not logged unless they are asked for', async () => {
    const [line] = await linesOf({ format: 'json' }, (http) => http.get('/', { headers }));
    expect(JSON.parse(line ?? '')).not.toHaveProperty('headers');
  });

  test('are logged as asked, credentials redacted', async () => {
    const options = { format: 'json', headers: ['User-Agent', 'Authorization', 'accept'] } as const;
    const [line] = await linesOf(options, (http) => http.get('/', { headers }));
    expect(JSON.parse(line ?? '').headers).toEqual({ 'user-agent': 'test', authorization: '[redacted]' });
  });

  test.each(['text', 'json'] as const)('are all logged as %s without any credentials', async (format) => {
    const options = { format, colour: false, headers: 'all', redact: ['X-Internal'] } as const;
    const [line] = await linesOf(options, (http) => http.get('/', { headers }));
    expect(line).not.toContain('secret');
    expect(line).toContain('"cookie":"[redacted]"');
    expect(line).toContain('"x-token":"[redacted]"');
    expect(line).toContain('"referer":"http://localhost/reset?[redacted]"');
    expect(line).toContain('"user-agent":"test"');
  });
});

describe('a logger of one’s own', () => {
  test('takes records and errors by level', async () => {
    const logged: [level: string, record: object, message: string][] = [];
    const log = (level: string) => (record: object, message: string) =>
      void logged.push([level, record, message]);
    await linesOf({ logger: { info: log('info'), warn: log('warn'), error: log('error') } }, async (http) => {
      await http.get('/');
      await http.get('/nope');
      await http.get('/thrown');
    });
    expect(logged).toEqual([
      [
        'info',
        expect.objectContaining({ method: 'GET', status: 200, bytes: 5, requestId: 'id-1' }),
        'GET / 200',
      ],
      ['warn', expect.objectContaining({ status: 404 }), 'GET /nope 404'],
      ['error', expect.objectContaining({ status: 500, err: expect.any(Error) }), 'GET /thrown 500'],
    ]);
  });

  test('is called as a method', async () => {
    class Own {
      readonly lines: string[] = [];
      info(_record: object, message: string) {
        this.lines.push(message);
      }
      warn(_record: object, message: string) {
        this.lines.push(message);
      }
      error(_record: object, message: string) {
        this.lines.push(message);
      }
    }
    const own = new Own();
    await linesOf({ logger: own }, (http) => http.get('/'));
    expect(own.lines).toEqual(['GET / 200']);
  });

  test('that throws does not spoil the answer, and its error comes out of the app', async () => {
    const full = () => {
      throw new Error('The disk is full.');
    };
    const app = new Pullo()
      .use(logger({ write: full }))
      .get('/', () => 'hello')
      .get('/stream', () => new StreamingResponse(['hel', 'lo']));
    const errors: unknown[] = [];
    await using http = client(app, { raiseAppErrors: false, onError: (error) => errors.push(error) });
    expect(await (await http.get('/')).text()).toBe('hello');
    expect(await (await http.get('/stream')).text()).toBe('hello');
    await vi.waitFor(() => expect(errors).toHaveLength(2));
    for (const error of errors) expect(error).toEqual(new Error('The disk is full.'));
  });
});

test('skip() says which requests are not logged', async () => {
  const lines = await linesOf(
    { format: 'json', skip: ({ request }) => request.path === '/' },
    async (http) => {
      await http.get('/');
      await http.get('/moved');
    },
  );
  expect(lines.map((line) => JSON.parse(line).path)).toEqual(['/moved']);
});

describe('a response that has been given to the logger', () => {
  /** What a layer above the logger makes of a stream, and what the log says of it. */
  async function above(change: (response: Response) => Response | undefined) {
    const lines: string[] = [];
    const outer: Middleware = async (_ctx, next) => change(await next());
    const app = new Pullo()
      .use(outer)
      .use(logger({ format: 'json', write: (line) => lines.push(line) }))
      .get(
        '/',
        () => new StreamingResponse(['hel', 'lo'], { background: () => void lines.push('"background"') }),
      );
    await using http = client(app);
    const response = await http.get('/');
    return { response, text: await response.text(), logged: () => lines.map((line) => JSON.parse(line)) };
  }

  test('can be changed as any other', async () => {
    const { response, text, logged } = await above((response) => {
      expect([response.status, response.statusText, response.ok]).toEqual([200, 'OK', true]);
      response.status = 202;
      response.headers.set('x-one', '1');
      response.headerList.append('x-two', '2');
      return response.setCookie('a', 'b').deleteCookie('c');
    });
    expect(text).toBe('hello');
    expect([response.status, response.headers.get('x-one'), response.headers.get('x-two')]).toEqual([
      202,
      '1',
      '2',
    ]);
    expect(response.headers.getSetCookie()).toHaveLength(2);
    await vi.waitFor(() => expect(logged()).toHaveLength(2));
    expect(logged()).toEqual([expect.objectContaining({ status: 202, bytes: 5 }), 'background']);
  });

  test('is counted as it is sent, with the content that it was given later', async () => {
    const { text, logged } = await above((response) => response.copy().withContent('a longer text'));
    expect(text).toBe('a longer text');
    await vi.waitFor(() => expect(logged()).toHaveLength(2));
    expect(logged()[0]).toEqual(expect.objectContaining({ status: 200, bytes: 13 }));
  });

  test('keeps its background work where that is replaced above', async () => {
    const order: string[] = [];
    const { logged } = await above((response) => {
      response.background = () => void order.push('replaced');
      return response.copy();
    });
    await vi.waitFor(() => expect(order).toEqual(['replaced']));
    expect(logged()).toHaveLength(1);
  });

  test('is logged as cut where it is thrown away', async () => {
    const { text, logged } = await above((response) => {
      void response.cancel(new Error('replaced'));
      return new TextResponse('another');
    });
    expect(text).toBe('another');
    expect(logged()).toEqual([expect.objectContaining({ bytes: 0, cut: true })]);
  });

  test('is counted as a response of Fetch too', async () => {
    const { text, logged } = await above((response) => {
      const web = response.toWeb();
      return new StreamingResponse(web.body ?? []);
    });
    expect(text).toBe('hello');
    await vi.waitFor(() => expect(logged()).toHaveLength(1));
    expect(logged()).toEqual([expect.objectContaining({ status: 200, bytes: 5 })]);
    expect(logged()[0]).not.toHaveProperty('cut');
  });
});

test('a stream of events still ends when its server stops', async () => {
  const lines: string[] = [];
  async function* ticks() {
    for (;;) {
      yield { data: 'tick' };
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  const app = new Pullo()
    .use(logger({ format: 'json', write: (line) => lines.push(line) }))
    .get('/', () => new EventStreamResponse(ticks()));
  const server = await serve(app, { port: 0, logLevel: 'silent' });
  const response = await fetch(server.url);
  const text = response.text();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await server.close();
  expect(await text).toContain('data: tick');
  const [record] = lines.map((line): { bytes: number } => JSON.parse(line));
  expect(record).not.toHaveProperty('cut');
  expect(record?.bytes).toBeGreaterThan(10);
});

test.each([
  ['whole', {}, 100_000],
  ['in part', { range: 'bytes=0-69999' }, 70_000],
])('a file that the server reads is counted, %s', async (_how, headers, bytes) => {
  const folder = mkdtempSync(join(tmpdir(), 'pullo-logger-'));
  const path = join(folder, 'file.bin');
  writeFileSync(path, new Uint8Array(100_000));
  const lines: string[] = [];
  const app = new Pullo()
    .use(logger({ format: 'json', write: (line) => lines.push(line) }))
    .get('/', () => new FileResponse(path));
  const server = await serve(app, { port: 0, logLevel: 'silent' });
  await (await fetch(server.url, { headers })).arrayBuffer();
  await server.close();
  rmSync(folder, { recursive: true });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ bytes }]);
});
