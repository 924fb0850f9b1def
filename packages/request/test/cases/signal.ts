import { ClientDisconnected, type ReceiveEvent, RequestTimeout, ServerShutdown } from '@pullo/asgi';
import { Request } from '@pullo/request';
import { assertEqual, type Case, rejectionOf } from '../../../../conformance/assert.ts';
import { httpScope, receiveOf } from './make.ts';

/** A server of somebody else's, which has no `exchange`. */
const bare = { exchange: undefined };

/** A `receive` whose events come when the test says so. */
function controlled() {
  const waiting: ((event: ReceiveEvent) => void)[] = [];
  let calls = 0;
  return {
    receive: () => {
      calls++;
      return new Promise<ReceiveEvent>((resolve) => waiting.push(resolve));
    },
    give: (event: ReceiveEvent) => waiting.shift()?.(event),
    get calls() {
      return calls;
    },
  };
}

const lastChunk: ReceiveEvent = { type: 'http.request', body: new Uint8Array([0x61]), moreBody: false };

export const cases: readonly Case[] = [
  {
    title: "signal is the exchange's own",
    run: () => {
      const { signal } = new AbortController();
      assertEqual(
        new Request(httpScope({ scope: { exchange: { signal } } }), receiveOf([])).signal === signal,
        true,
      );
    },
  },
  {
    title: "the exchange's signal is not made unless somebody reads it",
    run: async () => {
      let reads = 0;
      const exchange = {
        get signal() {
          reads++;
          return new AbortController().signal;
        },
      };
      const request = new Request(httpScope({ scope: { exchange } }), receiveOf(['a']));
      await request.text();
      assertEqual(reads, 0);
      assertEqual([request.signal.aborted, reads], [false, 1]);
    },
  },
  ...[new ClientDisconnected(), new RequestTimeout(), new ServerShutdown()].map((reason) => ({
    title: `signal keeps the reason ${reason.name}, and isDisconnected tells it apart`,
    run: async () => {
      const exchange = { signal: AbortSignal.abort(reason) };
      const request = new Request(httpScope({ scope: { exchange } }), receiveOf([]));
      assertEqual(request.signal.reason === reason, true);
      assertEqual(await request.isDisconnected(), reason instanceof ClientDisconnected);
    },
  })),
  {
    title: 'a reader that a time-out stopped rejects with ClientDisconnected, whose cause is the time-out',
    run: async () => {
      const reason = new RequestTimeout();
      const exchange = { signal: AbortSignal.abort(reason) };
      const request = new Request(httpScope({ scope: { exchange } }), receiveOf(['disconnect']));
      const error = await rejectionOf(request.text());
      assertEqual([error instanceof ClientDisconnected, error.cause === reason], [true, true]);
    },
  },
  {
    title: 'without an exchange, signal aborts when the client leaves after the body',
    run: async () => {
      const server = controlled();
      const request = new Request(httpScope({ scope: bare }), server.receive);
      const { signal } = request;
      const reading = request.text();
      server.give(lastChunk);
      assertEqual([await reading, signal.aborted, server.calls], ['a', false, 2]);
      server.give({ type: 'http.disconnect' });
      await tick();
      assertEqual([signal.aborted, signal.reason instanceof ClientDisconnected], [true, true]);
    },
  },
  {
    title: 'without an exchange, signal read after the body aborts too',
    run: async () => {
      const server = controlled();
      const request = new Request(httpScope({ scope: bare }), server.receive);
      const reading = request.text();
      server.give(lastChunk);
      await reading;
      assertEqual(server.calls, 1);
      const { signal } = request;
      server.give({ type: 'http.disconnect' });
      await tick();
      assertEqual([signal.aborted, signal === request.signal], [true, true]);
    },
  },
  {
    title: 'without an exchange, signal aborts with what a reader met',
    run: async () => {
      const request = new Request(httpScope({ scope: bare }), receiveOf(['a', 'disconnect']));
      const { signal } = request;
      const error = await rejectionOf(request.text());
      assertEqual(signal.reason === error, true);
    },
  },
  {
    title: 'without an exchange, signal read after the client has left is aborted',
    run: async () => {
      const request = new Request(httpScope({ scope: bare }), receiveOf(['disconnect']));
      await rejectionOf(request.text());
      assertEqual(request.signal.aborted, true);
    },
  },
  {
    title: 'without an exchange, signal of a handshake does not abort for its empty body',
    run: async () => {
      const { method, ...rest } = httpScope({ scope: bare });
      const scope = { ...rest, type: 'websocket', scheme: 'ws', subprotocols: [] } as const;
      const request = new Request(scope, () => Promise.reject(new Error(`${method} received`)));
      const { signal } = request;
      await request.text();
      await tick();
      assertEqual([signal.aborted, await request.isDisconnected()], [false, false]);
    },
  },
  {
    title: 'isDisconnected without an exchange loses no event',
    run: async () => {
      const request = new Request(httpScope({ scope: bare }), receiveOf(['ab', 'cd']));
      assertEqual([await request.isDisconnected(), await request.isDisconnected()], [false, false]);
      assertEqual(await request.text(), 'abcd');
    },
  },
  {
    title: 'isDisconnected without an exchange sees the client leave',
    run: async () => {
      const server = controlled();
      const request = new Request(httpScope({ scope: bare }), server.receive);
      assertEqual(await request.isDisconnected(), false);
      server.give({ type: 'http.disconnect' });
      assertEqual([await request.isDisconnected(), server.calls], [true, 1]);
      assertEqual((await rejectionOf(request.text())) instanceof ClientDisconnected, true);
    },
  },
  {
    title: 'isDisconnected beside a reader takes nothing away from it',
    run: async () => {
      const server = controlled();
      const request = new Request(httpScope({ scope: bare }), server.receive);
      const pieces = request.stream();
      const reading = pieces.next();
      assertEqual(await request.isDisconnected(), false);
      server.give(lastChunk);
      assertEqual((await reading).value, lastChunk.type === 'http.request' ? lastChunk.body : undefined);
    },
  },
];

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
