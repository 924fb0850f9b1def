import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Server } from '@pullo/server';
import { describe, expect, it } from 'vitest';
import { measuring } from '../support/events.ts';
import { Gate, serving, text, until } from '../support/serving.ts';
import { ask, head, parse, Wire } from '../support/wire.ts';

const CHUNKED = head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked');

function post(length: number, ...lines: string[]): string {
  return head('POST / HTTP/1.1', 'Host: a', `Content-Length: ${length}`, ...lines);
}

describe('the body of a request', () => {
  it('that came at once is one event', async () => {
    const { events, app } = measuring();
    const { server } = await serving(app);
    await new Wire(server).write(`${post(5)}Hello`).until(/5 bytes$/);
    expect(events.map((event) => event.type === 'http.request' && event.moreBody)).toEqual([false]);
    expect(events[0]).toMatchObject({ body: Buffer.from('Hello') });
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

/** What a client gets that takes nothing of the answer before it has sent all. */
async function sentFirst(server: Server, bytes: string): Promise<string> {
  const socket = connect({ host: server.host, port: server.port });
  socket.pause();
  const sent = once(
    socket.on('error', () => {}),
    'drain',
  );
  socket.write(bytes);
  await Promise.race([sent, once(socket, 'close')]);
  let answer = '';
  for await (const piece of socket) answer += piece;
  return answer;
}

describe('what comes after a last answer is read, as the client may take that only when it has sent all', () => {
  const long = `${post(4_000_000)}${'a'.repeat(4_000_000)}`;

  it('when the body before was not read', async () => {
    const { server } = await serving(text('no thanks'));
    expect(parse(await sentFirst(server, long.repeat(4))).body).toBe('no thanks');
  });

  it('when it has arrived before', async () => {
    const { server } = await serving(async (_scope, _receive, send) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      send({ type: 'http.response.start', status: 200, headers: [['connection', 'close']] });
      send({ type: 'http.response.body', body: 'goodbye' });
    });
    const answer = await sentFirst(server, head('GET / HTTP/1.1', 'Host: a') + long.repeat(4));
    expect(parse(answer).body).toBe('goodbye');
  });
});

describe('Expect: 100-continue', () => {
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
});
