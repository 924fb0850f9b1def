import { AsyncLocalStorage } from 'node:async_hooks';
import { ClientDisconnected, type HTTPScope, type ReceiveEvent, RequestTimeout } from '@pullo/asgi';
import { describe, expect, it } from 'vitest';
import { measuring } from '../support/events.ts';
import { PROTOCOLS } from '../support/protocols.ts';
import { Gate, text, until } from '../support/serving.ts';

const POST = { method: 'POST', body: null };

function bodyOf(events: readonly ReceiveEvent[]): string {
  return events
    .map((event) => (event.type === 'http.request' ? String(event.body) : `<${event.type}>`))
    .join('');
}

describe.each(PROTOCOLS)('the body of a request in $name', ({ serving, client, ask, get }) => {
  it('that has none is one empty event', async () => {
    const { events, app } = measuring();
    const { server } = await serving(app);
    expect((await get(server)).body).toBe('0 bytes');
    expect(events).toEqual([{ type: 'http.request', body: new Uint8Array(0), moreBody: false }]);
  });

  it.each([
    ['with a length', ['Content-Length: 5']],
    ['without one', []],
  ])('%s arrives whole', async (_name, lines) => {
    const { events, app } = measuring();
    const { server } = await serving(app);
    expect((await ask(server, { method: 'POST', lines, body: 'Hello' })).body).toBe('5 bytes');
    expect(bodyOf(events)).toBe('Hello');
    expect(events.map((event) => event.type === 'http.request' && event.moreBody).indexOf(false)).toBe(
      events.length - 1,
    );
  });

  it('that comes in pieces is as many events', async () => {
    const { events, app } = measuring();
    const { server } = await serving(app);
    const exchange = client(server).open(POST);
    for (const piece of ['ab', 'cd', 'ef']) {
      const before = events.length;
      exchange.write(piece);
      await until(() => events.length > before);
    }
    expect((await exchange.end().answer).body).toBe('6 bytes');
    expect(events.slice(0, 3).map((event) => bodyOf([event]))).toEqual(['ab', 'cd', 'ef']);
  });

  it('keeps what comes while nobody receives', async () => {
    const gate = new Gate();
    const received: ReceiveEvent[] = [];
    const { server } = await serving(async (scope, receive, send) => {
      received.push(await receive());
      await gate.opened;
      let event: ReceiveEvent;
      do {
        event = await receive();
        received.push(event);
      } while (event.type === 'http.request' && event.moreBody);
      await text('done')(scope, receive, send);
    });
    const exchange = client(server).open(POST).write('ab');
    await until(() => received.length === 1);
    exchange.write('c');
    await new Promise((resolve) => setTimeout(resolve, 20));
    exchange.end('def');
    await new Promise((resolve) => setTimeout(resolve, 20));
    gate.open();
    expect((await exchange.answer).body).toBe('done');
    expect(bodyOf(received)).toBe('abcdef');
  });

  it('is not read ahead of the app by more than a little', async () => {
    const gate = new Gate();
    const { events, app } = measuring();
    const { server } = await serving(async (scope, receive, send) => {
      await receive();
      await gate.opened;
      await app(scope, receive, send);
    });
    const size = 32 * 1024 * 1024;
    const exchange = client(server).open(POST);
    let taken = 0;
    for (let i = 0; i < size; i += 65_536) exchange.outgoing.write(Buffer.alloc(65_536), () => taken++);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(taken * 65_536).toBeLessThan(size / 2);
    gate.open();
    expect((await exchange.end().answer).status).toBe(200);
    expect(events.at(-1)).toMatchObject({ moreBody: false });
  });

  it('of many megabytes arrives whole', async () => {
    const { app } = measuring();
    const { server } = await serving(app);
    const answer = await ask(server, { method: 'POST', body: Buffer.alloc(20_000_000) });
    expect(answer.body).toBe('20000000 bytes');
  });

  it('that the app leaves half read does not stop the next request', async () => {
    const { server } = await serving(async (scope, receive, send) => {
      await receive();
      await text('enough')(scope, receive, send);
    });
    const http = client(server);
    const exchange = http.open({ ...POST, lines: ['Content-Length: 6'] }).write('abc');
    await until(() => exchange.body === 'enough');
    exchange.end('def');
    expect((await http.open().answer).body).toBe('enough');
  });

  it.each(['is long', 'does not come'])(
    'that the app leaves unread and %s does not keep its answer',
    async (which) => {
      const { server } = await serving(text('x'.repeat(3_000_000)));
      const http = client(server);
      const exchange = http.open({ ...POST, lines: ['Content-Length: 8000000'] });
      if (which === 'is long') exchange.write(Buffer.alloc(4_000_000));
      expect((await exchange.answer).body).toHaveLength(3_000_000);
      expect((await http.open().answer).body).toHaveLength(3_000_000);
    },
  );
});

