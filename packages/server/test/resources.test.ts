import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CountedServer } from './support/resources.ts';
import { frame, handshake } from './support/sessions.ts';

const MIB = 1024 * 1024;
/** How many clients do the same at once. */
const MANY = 150;

let server: CountedServer;

beforeAll(async () => {
  server = await CountedServer.start();
  // What is made once, at first use, is part of the base line.
  for (const path of ['/', '/read', '/large']) await ended(client(get(path, 'Connection: close')));
  await Promise.all(Array.from({ length: MANY }, () => ended(client(get('/', 'Connection: close')))));
  await server.remember();
});
afterAll(() => server.stop());

function get(path: string, ...lines: string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: a', ...lines, '', ''].join('\r\n');
}

const POST = 'POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n';

function client(bytes: string): Socket {
  const socket = connect({ host: server.host, port: server.port, noDelay: true });
  socket.on('error', () => {});
  if (bytes !== '') socket.write(bytes);
  return socket.resume();
}

/** What a client got, once its connection has ended. */
function ended(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1', 0, 100);
  });
  return new Promise((resolve) => socket.once('close', () => resolve(text)));
}

function arrived(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('data', () => resolve()).once('close', () => resolve());
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Sends a byte every now and then until the connection ends. */
async function trickle(bytes: string): Promise<string> {
  const socket = client(bytes);
  const timer = setInterval(() => socket.writable && socket.write('a'), 100);
  const text = await ended(socket);
  clearInterval(timer);
  return text;
}

function all<Result>(task: (index: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: MANY }, (_, index) => task(index)));
}

describe('a server gets back what it gave', () => {
  it('to clients that never end their head', async () => {
    const answers = await all(() => trickle('GET / HTTP/1.1\r\nHost: a\r\nX: '));
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 408 /);
    await server.expectBaseLine();
  });

  it('to clients that never end their body, though they never stall', async () => {
    const answers = await all(() => trickle(POST));
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 408 /);
    await server.expectBaseLine();
  });

  it('to clients that stall in their body', async () => {
    const began = Date.now();
    const answers = await all(() => ended(client(`${POST}abc`)));
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(Date.now() - began).toBeGreaterThan(380);
    await server.expectBaseLine();
  });

  it.each(['/stream', '/large'])('to clients that do not read %s', async (path) => {
    // Not more of them: the system has bounds of its own for what is on its way.
    const sockets = Array.from({ length: 20 }, () => client(get(path)));
    for (const socket of sockets) socket.once('data', () => socket.pause());
    await Promise.all(sockets.map(arrived));
    await server.expectBaseLine();
    for (const socket of sockets) socket.destroy();
  });

  it('to clients that send requests without an end, of which few are taken in', async () => {
    const sockets = Array.from({ length: 8 }, () => client(get('/wait').repeat(20_000)));
    await pause(200);
    expect((await server.report()).heap - server.before.heap).toBeLessThan(64 * MIB);
    for (const socket of sockets) socket.resetAndDestroy();
    await server.expectBaseLine();
  });

  it('to clients whose chunks of a byte nobody reads, which cost little meanwhile', async () => {
    const head = 'POST /busy HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    const sockets = Array.from({ length: 20 }, () => client(head + '1\r\na\r\n'.repeat(100_000)));
    await pause(300);
    expect((await server.report()).heap - server.before.heap).toBeLessThan(20 * MIB);
    for (const socket of sockets) socket.resetAndDestroy();
    await server.expectBaseLine();
  });

  it('to 2,000 clients that connect and say nothing', async () => {
    const sockets = Array.from({ length: 2000 }, () => client(''));
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    await server.expectBaseLine();
  });

  it('to 2,000 clients that keep an idle connection, each of which costs little', async () => {
    const sockets = Array.from({ length: 2000 }, () => client(get('/')));
    const answers = Promise.all(sockets.map(ended));
    await Promise.all(sockets.map(arrived));
    const meanwhile = await server.report();
    expect((meanwhile.heap - server.before.heap) / 2000).toBeLessThan(16 * 1024);
    for (const answer of await answers) expect(answer).toMatch(/^HTTP\/1.1 200 OK/);
    await server.expectBaseLine();
  });

  it.each([
    ['before a request', ''],
    ['within a head', 'GET / HT'],
    ['within a body', `${POST}abc`],
    ['after a request that is being worked on', get('/wait')],
  ])('to clients that end their half %s', async (_name, bytes) => {
    await all(async () => {
      const socket = connect({ host: server.host, port: server.port, allowHalfOpen: true });
      socket.on('error', () => {}).on('end', () => socket.end());
      socket.resume().write(bytes);
      await pause(50);
      socket.end();
      await ended(socket);
    });
    await server.expectBaseLine();
  });

  it.each<[string, string]>([
    ['before a request', ''],
    ['within a request line', 'GET /'],
    ['within a head', 'GET / HTTP/1.1\r\nHost'],
    ['within a body', `${POST}abc`],
    ['within a chunk', 'POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'],
    ['before the answer', get('/wait')],
    ['with requests in the queue', get('/wait').repeat(10)],
  ])('to clients that reset the connection %s', async (_name, bytes) => {
    await all(async (index) => {
      const socket = client(bytes);
      await pause(30 + (index % 7));
      socket.resetAndDestroy();
    });
    await server.expectBaseLine();
  });

  it.each(['/', '/large', '/stream'])(
    'to clients that reset the connection when %s begins to arrive',
    async (path) => {
      await all(async () => {
        const socket = client(get(path));
        await arrived(socket);
        socket.resetAndDestroy();
      });
      await server.expectBaseLine();
    },
  );

  it('and serves on', async () => {
    expect(await ended(client(get('/', 'Connection: close')))).toMatch(/^HTTP\/1.1 200 OK/);
  });

  it.each<[string, string, (socket: Socket) => void]>([
    ['close them', '/', (socket) => socket.write(frame(0x88))],
    ['reset the connection', '/', (socket) => socket.resetAndDestroy()],
    ['end their half', '/', (socket) => socket.end()],
    ['break off in a frame', '/', (socket) => socket.end(frame(0x81, 'hei').subarray(0, 5))],
    ['break the rules', '/', (socket) => socket.write(frame(0xff))],
    ['go on without a word', '/', () => {}],
  ])('to 1,000 clients that open sessions and %s', async (_name, path, leave) => {
    for (let round = 0; round < 5; round++) {
      const sockets = Array.from({ length: 200 }, () => client(handshake({}, path)));
      const gone = Promise.all(
        sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))),
      );
      await Promise.all(
        sockets.map(async (socket) => {
          await arrived(socket);
          socket.write(frame(0x82, new Uint8Array(5000)));
          await arrived(socket);
          leave(socket);
        }),
      );
      await gone;
      if (leave.length === 0) break;
    }
    await server.expectBaseLine();
  });

  it('to clients that give a handshake up', async () => {
    await all(async (index) => {
      const socket = client(handshake({}, '/wait'));
      await pause(30 + (index % 7));
      if (index % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    });
    await server.expectBaseLine();
  });

  it('to 1,000 idle sessions, each of which costs little', async () => {
    const sockets = Array.from({ length: 1000 }, () => client(handshake()));
    await Promise.all(sockets.map(arrived));
    const meanwhile = await server.report();
    expect((meanwhile.heap - server.before.heap) / 1000).toBeLessThan(32 * 1024);
    for (const socket of sockets) socket.destroy();
    await server.expectBaseLine();
  });
});
