import { describe, expect, it } from 'vitest';
import { Gate, serving, until } from '../support/serving.ts';
import { echo, frame, open, sessions, WireSession } from '../support/sessions.ts';

const KIB = 1024;
const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

/** A frame of bytes, from a client. */
const message = (size: number) => frame(0x82, new Uint8Array(size));

describe('an app that sends', () => {
  it('waits for a client that reads slowly, and all who send wait for one promise', async () => {
    let sent = 0;
    const promises = new Set<unknown>();
    const { server } = await serving(
      sessions(async (_scope, _receive, send) => {
        send({ type: 'websocket.accept' });
        for (; sent < 1000; sent++) {
          const waiting = send({ type: 'websocket.send', bytes: new Uint8Array(32 * KIB) });
          if (waiting !== undefined) promises.add(waiting);
          await waiting;
        }
      }),
    );
    const wire = await WireSession.open(server);
    wire.socket.pause();
    await until(() => promises.size > 0);
    await pause(100);
    const sentAtFirst = sent;
    await pause(100);
    expect(sent).toBe(sentAtFirst);
    expect(sent).toBeLessThan(500);
    wire.socket.resume();
    await until(() => sent === 1000);
  });

  it('hears that the client has left while it waits', async () => {
    const codes: string[] = [];
    const { server, logger } = await serving(
      sessions(async (_scope, _receive, send) => {
        send({ type: 'websocket.accept' });
        try {
          for (;;) await send({ type: 'websocket.send', bytes: new Uint8Array(256 * KIB) });
        } catch (error) {
          codes.push((error as { code: string }).code);
          throw error;
        }
      }),
    );
    const wire = await WireSession.open(server);
    wire.socket.pause();
    await pause(50);
    wire.socket.destroy();
    await until(() => codes.length > 0);
    expect(codes).toEqual(['ERR_CLIENT_DISCONNECTED']);
    expect(logger.errors).toEqual([]);
  });

  it('to a client that does not read, and does not wait, is bounded: the client is cut off', async () => {
    const seen: unknown[] = [];
    const before = process.memoryUsage().rss;
    const { server, logger } = await serving(
      sessions(async (scope, receive, send) => {
        send({ type: 'websocket.accept' });
        let count = 0;
        while (!scope.exchange.signal.aborted && count < 5000) {
          void send({ type: 'websocket.send', bytes: new Uint8Array(64 * KIB) });
          count++;
          await pause(0);
        }
        seen.push(count, await receive());
      }),
      { wsMaxBufferedBytes: 4 * KIB * KIB },
    );
    const wire = await WireSession.open(server);
    wire.socket.pause();
    await until(() => seen.length > 0);
    // What the system keeps for a socket comes on top of the limit.
    expect(seen[0]).toBeLessThan(64 * 4 + 200);
    expect(seen[1]).toEqual({ type: 'websocket.disconnect', code: 1006, reason: '' });
    expect(logger.messages.at(-1)).toContain('cut off: more than 4194304 bytes waited for it');
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * KIB * KIB);
  });

  it('may send one message that is longer than what may wait', async () => {
    const { server } = await serving(
      sessions(async (_scope, receive, send) => {
        send({ type: 'websocket.accept' });
        await send({ type: 'websocket.send', bytes: new Uint8Array(300 * KIB) });
        await send({ type: 'websocket.send', text: 'and on' });
        await receive();
      }),
      { wsMaxBufferedBytes: 100 * KIB },
    );
    const session = await open(server);
    expect(await session.receiveBytes()).toHaveLength(300 * KIB);
    expect(await session.receive()).toBe('and on');
  });
});

describe('the end of a session', () => {
  const bye = (codes: unknown[]) =>
    sessions(async (_scope, receive, send) => {
      send({ type: 'websocket.accept' });
      void send({ type: 'websocket.send', bytes: new Uint8Array(32 * KIB * KIB) });
      send({ type: 'websocket.close' });
      let event = await receive();
      while (event.type === 'websocket.receive') event = await receive();
      codes.push(event);
    });
  const options = { wsPingInterval: Number.POSITIVE_INFINITY, idleTimeout: 100 };
  const lost = { type: 'websocket.disconnect', code: 1006, reason: '' };

  it.each([
    ['neither reads nor sends', 0],
    ['does not read, and sends on and on', 64 * KIB],
    ['does not read, and sends a little now and then', 1],
  ])('does not wait for a client that %s', async (_title, size) => {
    const codes: unknown[] = [];
    const { server } = await serving(bye(codes), options);
    const wire = await WireSession.open(server);
    wire.socket.pause();
    const timer = setInterval(() => size > 0 && wire.write(message(size)), 5);
    await until(() => codes.length > 0).finally(() => clearInterval(timer));
    expect(codes).toEqual([lost]);
  });

  it('waits for one that reads slowly', async () => {
    const codes: unknown[] = [];
    const { server } = await serving(bye(codes), { ...options, idleTimeout: 300 });
    const wire = await WireSession.open(server);
    const timer = setInterval(() => {
      wire.socket.resume();
      setTimeout(() => wire.socket.pause(), 3);
    }, 30);
    await pause(500);
    expect(codes).toEqual([]);
    clearInterval(timer);
    await pause(10);
    wire.socket.resume();
    await until(() => wire.text.endsWith('\x88\x02\x03\xe8'));
    wire.write(frame(0x88, Buffer.of(3, 232)));
    await until(() => codes.length > 0);
    expect(codes).toEqual([{ type: 'websocket.disconnect', code: 1000, reason: '' }]);
  });
});

