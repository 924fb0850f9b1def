import {
  HTTPError,
  PipelineError,
  Pullo,
  type Socket,
  TextResponse,
  WebSocketDisconnected,
} from '@pullo/core';
import { client } from '@pullo/testing';
import { describeTransports } from '@pullo/testing/vitest';
import { WebSocket } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';

class NoSuchRoom extends Error {}

/** What the handlers have seen, in order: a test that leads one there looks at all of it. */
let seen: unknown[] = [];
afterEach(() => {
  seen = [];
});

/** The next thing that a handler has seen. */
async function nextSeen(): Promise<unknown> {
  for (let i = 0; i < 400 && seen.length === 0; i++) await new Promise((resolve) => setTimeout(resolve, 5));
  return seen.shift();
}

const app = new Pullo()
  .onError(NoSuchRoom, () => new TextResponse('no such room', { status: 404 }))
  .use(async (ctx, next) => {
    const response = await next();
    if (ctx.request.path.startsWith('/watched')) seen.push([response.status, ctx.error]);
  })
  .websocket('/rooms/:room', async ({ accept, params, subprotocols }) => {
    const socket = await accept({ subprotocol: subprotocols[0], headers: { 'x-room': params.room } });
    for await (const message of socket) await socket.send(message);
  })
  .websocket('/ends', async ({ accept }) => {
    const socket = await accept();
    for await (const message of socket) seen.push(message);
    seen.push(socket.closed);
  })
  .websocket('/watched/return', async ({ accept }) => {
    await (await accept()).send('bye');
  })
  .websocket('/watched/throw', async ({ accept }) => {
    await accept();
    throw new Error('secret');
  })
  .websocket('/watched/hostile', async ({ accept }) => {
    await accept();
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    throw proxy;
  })
  .websocket('/watched/http-error', async ({ accept }) => {
    await accept();
    throw new HTTPError(403);
  })
  .websocket('/watched/own-error', async ({ accept }) => {
    await accept();
    throw new NoSuchRoom();
  })
  .websocket('/watched/value', async (ctx) => {
    await ctx.accept();
    return new TextResponse('too late');
  })
  .websocket('/json', async ({ accept }) => {
    const socket = await accept();
    for (;;) await socket.sendJSON({ got: await socket.receiveJSON() });
  })
  .websocket('/watched/receive', async ({ accept }) => {
    const socket = await accept();
    for (;;) seen.push(await socket.receive());
  })
  .websocket('/watched/handles', async ({ accept }) => {
    const socket = await accept();
    const error = await socket.receive().catch((error: unknown) => error);
    seen.push(error, socket.isOpen);
    await socket.close(4000);
  })
  .websocket('/close', async ({ accept }) => {
    const socket = await accept();
    await socket.close(4001, 'go away');
    await socket.close(4002, 'a second time');
    for await (const message of socket) seen.push(message);
    seen.push(socket.closed, socket.isOpen);
  })
  .websocket('/forgetful', ({ accept }) => {
    void accept();
  })
  .websocket('/signal', async ({ accept }) => {
    const { signal } = await accept();
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    seen.push('aborted');
  })
  .websocket('/late', async ({ accept }) => {
    const socket = await accept();
    const end = await socket.receive().catch((error: unknown) => error);
    seen.push(end, await Promise.resolve(socket.send('late')).catch((error: unknown) => error));
    void socket.send('and nobody looks');
  });

