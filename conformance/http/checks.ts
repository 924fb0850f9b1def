import { once } from 'node:events';
import type { RequestOptions } from 'node:http';
import { assertEqual, type Case, rejectionOf } from '../assert.ts';
import { Exchange } from './exchange.ts';
import type { HostProcess } from './host-process.ts';

/** What is true of one runtime and not of another. */
export interface RuntimeTraits {
  /** What `ctx.platform` has, by name. */
  readonly platform: readonly string[];
  /** What the client's address is seen as. */
  readonly client: string | null;
  /** Whether the app can be told that the process is to stop. */
  readonly stops: boolean;
}

export const TRAITS: Readonly<Record<string, RuntimeTraits>> = {
  bun: { platform: ['requestIP'], client: '127.0.0.1', stops: true },
  deno: { platform: ['remoteAddr'], client: '127.0.0.1', stops: true },
  workerd: { platform: ['GREETING', 'waitUntil'], client: null, stops: false },
};

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Every check of one runtime. The first starts the app. */
export function checksOf(host: HostProcess, traits: RuntimeTraits): readonly Case[] {
  const get = (path: string, options?: RequestOptions) =>
    new Exchange(host.port, path, options).send().answer();
  const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    new Exchange(host.port, path, { method: 'POST', headers }).send(body).answer();
  const count = (line: string) => host.output.split(line).length - 1;
  const untilSeen = async (what: string) => {
    for (let i = 0; i < 100; i++) {
      if (JSON.parse((await get('/seen')).text).includes(what)) return;
      await sleep(20);
    }
    throw new Error(`The app has not seen: ${what}`);
  };

  return [
    {
      title: 'the lifespan starts once before the first answers, though many ask',
      run: async () => {
        assertEqual(count('lifespan started'), 0);
        const answers = await Promise.all(Array.from({ length: 5 }, () => get('/')));
        assertEqual([...new Set(answers.map(({ text }) => text))], ['Hej! 1']);
        await host.until(() => count('lifespan started') > 0, 'started');
        assertEqual(count('lifespan started'), 1);
      },
    },
    {
      title: 'text has its type and its length',
      run: async () => {
        const { status, headers } = await get('/');
        assertEqual([status, headers['content-type']], [200, 'text/plain; charset=utf-8']);
        assertEqual([headers['content-length'], headers['x-status']], ['6', '200']);
      },
    },
    {
      title: 'parameters, query, what the pipeline provides, and the path in its one form',
      run: async () => {
        const { text, headers } = await get('/items/7?q=%C3%A4');
        assertEqual(JSON.parse(text), { id: 7, q: 'ä', stamp: 'stamped', url: '/items/7' });
        assertEqual(headers['content-type'], 'application/json');
      },
    },
    {
      title: 'HEAD has the fields of GET and no body',
      run: async () => {
        const { status, headers, text } = await get('/', { method: 'HEAD' });
        assertEqual([status, headers['content-length'], text], [200, '6', '']);
      },
    },
    {
      title: '404, 405, OPTIONS, a redirect and an error with a detail',
      run: async () => {
        assertEqual((await get('/nowhere')).status, 404);
        assertEqual((await post('/', 'x')).headers.allow, 'GET, HEAD, OPTIONS');
        assertEqual((await get('/', { method: 'OPTIONS' })).status, 204);
        const { status, headers } = await get('/items/7/?q');
        assertEqual([status, headers.location], [308, '/items/7?q']);
        const teapot = await get('/teapot', { headers: { accept: 'application/json' } });
        assertEqual([teapot.status, teapot.headers['content-type']], [418, 'application/problem+json']);
      },
    },
    {
      title: 'a path without a form is refused, and so is the handshake of a WebSocket',
      run: async () => {
        assertEqual((await get('/%zz')).status, 400);
        const headers = {
          connection: 'upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
        };
        assertEqual((await get('/', { headers })).status, 501);
      },
    },
    {
      title: 'header fields arrive, and cookies leave one by one',
      run: async () => {
        const fields: [string, string][] = JSON.parse(
          (await get('/headers', { headers: { 'x-a': 'b' } })).text,
        );
        const found = Object.fromEntries(fields);
        assertEqual([found['x-a'], found.host], ['b', `127.0.0.1:${host.port}`]);
        assertEqual((await get('/cookies')).headers['set-cookie']?.length, 2);
      },
    },
    {
      title: 'the client and the platform are what the host tells',
      run: async () => {
        assertEqual(JSON.parse((await get('/client')).text), { host: traits.client });
        assertEqual(JSON.parse((await get('/platform')).text), [...traits.platform]);
      },
    },
    {
      title: 'JSON and forms are read, up to their limit; a body that is not read does no harm',
      run: async () => {
        const json = { 'content-type': 'application/json' };
        assertEqual((await post('/json', '{"a":[1]}', json)).text, '{"a":[1]}');
        assertEqual((await post('/json', `"${'x'.repeat(2000)}"`, json)).status, 413);
        const form = new FormData();
        form.set('name', 'Aino');
        form.set('file', new File(['content'], 'a.txt'));
        const { headers, body } = await encode(form);
        assertEqual((await post('/form', body, headers)).text, '{"name":"Aino","file":"content"}');
        assertEqual((await post('/ignored', 'x'.repeat(100_000))).text, 'not read');
        // Of a length that nobody has announced: refused while it is being sent.
        const endless = new Exchange(host.port, '/json', { method: 'POST', headers: json });
        for (let i = 0; i < 20; i++) endless.request.write(' '.repeat(1000));
        assertEqual((await endless.send().answer()).status, 413);
      },
    },
    {
      title: 'a large body streams through',
      run: async () => {
        const body = 'streams '.repeat(600_000);
        assertEqual((await post('/echo', body)).text === body, true);
      },
    },
    {
      title: 'the answer begins while the request is still being sent',
      run: async () => {
        const exchange = new Exchange(host.port, '/echo', { method: 'POST' });
        exchange.request.write('one');
        const pieces = (await exchange.response)[Symbol.asyncIterator]();
        assertEqual(String((await pieces.next()).value), 'one');
        exchange.request.write('two');
        assertEqual(String((await pieces.next()).value), 'two');
        exchange.request.end();
        assertEqual((await pieces.next()).done, true);
      },
    },
    {
      title: 'a stream arrives piece by piece',
      run: async () => {
        const response = await new Exchange(host.port, '/slowly').send().response;
        const pieces: string[] = [];
        for await (const piece of response) pieces.push(String(piece));
        assertEqual(pieces, ['first ', 'second']);
      },
    },
    {
      title: 'an error is a 500 that says nothing of it, and is told',
      run: async () => {
        const { status, text } = await get('/broken');
        assertEqual([status, text], [500, '500 Internal Server Error\n']);
        await host.until(() => count('unhandled broken before') === 1, 'told');
      },
    },
    {
      title: 'a stream that fails is cut, so that nobody takes the half for the whole',
      run: async () => {
        await rejectionOf(get('/half'));
        await host.until(() => count('unhandled broken amid') === 1, 'told');
      },
    },
    {
      title: 'work goes on after the answer',
      run: async () => {
        assertEqual((await get('/later')).text, 'now');
        await untilSeen('background done');
      },
    },
    {
      title: 'a client that leaves stops the stream',
      run: async () => {
        const exchange = new Exchange(host.port, '/for-ever').send();
        const response = await exchange.response;
        response.on('error', () => {});
        await once(response, 'data');
        exchange.request.destroy();
        await untilSeen('stream stopped');
      },
    },
  ];
}

async function encode(form: FormData): Promise<{ headers: Record<string, string>; body: Uint8Array }> {
  const response = new globalThis.Response(form);
  const type = response.headers.get('content-type') ?? '';
  return { headers: { 'content-type': type }, body: new Uint8Array(await response.arrayBuffer()) };
}