describe('a client that sends', () => {
  it.each([
    ['many messages', 2000, 100],
    ['long messages', 200, 200 * KIB],
  ])(
    '%s waits for an app that does not receive, and then they are all there',
    async (_title, count, size) => {
      const gate = new Gate();
      let received = 0;
      const { server } = await serving(
        sessions(async (_scope, receive, send) => {
          send({ type: 'websocket.accept' });
          await gate.opened;
          while ((await receive()).type === 'websocket.receive') received++;
        }),
      );
      const wire = await WireSession.open(server);
      const before = process.memoryUsage().rss;
      const bytes = message(size);
      for (let i = 0; i < count; i++) wire.write(bytes);
      await pause(200);
      if (size > KIB) {
        // The system's buffers have some megabytes of it, the server next to nothing.
        expect(wire.socket.writableLength).toBeGreaterThan((count * size) / 2);
        expect(process.memoryUsage().rss - before).toBeLessThan(150 * KIB * KIB);
      }
      gate.open();
      await until(() => received === count);
    },
  );

  it('pings without an end, and takes none of the answers, is cut off', async () => {
    const { server } = await serving(sessions(echo));
    const wire = await WireSession.open(server);
    wire.socket.pause();
    const pings = Buffer.concat(Array.from({ length: 1000 }, () => frame(0x89, 'x'.repeat(125))));
    let isOpen = true;
    wire.socket.on('close', () => {
      isOpen = false;
    });
    for (let i = 0; i < 500 && isOpen; i++) {
      wire.write(pings);
      await pause(1);
    }
    await until(() => !isOpen);
  });
});

describe('pings of the server', () => {
  const lead = (seen: unknown[]) =>
    sessions(async (scope, receive, send) => {
      send({ type: 'websocket.accept' });
      seen.push(await receive(), scope.exchange.signal.aborted);
    });

  it('are answered by clients, whose sessions go on', async () => {
    const { server } = await serving(sessions(echo), { wsPingInterval: 20, wsPingTimeout: 200 });
    const session = await open(server);
    await pause(700);
    session.send('still');
    expect(await session.receive()).toBe('still');
  });

  it('that nobody answers end the session with 1011', async () => {
    const seen: unknown[] = [];
    const { server } = await serving(lead(seen), { wsPingInterval: 20, wsPingTimeout: 50 });
    const wire = await WireSession.open(server);
    await until(() => seen.length > 0);
    expect(seen).toEqual([
      { type: 'websocket.disconnect', code: 1006, reason: 'keepalive ping timeout' },
      true,
    ]);
    await until(() => wire.frames.length === 2);
    expect(wire.frames).toEqual(['ping', 'close 1011 keepalive ping timeout']);
  });

  it('are answered by any byte, as a long message holds back the pong', async () => {
    const { server } = await serving(sessions(echo), { wsPingInterval: 20, wsPingTimeout: 300 });
    const wire = await WireSession.open(server);
    const bytes = frame(0x81, 'x'.repeat(20));
    for (const byte of bytes) {
      wire.write(Buffer.of(byte));
      await pause(40);
    }
    await until(() => wire.frames.includes(`text ${'x'.repeat(20)}`));
  });

  it('are answered by what has come while the process was busy', async () => {
    const { server } = await serving(sessions(echo), { wsPingInterval: 20, wsPingTimeout: 50 });
    const wire = await WireSession.open(server);
    for (let i = 0; i < 5; i++) {
      await pause(25);
      wire.write(frame(0x8a));
      const end = performance.now() + 100;
      while (performance.now() < end);
    }
    wire.write(frame(0x81, 'still'));
    await until(() => wire.frames.includes('text still'));
  });

  it('do not end the session of an app that takes nothing for a while', async () => {
    const gate = new Gate();
    let received = 0;
    const { server } = await serving(
      sessions(async (_scope, receive, send) => {
        send({ type: 'websocket.accept' });
        await gate.opened;
        while ((await receive()).type === 'websocket.receive') received++;
      }),
      { wsPingInterval: 20, wsPingTimeout: 20 },
    );
    const session = await open(server);
    for (let i = 0; i < 100; i++) session.send(new Uint8Array(64 * KIB));
    await pause(200);
    gate.open();
    await until(() => received === 100);
  });

  it.each([
    ['wsPingInterval', { wsPingInterval: Number.POSITIVE_INFINITY, wsPingTimeout: 10 }, 0],
    ['wsPingTimeout', { wsPingInterval: 10, wsPingTimeout: Number.POSITIVE_INFINITY }, 1],
  ])('are off, or wait for ever, where %s is Infinity', async (_title, options, pings) => {
    const { server } = await serving(sessions(echo), options);
    const wire = await WireSession.open(server);
    await pause(150);
    expect(wire.frames.length).toBeGreaterThanOrEqual(pings);
    expect(new Set(wire.frames).has('close 1011 keepalive ping timeout')).toBe(false);
    wire.write(frame(0x81, 'still'));
    await until(() => wire.frames.includes('text still'));
  });
});
