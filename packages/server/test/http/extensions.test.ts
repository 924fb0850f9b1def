import { mkdtempSync, readdirSync, readlinkSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SendEvent } from '@pullo/asgi';
import { afterAll, describe, expect, it } from 'vitest';
import { bodyOf, OK, watchedSending } from '../support/events.ts';
import { type Ask, PROTOCOLS } from '../support/protocols.ts';
import { Gate, until } from '../support/serving.ts';

const folder = mkdtempSync(join(tmpdir(), 'pullo-server-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const withLength = (length: number): SendEvent => ({
  type: 'http.response.start',
  status: 200,
  headers: [['content-length', String(length)]],
});
const pathsend = (path: string): SendEvent => ({ type: 'http.response.pathsend', path });

/** How many of the folder's files this process has open. */
function openFiles(): number {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return targets.filter((target) => target.startsWith(folder)).length;
}

describe.each(PROTOCOLS)(
  'http.response.pathsend in $name',
  ({ serving, servingUnwatched, client, ask, get }) => {
    it('sends a file with the length that the app announced', async () => {
      const { server } = await serving(watchedSending(withLength(5), pathsend(file('five', 'Hello'))).app);
      const { fields, body } = await get(server);
      expect(body).toBe('Hello');
      expect(fields.get('content-length')).toBe('5');
    });

    it('knows the length itself', async () => {
      const { server } = await serving(watchedSending(OK, pathsend(file('ten', '0123456789'))).app);
      const { fields, body } = await get(server);
      expect([fields.get('content-length'), fields.get('transfer-encoding'), body]).toEqual([
        '10',
        undefined,
        '0123456789',
      ]);
    });

    it('of an empty file is an empty body', async () => {
      const { server } = await serving(watchedSending(OK, pathsend(file('empty', ''))).app);
      const { fields, body } = await get(server);
      expect([fields.get('content-length'), body]).toEqual(['0', '']);
    });

    it('of many megabytes arrives whole at a client that reads slowly, and waits for it', async () => {
      const size = 24 * 1024 * 1024;
      const path = file('large', Buffer.alloc(size, 'x'));
      let isSent = false;
      const { server } = await serving(async (_scope, _receive, send) => {
        send(withLength(size));
        await send(pathsend(path));
        isSent = true;
      });
      const exchange = client(server).open().pause();
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(isSent).toBe(false);
      const { body } = await exchange.resume().answer;
      expect(body).toHaveLength(size);
      await until(() => isSent && openFiles() === 0);
    });

    it('to HEAD has the length and no body', async () => {
      const { server } = await serving(watchedSending(OK, pathsend(file('head', '12345'))).app);
      const { fields, body } = await ask(server, { method: 'HEAD' });
      expect([fields.get('content-length'), body]).toEqual(['5', '']);
    });

    it('leaves the connection open for the next request', async () => {
      const { server } = await serving(watchedSending(OK, pathsend(file('twice', 'file'))).app);
      const http = client(server);
      for (let i = 0; i < 2; i++) expect((await http.open().answer).body).toBe('file');
      expect(http.connections).toBe(1);
    });

    it('sends what was announced of a file that has grown', async () => {
      const { server } = await serving(watchedSending(withLength(3), pathsend(file('grown', 'abcdef'))).app);
      expect((await get(server)).body).toBe('abc');
    });

    it.each([
      ['is not there', 'missing', /ENOENT/],
      ['is a folder', '.', /no regular file/],
    ])('of what %s is a 500, since nothing has gone out', async (_name, name, message) => {
      const { app, rejections } = watchedSending(withLength(3), pathsend(join(folder, name)));
      const { server, logger } = await serving(app);
      expect((await get(server)).status).toBe(500);
      expect(String(logger.errors[0])).toMatch(message);
      expect(rejections).toEqual(logger.errors);
    });

    it('of a file shorter than announced is a 500', async () => {
      const { server, logger } = await serving(
        watchedSending(withLength(9), pathsend(file('short', 'abc'))).app,
      );
      expect((await get(server)).status).toBe(500);
      expect(String(logger.errors[0])).toMatch(/ended after 3 bytes, but content-length is 9/);
    });

    it('of a file that becomes shorter cuts the connection', async () => {
      const size = 24 * 1024 * 1024;
      const path = file('cut', Buffer.alloc(size));
      const { server, logger } = await serving(watchedSending(withLength(size), pathsend(path)).app);
      const exchange = client(server).open().pause();
      await until(() => exchange.status === 200);
      truncateSync(path, 1000);
      expect((await exchange.resume().answer).isWhole).toBe(false);
      expect(String(logger.errors[0])).toMatch(/became shorter while it was being sent/);
      await until(() => openFiles() === 0);
    });

    it('ends with ClientDisconnected when the client leaves, and closes the file', async () => {
      const path = file('left', Buffer.alloc(24 * 1024 * 1024));
      const { app, rejections } = watchedSending(OK, pathsend(path));
      const { server, logger } = await serving(app);
      const exchange = client(server).open().pause();
      await until(() => exchange.status === 200);
      exchange.cancel();
      await until(() => rejections.length === 1 && openFiles() === 0);
      expect(rejections[0]).toMatchObject({ code: 'ERR_CLIENT_DISCONNECTED' });
      expect(logger.errors).toEqual([]);
    });

    it.each<[string, (path: string) => SendEvent[], RegExp]>([
      ['before the start', (path) => [pathsend(path)], /pathsend was sent before http.response.start/],
      ['after a body', (path) => [OK, bodyOf('a', true), pathsend(path)], /after http.response.body/],
      ['with a body after it', (path) => [OK, pathsend(path), bodyOf('a')], /body was sent after .*pathsend/],
      ['with a relative path', () => [OK, pathsend('a/b')], /path "a\/b": it must be absolute/],
      ['after the final body', (path) => [OK, bodyOf('a'), pathsend(path)], /after the final/],
    ])('%s is refused', async (_name, events, message) => {
      const { app, rejections } = watchedSending(...events(file('refused', 'content')));
      const { server, logger } = await servingUnwatched(app);
      expect((await get(server)).body).not.toContain('content\n');
      expect(String(rejections[0])).toMatch(message);
      expect(logger.errors).toHaveLength(1);
    });
  },
);

