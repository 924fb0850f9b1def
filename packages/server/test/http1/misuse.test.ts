import { type App, HeaderList } from '@pullo/asgi';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { servingUnwatched } from '../support/serving.ts';
import { echo, handshake, sessions } from '../support/sessions.ts';
import { head, parse, Wire } from '../support/wire.ts';

const REQUESTS = {
  'a request': head('GET / HTTP/1.1', 'Host: a', 'Connection: close'),
  'a handshake': handshake(),
};
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

describe.each(Object.entries(REQUESTS))('an app that is asked with %s', (_name, request) => {
  it.each(THROWN)('has failed if it throws %o, and the log says so', async (thrown) => {
    const { server, logger } = await servingUnwatched(() => {
      throw thrown;
    });
    expect(parse(await new Wire(server).write(request).all()).status).toBe(500);
    expect(logger.errors).toEqual([expect.anything()]);
  });

  it.each(THROWN)('has failed if it rejects with %o, and the log says so', async (thrown) => {
    const { server, logger } = await servingUnwatched(() => Promise.reject(thrown));
    expect(parse(await new Wire(server).write(request).all()).status).toBe(500);
    expect(logger.errors).toEqual([expect.anything()]);
  });

  it.each(Object.entries(RETURNED))(
    'has failed if it returns an object whose `then` %s',
    async (_what, then) => {
      const app: App = () => Object.defineProperty({}, 'then', then) as Promise<void>;
      const { server, logger } = await servingUnwatched(app);
      expect(parse(await new Wire(server).write(request).all()).status).toBe(500);
      expect(logger.errors).toEqual([expect.any(Error)]);
    },
  );
});

describe('a logger that throws', () => {
  it.each(Object.entries(REQUESTS))('fails neither %s nor the process', async (_name, request) => {
    const lines = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => lines.mockRestore());
    const { server } = await servingUnwatched(
      () => {
        throw Object.create(null);
      },
      {
        logger: {
          log: (_level, _message, error) => void String(error ?? ''),
          access: fail,
          flush: fail,
        },
      },
    );
    expect(parse(await new Wire(server).write(request).all()).status).toBe(500);
    await server.close();
    expect(lines.mock.calls.join('')).toContain('The logger failed to log "Exception in the app"');
  });
});

describe('a list of fields that was made without checks', () => {
  it('splits no answer to a handshake', async () => {
    const { server } = await servingUnwatched(
      sessions((scope, receive, send) => {
        send({ type: 'websocket.accept', headers: UNCHECKED });
        return echo(scope, receive, send);
      }),
    );
    expect(await new Wire(server).write(handshake()).all()).toMatch(/^HTTP\/1\.1 500 (?![\s\S]*x-second)/);
  });
});

describe('a response under way', () => {
  it('goes on to its end where the client asks for a tunnel behind it', async () => {
    const { server } = await servingUnwatched(async (_scope, _receive, send) => {
      send({ type: 'http.response.start', status: 200 });
      for (let i = 0; i < 100; i++)
        await send({ type: 'http.response.body', body: 'x'.repeat(65_536), moreBody: true });
      send({ type: 'http.response.body' });
    });
    const wire = new Wire(server).write(
      head('GET / HTTP/1.1', 'Host: a') + head('CONNECT b:1 HTTP/1.1', 'Host: b:1'),
    );
    expect(await wire.all()).toMatch(/\r\n0\r\n\r\nHTTP\/1\.1 501 /);
  });
});
