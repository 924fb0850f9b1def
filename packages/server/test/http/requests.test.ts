import { AsyncLocalStorage } from 'node:async_hooks';
import { type App, ClientDisconnected, type HTTPReceiveEvent, type ReceiveEvent } from '@pullo/asgi';
import { describe, expect, it } from 'vitest';
import { Gate, serving, servingUnwatched, text, until } from '../support/serving.ts';
import { ask, head, parse, Wire } from '../support/wire.ts';

/** An app that reads the whole body, answers with its length, and keeps the events. */
function measuring(): { events: HTTPReceiveEvent[]; app: App } {
  const events: HTTPReceiveEvent[] = [];
  const app: App = async (_scope, receive, send) => {
    let size = 0;
    for (;;) {
      const event = (await receive()) as HTTPReceiveEvent;
      events.push(event);
      if (event.type === 'http.disconnect') return;
      size += event.body.byteLength;
      if (!event.moreBody) break;
    }
    send({ type: 'http.response.start', status: 200 });
    send({ type: 'http.response.body', body: `${size} bytes` });
  };
  return { events, app };
}

const CHUNKED = head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked');

function post(length: number, ...lines: string[]): string {
  return head('POST / HTTP/1.1', 'Host: a', `Content-Length: ${length}`, ...lines);
}