describe.each(PROTOCOLS)('http.response.trailers in $name', ({ serving, servingUnwatched, ask, get }) => {
  const start: SendEvent = {
    type: 'http.response.start',
    status: 200,
    headers: [['trailer', 'x-sum']],
    trailers: true,
  };
  const sum: SendEvent = { type: 'http.response.trailers', headers: [['x-sum', '42']] };

  it('follow the body for a client that takes them, and are announced', async () => {
    const { server } = await serving(watchedSending(start, bodyOf('abc'), sum).app);
    const { fields, body, trailers, isWhole } = await get(server, '/', 'TE: trailers');
    expect(fields.get('trailer')).toBe('x-sum');
    expect(fields.has('content-length')).toBe(false);
    expect([body, [...trailers], isWhole]).toEqual(['abc', [['x-sum', '42']], true]);
  });

  it('may come in several events', async () => {
    const more: SendEvent = {
      type: 'http.response.trailers',
      headers: [['x-a', '1']],
      moreTrailers: true,
    };
    const { server } = await serving(watchedSending(start, bodyOf('a', true), bodyOf(''), more, sum).app);
    expect([...(await get(server, '/', 'TE: trailers')).trailers]).toEqual([
      ['x-a', '1'],
      ['x-sum', '42'],
    ]);
  });

  it('follow a file too', async () => {
    const { server } = await serving(async (_scope, _receive, send) => {
      send(start);
      await send(pathsend(file('trailed', 'file')));
      await send(sum);
    });
    const { body, trailers } = await get(server, '/', 'TE: trailers');
    expect([body, [...trailers]]).toEqual(['file', [['x-sum', '42']]]);
  });

  it.each<[string, Ask, SendEvent, SendEvent]>([
    ['does not ask for them', { lines: [] }, start, bodyOf('abc')],
    ['asks with HEAD', { method: 'HEAD' }, start, bodyOf('abc')],
    ['gets a length', {}, { ...start, headers: [['content-length', '3']] } as SendEvent, bodyOf('abc')],
    ['gets no body', {}, { ...start, status: 204 } as SendEvent, { type: 'http.response.body' }],
  ])('are dropped where the client %s', async (_name, asked, first, body) => {
    const { server, logger } = await servingUnwatched(watchedSending(first, body, sum).app);
    const answer = await ask(server, { lines: ['TE: trailers'], ...asked });
    expect([answer.trailers.size, answer.fields.has('trailer'), answer.isWhole]).toEqual([0, false, true]);
    expect(logger.errors).toEqual([]);
  });

  it.each<[string, SendEvent[], RegExp]>([
    ['that were not announced', [OK, bodyOf('a'), sum], /did not announce/],
    ['before the body is complete', [start, bodyOf('a', true), sum], /before the body was complete/],
    ['after the last of them', [start, bodyOf('a'), sum, sum], /after the last of them/],
    [
      'that frame the message',
      [start, bodyOf('a'), { ...sum, headers: [['Content-Length', '1']] } as SendEvent],
      /"content-length", which must not follow a body/,
    ],
    [
      'that authenticate',
      [start, bodyOf('a'), { ...sum, headers: [['set-cookie', 'a=b']] } as SendEvent],
      /"set-cookie"/,
    ],
    [
      'with a line break',
      [start, bodyOf('a'), { ...sum, headers: [['x', 'a\r\nb: c']] } as SendEvent],
      /value of header "x"/,
    ],
    ['and a body after them', [start, bodyOf('a'), sum, bodyOf('b')], /after the final http.response.body/],
  ])('%s are refused', async (_name, events, message) => {
    const { app, rejections } = watchedSending(...events);
    const { server, logger } = await servingUnwatched(app);
    expect((await get(server, '/', 'TE: trailers')).trailers.size).toBe(/after/.test(_name) ? 1 : 0);
    expect(String(rejections[0])).toMatch(message);
    expect(logger.errors).toHaveLength(1);
  });

  it('that never come are a response that is not whole', async () => {
    const { server, logger } = await servingUnwatched(watchedSending(start, bodyOf('a')).app);
    expect((await get(server, '/', 'TE: trailers')).isWhole).toBe(false);
    expect(String(logger.errors[0])).toMatch(/the http.response.trailers that were announced/);
  });
});

