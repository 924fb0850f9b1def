import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { connect as connectTCP, type Socket } from 'node:net';
import { connect as connectTLS, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TRUSTING } from '../support/certificates.ts';
import { FRAME, Frames, frame, GET_HEADERS, setting, word } from '../support/frames.ts';
import { CountedServer } from '../support/resources.ts';

/** How many clients do the same at once, each with so many streams. */
const MANY = 30;
const STREAMS = 5;
const INITIAL_WINDOW = 4;
const MOST = 0x7fff_ffff;

let server: CountedServer;

beforeAll(async () => {
  server = await CountedServer.start('tls');
  // What is made once, at first use, is part of the base line.
  for (const path of ['/', '/read', '/large'])
    await visit(async (session) => void (await ended(ask(session, path))));
  await all((session) => ended(ask(session, '/')));
  await server.remember();
});
afterAll(() => server.stop());

interface Visitor {
  session: ClientHttp2Session;
  socket: TLSSocket;
  /** What lies below TLS. */
  wire: Socket;
}

const wires = new Set<Socket>();
afterEach(() => {
  for (const wire of wires) wire.destroy();
});

function visitor(): Visitor {
  const { host, port } = server;
  const wire = connectTCP({ host, port });
  wires.add(wire);
  wire.on('error', () => {}).on('close', () => wires.delete(wire));
  const socket = connectTLS({ socket: wire, ...TRUSTING, ALPNProtocols: ['h2'] });
  socket.on('error', () => {});
  const session = connect(`https://${host}:${port}`, { createConnection: () => socket });
  session.on('error', () => {});
  return { session, socket, wire };
}

/** Opens a session, and closes it once that is done. */
async function visit(task: (session: ClientHttp2Session, socket: TLSSocket) => Promise<void>): Promise<void> {
  const { session, socket } = visitor();
  await task(session, socket);
  if (!session.destroyed) session.close();
  if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve));
}

/** The same for many sessions with several streams each. */
async function all(task: (session: ClientHttp2Session) => Promise<void>): Promise<void> {
  const visits = Array.from({ length: MANY }, () =>
    visit(async (session) => {
      await Promise.all(Array.from({ length: STREAMS }, () => task(session)));
    }),
  );
  await Promise.all(visits);
}

function ask(session: ClientHttp2Session, path: string, body: string | null = ''): ClientHttp2Stream {
  // With its length, for Node's client ends a body before it takes the request back.
  const posting = { ':method': 'POST', 'content-length': 1000 };
  const headers = { ':path': path, ...(body !== '' && posting) };
  const stream = session.request(headers, { endStream: body === '' });
  stream.on('error', () => {});
  if (body !== null && body !== '') stream.write(body);
  return stream.resume();
}

function ended(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => (stream.closed ? resolve() : stream.once('close', () => resolve())));
}

/** Waits for the first bytes of the body. */
function arrived(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => stream.once('data', () => resolve()).once('close', () => resolve()));
}