describe('the body of a request', () => {
  it('that has none is one empty event', async () => {
    const { events, app } = measuring();
    const { server } = await serving(app);
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await wire.until(/0 bytes$/);
    expect(events).toEqual([{ type: 'http.request', body: new Uint8Array(0), moreBody: false }]);
  });

  it('that came at once is one event', async () => {
    const { events, app } = measuring();
    const { server } = await serving(app);
    await new Wire(server).write(`${post(5)}Hello`).until(/5 bytes$/);
    expect(events.map((event) => event.type === 'http.request' && event.moreBody)).toEqual([false]);
    expect(events[0]).toMatchObject({ body: Buffer.from('Hello') });
  });

  it('that comes in pieces is as many events', async () => {
    const { events, app } = measuring();
    const { server } = await serving(app);
    const wire = new Wire(server).write(post(6));
    for (const piece of ['ab', 'cd', 'ef']) {
      const before = events.length;
      wire.write(piece);
      await until(() => events.length > before);
    }
    await wire.until(/6 bytes$/);
    expect(events.map((event) => event.type === 'http.request' && String(event.body))).toEqual([
      'ab',
      'cd',
      'ef',
    ]);
  });

  it('collects what comes while nobody receives', async () => {
    const gate = new Gate();
    const received: ReceiveEvent[] = [];
    const { server } = await serving(async (scope, receive, send) => {
      received.push(await receive());
      await gate.opened;
      received.push(await receive());
      await text('done')(scope, receive, send);
    });
    const wire = new Wire(server).write(`${post(6)}ab`);
    await until(() => received.length === 1);
    wire.write('c');
    await new Promise((resolve) => setTimeout(resolve, 20));
    wire.write('def');
    await new Promise((resolve) => setTimeout(resolve, 20));
    gate.open();
    await wire.until(/done$/);
    expect(received[1]).toMatchObject({ body: Buffer.from('cdef'), moreBody: false });
  });

  it('in chunks comes without their framing, extensions and trailers', async () => {
    const { events, app } = measuring();
    const { server } = await serving(app);
    const body = '3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n';
    await new Wire(server).write(CHUNKED + body).until(/5 bytes$/);
    expect(events.map((event) => (event.type === 'http.request' ? String(event.body) : '')).join('')).toBe(
      'abcde',
    );
  });

  it('is the same in whatever pieces its bytes arrive', async () => {
    const { app } = measuring();
    const { server } = await serving(app);
    const wire = new Wire(server);
    for (const byte of `${CHUNKED}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`) {
      wire.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await wire.until(/5 bytes$/);
  });

  it('is not read ahead of the app by more than a little', async () => {
    const gate = new Gate();
    const { server } = await serving(async (scope, receive, send) => {
      await receive();
      await gate.opened;
      for (;;) {
        const event = await receive();
        if (event.type !== 'http.request' || !event.moreBody) break;
      }
      await text('done')(scope, receive, send);
    });
    const size = 32 * 1024 * 1024;
    const wire = new Wire(server).write(post(size));
    wire.write(Buffer.alloc(size));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(wire.socket.writableLength).toBeGreaterThan(size / 2);
    gate.open();
    await wire.until(/done$/);
  });

  it('of many megabytes arrives whole', async () => {
    const { app } = measuring();
    const { server } = await serving(app);
    const wire = new Wire(server).write(post(20_000_000));
    wire.write(Buffer.alloc(20_000_000));
    await wire.until(/20000000 bytes$/);
  });

  it('that the app leaves unread is taken off the wire if it is short', async () => {
    const { server } = await serving(text('no thanks'));
    const wire = new Wire(server).write(post(60_000));
    await wire.until(/no thanks$/);
    wire.write(Buffer.alloc(60_000));
    wire.write(head('GET / HTTP/1.1', 'Host: a'));
    await wire.until(/no thanks[\s\S]*no thanks$/);
  });

  it('that the app leaves half read is taken off the wire too', async () => {
    const { server } = await serving(async (scope, receive, send) => {
      await receive();
      await text('enough')(scope, receive, send);
    });
    const wire = new Wire(server).write(`${post(6)}abc`);
    await wire.until(/enough$/);
    wire.write(`def${head('GET / HTTP/1.1', 'Host: a')}`);
    await wire.until(/enough[\s\S]*enough$/);
  });

  it('that the app leaves unread ends the connection if it is long, and the client can read the answer', async () => {
    const { server } = await serving(text('no thanks'));
    const wire = new Wire(server).write(post(8_000_000));
    for (let i = 0; i < 80; i++) wire.write(Buffer.alloc(100_000));
    expect(parse(await wire.all()).body).toBe('no thanks');
    expect(await wire.ended).toBe('end');
  });

  it('that the app leaves unread ends the connection if it does not come', async () => {
    const { server } = await serving(text('no thanks'));
    const started = Date.now();
    const wire = new Wire(server).write(post(10));
    expect(parse(await wire.all()).body).toBe('no thanks');
    expect(Date.now() - started).toBeGreaterThan(450);
  });
});

describe('Expect: 100-continue', () => {
  it('is met when the app reads', async () => {
    const { app } = measuring();
    const { server } = await serving(app);
    const wire = new Wire(server).write(post(3, 'Expect: 100-Continue'));
    expect(await wire.until(/100 Continue\r\n\r\n$/)).toMatch(/^HTTP\/1.1 100/);
    await wire.write('abc').until(/3 bytes$/);
  });

  it('is not met when the app does not read, and the connection ends', async () => {
    const { server } = await serving(text('no thanks'));
    const answer = await ask(server, post(3, 'Expect: 100-continue'));
    expect(parse(answer)).toMatchObject({ status: 200, body: 'no thanks' });
  });

  it('of a request without a body is nothing to meet', async () => {
    const { app } = measuring();
    const { server } = await serving(app);
    const answer = await ask(
      server,
      head('GET / HTTP/1.1', 'Host: a', 'Connection: close', 'Expect: 100-continue'),
    );
    expect(parse(answer).status).toBe(200);
  });

  it('is ignored in HTTP/1.0', async () => {
    const { app } = measuring();
    const { server } = await serving(app);
    const answer = await ask(
      server,
      `${head('POST / HTTP/1.0', 'Expect: 100-continue', 'Content-Length: 3')}abc`,
    );
    expect(parse(answer)).toMatchObject({ status: 200, body: '3 bytes' });
  });
});

describe('maxBodyBytes', () => {
  it('ends a chunked body that grows beyond it with 413', async () => {
    const { events, app } = measuring();
    const { server, logger } = await serving(app, { maxBodyBytes: 10 });
    const wire = new Wire(server).write(`${CHUNKED}8\r\n12345678\r\n`);
    await until(() => events.length === 1);
    wire.write('8\r\n12345678\r\n');
    expect(parse(await wire.all()).status).toBe(413);
    expect(events.at(-1)?.type).toBe('http.disconnect');
    expect(logger.errors).toEqual([]);
  });

  it('lets a body of just that length pass', async () => {
    const { app } = measuring();
    const { server } = await serving(app, { maxBodyBytes: 10 });
    await new Wire(server).write(`${post(10)}1234567890`).until(/10 bytes$/);
    expect(parse(await ask(server, post(11))).status).toBe(413);
  });

  it('of Infinity lets anything pass', async () => {
    const { app } = measuring();
    const { server } = await serving(app, { maxBodyBytes: Number.POSITIVE_INFINITY });
    await new Wire(server).write(`${post(3)}abc`).until(/3 bytes$/);
  });
});

describe('receive after the body', () => {
  it('waits, and gives http.disconnect again and again once the response is complete', async () => {
    const received: ReceiveEvent[] = [];
    const { server } = await serving(async (scope, receive, send) => {
      await receive();
      const early = receive();
      await text('done')(scope, receive, send);
      received.push(await early, await receive(), await receive());
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await wire.until(/done$/);
    await until(() => received.length === 3);
    expect(received).toEqual(Array.from({ length: 3 }, () => ({ type: 'http.disconnect' })));
  });

  it('gives http.disconnect when the client leaves', async () => {
    const received: ReceiveEvent[] = [];
    const { server } = await serving(async (_scope, receive) => {
      await receive();
      received.push(await receive(), await receive());
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    wire.socket.destroy();
    await until(() => received.length === 2);
    expect(received[0]).toEqual({ type: 'http.disconnect' });
  });

  it('may be waited for more than once at a time', async () => {
    const { server } = await servingUnwatched(async (_scope, receive, send) => {
      const [first, second] = [receive(), receive()];
      send({ type: 'http.response.start', status: 200 });
      send({ type: 'http.response.body', body: (await first).type });
      send({ type: 'http.response.body', body: (await second).type });
    });
    await new Wire(server).write(head('GET / HTTP/1.1', 'Host: a')).until(/http.request$/);
  });
});

describe('a client that leaves', () => {
  it('in the middle of its body is a disconnect, and never half a body', async () => {
    const { events, app } = measuring();
    const { server, logger } = await serving(app);
    const wire = new Wire(server).write(`${post(10)}abc`);
    await until(() => events.length === 1);
    wire.socket.destroy();
    await until(() => events.length === 2);
    expect(events[1]?.type).toBe('http.disconnect');
    expect(logger.errors).toEqual([]);
  });

  it('aborts the signal that an app holds, at once', async () => {
    const aborted = new Gate();
    let reason: unknown;
    const { server } = await serving(async (scope) => {
      if (scope.type !== 'http') return;
      const { signal } = scope.exchange;
      signal.addEventListener('abort', () => aborted.open());
      await aborted.opened;
      reason = signal.reason;
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    wire.socket.destroy();
    await aborted.opened;
    await until(() => reason !== undefined);
    expect(reason).toBeInstanceOf(ClientDisconnected);
  });

  it('aborts also a signal that is read afterwards', async () => {
    const left = new Gate();
    let isAborted: boolean | undefined;
    const { server } = await serving(async (scope, receive) => {
      if (scope.type !== 'http') return;
      await receive();
      await receive();
      isAborted = scope.exchange.signal.aborted;
      left.open();
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    wire.socket.resetAndDestroy();
    await left.opened;
    expect(isAborted).toBe(true);
  });

  it('rejects send with ClientDisconnected, which is swallowed', async () => {
    const failed = new Gate();
    let error: unknown;
    const { server, logger } = await serving(async (_scope, receive, send) => {
      send({ type: 'http.response.start', status: 200 });
      try {
        for (;;) {
          await send({ type: 'http.response.body', body: 'x'.repeat(1000), moreBody: true });
          await new Promise((resolve) => setImmediate(resolve));
        }
      } catch (thrown) {
        error = thrown;
        failed.open();
        void receive;
        throw thrown;
      }
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await wire.until(/xxx/);
    wire.socket.destroy();
    await failed.opened;
    expect(error).toBeInstanceOf(ClientDisconnected);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(logger.errors).toEqual([]);
  });

  it('wakes an app that waits for it to read', async () => {
    const failed = new Gate();
    const { server } = await serving(async (_scope, _receive, send) => {
      send({ type: 'http.response.start', status: 200 });
      try {
        for (;;) await send({ type: 'http.response.body', body: new Uint8Array(1_000_000), moreBody: true });
      } finally {
        failed.open();
      }
    });
    const wire = new Wire(server);
    wire.socket.pause();
    wire.write(head('GET / HTTP/1.1', 'Host: a'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    wire.socket.destroy();
    await failed.opened;
  });

  it('after the response is complete does not abort the signal', async () => {
    const left = new Gate();
    const checked = new Gate();
    let isAborted: boolean | undefined;
    const { server } = await serving(async (scope, receive, send) => {
      if (scope.type !== 'http') return;
      await text('done')(scope, receive, send);
      await left.opened;
      isAborted = scope.exchange.signal.aborted;
      checked.open();
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await wire.until(/done$/);
    wire.socket.destroy();
    await wire.ended;
    await new Promise((resolve) => setTimeout(resolve, 20));
    left.open();
    await checked.opened;
    expect(isAborted).toBe(false);
  });

  it('does not hide an error of the app', async () => {
    const left = new Gate();
    const { server, logger } = await serving(async (_scope, receive) => {
      await receive();
      await receive();
      left.open();
      throw new TypeError('a bug');
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    wire.socket.destroy();
    await left.opened;
    await until(() => logger.errors.length === 1);
    expect(logger.errors[0]).toBeInstanceOf(TypeError);
  });
});

describe('pipelined requests', () => {
  it('run one at a time and are answered in order', async () => {
    let running = 0;
    let most = 0;
    const { server } = await serving(async (scope, receive, send) => {
      if (scope.type !== 'http') return;
      most = Math.max(most, ++running);
      // The earlier a request, the longer it takes.
      await new Promise((resolve) => setTimeout(resolve, 10 - Number(scope.path.slice(1))));
      running--;
      await text(`answer ${scope.path.slice(1)};`)(scope, receive, send);
    });
    const wire = new Wire(server);
    for (let i = 0; i < 10; i++) wire.write(head(`GET /${i} HTTP/1.1`, 'Host: a'));
    const answers = (await wire.until(/answer 9;$/)).match(/answer \d;/g);
    expect(answers).toEqual(Array.from({ length: 10 }, (_, i) => `answer ${i};`));
    expect(most).toBe(1);
  });

  it('see nothing of what the ones before them keep in an AsyncLocalStorage', async () => {
    const storage = new AsyncLocalStorage<string>();
    const { server } = await serving(async (scope, receive, send) => {
      if (scope.type !== 'http') return;
      const found = storage.getStore() ?? 'nothing';
      await storage.run(`that of ${scope.path}`, async () => {
        // Both ways in which an answer ends: at once, and in a later turn.
        if (scope.path !== '/0') await new Promise((resolve) => setTimeout(resolve, 1));
        await text(`${scope.path} found ${found};`)(scope, receive, send);
      });
    });
    const wire = new Wire(server);
    // More than what stops the reading of the socket.
    const requests = Array.from({ length: 40 }, (_, i) => head(`GET /${i} HTTP/1.1`, 'Host: a'));
    wire.write(requests.slice(0, 30).join(''));
    wire.write(requests.slice(30).join(''));
    const answers = (await wire.until(/\/39 found [^;]*;$/)).match(/found [^;]*;/g);
    expect(answers).toEqual(Array.from({ length: 40 }, () => 'found nothing;'));
  });

  it('may be many, with bodies, at once', async () => {
    const { app } = measuring();
    const { server } = await serving(app);
    const wire = new Wire(server);
    wire.write(Array.from({ length: 500 }, (_, i) => post(i) + 'x'.repeat(i)).join(''));
    const answers = (await wire.until(/\b499 bytes$/)).match(/\d+ bytes/g);
    expect(answers).toEqual(Array.from({ length: 500 }, (_, i) => `${i} bytes`));
  });

  it('go on while background work of the one before runs', async () => {
    const gate = new Gate();
    let ended = 0;
    const { server } = await serving(async (scope, receive, send) => {
      await text('done;')(scope, receive, send);
      await gate.opened;
      ended++;
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a').repeat(3));
    await wire.until(/done;[\s\S]*done;[\s\S]*done;$/);
    expect(ended).toBe(0);
    gate.open();
    await until(() => ended === 3);
  });

  it('that wait are dropped when the client leaves', async () => {
    const gate = new Gate();
    let calls = 0;
    const { server } = await serving(async (_scope, receive) => {
      calls++;
      await receive();
      await receive();
      gate.open();
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a').repeat(3));
    await until(() => calls === 1);
    wire.socket.destroy();
    await gate.opened;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toBe(1);
  });
});

describe('timeouts', () => {
  it('answer 408 to a head that does not come to its end', async () => {
    const { server } = await serving(text('x'), { headersTimeout: 100 });
    const wire = new Wire(server).write('GET / HTTP/1.1\r\nHost: a\r\n');
    expect(parse(await wire.all()).status).toBe(408);
  });

  it('end a connection on which nothing ever came, without a word', async () => {
    const { server } = await serving(text('x'), { headersTimeout: 100 });
    expect(await new Wire(server).all()).toBe('');
  });

  it('answer 408 to a body that does not come to its end, and abort the signal with RequestTimeout', async () => {
    let name: string | undefined;
    const { server } = await serving(
      async (scope, receive) => {
        if (scope.type !== 'http') return;
        await receive();
        await receive();
        name = scope.exchange.signal.reason.name;
      },
      { requestTimeout: 150 },
    );
    const answer = await ask(server, `${post(10)}abc`);
    expect(parse(answer).status).toBe(408);
    expect(name).toBe('RequestTimeout');
  });

  it('end a connection that stays idle', async () => {
    const { server } = await serving(text('x'), { keepAliveTimeout: 100 });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    expect(await wire.all()).toMatch(/x$/);
  });

  it('leave a connection that has another request in time', async () => {
    let count = 0;
    const counting: App = (...args) => text(`answer ${++count}`)(...args);
    const { server } = await serving(counting, { keepAliveTimeout: 200 });
    const wire = new Wire(server);
    for (let i = 1; i <= 6; i++) {
      wire.write(head('GET / HTTP/1.1', 'Host: a'));
      await wire.until(new RegExp(`answer ${i}$`));
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
  });

  it('do not touch a response that takes longer', async () => {
    const { server } = await serving(
      async (scope, receive, send) => {
        await new Promise((resolve) => setTimeout(resolve, 400));
        await text('slow')(scope, receive, send);
      },
      { requestTimeout: 100, headersTimeout: 100, keepAliveTimeout: 100 },
    );
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await wire.until(/slow$/);
  });
});