describe.each(PROTOCOLS)('Expect: 100-continue in $name', ({ serving, client, get }) => {
  const expecting = { ...POST, lines: ['Expect: 100-Continue', 'Content-Length: 3'] };

  it('is met when the app reads', async () => {
    const gate = new Gate();
    const { app } = measuring();
    const { server } = await serving(async (...args) => {
      await gate.opened;
      await app(...args);
    });
    const exchange = client(server).open(expecting);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(exchange.isContinued).toBe(false);
    gate.open();
    await until(() => exchange.isContinued);
    expect((await exchange.end('abc').answer).body).toBe('3 bytes');
  });

  it('is not met when the app does not read', async () => {
    const { server } = await serving(text('no thanks'));
    const exchange = client(server).open(expecting);
    expect(await exchange.answer).toMatchObject({ status: 200, body: 'no thanks', isWhole: true });
    expect(exchange.isContinued).toBe(false);
  });

  it('is not met once the answer has begun, whose body it would be a part of', async () => {
    const { server } = await serving(async (_scope, receive, send) => {
      send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body', body: 'begun, ', moreBody: true });
      await send({ type: 'http.response.body', body: bodyOf([(await receive()) as ReceiveEvent]) });
    });
    const exchange = client(server).open(expecting);
    await until(() => exchange.status === 200);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await exchange.end('abc').answer).toMatchObject({ body: 'begun, abc', isWhole: true });
    expect(exchange.isContinued).toBe(false);
  });

  it('of a request without a body is nothing to meet', async () => {
    const { app } = measuring();
    const { server } = await serving(app);
    expect((await get(server, '/', 'Expect: 100-continue')).body).toBe('0 bytes');
  });
});

describe.each(PROTOCOLS)('maxBodyBytes in $name', ({ serving, client, ask }) => {
  it('ends a body that grows beyond it with 413', async () => {
    const { events, app } = measuring();
    const { server, logger } = await serving(app, { maxBodyBytes: 10 });
    const exchange = client(server).open(POST).write('12345678');
    await until(() => events.length === 1);
    exchange.write('12345678');
    expect((await exchange.answer).status).toBe(413);
    expect(events.at(-1)?.type).toBe('http.disconnect');
    expect(logger.errors).toEqual([]);
  });

  it('cuts a response that has begun when the body grows beyond it', async () => {
    const { server, logger } = await serving(
      async (_scope, receive, send) => {
        send({ type: 'http.response.start', status: 200 });
        await send({ type: 'http.response.body', body: 'begun', moreBody: true });
        while ((await receive()).type === 'http.request');
        await send({ type: 'http.response.body' });
      },
      { maxBodyBytes: 10 },
    );
    const exchange = client(server).open(POST).write('12345678');
    await until(() => exchange.body === 'begun');
    exchange.write('12345678');
    expect((await exchange.answer).isWhole).toBe(false);
    expect(logger.errors).toEqual([]);
  });

  it('lets a body of just that length pass', async () => {
    const { app } = measuring();
    const { server } = await serving(app, { maxBodyBytes: 10 });
    const lines = ['Content-Length: 10'];
    expect((await ask(server, { method: 'POST', lines, body: '1234567890' })).body).toBe('10 bytes');
    expect((await ask(server, { ...POST, lines: ['Content-Length: 11'] })).status).toBe(413);
  });

  it('of Infinity lets anything pass', async () => {
    const { app } = measuring();
    const { server } = await serving(app, { maxBodyBytes: Number.POSITIVE_INFINITY });
    expect((await ask(server, { method: 'POST', body: 'abc' })).body).toBe('3 bytes');
  });
});