describeTransports(app, (http) => {
  test('texts and bytes go both ways', async () => {
    await using session = await http.websocket('/rooms/1');
    session.send('hä ☃');
    session.send(new Uint8Array([0, 255]));
    expect(await session.receiveText()).toBe('hä ☃');
    expect(await session.receiveBytes()).toEqual(new Uint8Array([0, 255]));
  });

  test('the parameters, the subprotocol and the header fields of accept() are those of the session', async () => {
    await using session = await http.websocket('/rooms/a%2Fb', { subprotocols: ['chat', 'v2'] });
    expect(session.subprotocol).toBe('chat');
    expect(session.headers.get('x-room')).toBe('a/b');
  });

  test.each([
    ['with a code and a reason', { code: 3001, reason: 'done' }],
    ['as browsers do', { code: 1000, reason: '' }],
  ])('a client that leaves %s ends the iteration', async (_title, { code, reason }) => {
    const session = await http.websocket('/ends');
    await session.close(code, reason);
    expect(await nextSeen()).toEqual({ code, reason, wasClean: true });
  });

  test('a client that is lost ends the iteration too, not cleanly', async () => {
    const session = await http.websocket('/ends');
    session.terminate();
    expect(await nextSeen()).toEqual({ code: 1006, reason: '', wasClean: false });
  });

  test('a handler that returns closes the session with 1000', async () => {
    const session = await http.websocket('/watched/return');
    expect(await session.receive()).toBe('bye');
    expect(await session.closed).toEqual({ code: 1000, reason: '' });
    expect(await nextSeen()).toEqual([101, undefined]);
  });

  test.each([
    ['hostile', 1011, '', PipelineError],
    ['throw', 1011, '', Error],
    ['http-error', 1008, '403 Forbidden', HTTPError],
    ['own-error', 1008, '404 Not Found', NoSuchRoom],
    ['value', 1011, '', Error],
  ])(
    'what goes wrong in /watched/%s closes with %i and "%s", and is on ctx.error',
    async (name, code, reason, kind) => {
      const session = await http.websocket(`/watched/${name}`);
      expect(await session.closed).toEqual({ code, reason });
      expect(await nextSeen()).toEqual([101, expect.any(kind)]);
    },
  );

  test('JSON goes both ways, as text or bytes', async () => {
    await using session = await http.websocket('/json');
    session.sendJSON({ a: [1] });
    expect(await session.receiveJSON()).toEqual({ got: { a: [1] } });
    session.send(new TextEncoder().encode('"ä"'));
    expect(await session.receiveJSON()).toEqual({ got: 'ä' });
  });

  test.each([
    ['half a document', '{'],
    ['nothing', ''],
    ['a key that could change prototypes', '{"__proto__":{}}'],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
  ])('%s in place of JSON closes with 1007', async (_title, message) => {
    const session = await http.websocket('/json');
    session.send(message);
    expect(await session.closed).toEqual({ code: 1007, reason: '400 Bad Request' });
  });

  test('receive() after the end ends a handler that does not catch it, and that is no error', async () => {
    const session = await http.websocket('/watched/receive');
    session.send('one');
    expect(await nextSeen()).toBe('one');
    await session.close();
    expect(await nextSeen()).toEqual([101, undefined]);
  });

  test('receive() rejects with the code and the reason, and closing then does nothing', async () => {
    const session = await http.websocket('/watched/handles');
    await session.close(4999, 'enough');
    expect(await nextSeen()).toMatchObject({
      name: 'WebSocketDisconnected',
      closeCode: 4999,
      reason: 'enough',
    });
    expect(await nextSeen()).toBe(false);
    expect(await nextSeen()).toEqual([101, undefined]);
  });

  test('the app closes with a code and a reason, once; what came before the answer is still read', async () => {
    const session = await http.websocket('/close');
    expect(await session.closed).toEqual({ code: 4001, reason: 'go away' });
    expect(await nextSeen()).toMatchObject({ code: 4001, wasClean: true });
    expect(await nextSeen()).toBe(false);
  });

  test('an accept() that was not awaited is waited for', async () => {
    const session = await http.websocket('/forgetful');
    expect(await session.closed).toEqual({ code: 1000, reason: '' });
  });

  test('the signal aborts when the client leaves', async () => {
    const session = await http.websocket('/signal');
    await session.close();
    expect(await nextSeen()).toBe('aborted');
  });

  test('what is sent after the end rejects, and nobody has to look', async () => {
    const session = await http.websocket('/late');
    await session.close();
    expect(await nextSeen()).toBeInstanceOf(WebSocketDisconnected);
    expect(await nextSeen()).toMatchObject({ code: 'ERR_CLIENT_DISCONNECTED' });
  });
});

test('send() waits while the client is slow', async () => {
  let sent = 0;
  const flood = new Pullo().websocket('/', async ({ accept }) => {
    const socket = await accept();
    while (socket.isOpen) {
      await socket.send('x'.repeat(1000));
      sent++;
    }
  });
  await using http = client(flood);
  const session = await http.websocket('/');
  expect(await session.receive()).toHaveLength(1000);
  const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
  await pause();
  const sentAtFirst = sent;
  await pause();
  expect(sent).toBe(sentAtFirst);
  expect(sent).toBeLessThan(1000);
  await session.close();
});

