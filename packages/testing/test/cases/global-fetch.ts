import type { App } from '@pullo/asgi';
import { AppDispatcher } from '@pullo/testing';
import { assertEqual, type Case, rejectionOf } from '../../../../conformance/assert.ts';

const echo: App = async (scope, receive, send) => {
  if (scope.type !== 'http') throw new Error(`no ${scope.type} here`);
  let body = '';
  for (;;) {
    const event = await receive();
    if (event.type !== 'http.request') return;
    body += new TextDecoder().decode(event.body);
    if (!event.moreBody) break;
  }
  const isOld = scope.path === '/old';
  const type = [...scope.headers].find(([name]) => name === 'content-type')?.[1] ?? 'none';
  send({
    type: 'http.response.start',
    status: isOld ? 303 : 200,
    headers: isOld
      ? [['location', '/new']]
      : [
          ['x-path', scope.path],
          ['x-type', type],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
  });
  await send({ type: 'http.response.body', body: `${scope.method} ${body}` });
};

/** Sends until its client leaves, or breaks off after one piece. */
const streaming: App = async (scope, _receive, send) => {
  if (scope.type !== 'http') throw new Error(`no ${scope.type} here`);
  send({ type: 'http.response.start', status: 200 });
  await send({ type: 'http.response.body', body: 'piece', moreBody: true });
  if (scope.path === '/cut') {
    await new Promise((resolve) => setTimeout(resolve, 5));
    throw new Error('oh no');
  }
  for (;;) await send({ type: 'http.response.body', body: 'piece', moreBody: true });
};

/** The platform's `fetch` with a dispatcher, which its type does not know of. */
function fetchFrom(dispatcher: AppDispatcher, path: string, init: object = {}): Promise<globalThis.Response> {
  const options: object = { ...init, dispatcher };
  return globalThis.fetch(`http://testserver${path}`, options);
}

async function withApp(app: App, use: (dispatcher: AppDispatcher) => Promise<void>): Promise<void> {
  const dispatcher = new AppDispatcher(app, { onError: () => {} });
  try {
    await use(dispatcher);
  } finally {
    await dispatcher.destroy();
  }
}

/** What the `fetch` that is built into Node does on an `AppDispatcher`: each line of Node brings another undici. */
export const cases: readonly Case[] = [
  {
    title: 'a GET has a status, fields and a body',
    run: () =>
      withApp(echo, async (dispatcher) => {
        const response = await fetchFrom(dispatcher, '/x');
        assertEqual([response.status, response.statusText], [200, 'OK']);
        assertEqual(response.headers.get('x-path'), '/x');
        assertEqual(response.headers.getSetCookie(), ['a=1', 'b=2']);
        assertEqual(await response.text(), 'GET ');
      }),
  },
  {
    title: 'a text is sent with its type',
    run: () =>
      withApp(echo, async (dispatcher) => {
        const response = await fetchFrom(dispatcher, '/', { method: 'POST', body: 'hei' });
        assertEqual(response.headers.get('x-type'), 'text/plain;charset=UTF-8');
        assertEqual(await response.text(), 'POST hei');
      }),
  },
  {
    title: 'a form is sent as multipart',
    run: () =>
      withApp(echo, async (dispatcher) => {
        const form = new FormData();
        form.append('name', 'value');
        form.append('file', new Blob(['content']), 'a.txt');
        const response = await fetchFrom(dispatcher, '/', { method: 'POST', body: form });
        assertEqual(response.headers.get('x-type')?.startsWith('multipart/form-data; boundary='), true);
        assertEqual(/name="file"; filename="a.txt"[\s\S]*content/.test(await response.text()), true);
      }),
  },
  {
    title: 'a stream is sent as it comes',
    run: () =>
      withApp(echo, async (dispatcher) => {
        const body = new Blob(['from a stream']).stream();
        const response = await fetchFrom(dispatcher, '/', { method: 'POST', body, duplex: 'half' });
        assertEqual(await response.text(), 'POST from a stream');
      }),
  },
  {
    title: 'a redirect is followed',
    run: () =>
      withApp(echo, async (dispatcher) => {
        const response = await fetchFrom(dispatcher, '/old', { method: 'POST', body: 'x' });
        assertEqual([response.url, response.redirected], ['http://testserver/new', true]);
        assertEqual(await response.text(), 'GET ');
      }),
  },
  {
    title: 'an endless body is read in part',
    run: () =>
      withApp(streaming, async (dispatcher) => {
        const response = await fetchFrom(dispatcher, '/');
        const reader = response.body?.getReader();
        const first = await reader?.read();
        assertEqual(new TextDecoder().decode(first?.value).startsWith('piece'), true);
        await reader?.cancel();
      }),
  },
  {
    title: 'an abort rejects with an AbortError',
    run: () =>
      withApp(streaming, async (dispatcher) => {
        const abort = new AbortController();
        const response = await fetchFrom(dispatcher, '/', { signal: abort.signal });
        abort.abort();
        assertEqual((await rejectionOf(response.text())).name, 'AbortError');
      }),
  },
  {
    title: 'a connection that is cut rejects the body',
    run: () =>
      withApp(streaming, async (dispatcher) => {
        const response = await fetchFrom(dispatcher, '/cut');
        assertEqual((await rejectionOf(response.text())).name, 'TypeError');
      }),
  },
  {
    title: 'a closed dispatcher rejects',
    run: () =>
      withApp(echo, async (dispatcher) => {
        await dispatcher.close();
        assertEqual((await rejectionOf(fetchFrom(dispatcher, '/'))).message, 'fetch failed');
      }),
  },
];
