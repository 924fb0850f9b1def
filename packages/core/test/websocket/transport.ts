import type { App } from '@pullo/asgi';
import { type Client, client } from '@pullo/testing';
import { afterAll, beforeEach, describe } from 'vitest';

/**
 * Runs a block of sessions in process, with the signature of `describeTransports`, which takes its place once the server has sessions:
 * what the app throws is answered, as a server does it.
 */
export function describeSessions(app: App, block: (client: Client) => void): void {
  describe('in process', () => {
    const http = client(app, { raiseAppErrors: false, onError: () => {} });
    beforeEach(() => http.cookies.clear());
    afterAll(() => http.close());
    block(http);
  });
}