test('an error that nobody takes comes out of the app once the session is closed', async () => {
  const broken = new Pullo().websocket('/', async ({ accept }) => {
    await accept();
    throw new Error('oh no');
  });
  await using http = client(broken);
  const session = await http.websocket('/');
  await expect(session.receive()).rejects.toThrow('oh no');
  expect((await session.closed).code).toBe(1011);
});

test('that another client has left is told as an error where it would end a session without a word', async () => {
  const left: Socket[] = [];
  const room = new Pullo()
    .websocket('/first', async ({ accept }) => {
      const socket = await accept();
      left.push(socket);
      for await (const _message of socket);
    })
    .websocket('/second', async ({ accept }) => {
      await accept();
      await left[0]?.send('are you there?');
    });
  await using http = client(room);
  await (await http.websocket('/first')).close();
  const session = await http.websocket('/second');
  await expect(session.receive()).rejects.toThrow('let out that another client has left');
  expect((await session.closed).code).toBe(1011);
});

test('work that is given up with the signal ends the session quietly', async () => {
  const errors: unknown[] = [];
  const app = new Pullo()
    .use(async (ctx, next) => {
      await next();
      errors.push(ctx.error);
    })
    .websocket('/', async ({ accept }) => {
      const { signal } = await accept();
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
  await using http = client(app);
  await (await http.websocket('/')).close();
  await http.close();
  expect(errors).toEqual([undefined]);
});

test("the platform's kind of WebSocket talks to the app", async () => {
  await using http = client(app);
  const socket = new WebSocket('ws://testserver/rooms/1', {
    dispatcher: http.dispatcher,
    protocols: ['chat'],
  });
  const message = await new Promise((resolve, reject) => {
    socket.onopen = () => socket.send('hei');
    socket.onmessage = (event) => resolve(event.data);
    socket.onerror = () => reject(new Error('the session was refused'));
  });
  expect([message, socket.protocol]).toEqual(['hei', 'chat']);
  const closed = new Promise((resolve) => {
    socket.onclose = (event) => resolve([event.code, event.wasClean]);
  });
  socket.close(1000);
  expect(await closed).toEqual([1000, true]);
});

describe('what may be sent and closed with', () => {
  const use = async (act: (socket: Socket) => unknown) => {
    let failure: unknown;
    const one = new Pullo().websocket('/', async ({ accept }) => {
      const socket = await accept();
      try {
        await act(socket);
      } catch (error) {
        failure = error;
      }
    });
    await using http = client(one);
    const session = await http.websocket('/');
    const { code } = await session.closed;
    return { failure, code };
  };

  test.each([1000, 1001, 1002, 1003, 1007, 1008, 1011, 1013, 1014, 3000, 3999, 4000, 4999])(
    'code %i',
    async (code) => {
      expect(await use((socket) => socket.close(code))).toEqual({ failure: undefined, code });
    },
  );

  test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 1000.5, Number.NaN])(
    'code %d is refused, and the session goes on',
    async (code) => {
      const { failure, code: sent } = await use((socket) => socket.close(code));
      expect(failure).toMatchObject({ code: 'ERR_INVALID_CLOSE' });
      expect(sent).toBe(1000);
    },
  );

  test('a reason has 123 bytes of UTF-8', async () => {
    expect((await use((socket) => socket.close(4000, 'ä'.repeat(61)))).code).toBe(4000);
    const { failure } = await use((socket) => socket.close(4000, 'ä'.repeat(62)));
    expect(String(failure)).toContain('has room for 123 bytes of UTF-8, and this one has 124');
  });

  test.each([
    ['a number', 5 as unknown, 'A message is a text or bytes, not 5: send data with sendJSON().'],
    ['an object', { a: 1 }, 'A message is a text or bytes, not an object: send data with sendJSON().'],
    ['nothing', undefined, 'A message is a text or bytes, not undefined: send data with sendJSON().'],
  ])('%s is no message', async (_title, value, message) => {
    const { failure } = await use((socket) => socket.send(value as string));
    expect(failure).toEqual(new TypeError(message));
  });

  test('an ArrayBuffer is sent as bytes', async () => {
    expect((await use((socket) => socket.send(new Uint8Array([1, 2]).buffer))).failure).toBeUndefined();
  });

  test('what JSON does not have is not sent', async () => {
    const { failure } = await use((socket) => socket.sendJSON(undefined));
    expect(String(failure)).toBe('TypeError: JSON does not have undefined.');
  });
});