describe.each(PROTOCOLS)(
  'http.response.early_hint in $name',
  ({ serving, servingUnwatched, client, get }) => {
    const hint = (...links: string[]): SendEvent => ({ type: 'http.response.early_hint', links });

    it('is a 103 before the response, as often as it is sent', async () => {
      const gate = new Gate();
      const { server } = await serving(async (_scope, _receive, send) => {
        send(OK);
        send(hint('</a.css>; rel=preload; as="style sheet"', '</b.js>; rel=preload'));
        send(hint('<https://cdn.example>; rel=preconnect'));
        await gate.opened;
        send(bodyOf('page'));
      });
      const exchange = client(server).open();
      await until(() => exchange.hints.length === 2);
      expect(exchange.status).toBe(0);
      gate.open();
      expect(await exchange.answer).toMatchObject({
        status: 200,
        body: 'page',
        hints: [
          '</a.css>; rel=preload; as="style sheet", </b.js>; rel=preload',
          '<https://cdn.example>; rel=preconnect',
        ],
      });
    });

    it('is dropped once the head has gone out', async () => {
      const { server } = await serving(watchedSending(OK, bodyOf('a', true), hint('</a>'), bodyOf('b')).app);
      expect(await get(server)).toMatchObject({ body: 'ab', hints: [] });
    });

    it.each<[string, SendEvent[], RegExp]>([
      ['before the start', [hint('</a>')], /before http.response.start/],
      ['after the final body', [OK, bodyOf('a'), hint('</a>')], /after the final/],
      ['of what is no link', [OK, hint('/a.css')], /the link "\/a.css"/],
      ['of what would break the head', [OK, hint('</a>\r\nSet-Cookie: a=b')], /value of header "link"/],
      ['of a text', [OK, { type: 'http.response.early_hint', links: '</a>' }], /an array of strings/],
    ])('%s is refused', async (_name, events, message) => {
      const { app, rejections } = watchedSending(...events);
      const { server, logger } = await servingUnwatched(app);
      expect(await get(server)).toMatchObject({ hints: [], cookies: [] });
      expect(String(rejections[0])).toMatch(message);
      expect(logger.errors).toHaveLength(1);
    });
  },
);
