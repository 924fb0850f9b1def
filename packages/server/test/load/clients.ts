// Clients that keep to the rules, and check every answer.
import { readFileSync } from 'node:fs';
import { type Dispatcher, FormData, Pool, request, WebSocket } from 'undici';
import { CHUNK, CHUNKS, EVENTS, FILE } from './app.ts';

const FILE_TEXT = readFileSync(FILE, 'latin1');

interface Ask {
  name: string;
  path: string;
  options?: () => Pick<Dispatcher.DispatchOptions, 'method' | 'body' | 'headers'>;
  status?: number;
  isRight: (body: string) => boolean;
}

const post =
  (body: unknown, type = 'application/json') =>
  () => ({
    method: 'POST' as const,
    body: body as string,
    headers: { 'content-type': type },
  });

function form(): FormData {
  const data = new FormData();
  data.set('note', 'a note');
  data.set('file', new File([Buffer.alloc(200_000, 'f')], 'a.bin'));
  return data;
}

const json = (value: unknown) => (body: string) => body === JSON.stringify(value);
const SENT = { text: 'ä'.repeat(500), list: Array.from({ length: 50 }, (_, i) => i) };

const ASKS: readonly Ask[] = [
  { name: 'text', path: '/text', isRight: (body) => body === 'a text' },
  { name: 'JSON', path: '/json', isRight: json({ a: 1, list: [1, 2, 3] }) },
  { name: 'parameters', path: '/greet/Aino?x=%C3%A4', isRight: (body) => body === 'Aino Ã¤' },
  {
    name: 'JSON echoed',
    path: '/echo',
    options: post(JSON.stringify(SENT)),
    isRight: (body) =>
      JSON.stringify(JSON.parse(Buffer.from(body, 'latin1').toString())) === JSON.stringify({ got: SENT }),
  },
  {
    name: 'upload',
    path: '/upload',
    options: post(Buffer.alloc(700_000), 'text/plain'),
    isRight: json({ bytes: 700_000 }),
  },
  {
    name: 'form with a file',
    path: '/form',
    options: () => ({ method: 'POST', body: form() }),
    isRight: json({ note: 'a note', size: 200_000 }),
  },
  {
    name: 'body that the app leaves',
    path: '/unread',
    options: post('x'.repeat(20_000), 'text/plain'),
    isRight: (body) => body === 'not read',
  },
  { name: 'stream', path: '/stream', isRight: (body) => body.length === CHUNK.length * CHUNKS },
  {
    name: 'events',
    path: '/events',
    isRight: (body) => body.match(/^data: event \d+$/gm)?.length === EVENTS,
  },
  { name: 'file', path: '/file', isRight: (body) => body === FILE_TEXT },
  {
    name: 'part of a file',
    path: '/file',
    options: () => ({ method: 'GET', headers: { range: 'bytes=10-99' } }),
    status: 206,
    isRight: (body) => body === FILE_TEXT.slice(10, 100),
  },
  {
    name: 'HEAD',
    path: '/file',
    options: () => ({ method: 'HEAD' }),
    isRight: (body) => body === '',
  },
  { name: 'slow', path: '/slow', isRight: (body) => body === 'slow' },
  { name: 'background', path: '/background', isRight: (body) => body === 'at once' },
  { name: 'error', path: '/error', status: 500, isRight: () => true },
  { name: 'error of a stream', path: '/failing', status: 500, isRight: () => true },
  { name: 'not there', path: '/nowhere', status: 404, isRight: () => true },
  { name: 'wrong method', path: '/echo', status: 405, isRight: () => true },
];

/** Asks on and on until it is told to end. */
export class Clients {
  readonly answered = new Map<string, number>();
  readonly problems: string[] = [];
  readonly times: number[] = [];
  readonly #url: string;
  readonly #pool: Pool;
  readonly #clients: Promise<void>[];
  #isOver = false;

  constructor(url: string, count: number) {
    this.#url = url;
    this.#pool = new Pool(url, { connections: count, pipelining: 1 });
    this.#clients = Array.from({ length: count }, (_, index) => this.#run(index));
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    await this.#pool.close();
  }

  async #run(index: number): Promise<void> {
    for (let i = index; !this.#isOver; i++) {
      const ask = ASKS[i % ASKS.length] as Ask;
      if (i % 23 === 0) await this.#try('WebSocket', () => this.#talk());
      else if (i % 29 === 0) await this.#try('broken stream', () => this.#seeBreak());
      else await this.#try(ask.name, () => this.#ask(ask));
      if (i % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 30 * Math.random()));
    }
  }

  /** `task` resolves with what is wrong, or with null. */
  async #try(name: string, task: () => Promise<string | null>): Promise<void> {
    const began = performance.now();
    const problem = await task().catch(String);
    this.times.push(performance.now() - began);
    if (problem === null) this.answered.set(name, (this.answered.get(name) ?? 0) + 1);
    else this.problems.push(`${new Date().toISOString()} ${name}: ${problem}`);
  }

  async #ask({ path, options, status = 200, isRight }: Ask): Promise<string | null> {
    const { statusCode, body } = await request(this.#url + path, {
      ...options?.(),
      dispatcher: this.#pool,
      headersTimeout: 20_000,
    } as Parameters<typeof request>[1]);
    const text = Buffer.from(await body.arrayBuffer()).toString('latin1');
    if (statusCode !== status) return `status ${statusCode}: ${text.slice(0, 200)}`;
    return isRight(text) ? null : `a body of ${text.length} bytes that is not right: ${text.slice(0, 200)}`;
  }

  async #seeBreak(): Promise<string | null> {
    const { body } = await request(`${this.#url}/breaking`, { dispatcher: this.#pool });
    return body.text().then(
      () => 'the end of a stream that broke did not show',
      () => null,
    );
  }

  async #talk(): Promise<string | null> {
    const socket = new WebSocket(`${this.#url.replace('http', 'ws')}/socket`);
    const told = new Promise<string | null>((resolve) => {
      let sent = 0;
      socket.onerror = () => resolve('the session broke');
      socket.onclose = () => resolve('the session was closed');
      socket.onopen = () => socket.send(`message ${sent}`);
      socket.onmessage = ({ data }) => {
        if (data !== `message ${sent}`) resolve(`${String(data)} in place of message ${sent}`);
        if (sent === 20) resolve(null);
        else socket.send(`message ${++sent}`);
      };
    });
    const problem = await told;
    socket.onclose = null;
    socket.close();
    return problem;
  }
}