describe.each(PROTOCOLS)('receive after the body in $name', ({ serving, servingUnwatched, client, get }) => {
  it('waits, and gives http.disconnect again and again once the response is complete', async () => {
    const received: ReceiveEvent[] = [];
    const { server } = await serving(async (scope, receive, send) => {
      await receive();
      const early = receive();
      await text('done')(scope, receive, send);
      received.push(await early, await receive(), await receive());
    });
    expect((await get(server)).body).toBe('done');
    await until(() => received.length === 3);
    expect(received).toEqual(Array.from({ length: 3 }, () => ({ type: 'http.disconnect' })));
  });

  it('gives http.disconnect when the client leaves', async () => {
    const received: ReceiveEvent[] = [];
    const { server } = await serving(async (_scope, receive) => {
      received.push(await receive(), await receive(), await receive());
    });
    const exchange = client(server).open();
    await new Promise((resolve) => setTimeout(resolve, 30));
    exchange.cancel();
    await until(() => received.length === 3);
    expect(received.slice(1)).toEqual([{ type: 'http.disconnect' }, { type: 'http.disconnect' }]);
  });

  it('may be waited for more than once at a time', async () => {
    const { server } = await servingUnwatched(async (_scope, receive, send) => {
      const [first, second] = [receive(), receive()];
      send({ type: 'http.response.start', status: 200 });
      send({ type: 'http.response.body', body: (await first).type });
      send({ type: 'http.response.body', body: (await second).type });
    });
    expect((await get(server)).body).toBe('http.request');
  });
});

const WAYS: [
  string,
  (http: ReturnType<(typeof PROTOCOLS)[0]['client']>, exchange: ReturnType<typeof http.open>) => void,
][] = [
  ['by its request', (_http, exchange) => exchange.cancel()],
  ['by its connection', (http) => http.leave()],
];

describe.each(PROTOCOLS)('a client that leaves in $name', ({ serving, client }) => {
  describe.each(WAYS)('%s', (_way, leave) => {
    it('in the middle of its body is a disconnect, and never half a body', async () => {
      const { events, app } = measuring();
      const { server, logger } = await serving(app);
      const http = client(server);
      const exchange = http.open({ ...POST, lines: ['Content-Length: 10'] }).write('abc');
      await until(() => events.length === 1);
      leave(http, exchange);
      await until(() => events.length === 2);
      expect(events[1]?.type).toBe('http.disconnect');
      expect(logger.errors).toEqual([]);
    });

    it('aborts the signal that an app holds, at once', async () => {
      const [called, aborted] = [new Gate(), new Gate()];
      let reason: unknown;
      const { server } = await serving(async (scope) => {
        const { signal } = (scope as HTTPScope).exchange;
        signal.addEventListener('abort', () => aborted.open());
        called.open();
        await aborted.opened;
        reason = signal.reason;
      });
      const http = client(server);
      const exchange = http.open();
      await called.opened;
      leave(http, exchange);
      await until(() => reason !== undefined);
      expect(reason).toBeInstanceOf(ClientDisconnected);
    });

    it('aborts also a signal that is read afterwards', async () => {
      const called = new Gate();
      let isAborted: boolean | undefined;
      const { server } = await serving(async (scope, receive) => {
        await receive();
        called.open();
        await receive();
        isAborted = (scope as HTTPScope).exchange.signal.aborted;
      });
      const http = client(server);
      const exchange = http.open();
      await called.opened;
      leave(http, exchange);
      await until(() => isAborted === true);
    });

    it('rejects send with ClientDisconnected, which is swallowed', async () => {
      let error: unknown;
      const { server, logger } = await serving(async (_scope, _receive, send) => {
        send({ type: 'http.response.start', status: 200 });
        try {
          for (;;) {
            await send({ type: 'http.response.body', body: 'x'.repeat(1000), moreBody: true });
            await new Promise((resolve) => setImmediate(resolve));
          }
        } catch (thrown) {
          error = thrown;
          throw thrown;
        }
      });
      const http = client(server);
      const exchange = http.open();
      await until(() => exchange.body !== '');
      leave(http, exchange);
      await until(() => error !== undefined);
      expect(error).toBeInstanceOf(ClientDisconnected);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(logger.errors).toEqual([]);
    });

    it('wakes an app that waits for it to read', async () => {
      const failed = new Gate();
      const { server, logger } = await serving(async (_scope, _receive, send) => {
        send({ type: 'http.response.start', status: 200 });
        try {
          for (;;)
            await send({ type: 'http.response.body', body: new Uint8Array(1_000_000), moreBody: true });
        } finally {
          failed.open();
        }
      });
      const http = client(server);
      const exchange = http.open().pause();
      await until(() => exchange.status === 200);
      await new Promise((resolve) => setTimeout(resolve, 50));
      leave(http, exchange);
      await failed.opened;
      expect(logger.errors).toEqual([]);
    });

    it('does not hide an error that is the app’s own', async () => {
      const [called, left] = [new Gate(), new Gate()];
      const { server, logger } = await serving(async (_scope, receive) => {
        await receive();
        called.open();
        await receive();
        left.open();
        throw new TypeError('a bug');
      });
      const http = client(server);
      const exchange = http.open();
      await called.opened;
      leave(http, exchange);
      await left.opened;
      await until(() => logger.errors.length === 1);
      expect(logger.errors[0]).toBeInstanceOf(TypeError);
    });
  });
});

