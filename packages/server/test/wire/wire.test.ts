import { connect } from 'node:net';
import type { App } from '@pullo/asgi';
import { type Server, serve } from '@pullo/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryLogger } from '../support/serving.ts';
import { DEVIATIONS } from './deviations.ts';
import { EXCHANGES } from './exchanges.ts';
import { FRAMING } from './framing.ts';
import { HEADS } from './heads.ts';
import { get, type Vector } from './vector.ts';

const VECTORS = [...HEADS, ...FRAMING, ...EXCHANGES];
const AFTER = get('Connection: close').replace('/', '/after');
/** Vectors longer than this are not split at every byte, but at some. */
const LONG = 400;
/** How many connections are open at once. */
const PARALLEL = 200;

/** How often the app was called, by the client's port. */
const calls = new Map<number, number>();

/** Says in a field what it saw, so that the answer to HEAD shows it too. */
const app: App = async (scope, receive, send) => {
  if (scope.type !== 'http') return;
  const port = scope.client?.port ?? 0;
  calls.set(port, (calls.get(port) ?? 0) + 1);
  let body = '';
  while (scope.path !== '/unread') {
    const event = await receive();
    if (event.type !== 'http.request') return;
    body += Buffer.from(event.body).toString('latin1');
    if (!event.moreBody) break;
  }
  if (scope.path === '/later') await new Promise((resolve) => setTimeout(resolve, 50));
  const target = scope.path + (scope.queryString === '' ? '' : `?${scope.queryString}`);
  const saw = `${scope.method} ${target} ${encodeURIComponent(body)}`.trim();
  send({ type: 'http.response.start', status: 200, headers: [['x-saw', saw]] });
  send({ type: 'http.response.body', body: 'seen' });
};

let server: Server;
const logger = new MemoryLogger();
beforeAll(async () => {
  server = await serve(app, { port: 0, lifespan: 'off', gracefulTimeout: 0, accessLog: false, logger });
});
afterAll(() => server.close());

interface Outcome {
  answers: (number | string)[];
  calls: number;
}

/** Sends pieces in packets of their own, and reads up to the end of the connection. */
async function outcome(pieces: readonly string[], ends: boolean): Promise<Outcome> {
  const socket = connect({ host: server.host, port: server.port, noDelay: true });
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('connect', resolve));
  const port = socket.localPort ?? 0;
  calls.delete(port);
  for (const piece of pieces) {
    if (socket.writable) socket.write(piece, 'latin1');
    // The server reads between two turns: what was written in one of them is a packet of its own.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (ends) socket.end();
  await closed;
  return { answers: answersOf(text), calls: calls.get(port) ?? 0 };
}

function answersOf(text: string): (number | string)[] {
  const answers: (number | string)[] = [];
  for (const [, status, fields] of text.matchAll(/HTTP\/1\.1 (\d+) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)/g)) {
    if (status === '100') continue;
    const saw = /^x-saw: (.*)$/im.exec(fields ?? '');
    answers.push(saw?.[1] ?? Number(status));
  }
  return answers;
}

/** What has to come of a vector with a last request after it. */
function expected({ answers, closes = false, ends = false, failed = 0 }: Vector): Outcome {
  const last = answers.at(-1);
  const goesOn = !closes && !ends && typeof last !== 'number';
  const all = goesOn ? [...answers, 'GET /after'] : [...answers];
  return { answers: all, calls: all.filter((answer) => typeof answer === 'string').length + failed };
}

function bytesOf({ bytes, ends = false }: Vector): string {
  return ends ? bytes : bytes + AFTER;
}

/** Whether an outcome is one of those that are right for a vector whose bytes come in pieces. */
function isRight(vector: Vector, { answers, calls }: Outcome): boolean {
  const right = expected(vector);
  const alternatives = [
    right.answers,
    ...(vector.inPieces ?? []).map((status) => [...right.answers.slice(0, -1), status]),
  ];
  const isAnswered = alternatives.some((list) => JSON.stringify(list) === JSON.stringify(answers));
  return isAnswered && calls === right.calls;
}

/** Runs tasks, some at a time. */
async function all(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = tasks.values();
  const worker = async (): Promise<void> => {
    for (const task of queue) await task();
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

/** Where a vector is split: at every byte, or for a long one at the first and the last, and at every few hundred between. */
function splits(length: number): number[] {
  const at = Array.from({ length }, (_, i) => i + 1);
  return length <= LONG ? at : at.filter((i) => i < 50 || i > length - 50 || i % 509 === 0);
}

async function wrongOutcomes(
  cut: (vector: Vector) => readonly (readonly string[])[],
  vectors: readonly Vector[],
): Promise<string[]> {
  const wrong = new Map<string, string>();
  const tasks = vectors.flatMap((vector) =>
    cut(vector).map((pieces) => async () => {
      const found = await outcome(pieces, vector.ends ?? false);
      if (isRight(vector, found)) return;
      const name = `${vector.rfc}, ${vector.name}`;
      wrong.set(name, `${name}: ${JSON.stringify(pieces).slice(0, 300)} gave ${JSON.stringify(found)}`);
    }),
  );
  await all(tasks);
  return [...wrong.values()];
}

describe.each([...new Set(VECTORS.map(({ rfc }) => rfc))])('%s', (rfc) => {
  it.each(VECTORS.filter((vector) => vector.rfc === rfc))('$name', async (vector) => {
    expect(await outcome([bytesOf(vector)], vector.ends ?? false)).toEqual(expected(vector));
  });
});

describe('what node:http does otherwise', () => {
  it.each(DEVIATIONS)('$name', async (vector) => {
    expect(await outcome([bytesOf(vector)], vector.ends ?? false)).toEqual(expected(vector));
  });
});

describe('the same bytes', () => {
  it('are at least 150 sequences', () => {
    expect(VECTORS.length).toBeGreaterThan(150);
    expect(new Set(VECTORS.map(({ bytes, ends }) => `${bytes}${ends}`)).size).toBe(VECTORS.length);
  });

  it('split at every byte come to the same', { timeout: 120_000 }, async () => {
    const cut = (vector: Vector): string[][] => {
      const bytes = bytesOf(vector);
      return splits(vector.bytes.length).map((at) => [bytes.slice(0, at), bytes.slice(at)]);
    };
    expect(await wrongOutcomes(cut, VECTORS)).toEqual([]);
  });

  it('one by one come to the same', { timeout: 60_000 }, async () => {
    const short = VECTORS.filter(({ bytes }) => bytes.length <= LONG);
    expect(await wrongOutcomes((vector) => [[...bytesOf(vector)]], short)).toEqual([]);
  });

  it('make the app fail nowhere', () => {
    expect(logger.errors).toEqual([]);
  });
});
