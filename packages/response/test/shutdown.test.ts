import type { App } from '@pullo/asgi';
import { EventStreamResponse, StreamingResponse, TextResponse } from '@pullo/response';
import { type Logger, type Server, serve } from '@pullo/server';
import { expect, test } from 'vitest';
import { sleep, until } from './support/wait.ts';

interface Logged {
  server: Server;
  errors: unknown[];
}

async function start(app: App): Promise<Logged> {
  const errors: unknown[] = [];
  const logger: Logger = {
    log: (level, _message, error) => {
      if (level === 'error') errors.push(error);
    },
    access: () => {},
  };
  return { server: await serve(app, { port: 0, logger }), errors };
}

test('a server that stops waits for background work', async () => {
  let isDone = false;
  const response = new TextResponse('hi', {
    background: async () => {
      await sleep(200);
      isDone = true;
    },
  });
  const { server } = await start(response);
  expect(await (await fetch(server.url)).text()).toBe('hi');
  expect(isDone).toBe(false);
  await server.close();
  expect(isDone).toBe(true);
});

test('an error of background work is logged, and the next request is answered', async () => {
  let fails = true;
  const { server, errors } = await start((scope, receive, send) => {
    const background = () => {
      if (fails) throw new Error('the mail was not sent');
    };
    return new TextResponse('hi', { background })(scope, receive, send);
  });
  await (await fetch(server.url)).text();
  await until(() => errors.length > 0, 'the log');
  expect(errors.map(String).join('\n')).toContain('the mail was not sent');
  fails = false;
  expect((await fetch(server.url)).status).toBe(200);
  await server.close();
});

test('a stream is sent to its end by a server that stops', async () => {
  const { server } = await start((scope, receive, send) => {
    async function* source() {
      for (let i = 0; i < 5; i++) {
        yield `${i}`;
        await sleep(30);
      }
    }
    return new StreamingResponse(source())(scope, receive, send);
  });
  const response = await fetch(server.url);
  const closed = server.close();
  expect(await response.text()).toBe('01234');
  await closed;
});

test('a stream of events is ended in good order by a server that stops', async () => {
  const ends: string[] = [];
  const { server, errors } = await start((scope, receive, send) => {
    async function* source() {
      try {
        for (;;) {
          yield 'tick';
          await sleep(10);
        }
      } finally {
        ends.push('return');
      }
    }
    return new EventStreamResponse(source())(scope, receive, send);
  });
  const response = await fetch(server.url);
  await sleep(30);
  const closed = server.close();
  expect(await response.text()).toMatch(/^(?:data: tick\n\n)+$/);
  await closed;
  expect([ends, errors]).toEqual([['return'], []]);
});
