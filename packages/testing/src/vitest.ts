import type { App } from '@pullo/asgi';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { type Client, type ClientOptions, client } from './client.js';
import { type ClosableServer, type LiveServer, startServer } from './live-server.js';

/** How a client of `describeTransports` reaches its app. */
export type Transport = 'in process' | 'socket';

/** Where a block of `describeTransports` runs. */
export interface TransportContext {
  transport: Transport;
}

/** What the two clients of `describeTransports` have in common. */
export type TransportOptions = Pick<ClientOptions, 'headers'>;

/**
 * Runs a block of tests twice, requests and WebSocket sessions: on the app in process, and on a server over a socket (`@pullo/server`, an optional peer
 * dependency, on a free port of 127.0.0.1).
 *
 * On both, what the app throws is answered as a server does it; of a test that fails, it is printed. The app starts before the
 * first test of each block and stops after the last; cookies are forgotten between tests. Use the client in tests and hooks.
 *
 * @example
 * ```ts
 * import { TextResponse } from '@pullo/response';
 * import { describeTransports } from '@pullo/testing/vitest';
 * import { expect, test } from 'vitest';
 *
 * describeTransports(new TextResponse('Hello'), (client) => {
 *   test('it says hello', async () => {
 *     const response = await client.get('/');
 *     expect(await response.text()).toBe('Hello');
 *   });
 * });
 * ```
 */
export function describeTransports(
  app: App,
  block: (client: Client, context: TransportContext) => void,
  options: TransportOptions = {},
): void {
  describe('in process', () => {
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    const http = client(app, { ...options, raiseAppErrors: false, onError });
    setUp(http, errors);
    beforeAll(() => http.start());
    block(http, { transport: 'in process' });
  });

  describe('over a socket', () => {
    const errors: unknown[] = [];
    const server = new LateServer(app, (error) => void errors.push(error));
    const http = client(server, options);
    afterAll(() => server.close());
    setUp(http, errors);
    beforeAll(() => server.start());
    block(http, { transport: 'socket' });
  });
}

function setUp(http: Client, errors: unknown[]): void {
  afterAll(() => http.close());
  beforeEach(({ onTestFailed }) => {
    errors.length = 0;
    http.cookies.clear();
    onTestFailed(() => {
      for (const error of errors) console.error('The app threw while the test ran:', error);
    });
  });
}

/** A server whose URL is known once the tests run, though its client is there when they are collected. */
class LateServer implements LiveServer {
  readonly #app: App;
  readonly #onError: (error: unknown) => void;
  #server: ClosableServer | null = null;

  constructor(app: App, onError: (error: unknown) => void) {
    this.#app = app;
    this.#onError = onError;
  }

  get url(): string | URL {
    if (this.#server !== null) return this.#server.url;
    throw new Error(
      'The server is not running yet: use the client of describeTransports in tests and hooks.',
    );
  }

  async start(): Promise<void> {
    this.#server = await startServer(this.#app, this.#onError);
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }
}
