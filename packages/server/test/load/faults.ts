// Clients that break the rules, leave at the wrong moment, or dawdle.
import { connect, type Socket } from 'node:net';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const FORM = '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n';

/** Requests to begin with; what follows does something to them. */
const REQUESTS: readonly string[] = [
  ...['/text', '/json', '/stream', '/events', '/file', '/slow', '/background', '/error', '/breaking'].map(
    get,
  ),
  `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"a":"b123"}`,
  `POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n${'u'.repeat(50_000)}`,
  `POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n`,
  `POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 3000\r\n\r\n${FORM}${'f'.repeat(3000)}`,
  `POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
  `GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\x85\x01\x02\x03\x04iook{`,
];

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)] as T;
}

const between = (low: number, high: number) => low + Math.random() * (high - low);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function leave(socket: Socket): void {
  pick([() => socket.destroy(), () => socket.resetAndDestroy(), () => socket.end()])();
}

/** A request with some of its bytes changed, left out or doubled. */
function mangled(text: string): string {
  let bytes = text;
  for (let i = between(1, 5); i > 0; i--) {
    const at = Math.floor(Math.random() * Math.min(bytes.length, 200));
    const piece = pick([
      '',
      '\0',
      '\r',
      '\n',
      '\r\n\r\n',
      ' ',
      ':',
      ',',
      '\xff',
      '-1',
      bytes.slice(at, at + 20),
    ]);
    bytes = bytes.slice(0, at) + piece + bytes.slice(at + Math.floor(between(0, 4)));
  }
  return bytes;
}

const FAULTS: Readonly<Record<string, (socket: Socket) => Promise<void>>> = {
  'leaves in the middle of its request': async (socket) => {
    const text = pick(REQUESTS);
    socket.write(text.slice(0, between(0, text.length)), 'latin1');
    await pause(between(0, 50));
    leave(socket);
  },
  'leaves before or in the middle of its answer': async (socket) => {
    socket.write(pick(REQUESTS), 'latin1');
    await pause(between(0, 60));
    leave(socket);
  },
  'does not read, and then leaves': async (socket) => {
    socket.pause().write(pick([get('/file'), get('/stream')]).repeat(12));
    await pause(between(500, 3000));
    leave(socket);
  },
  'reads a little now and then': async (socket) => {
    socket.write(get('/file').repeat(4));
    for (let i = 0; i < 20; i++) {
      socket.pause();
      await pause(100);
      socket.resume();
      await pause(1);
    }
    leave(socket);
  },
  'sends byte by byte': async (socket) => {
    for (const byte of pick(REQUESTS).slice(0, 80)) {
      if (!socket.writable) break;
      socket.write(byte, 'latin1');
      await pause(20);
    }
    leave(socket);
  },
  'ends its half in the middle of its request': async (socket) => {
    const text = pick(REQUESTS);
    socket.end(text.slice(0, between(1, text.length)), 'latin1');
    await pause(between(50, 500));
  },
  'sends what is no request': async (socket) => {
    socket.write(mangled(pick(REQUESTS)), 'latin1');
    await pause(between(10, 200));
    leave(socket);
  },
  'sends noise': async (socket) => {
    socket.write(Buffer.from(Array.from({ length: between(1, 3000) }, () => Math.floor(between(0, 256)))));
    await pause(between(0, 100));
    leave(socket);
  },
  'sends many requests at once, and leaves': async (socket) => {
    socket.write(Array.from({ length: between(2, 60) }, () => pick(REQUESTS)).join(''), 'latin1');
    await pause(between(0, 300));
    leave(socket);
  },
  'sends many requests at once, the last of them mangled': async (socket) => {
    socket.write(pick(REQUESTS).repeat(3) + mangled(pick(REQUESTS)), 'latin1');
    await pause(between(50, 500));
    leave(socket);
  },
  'connects and says nothing': async (socket) => {
    await pause(between(100, 3000));
    leave(socket);
  },
};

/** Does harm until it is told to end. */
export class Faults {
  readonly done = new Map<string, number>();
  readonly #port: number;
  readonly #clients: Promise<void>[];
  #isOver = false;

  constructor(port: number, count: number) {
    this.#port = port;
    this.#clients = Array.from({ length: count }, () => this.#run());
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const name = pick(Object.keys(FAULTS));
      const socket = connect({ host: '127.0.0.1', port: this.#port, allowHalfOpen: true });
      // That it is cut off is what it deserves.
      socket.on('error', () => {}).resume();
      await FAULTS[name]?.(socket);
      socket.destroy();
      this.done.set(name, (this.done.get(name) ?? 0) + 1);
      await pause(between(0, 20));
    }
  }
}
