import { HTTPError, Pullo, type Socket } from '@pullo/core';
import { apiKey } from '@pullo/middleware/api-key';
import { basicAuth } from '@pullo/middleware/basic-auth';
import { bearerAuth } from '@pullo/middleware/bearer-auth';
import { type LogRecord, logger } from '@pullo/middleware/logger';
import { requestId } from '@pullo/middleware/request-id';
import { requireUser } from '@pullo/middleware/require-user';
import { type Client, client, WebSocketDenied } from '@pullo/testing';
import { describeTransports } from '@pullo/testing/vitest';
import { describe, expect, test } from 'vitest';

async function denial(http: Client, path: string, headers: Record<string, string> = {}) {
  const error = await http.websocket(path, { headers }).catch((error: unknown) => error);
  if (error instanceof WebSocketDenied) return error.response;
  throw new Error('the session was not refused', { cause: error });
}

describe('authentication of a WebSocket', () => {
  const verify = (secret: string) => (secret === 'sesame' ? { name: 'Aino' } : undefined);
  const greet = async ({ accept, user }: { accept: () => Promise<Socket>; user: { name: string } }) => {
    await (await accept()).send(`Hei, ${user.name}!`);
  };
  const app = new Pullo()
    .group('/bearer', (group) => group.use(bearerAuth({ verify })).websocket('/', greet))
    .group('/basic', (group) => {
      group.use(basicAuth({ verify: ({ password }) => verify(password) })).websocket('/', greet);
    })
    .group('/key', (group) => group.use(apiKey({ query: 'key', verify })).websocket('/', greet))
    .group('/optional', (group) => {
      group
        .use(bearerAuth({ verify, optional: true }))
        .use(requireUser())
        .websocket('/', greet);
    });

  const rows: readonly [path: string, headers: Record<string, string>, challenge: string][] = [
    ['/bearer', { authorization: 'Bearer sesame' }, 'Bearer realm="Protected"'],
    ['/basic', { authorization: `Basic ${btoa('aino:sesame')}` }, 'Basic realm="Protected", charset="UTF-8"'],
    ['/key', {}, 'APIKey realm="Protected", query="key"'],
    ['/optional', { authorization: 'Bearer sesame' }, 'Bearer realm="Protected"'],
  ];

  describeTransports(app, (http) => {
    test.each(rows)('%s: the user is there', async (path, headers) => {
      const session = await http.websocket(path, { headers, query: { key: 'sesame' } });
      expect(await session.receive()).toBe('Hei, Aino!');
    });

    test.each(rows)(
      '%s: a stranger is refused before the session is accepted',
      async (path, _headers, challenge) => {
        const refused = await denial(http, path);
        expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, challenge]);
      },
    );
  });
});

describe('the request id of a WebSocket', () => {
  const app = new Pullo()
    .use(requestId())
    .websocket('/', async ({ accept, requestId }) => {
      await (await accept({ headers: { 'x-request-id': requestId } })).send(requestId);
    })
    .websocket('/refused', () => {
      throw new HTTPError(403);
    });

  describeTransports(app, (http) => {
    test('is provided, for accept() to send', async () => {
      const session = await http.websocket('/');
      expect(await session.receive()).toBe(session.headers.get('x-request-id'));
    });

    test('is on what refuses', async () => {
      expect((await denial(http, '/refused')).headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    });
  });
});

describe('the log of a WebSocket', () => {
  async function log(path: string, format: 'text' | 'json' | 'records') {
    const lines: string[] = [];
    const records: [level: string, record: LogRecord, message: string][] = [];
    const take = (level: string) => (record: object, message: string) =>
      void records.push([level, record as LogRecord, message]);
    const sink = { info: take('info'), warn: take('warn'), error: take('error') };
    const app = new Pullo()
      .use(
        format === 'records'
          ? logger({ logger: sink })
          : logger({ format, colour: false, write: (line) => void lines.push(line) }),
      )
      .websocket('/rooms/:room', async ({ accept }) => {
        const socket = await accept();
        await new Promise((resolve) => setTimeout(resolve, 30));
        await socket.send('x'.repeat(1000));
      })
      .websocket('/left', async ({ accept }) => {
        const socket = await accept();
        for (;;) await socket.receive();
      })
      .websocket('/broken', async ({ accept }) => {
        await accept();
        throw new Error('oh no');
      })
      .websocket('/policy', async ({ accept }) => {
        await accept();
        throw new HTTPError(409);
      });
    const http = client(app, { raiseAppErrors: false, onError: () => {} });
    const session = await http.websocket(path).catch(() => undefined);
    if (path === '/left') session?.terminate();
    await session?.closed;
    await http.close();
    return { lines, records };
  }

  test('is one line when it has ended', async () => {
    const { lines } = await log('/rooms/1', 'text');
    expect(lines).toEqual([expect.stringMatching(/^GET \/rooms\/1 101 [\d.]+ ms$/)]);
    expect(Number(lines[0]?.split(' ')[3])).toBeGreaterThanOrEqual(29);
  });

  test('is JSON for programs', async () => {
    const { lines } = await log('/rooms/1', 'json');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 'info', method: 'GET', path: '/rooms/1', status: 101, bytes: 0 }),
    ]);
  });

  test('is that of the answer where it was refused', async () => {
    const { lines } = await log('/nope', 'text');
    expect(lines).toEqual([
      expect.stringMatching(/^GET \/nope 404 [\d.]+ ms 14 B HTTPError: 404 Not Found$/),
    ]);
  });

  test.each([
    ['/rooms/1', 'info', undefined],
    ['/left', 'info', undefined],
    ['/policy', 'warn', 'HTTPError'],
    ['/broken', 'error', 'Error'],
  ])('%s is of level %s', async (path, level, name) => {
    const { records } = await log(path, 'records');
    expect(records.map(([level, , message]) => [level, message])).toEqual([[level, `GET ${path} 101`]]);
    expect(Reflect.get(Reflect.get(records[0]?.[1] ?? {}, 'err') ?? {}, 'name')).toBe(name);
  });
});
