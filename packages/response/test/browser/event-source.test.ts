import { type App, type HTTPScope, UnsupportedScope } from '@pullo/asgi';
import {
  EventStreamResponse,
  HTMLResponse,
  lastEventId,
  type ServerSentEvent,
  TextResponse,
} from '@pullo/response';
import { type Server, serve } from '@pullo/server';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sleep, until } from '../support/wait.ts';

/** Chromium as Debian has it (`apt-get install chromium`), or the one that the variable names. */
const executablePath = process.env.PULLO_CHROMIUM ?? '/usr/bin/chromium';

let server: Server;
let browser: Browser;
let page: Page;
/** What the stream of the running test answers a connection with; `connections` has their `Last-Event-ID`. */
let events: (lastId: string | null) => AsyncIterable<ServerSentEvent | string>;
let connections: (string | null)[] = [];
let heartbeat: number | false = false;
let ended = 0;

const app: App = (scope, receive, send) => {
  if (scope.type !== 'http') throw new UnsupportedScope(scope);
  return respond(scope)(scope, receive, send);
};

function respond(scope: HTTPScope) {
  if (scope.path === '/') return new HTMLResponse('<!doctype html><title>Events</title>');
  if (scope.path !== '/events') return new TextResponse('Not Found', { status: 404 });
  const lastId = lastEventId(scope);
  connections.push(lastId);
  return new EventStreamResponse(counted(events(lastId)), { heartbeat });
}

async function* counted(source: AsyncIterable<ServerSentEvent | string>) {
  try {
    yield* source;
  } finally {
    ended++;
  }
}

beforeAll(async () => {
  server = await serve(app, { port: 0, logLevel: 'silent' });
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
beforeEach(async ({ onTestFinished }) => {
  connections = [];
  ended = 0;
  heartbeat = false;
  page = await browser.newPage();
  onTestFinished(() => page.close());
  await page.goto(server.url);
});

/** Opens an `EventSource` in the page and resolves with what came, once an event named `done` has. */
function collect(names: readonly string[]): Promise<{ type: string; data: string; id: string }[]> {
  return page.evaluate((types) => {
    return new Promise((resolve, reject) => {
      const got: { type: string; data: string; id: string }[] = [];
      const source = new EventSource('/events');
      for (const type of types) {
        source.addEventListener(type, (event: Event) => {
          const { data, lastEventId: id } = event as Event & { data: string; lastEventId: string };
          got.push({ type, data, id });
        });
      }
      source.addEventListener('done', () => {
        source.close();
        resolve(got);
      });
      setTimeout(() => reject(new Error(`no end: ${JSON.stringify(got)}`)), 8000);
    });
  }, names);
}

const done: ServerSentEvent = { event: 'done', data: '' };

test('events arrive by name, with data of any shape', async () => {
  events = async function* () {
    yield 'plain';
    yield { event: 'price', data: { eur: 12 }, id: 'häst-1' };
    yield { data: 'two\nlines\r\nand a third' };
    yield { event: 'empty', data: '' };
    yield { comment: 'for nobody' };
    yield done;
  };
  expect(await collect(['message', 'price', 'empty'])).toEqual([
    { type: 'message', data: 'plain', id: '' },
    { type: 'price', data: '{"eur":12}', id: 'häst-1' },
    { type: 'message', data: 'two\nlines\nand a third', id: 'häst-1' },
    { type: 'empty', data: '', id: 'häst-1' },
  ]);
});

test('nothing in a field becomes an event of its own', async () => {
  const attack = 'x\n\nevent: forged\ndata: forged\n\n';
  events = async function* () {
    yield { event: attack, data: attack, id: attack, comment: attack };
    yield { data: attack };
    yield done;
  };
  expect(await collect(['forged', 'message'])).toEqual([
    { type: 'message', data: attack, id: 'x event: forged data: forged ' },
  ]);
});

test('the browser comes back after the time it was told, with the id of the last event', async () => {
  events = async function* (lastId) {
    if (lastId === null) {
      yield { data: 'first', id: 'nr ü 7', retry: 20 };
      return;
    }
    yield { data: `after ${lastId}`, id: '8' };
    yield done;
  };
  expect(await collect(['message'])).toEqual([
    { type: 'message', data: 'first', id: 'nr ü 7' },
    { type: 'message', data: 'after nr ü 7', id: '8' },
  ]);
  expect(connections).toEqual([null, 'nr ü 7']);
});

test('the stream is open before its first event, and comments are no events', async () => {
  heartbeat = 20;
  let release = () => {};
  const opened = new Promise<void>((resolve) => {
    release = resolve;
  });
  events = async function* () {
    await opened;
    yield 'first';
    await sleep(100);
    yield done;
  };
  await page.exposeFunction('opened', () => release());
  await page.evaluate(() => {
    const source = new EventSource('/events');
    source.addEventListener('open', () => {
      source.close();
      Reflect.get(globalThis, 'opened')();
    });
  });
  await opened;
  expect(await collect(['message'])).toEqual([{ type: 'message', data: 'first', id: '' }]);
});

test('closing the page ends the source, once', async () => {
  events = async function* () {
    for (;;) {
      yield 'tick';
      await sleep(10);
    }
  };
  await page.evaluate(
    () =>
      new Promise((resolve) =>
        new EventSource('/events').addEventListener('message', resolve, { once: true }),
      ),
  );
  expect(ended).toBe(0);
  await page.close();
  await until(() => ended > 0, 'the end of the source');
  await sleep(50);
  expect(ended).toBe(1);
});

test('a server that stops ends the stream in good order', async () => {
  const own = await serve(app, { port: 0, logLevel: 'silent' });
  events = async function* () {
    yield 'first';
    await new Promise(() => {});
  };
  await page.goto(own.url);
  await page.evaluate(
    () =>
      new Promise((resolve) =>
        new EventSource('/events').addEventListener('message', resolve, { once: true }),
      ),
  );
  const start = performance.now();
  await own.close();
  expect(performance.now() - start).toBeLessThan(4000);
});