describe.each(PROTOCOLS)('requests of one connection in $name', ({ serving, client }) => {
  it('see nothing of what the ones before them keep in an AsyncLocalStorage', async () => {
    const storage = new AsyncLocalStorage<string>();
    const { server } = await serving(async (scope, receive, send) => {
      const { path } = scope as HTTPScope;
      const found = storage.getStore() ?? 'nothing';
      await storage.run(`that of ${path}`, async () => {
        // Both ways in which an answer ends: at once, and in a later turn.
        if (path !== '/0') await new Promise((resolve) => setTimeout(resolve, 1));
        await text(`${path} found ${found}`)(scope, receive, send);
      });
    });
    const http = client(server);
    for (let i = 0; i < 10; i++) {
      const open = Array.from({ length: 3 }, (_, j) =>
        http.open({ path: `/${i}`, ...(j === 2 && { method: 'POST', body: 'x' }) }),
      );
      for (const { answer } of open) expect((await answer).body).toBe(`/${i} found nothing`);
    }
  });

  it('go on while background work of the one before runs', async () => {
    const gate = new Gate();
    let ended = 0;
    const { server } = await serving(async (scope, receive, send) => {
      await text('done')(scope, receive, send);
      await gate.opened;
      ended++;
    });
    const http = client(server);
    for (let i = 0; i < 3; i++) expect((await http.open().answer).body).toBe('done');
    expect([http.connections, ended]).toEqual([1, 0]);
    gate.open();
    await until(() => ended === 3);
  });
});

describe.each(PROTOCOLS)('timeouts in $name', ({ serving, client, get }) => {
  it.each([
    ['answer', false],
    ['cut the response, if it has begun,', true],
  ])(
    '%s to a body that does not come to its end, and abort the signal with RequestTimeout',
    async (_name, begins) => {
      for (const options of [{ requestTimeout: 200 }, { idleTimeout: 200 }]) {
        let reason: unknown;
        const { server } = await serving(async (scope, receive, send) => {
          const { signal } = (scope as HTTPScope).exchange;
          if (begins) {
            send({ type: 'http.response.start', status: 200 });
            await send({ type: 'http.response.body', body: 'begun', moreBody: true });
          }
          while ((await receive()).type === 'http.request');
          reason = signal.reason;
        }, options);
        const answer = await client(server)
          .open({ ...POST, lines: ['Content-Length: 10'] })
          .write('abc').answer;
        expect([answer.status, answer.isWhole]).toEqual(begins ? [200, false] : [408, true]);
        expect(reason).toBeInstanceOf(RequestTimeout);
      }
    },
  );

  it('end a connection that stays idle', async () => {
    const { server } = await serving(text('x'), { keepAliveTimeout: 100 });
    const http = client(server);
    expect((await http.open().answer).body).toBe('x');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await http.open().answer).body).toBe('x');
    expect(http.connections).toBe(2);
  });

  it('leave a connection that has another request in time', async () => {
    const { server } = await serving(text('x'), { keepAliveTimeout: 200 });
    const http = client(server);
    for (let i = 1; i <= 6; i++) {
      expect((await http.open().answer).body).toBe('x');
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
    expect(http.connections).toBe(1);
  });

  it('do not touch a response that takes longer', async () => {
    const { server } = await serving(
      async (scope, receive, send) => {
        await new Promise((resolve) => setTimeout(resolve, 400));
        await text('slow')(scope, receive, send);
      },
      { requestTimeout: 100, headersTimeout: 100, keepAliveTimeout: 100, idleTimeout: 100 },
    );
    expect((await get(server)).body).toBe('slow');
  });
});
