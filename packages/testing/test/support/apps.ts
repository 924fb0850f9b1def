import type { App, HTTPScope, Receive, Send } from '@pullo/asgi';

/** An app of one function that is only called for requests. */
export function httpApp(
  serve: (scope: HTTPScope, receive: Receive, send: Send) => void | Promise<void>,
): App {
  return async (scope, receive, send) => {
    if (scope.type !== 'http') throw new Error(`no ${scope.type} here`);
    await serve(scope, receive, send);
  };
}

export async function readBody(receive: Receive): Promise<string> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const event = await receive();
    if (event.type !== 'http.request') throw new Error(`unexpected ${event.type}`);
    chunks.push(event.body);
    if (!event.moreBody) return Buffer.concat(chunks).toString();
  }
}

/** What `echo` saw of a request. */
export interface Echo {
  method: string;
  path: string;
  rawPath: string;
  query: string;
  headers: [name: string, value: string][];
  body: string;
}

/** Answers with what it was sent. */
export const echo: App = httpApp(async (scope, receive, send) => {
  const seen: Echo = {
    method: scope.method,
    path: scope.path,
    rawPath: scope.rawPath,
    query: scope.queryString,
    headers: [...scope.headers].map(([name, value]) => [name, value]),
    body: await readBody(receive),
  };
  send({
    type: 'http.response.start',
    status: 201,
    headers: [
      ['Content-Type', 'application/json'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
  });
  await send({ type: 'http.response.body', body: JSON.stringify(seen) });
});

/** An app of one answer. */
export function answer(body: string | Uint8Array, headers: [string, string][] = [], status = 200): App {
  return httpApp(async (_scope, _receive, send) => {
    send({ type: 'http.response.start', status, headers });
    await send({ type: 'http.response.body', body });
  });
}

/** Sends pieces for ever and counts them; it ends when the client has left. */
export function endless(piece: Uint8Array): { app: App; sent: () => number; ended: Promise<unknown> } {
  let count = 0;
  let end: (error: unknown) => void = () => {};
  const ended = new Promise<unknown>((resolve) => {
    end = resolve;
  });
  const app = httpApp(async (_scope, _receive, send) => {
    send({ type: 'http.response.start', status: 200 });
    try {
      for (;;) {
        await send({ type: 'http.response.body', body: piece, moreBody: true });
        count++;
      }
    } catch (error) {
      end(error);
      throw error;
    }
  });
  return { app, sent: () => count, ended };
}

export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
