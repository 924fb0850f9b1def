import { createHash } from 'node:crypto';
import { type Server, serve } from '@pullo/server';
import { type Client, type ClientResponse, client } from '@pullo/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { app, type ExchangeCase, exchanges } from './support/exchanges.js';

/**
 * What only a connection has, or depends on the clock. `content-length` and `transfer-encoding` are compared: they are the
 * framing that the app's events ask for.
 */
const NOT_COMPARED = new Set(['date', 'connection', 'keep-alive']);

interface Failure {
  where: 'request' | 'body';
  code: unknown;
  message: string;
}

interface Outcome {
  status?: number;
  statusText?: string;
  hasDate?: boolean;
  headers?: [string, string][];
  /** Latin-1 text, or its hash if it is long. */
  body?: string;
  failure?: Failure;
}

let server: Server;
let overSocket: Client;
let inProcess: Client;

beforeAll(async () => {
  server = await serve(app, { port: 0, logLevel: 'silent', accessLog: false });
  overSocket = client(server);
  inProcess = client(app, { raiseAppErrors: false, onError: () => {} });
});

afterAll(async () => {
  await overSocket.close();
  await inProcess.close();
  await server.close();
});

async function outcome(http: Client, exchange: ExchangeCase): Promise<Outcome> {
  const index = String(exchanges.indexOf(exchange));
  const options = exchange.options();
  const given =
    Symbol.iterator in Object(options.headers) ? options.headers : Object.entries(options.headers ?? {});
  const headers = [['x-exchange', index] as const, ...(given as Iterable<[string, string]>)];
  let response: ClientResponse;
  try {
    response = await http.request(exchange.method, exchange.path, { ...options, headers });
  } catch (error) {
    return { failure: failure('request', error) };
  }
  const seen: Outcome = {
    status: response.status,
    statusText: response.statusText,
    hasDate: response.headers.has('date'),
    headers: [...response.headers].filter(([name]) => !NOT_COMPARED.has(name)),
  };
  try {
    seen.body = show(await response.bytes());
  } catch (error) {
    seen.failure = failure('body', error);
  }
  return seen;
}

function show(body: Uint8Array): string {
  if (body.length <= 4096) return Buffer.from(body).toString('latin1');
  return `${body.length} bytes, SHA-256 ${createHash('sha256').update(body).digest('hex')}`;
}

function failure(where: 'request' | 'body', error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  return { where, code, message };
}

test('there are more than a hundred exchanges', () => {
  expect(exchanges.length).toBeGreaterThan(100);
});

describe('a socket shows what the client in process shows', () => {
  test.each(exchanges)('$title', async (exchange) => {
    const [live, local] = [await outcome(overSocket, exchange), await outcome(inProcess, exchange)];
    expect(local).toEqual(live);
  });
});
