import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, HTTPResponseZeroCopySendEvent, Send, SendEvent } from '@pullo/asgi';
import { FileResponse } from '@pullo/response/file';
import { afterAll, describe, expect, it } from 'vitest';
import { bodyOf } from '../support/events.ts';
import { PROTOCOLS } from '../support/protocols.ts';
import { until } from '../support/serving.ts';

const MANY = 24 * 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'pullo-server-'));
const digits = file('digits', '0123456789');
const large = file('large', Buffer.alloc(MANY, 'x'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const OK: SendEvent = { type: 'http.response.start', status: 200 };
const withLength = (length: number): SendEvent => ({
  type: 'http.response.start',
  status: 200,
  headers: [['content-length', String(length)]],
});
type Part = Partial<Omit<HTTPResponseZeroCopySendEvent, 'type'>>;

/** An app that opens a file and closes it when it has done what it does. */
function withOpen(
  path: string,
  answer: (send: Send, part: (part?: Part) => SendEvent) => Promise<void>,
): App {
  return async (_scope, _receive, send) => {
    const handle = await open(path);
    try {
      await answer(send, (part) => ({ type: 'http.response.zerocopysend', file: handle.fd, ...part }));
    } finally {
      await handle.close();
    }
  };
}

const one = (start: SendEvent, part: Part, path = digits) =>
  withOpen(path, async (send, of) => {
    send(start);
    await send(of(part));
  });

describe.each(PROTOCOLS)(
  'http.response.zerocopysend in $name',
  ({ serving, servingUnwatched, client, ask, get }) => {
    it.each<[title: string, start: SendEvent, part: Part, length: string | undefined, body: string]>([
      ['the whole file, with the length announced', withLength(10), { offset: 0 }, '10', '0123456789'],
      ['no more than was announced', withLength(3), { offset: 0 }, '3', '012'],
      ['a part', withLength(4), { offset: 3, count: 4 }, '4', '3456'],
      ['a part whose length the server announces', OK, { offset: 3, count: 4 }, '4', '3456'],
      ['from the position of the file', OK, { count: 2 }, '2', '01'],
      ['up to the end, of no known length', OK, { offset: 8 }, undefined, '89'],
      ['nothing', OK, { offset: 3, count: 0 }, '0', ''],
      ['what is beyond the end, which is nothing', OK, { offset: 20 }, undefined, ''],
    ])('sends %s', async (_title, start, part, length, body) => {
      const { server } = await serving(one(start, part));
      const answer = await get(server);
      expect([answer.fields.get('content-length'), answer.body]).toEqual([length, body]);
    });

    it('goes together with body events, and goes on where it was', async () => {
      const { server } = await serving(
        withOpen(digits, async (send, of) => {
          send(withLength(12));
          await send(bodyOf('<', true));
          await send(of({ offset: 8, count: 2, moreBody: true }));
          await send(of({ count: 4, moreBody: true }));
          await send(of({ count: 4, moreBody: true }));
          await send(bodyOf('>'));
        }),
      );
      expect((await get(server)).body).toBe('<8901234567>');
    });

    it('has the length and no body for HEAD', async () => {
      const { server } = await serving(one(OK, { offset: 0, count: 10 }));
      const { fields, body } = await ask(server, { method: 'HEAD' });
      expect([fields.get('content-length'), body]).toEqual(['10', '']);
    });

    it('arrives whole at a client that reads slowly, byte by byte the same', async () => {
      const bytes = Buffer.from(Uint8Array.from({ length: 3_000_001 }, (_, i) => (i * 2654435761) >>> 24));
      const path = file('pattern', bytes);
      const { server } = await serving(one(OK, { offset: 1, count: 3_000_000 }, path));
      const exchange = client(server).open();
      const slow = setInterval(() => {
        exchange.pause();
        setTimeout(() => exchange.resume(), 3);
      }, 6);
      const { body } = await exchange.answer;
      clearInterval(slow);
      expect(Buffer.from(body, 'latin1').equals(bytes.subarray(1))).toBe(true);
    });

    it('does not settle before a slow client has taken all of it', async () => {
      let isSent = false;
      const { server } = await serving(
        withOpen(large, async (send, of) => {
          send(withLength(MANY));
          await send(of({ offset: 0 }));
          isSent = true;
        }),
      );
      const exchange = client(server).open().pause();
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(isSent).toBe(false);
      exchange.resume();
      expect((await exchange.answer).body).toHaveLength(MANY);
      await until(() => isSent);
    });

    it('rejects with ClientDisconnected when the client leaves', async () => {
      let rejection: unknown;
      const { server, logger } = await serving(
        withOpen(large, async (send, of) => {
          send(OK);
          await Promise.resolve(send(of({ offset: 0 }))).catch((error: unknown) => {
            rejection = error;
          });
        }),
      );
      const exchange = client(server).open().pause();
      await until(() => exchange.status === 200);
      exchange.cancel();
      await until(() => rejection !== undefined);
      expect(rejection).toMatchObject({ code: 'ERR_CLIENT_DISCONNECTED' });
      expect(logger.errors).toEqual([]);
    });

    it('of what cannot be read is a 500', async () => {
      const { server, logger } = await servingUnwatched(one(withLength(10), { offset: 0 }, folder));
      expect((await get(server)).status).toBe(500);
      expect(logger.errors).toMatchObject([{ code: 'EISDIR' }]);
    });

    it('of a file that ends too soon is a 500 before the first byte, and cuts the connection after it', async () => {
      const { server, logger } = await servingUnwatched(one(withLength(20), { offset: 10, count: 20 }));
      expect((await get(server)).status).toBe(500);
      expect(String(logger.errors[0])).toMatch(/became shorter.*after 0 of 20 bytes/);

      const { server: other } = await servingUnwatched(one(withLength(20), { offset: 0, count: 20 }));
      expect(await get(other)).toMatchObject({ body: '0123456789', isWhole: false });
    });

    it('is not read on when the app has returned without waiting, since it may have closed the file', async () => {
      const { server, logger } = await servingUnwatched(
        withOpen(large, async (send, of) => {
          send(withLength(MANY));
          send(of({ offset: 0 }));
        }),
      );
      expect((await get(server)).isWhole).toBe(false);
      expect(String(logger.errors[0])).toMatch(/returned before its response was complete/);
    });

    it.each<[string, (of: (part?: Part) => SendEvent) => SendEvent[], RegExp]>([
      ['before the start', (of) => [of()], /zerocopysend was sent before http.response.start/],
      ['after the final body', (of) => [OK, bodyOf('a'), of()], /after the final/],
      ['with more after it that did not wait', (of) => [OK, of({ moreBody: true }), bodyOf('a')], /wait for/],
      ['of no descriptor', (of) => [OK, of({ file: -1 })], /zerocopysend.file is -1/],
      ['from half a byte', (of) => [OK, of({ offset: 0.5 })], /zerocopysend.offset is 0.5/],
      ['of more than was announced', (of) => [withLength(3), of({ count: 4 })], /content-length is 3/],
      ['of less than was announced', (of) => [withLength(3), of({ count: 2 })], /content-length is 3/],
    ])('%s is refused', async (_title, events, message) => {
      const rejections: unknown[] = [];
      const { server, logger } = await servingUnwatched(
        withOpen(digits, async (send, of) => {
          const results = events(of).map((event) => Promise.resolve(send(event)));
          for (const result of await Promise.allSettled(results)) {
            if (result.status === 'rejected') rejections.push(result.reason);
          }
        }),
      );
      await get(server);
      await until(() => rejections.length > 0);
      expect(String(rejections.at(-1))).toMatch(message);
      expect(String(logger.errors[0])).toMatch(message);
    });

    it('is how a FileResponse sends large files and ranges: what was looked at, though another takes its place', async () => {
      const path = file('response.bin', Buffer.alloc(200_000, 'a'));
      const app = new FileResponse(path);
      const { server } = await serving(async (scope, receive, send) => {
        await app(scope, receive, (event) => {
          if (event.type === 'http.response.start') {
            rmSync(path);
            file('response.bin', Buffer.alloc(200_000, 'b'));
          }
          return send(event);
        });
      });
      expect((await get(server)).body).toBe('a'.repeat(200_000));
      const range = await get(server, '/', 'Range: bytes=0-99999');
      expect([range.status, range.body]).toEqual([206, 'b'.repeat(100_000)]);
      const parts = await get(server, '/', 'Range: bytes=0-1,150000-150002');
      expect(parts.body).toMatch(
        /bytes 0-1\/200000\r\n\r\nbb\r\n[\s\S]*150000-150002\/200000\r\n\r\nbbb\r\n/,
      );
    });

    it('cuts the download of a FileResponse that becomes shorter, and says so', async () => {
      const path = file('cut', Buffer.alloc(MANY));
      const { server, logger } = await servingUnwatched(new FileResponse(path) as unknown as App);
      const exchange = client(server).open().pause();
      await until(() => exchange.status === 200);
      truncateSync(path, 1000);
      expect(await exchange.resume().answer).toMatchObject({ isWhole: false });
      expect(logger.errors).toMatchObject([{ code: 'ERR_FILE_CHANGED', path }]);
    });
  },
);
