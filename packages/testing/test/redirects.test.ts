import { HeaderList } from '@pullo/asgi';
import { client } from '@pullo/testing';
import { expect, test } from 'vitest';
import { httpApp, readBody } from './support/apps.js';

/** `/308/x` redirects with 308 to `/x`; anything else answers what it got. */
const app = httpApp(async (scope, receive, send) => {
  const [, status = '', rest = ''] = /^\/(30\d)(\/.*)$/.exec(scope.path) ?? [];
  const body = `${scope.method} ${scope.path} ${await readBody(receive)}`;
  send({
    type: 'http.response.start',
    status: status === '' ? 200 : Number(status),
    headers: status === '' ? [] : [['location', rest]],
  });
  await send({ type: 'http.response.body', body: status === '' ? body : '' });
});

test.each([
  ['POST', '/301/x', 'GET /x '],
  ['POST', '/302/x', 'GET /x '],
  ['PUT', '/301/x', 'PUT /x hei'],
  ['PUT', '/303/x', 'GET /x '],
  ['POST', '/307/x', 'POST /x hei'],
  ['POST', '/308/307/x', 'POST /x hei'],
])('%s %s ends as %s', async (method, path, expected) => {
  await using http = client(app);
  const response = await http.request(method, path, { body: 'hei', redirect: 'follow', query: { once: 1 } });
  expect(await response.text()).toBe(expected);
  expect(response.url).toBe('http://testserver/x');
});

test('without follow a redirect is an answer', async () => {
  await using http = client(app);
  expect((await http.get('/307/x')).status).toBe(307);
});

test('a stream cannot be sent again, and circles end', async () => {
  await using http = client(app);
  const body = new Blob(['x']).stream();
  await expect(http.post('/307/x', { body, redirect: 'follow' })).rejects.toThrow(
    'a stream can be sent only once',
  );
  const circle = client(
    httpApp((_scope, _receive, send) => {
      send({ type: 'http.response.start', status: 302, headers: [['location', '/']] });
      send({ type: 'http.response.body' });
    }),
  );
  await expect(circle.get('/', { redirect: 'follow' })).rejects.toThrow(
    'More than 20 redirects, the last to "/"',
  );
});

test('a redirect to another origin is the answer', async () => {
  const away = httpApp((_scope, _receive, send) => {
    send({ type: 'http.response.start', status: 302, headers: [['location', 'https://elsewhere.example/']] });
    send({ type: 'http.response.body' });
  });
  await using http = client(away);
  expect((await http.get('/', { redirect: 'follow' })).status).toBe(302);
});

test('what becomes a GET says nothing of the body that it had, and keeps the other fields', async () => {
  const seen: (string | null)[] = [];
  const app = httpApp(async (scope, receive, send) => {
    await readBody(receive);
    const headers = new HeaderList(scope.headers);
    seen.push(scope.method, headers.get('content-type'), headers.get('x-own'));
    const isFirst = scope.path === '/';
    send({
      type: 'http.response.start',
      status: isFirst ? 303 : 200,
      headers: isFirst ? [['location', '/x']] : [],
    });
    send({ type: 'http.response.body' });
  });
  await using http = client(app);
  await http.post('/', {
    body: 'x',
    headers: { 'content-type': 'text/x', 'x-own': 'y' },
    redirect: 'follow',
  });
  expect(seen).toEqual(['POST', 'text/x', 'y', 'GET', null, 'y']);
});

test('a location that is no URL is an error that shows it', async () => {
  await using http = client(
    httpApp((_scope, _receive, send) => {
      send({ type: 'http.response.start', status: 302, headers: [['location', 'http://[']] });
      send({ type: 'http.response.body' });
    }),
  );
  await expect(http.get('/', { redirect: 'follow' })).rejects.toThrow('goes to "http://[", which is no URL');
});
