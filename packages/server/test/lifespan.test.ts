import {
  type App,
  ContractViolation,
  type Receive,
  type Send,
  type State,
  UnsupportedScope,
} from '@pullo/asgi';
import { ShutdownFailed, StartupFailed } from '@pullo/server';
import { describe, expect, it } from 'vitest';
import { Gate, serving, servingUnwatched, text } from './support/serving.ts';
import { get, parse } from './support/wire.ts';

type Life = (receive: Receive, send: Send, state: State) => void | Promise<void>;

/** An app with a lifespan, that answers requests with what is in its state. */
function living(life: Life): App {
  return (scope, receive, send) => {
    if (scope.type === 'lifespan') return life(receive, send, scope.state);
    return text(JSON.stringify(scope.state))(scope, receive, send);
  };
}

const boom = new Error('boom');
const throwing = (): never => {
  throw boom;
};

describe('start-up', () => {
  it('is over before the server listens, and its state reaches every request as a copy', async () => {
    const shared = { hits: 0 };
    const steps: string[] = [];
    const { server } = await serving(
      (scope, receive, send) => {
        if (scope.type === 'lifespan') {
          return (async () => {
            steps.push((await receive()).type);
            await new Promise((resolve) => setTimeout(resolve, 10));
            Object.assign(scope.state, { shared, name: 'original' });
            steps.push('complete');
            await send({ type: 'lifespan.startup.complete' });
            await receive();
            await send({ type: 'lifespan.shutdown.complete' });
          })();
        }
        const { state } = scope;
        const before = state.name;
        state.name = 'rebound';
        shared.hits++;
        return text(`${String(before)} ${state.shared === shared}`)(scope, receive, send);
      },
      { lifespan: 'on' },
    );
    expect(steps).toEqual(['lifespan.startup', 'complete']);
    expect(parse(await get(server)).body).toBe('original true');
    expect(parse(await get(server)).body).toBe('original true');
    expect(shared.hits).toBe(2);
  });

  it.each<[string, Life]>([
    [
      'throws',
      () => {
        throw new UnsupportedScope({ type: 'lifespan' });
      },
    ],
    ['rejects', () => Promise.reject(boom)],
    ['returns', () => {}],
    ['resolves', async () => {}],
  ])('that %s before its first receive() is no lifespan: auto goes on', async (_name, life) => {
    const { server, logger } = await serving(living(life), { lifespan: 'auto' });
    expect(parse(await get(server)).body).toBe('{}');
    expect(logger.messages).toContain(
      'The app does not speak the lifespan protocol: it has no start-up and shutdown.',
    );
  });

  it('that throws anything but UnsupportedScope shows what it was', async () => {
    const { logger } = await serving(living(throwing), { lifespan: 'auto' });
    expect(logger.lines.find(({ level }) => level === 'warning')?.error).toBe(boom);
  });

  it.each<[string, Life]>([
    ['throws', throwing],
    ['returns', () => {}],
  ])('that %s before its first receive() does not start where lifespan is on', async (_name, life) => {
    await expect(serving(living(life), { lifespan: 'on' })).rejects.toThrow(StartupFailed);
  });

  it.each<[string, Life, RegExp]>([
    [
      'throws',
      async (receive) => {
        await receive();
        throw boom;
      },
      /^Application startup failed\.$/,
    ],
    [
      'returns',
      async (receive) => {
        await receive();
      },
      /^Application startup failed\.$/,
    ],
    [
      'says so',
      async (receive, send) => {
        await receive();
        await send({ type: 'lifespan.startup.failed', message: 'no database' });
      },
      /^Application startup failed: no database$/,
    ],
    [
      'says so without a message',
      async (receive, send) => {
        await receive();
        await send({ type: 'lifespan.startup.failed' });
      },
      /^Application startup failed\.$/,
    ],
    [
      'sends what does not belong there',
      async (receive, send) => {
        await receive();
        await send({ type: 'http.response.start', status: 200 });
      },
      /^Application startup failed\.$/,
    ],
  ])('that %s after its first receive() fails, also in auto', async (_name, life, message) => {
    for (const lifespan of ['auto', 'on'] as const) {
      await expect(servingUnwatched(living(life), { lifespan })).rejects.toThrow(
        expect.objectContaining({ code: 'ERR_STARTUP_FAILED', message: expect.stringMatching(message) }),
      );
    }
  });

  it('that fails carries what the app threw', async () => {
    const app = living(async (receive) => {
      await receive();
      throw boom;
    });
    await expect(serving(app, { lifespan: 'auto' })).rejects.toMatchObject({ cause: boom });
  });

  it('is never called where lifespan is off', async () => {
    const { server } = await serving(living(throwing), { lifespan: 'off' });
    expect(parse(await get(server)).status).toBe(200);
  });
});