/** The head of a GET in HPACK. */
function headOf(path: string): Buffer {
  const named = Buffer.concat([Buffer.from([0x04, path.length]), Buffer.from(path)]);
  return Buffer.concat([GET_HEADERS.subarray(0, 1), named, GET_HEADERS.subarray(2)]);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

const POINTS: [string, (session: ClientHttp2Session) => Promise<ClientHttp2Stream>][] = [
  ['at once', async (session) => ask(session, '/wait')],
  [
    'before the answer',
    async (session) => {
      const stream = ask(session, '/wait');
      await pause(50);
      return stream;
    },
  ],
  [
    'within a body',
    async (session) => {
      const stream = ask(session, '/read', 'abc');
      await pause(50);
      return stream;
    },
  ],
  ...['/', '/large', '/stream'].map(
    (path): [string, (session: ClientHttp2Session) => Promise<ClientHttp2Stream>] => [
      `when ${path} begins to arrive`,
      async (session) => {
        const stream = ask(session, path);
        await arrived(stream);
        return stream;
      },
    ],
  ),
];

describe.each(POINTS)(
  'a server gets back what it gave to clients of HTTP/2 that leave %s',
  (_name, point) => {
    it('by a reset of their stream', async () => {
      await all(async (session) => {
        const stream = await point(session);
        stream.close(constants.NGHTTP2_CANCEL);
        await ended(stream);
      });
      await server.expectBaseLine();
    });

    it.each<[string, (visitor: Visitor) => void]>([
      ['the end of their session', ({ session }) => session.destroy()],
      ['a reset of their connection', ({ wire }) => wire.resetAndDestroy()],
      ['a goodbye of their socket', ({ socket }) => socket.end()],
    ])('by %s', async (_way, leave) => {
      const visitors = Array.from({ length: MANY }, visitor);
      await Promise.all(
        visitors.map(async (one) => {
          await Promise.all(Array.from({ length: STREAMS }, () => point(one.session)));
          leave(one);
        }),
      );
      await server.expectBaseLine();
    });
  },
);

describe('a server gets back what it gave to clients of HTTP/2', () => {
  it('that never end their body', async () => {
    await all(async (session) => {
      const stream = ask(session, '/read', 'abc');
      const status = new Promise((resolve) =>
        stream.once('response', (headers) => resolve(headers[':status'])),
      );
      expect(await status).toBe(408);
      await ended(stream);
    });
    await server.expectBaseLine();
  });

  it.each(['/stream', '/large'])('that open no window for %s, and show that they are alive', async (path) => {
    const clients = Array.from({ length: 20 }, () => new Frames(server, null, setting(INITIAL_WINDOW, 0)));
    const timer = setInterval(() => {
      for (const client of clients) client.send(frame(FRAME.ping, 0, 0, Buffer.alloc(8)));
    }, 20);
    for (const client of clients) {
      for (let id = 1; id < 2 * STREAMS; id += 2) client.send(frame(FRAME.headers, 5, id, headOf(path)));
    }
    await Promise.all(clients.map(({ ended }) => ended));
    clearInterval(timer);
    for (const { resets } of clients) expect(resets.size).toBe(STREAMS);
    await server.expectBaseLine();
  });

  it.each(['/stream', '/large'])('that do not read their socket, with %s on its way', async (path) => {
    const clients = Array.from({ length: 20 }, () => new Frames(server, null, setting(INITIAL_WINDOW, MOST)));
    for (const client of clients) {
      client.send(frame(FRAME.window, 0, 0, word(MOST - 65_535))).pause();
      for (let id = 1; id < 2 * STREAMS; id += 2) client.send(frame(FRAME.headers, 5, id, headOf(path)));
    }
    await pause(200);
    await server.expectBaseLine();
  });

  it('that break the protocol at each point', async () => {
    const mistakes = [
      frame(FRAME.data, 0, 0),
      frame(FRAME.headers, 5, 3, Buffer.alloc(20, 0xff)),
      frame(FRAME.window, 0, 1, Buffer.alloc(4)),
      frame(FRAME.ping, 0, 0, Buffer.alloc(7)),
      Buffer.alloc(500, 0xff),
    ];
    const clients = mistakes.flatMap((mistake) =>
      Array.from({ length: 10 }, async (_, i) => {
        const client = new Frames(server);
        await client.greeted;
        if (i % 2 === 0) client.send(frame(FRAME.headers, i % 4 === 0 ? 4 : 5, 1, GET_HEADERS));
        client.send(mistake);
        await client.ended;
      }),
    );
    await Promise.all(clients);
    await server.expectBaseLine();
  });

  it('that come and go a thousand times, with and without a request', async () => {
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          visit(async (session) => {
            if (i % 2 === 0) await ended(ask(session, '/'));
            else await new Promise((resolve) => session.once('connect', resolve));
            if (i % 3 === 0) session.destroy();
          }),
        ),
      );
    }
    await server.expectBaseLine();
  });

  it('that keep 150 idle connections, each of which costs little', async () => {
    const visitors = Array.from({ length: 150 }, visitor);
    await Promise.all(visitors.map(({ session }) => ended(ask(session, '/'))));
    const meanwhile = await server.report();
    expect(meanwhile.sockets - server.before.sockets).toBe(150);
    expect((meanwhile.heap - server.before.heap) / 150).toBeLessThan(64 * 1024);
    for (const { session } of visitors) session.destroy();
    await server.expectBaseLine();
  });

  it('that take back so many requests that they are cut off', async () => {
    const clients = Array.from({ length: 10 }, async () => {
      const client = new Frames(server);
      await client.greeted;
      const cancel = Buffer.from([0, 0, 0, 8]);
      for (let id = 1; id < 2000 && !client.hasEnded; id += 2) {
        client.send(
          Buffer.concat([frame(FRAME.headers, 5, id, GET_HEADERS), frame(FRAME.rst, 0, id, cancel)]),
        );
      }
      await client.ended;
    });
    await Promise.all(clients);
    await server.expectBaseLine();
  });
});
