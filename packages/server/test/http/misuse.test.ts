import { type App, HeaderList } from '@pullo/asgi';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { PROTOCOLS } from '../support/protocols.ts';
import { until } from '../support/serving.ts';

const THROWN = [null, undefined, 0, '', Symbol('a'), Object.create(null)];
const RETURNED: Record<string, PropertyDescriptor> = {
  throws: { value: () => fail() },
  'cannot be read': { get: () => fail() },
  'calls back twice': { value: (done: () => void) => [done(), done()] },
};
const UNCHECKED = HeaderList.raw(['x-first', 'a\r\nx-second: b']);

function fail(): never {
  throw new Error('a bad promise');
}

describe.each(PROTOCOLS)('an app that is asked in $name', ({ servingUnwatched, get }) => {
  it.each(THROWN)('has failed if it throws %o, and the log says so', async (thrown) => {
    const { server, logger } = await servingUnwatched(() => {
      throw thrown;
    });
    expect((await get(server)).status).toBe(500);
    expect(logger.errors).toEqual([expect.anything()]);
  });

  it.each(THROWN)('has failed if it rejects with %o, and the log says so', async (thrown) => {
    const { server, logger } = await servingUnwatched(() => Promise.reject(thrown));
    expect((await get(server)).status).toBe(500);
    expect(logger.errors).toEqual([expect.anything()]);
  });

  it.each(Object.entries(RETURNED))(
    'has failed if it returns an object whose `then` %s',
    async (_what, then) => {
      const app: App = () => Object.defineProperty({}, 'then', then) as Promise<void>;
      const { server, logger } = await servingUnwatched(app);
      expect((await get(server)).status).toBe(500);
      expect(logger.errors).toEqual([expect.any(Error)]);
    },
  );
});

describe.each(PROTOCOLS)('a logger that throws, in $name,', ({ servingUnwatched, get }) => {
  it('fails neither a request nor the process', async () => {
    const lines = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => lines.mockRestore());
    const logger = {
      log: (_level: string, _message: string, error?: unknown) => void String(error ?? ''),
      access: fail,
      flush: fail,
    };
    const { server } = await servingUnwatched(
      () => {
        throw Object.create(null);
      },
      { logger },
    );
    expect((await get(server)).status).toBe(500);
    await server.close();
    expect(lines.mock.calls.join('')).toContain('The logger failed to log "Exception in the app"');
  });
});

describe.each(PROTOCOLS)(
  'a list of fields that was made without checks, in $name,',
  ({ servingUnwatched, get }) => {
    it('splits no response', async () => {
      const { server } = await servingUnwatched((_scope, _receive, send) => {
        send({ type: 'http.response.start', status: 200, headers: UNCHECKED });
        send({ type: 'http.response.body' });
      });
      const { status, fields } = await get(server);
      expect([status, fields.has('x-first'), fields.has('x-second')]).toEqual([500, false, false]);
    });

    it('adds nothing after a body', async () => {
      const { server, logger } = await servingUnwatched((_scope, _receive, send) => {
        send({ type: 'http.response.start', status: 200, trailers: true });
        send({ type: 'http.response.body', body: 'a' });
        send({ type: 'http.response.trailers', headers: UNCHECKED });
      });
      expect((await get(server, '/', 'TE: trailers')).trailers.size).toBe(0);
      expect(logger.errors).toHaveLength(1);
    });
  },
);

describe.each(PROTOCOLS)('a response under way in $name', ({ servingUnwatched, client }) => {
  const size = 30e6;
  const large: App = (_scope, _receive, send) => {
    send({ type: 'http.response.start', status: 200 });
    send({ type: 'http.response.body', body: 'x'.repeat(size) });
  };

  it('has all the time that the client takes for it, though that has sent more than was read', async () => {
    const { server } = await servingUnwatched(large);
    const exchange = client(server).open({ method: 'POST', body: 'y'.repeat(300_000) });
    await until(() => exchange.body !== '');
    exchange.pause();
    await new Promise((resolve) => setTimeout(resolve, 1800));
    expect(await exchange.resume().answer).toMatchObject({ isWhole: true });
    expect(exchange.body).toHaveLength(size);
  });

  it('is cut once the client has taken nothing of it for too long, though that has sent more than was read', async () => {
    const { server } = await servingUnwatched(large, { idleTimeout: 200 });
    const exchange = client(server).open({ method: 'POST', body: 'y'.repeat(300_000) });
    await until(() => exchange.body !== '');
    exchange.pause();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await exchange.resume().answer).toMatchObject({ isWhole: false });
  });
});