describe('shutdown', () => {
  it('comes after the last exchange and its background work', async () => {
    const steps: string[] = [];
    const gate = new Gate();
    const { server } = await serving(
      async (scope, receive, send) => {
        if (scope.type === 'lifespan') {
          await receive();
          await send({ type: 'lifespan.startup.complete' });
          steps.push((await receive()).type);
          await send({ type: 'lifespan.shutdown.complete' });
          return;
        }
        await text('done')(scope, receive, send);
        await gate.opened;
        steps.push('background');
      },
      { lifespan: 'on', gracefulTimeout: 5000 },
    );
    await get(server);
    const closed = server.close();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(steps).toEqual([]);
    gate.open();
    await closed;
    expect(steps).toEqual(['background', 'lifespan.shutdown']);
  });

  it.each<[string, (send: Send) => void | Promise<void>, RegExp]>([
    ['throws', throwing, /^Application shutdown failed\.$/],
    ['returns without an answer', () => {}, /^Application shutdown failed\.$/],
    [
      'says so',
      (send) => send({ type: 'lifespan.shutdown.failed', message: 'still busy' }),
      /^Application shutdown failed: still busy$/,
    ],
  ])('that %s rejects close(), and the server has stopped', async (_name, end, message) => {
    const { server, logger } = await servingUnwatched(
      living(async (receive, send) => {
        await receive();
        await send({ type: 'lifespan.startup.complete' });
        await receive();
        await end(send);
      }),
      { lifespan: 'on' },
    );
    const failure = await server.close().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ShutdownFailed);
    expect(String((failure as Error).message)).toMatch(message);
    expect((await server.closed).error).toBe(failure);
    expect(logger.messages).toContain((failure as Error).message);
    await expect(get(server)).resolves.toBe('');
    // What the test's own clean-up would run into.
    server.close = async () => {};
  });

  it('is not waited for from an app that has returned after its start-up', async () => {
    const { server } = await serving(
      living(async (receive, send) => {
        await receive();
        await send({ type: 'lifespan.startup.complete' });
      }),
      { lifespan: 'on' },
    );
    await server.close();
  });

  it('fails if the lifespan has thrown while the server ran, which is logged at once', async () => {
    const { server, logger } = await serving(
      living(async (receive, send) => {
        await receive();
        await send({ type: 'lifespan.startup.complete' });
        throw boom;
      }),
      { lifespan: 'on' },
    );
    expect(logger.errors).toEqual([boom]);
    await expect(server.close()).rejects.toMatchObject({ code: 'ERR_SHUTDOWN_FAILED', cause: boom });
    server.close = async () => {};
  });

  it('that is answered before it was asked for is a breach', async () => {
    let rejection: unknown;
    const { server } = await servingUnwatched(
      living(async (receive, send) => {
        await receive();
        await send({ type: 'lifespan.startup.complete' });
        rejection = await Promise.resolve(send({ type: 'lifespan.shutdown.complete' })).catch(
          (error: unknown) => error,
        );
      }),
      { lifespan: 'on' },
    );
    expect(rejection).toBeInstanceOf(ContractViolation);
    await expect(server.close()).rejects.toThrow(ShutdownFailed);
    server.close = async () => {};
  });
});
