import { assertEqual, type Case } from '../../../../conformance/assert.ts';
import { codeOf, get, hostValid, pushed, readerOf, readText, rejectionCode, turn } from './fetch-support.ts';

const start = { type: 'http.response.start', status: 200 } as const;

export const cases: readonly Case[] = [
  {
    title:
      'the first piece is there before the body of the request is complete, and each is answered as it comes',
    run: async () => {
      const { fetch, close, errors } = hostValid(async (_scope, receive, send) => {
        await send(start);
        for (let more = true; more; ) {
          const event = await receive();
          if (event.type !== 'http.request') throw new Error(event.type);
          more = event.moreBody;
          await send({ type: 'http.response.body', body: event.body, moreBody: more });
        }
      });
      const body = pushed();
      body.push('one');
      const reader = readerOf(await fetch(body.request));
      assertEqual(await readText(reader), 'one');
      body.push('two');
      assertEqual(await readText(reader), 'two');
      body.end();
      assertEqual(await readText(reader), undefined);
      await close();
      assertEqual(errors, []);
    },
  },
  {
    title: 'an app waits when the client does not read, and goes on when it does',
    run: async () => {
      let sent = 0;
      const { fetch, close } = hostValid(async (_scope, _receive, send) => {
        await send(start);
        const body = new Uint8Array(16 * 1024);
        for (; sent < 64; sent++) await send({ type: 'http.response.body', body, moreBody: true });
        await send({ type: 'http.response.body' });
      });
      const response = await fetch(get());
      await turn(5);
      const sentUnread = sent;
      const reader = readerOf(response);
      let bytes = 0;
      for (let step = await reader.read(); !step.done; step = await reader.read())
        bytes += step.value.byteLength;
      await close();
      assertEqual([sentUnread < 8, sent, bytes], [true, 64, 64 * 16 * 1024]);
    },
  },
  {
    title: 'a piece of the request is taken only when the app asks for it',
    run: async () => {
      let pulls = 0;
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            pulls++;
            controller.enqueue(new Uint8Array(1));
          },
        },
        { highWaterMark: 0 },
      );
      const { fetch } = hostValid(async (_scope, receive, send) => {
        await receive();
        await receive();
        await send(start);
        await send({ type: 'http.response.body' });
      });
      const streaming: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' };
      await fetch(get('/', streaming));
      await turn();
      // A runtime may take some ahead; it does not take without end.
      assertEqual(pulls >= 2 && pulls < 10, true);
    },
  },
  {
    title: 'a body that is announced to be short is one piece, and the next is the disconnect',
    run: async () => {
      const seen: string[] = [];
      const { fetch, errors } = hostValid(async (_scope, receive, send) => {
        const [event, next] = [await receive(), receive()];
        if (event.type !== 'http.request') throw new Error(event.type);
        seen.push(`${new TextDecoder().decode(event.body)} ${event.moreBody}`);
        await send(start);
        await send({ type: 'http.response.body' });
        seen.push((await next).type);
      });
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const text of ['sh', 'ort']) controller.enqueue(new TextEncoder().encode(text));
          controller.close();
        },
      });
      const streaming: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' };
      await fetch(get('/', { ...streaming, headers: { 'content-length': '5' } }));
      await turn();
      assertEqual(seen, ['short false', 'http.disconnect']);
      assertEqual(errors, []);
    },
  },
  {
    title: 'a short body that is cut is a disconnect, also for who waits for what is after it',
    run: async () => {
      const types: string[] = [];
      const { fetch } = hostValid(async (_scope, receive, send) => {
        for (const { type } of await Promise.all([receive(), receive()])) types.push(type);
        await send({ ...start, status: 400 });
        await send({ type: 'http.response.body' });
      });
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.error(new Error('cut'));
        },
      });
      const streaming: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' };
      const response = await fetch(get('/', { ...streaming, headers: { 'content-length': '5' } }));
      assertEqual([response.status, ...types], [400, 'http.disconnect', 'http.disconnect']);
    },
  },
  {
    title: 'calls of receive that wait together get their pieces in order',
    run: async () => {
      const seen: string[] = [];
      const { fetch } = hostValid(async (_scope, receive, send) => {
        for (const event of await Promise.all([receive(), receive(), receive()])) {
          if (event.type !== 'http.request') throw new Error(event.type);
          seen.push(`${new TextDecoder().decode(event.body)} ${event.moreBody}`);
        }
        await send(start);
        await send({ type: 'http.response.body' });
      });
      const body = pushed();
      const response = fetch(body.request);
      body.push('a');
      await turn();
      body.push('b');
      await turn();
      body.end();
      await response;
      assertEqual(seen, ['a true', 'b true', ' false']);
    },
  },
  {
    title: 'a request without a body has one empty piece, and then nothing until its end',
    run: async () => {
      let second = 'waiting';
      const { fetch } = hostValid(async (_scope, receive, send) => {
        const event = await receive();
        void receive().then(({ type }) => {
          second = type;
        });
        await turn(2);
        const body = `${JSON.stringify(event)} ${second}`;
        await send(start);
        await send({ type: 'http.response.body', body });
      });
      const response = await fetch(get());
      assertEqual(await response.text(), '{"type":"http.request","body":{},"moreBody":false} waiting');
      await turn();
      assertEqual(second, 'http.disconnect');
    },
  },
  {
    title: 'a body that is cut is a disconnect, and can still be answered',
    run: async () => {
      const types: string[] = [];
      const { fetch } = hostValid(async (_scope, receive, send) => {
        for (let i = 0; i < 3; i++) types.push((await receive()).type);
        await send({ ...start, status: 400 });
        await send({ type: 'http.response.body' });
      });
      const body = pushed();
      const response = fetch(body.request);
      body.push('a');
      await turn();
      body.cut(new Error('cut'));
      assertEqual((await response).status, 400);
      assertEqual(types, ['http.request', 'http.disconnect', 'http.disconnect']);
    },
  },
  {
    title: 'a client that cancels the body aborts the signal, ends send and receive, and is no error',
    run: async () => {
      const seen: (string | undefined)[] = [];
      const { fetch, close, errors } = hostValid(async ({ exchange }, receive, send) => {
        await receive();
        await send(start);
        const aborted = new Promise<void>((resolve) => {
          exchange.signal.addEventListener('abort', () => resolve());
        });
        await send({ type: 'http.response.body', body: 'a', moreBody: true });
        const last = receive();
        await aborted;
        seen.push(codeOf(exchange.signal.reason), (await last).type);
        const sent = send({ type: 'http.response.body', body: 'b', moreBody: true });
        seen.push(await rejectionCode(sent));
        await sent;
      });
      const reader = readerOf(await fetch(get()));
      assertEqual(await readText(reader), 'a');
      await reader.cancel();
      await close();
      assertEqual(seen, ['ERR_CLIENT_DISCONNECTED', 'http.disconnect', 'ERR_CLIENT_DISCONNECTED']);
      assertEqual(errors, []);
    },
  },
  {
    title: 'a send that waits for the client rejects when it leaves',
    run: async () => {
      let code: string | undefined;
      const { fetch, close } = hostValid(async (_scope, _receive, send) => {
        await send(start);
        const body = new Uint8Array(100_000);
        code = await rejectionCode(send({ type: 'http.response.body', body, moreBody: true }));
      });
      const response = await fetch(get());
      await response.body?.cancel();
      await close();
      assertEqual(code, 'ERR_CLIENT_DISCONNECTED');
    },
  },
  {
    title: "the abort of the request's signal is the client leaving, also before there is an answer",
    run: async () => {
      let reason: unknown;
      const { fetch, close, errors } = hostValid(async ({ exchange }) => {
        await new Promise((resolve) => exchange.signal.addEventListener('abort', resolve));
        reason = exchange.signal.reason;
        throw reason;
      });
      const controller = new AbortController();
      const response = fetch(get('/', { signal: controller.signal }));
      await turn();
      controller.abort(new Error('gone'));
      assertEqual((await response).status, 499);
      await close();
      assertEqual(
        [codeOf(reason), reason instanceof Error && codeOf(reason.cause)],
        ['ERR_CLIENT_DISCONNECTED', 'gone'],
      );
      assertEqual(errors, []);
    },
  },
  {
    title: 'a signal that is aborted already is seen at once',
    run: async () => {
      const { fetch } = hostValid((_scope, receive) =>
        receive().then(({ type }) => {
          if (type !== 'http.disconnect') throw new Error(type);
        }),
      );
      assertEqual((await fetch(get('/', { signal: AbortSignal.abort() }))).status, 499);
    },
  },
  {
    title: 'an app that fails while it streams fails the body, and what has come is not lost',
    run: async () => {
      const { fetch, errors } = hostValid(async (_scope, _receive, send) => {
        await send(start);
        await send({ type: 'http.response.body', body: 'half', moreBody: true });
        await turn();
        throw new Error('broken');
      });
      const reader = readerOf(await fetch(get()));
      assertEqual(await readText(reader), 'half');
      assertEqual((await rejectionCode(reader.read())) !== undefined, true);
      assertEqual(errors.map(codeOf), ['broken']);
    },
  },
  {
    title: 'HEAD ends the app that would stream',
    run: async () => {
      let code: string | undefined;
      const { fetch, close, errors } = hostValid(async (_scope, _receive, send) => {
        await send(start);
        for (;;) {
          code = await rejectionCode(send({ type: 'http.response.body', body: 'x', moreBody: true }));
          if (code !== undefined) return;
        }
      });
      const response = await fetch(get('/', { method: 'HEAD' }));
      await close();
      assertEqual([response.status, response.body, code, errors], [200, null, 'ERR_CLIENT_DISCONNECTED', []]);
    },
  },
  {
    title: 'an answer in one piece is there at once, without a promise',
    run: async () => {
      const { fetch } = hostValid((_scope, _receive, send) => {
        send(start);
        return send({ type: 'http.response.body', body: 'at once' });
      });
      await fetch(get());
      const response = fetch(get());
      assertEqual(response instanceof globalThis.Response, true);
    },
  },
];
