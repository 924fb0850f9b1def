import { createHash } from 'node:crypto';
import { errorFormat, errorResponse, HTTPError, Pullo, statusOf } from '@pullo/core';
import { client } from '@pullo/testing';
import { describe, expect, test } from 'vitest';

const attack = `<script>alert(1)</script>"'&`;

function refusing(error: unknown = new HTTPError(403, { detail: 'It is not yours.' })): Pullo {
  return new Pullo().get('/', () => {
    throw error;
  });
}

const TEXT = 'text/plain; charset=utf-8';
const PAGE = 'text/html; charset=utf-8';
const PROBLEM = 'application/problem+json';

describe('an error is answered as the client likes it best', () => {
  test.each([
    ['nothing', undefined, TEXT],
    ['an empty Accept', '', TEXT],
    ['anything', '*/*', TEXT],
    ['text', 'text/plain', TEXT],
    ['any text', 'text/*', TEXT],
    ['nothing that there is', 'image/png', TEXT],
    ['a picture in Chromium', 'image/avif,image/webp,image/apng,*/*;q=0.8', TEXT],
    ['JSON', 'application/json', PROBLEM],
    ['problem details', 'application/problem+json', PROBLEM],
    ['JSON above text', 'application/json, text/plain;q=0.5', PROBLEM],
    ['JSON below text', 'application/json;q=0.5, text/plain', TEXT],
    ['JSON or text, as axios and Angular say', 'application/json, text/plain, */*', PROBLEM],
    ['anything but JSON', '*/*, application/json;q=0', TEXT],
    ['a page', 'text/html', PAGE],
    [
      'a page in Chromium',
      'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
      PAGE,
    ],
    ['a page in Firefox', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', PAGE],
    ['a page or anything', 'text/html, */*', PAGE],
    ['a page below JSON', 'text/html;q=0.8, application/json', PROBLEM],
    ['any type of application', 'application/*', PROBLEM],
    ['upper case', 'TEXT/HTML', PAGE],
  ])('%s (%s)', async (_title, accept, expected) => {
    await using http = client(refusing());
    const response = await http.get('/', accept === undefined ? {} : { headers: { accept } });
    expect([response.status, response.headers.get('content-type')]).toEqual([403, expected]);
    expect(response.headers.get('vary')).toBe('Accept');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

test.each([
  ['text/plain', TEXT],
  ['text/html', PAGE],
  ['application/json', PROBLEM],
])('HEAD is answered with the fields of GET and no content (%s)', async (accept, type) => {
  await using http = client(refusing());
  const get = await http.get('/', { headers: { accept } });
  const head = await http.head('/', { headers: { accept } });
  expect(head.status).toBe(403);
  expect(head.headers.get('content-type')).toBe(type);
  expect([...head.headers]).toEqual([...get.headers]);
  expect(Number(head.headers.get('content-length'))).toBe((await get.bytes()).byteLength);
  expect(await head.text()).toBe('');
});

describe('the headers of an HTTPError', () => {
  test('are those of the answer, and vary is added to theirs', async () => {
    const headers = [
      ['retry-after', '30'],
      ['vary', 'Cookie'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ] as const;
    await using http = client(refusing(new HTTPError(429, { headers })));
    const response = await http.get('/');
    expect(response.headers.get('retry-after')).toBe('30');
    expect(response.headers.get('vary')).toBe('Cookie, Accept');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  test('do not say what its content is', async () => {
    const headers = { 'content-type': 'text/html', 'content-length': '3', 'content-encoding': 'gzip' };
    await using http = client(refusing(new HTTPError(400, { detail: attack, headers })));
    const response = await http.get('/');
    expect(response.headers.get('content-type')).toBe(TEXT);
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(await response.text()).toBe(`400 Bad Request: ${attack}\n`);
  });
});

test('a 401 has no challenge but that of who threw it', async () => {
  await using http = client(refusing(new HTTPError(401)));
  expect((await http.get('/')).headers.get('www-authenticate')).toBeNull();
});

test.each(['text/plain', 'text/html', 'application/json'])('a 405 has Allow (%s)', async (accept) => {
  await using http = client(refusing());
  const response = await http.post('/', { headers: { accept } });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
});

describe('the page', () => {
  const html = { headers: { accept: 'text/html' } };

  test('escapes the detail, the title and the members', async () => {
    const problem = { type: attack, title: attack, instance: `javascript:${attack}`, member: [attack] };
    await using http = client(refusing(new HTTPError(400, { detail: attack, problem })));
    const page = await (await http.get('/', html)).text();
    expect(page).not.toContain('<script');
    expect(page).not.toContain(attack);
    expect(page).not.toContain('href=');
    expect(page).toContain('<p class="detail">&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;</p>');
  });

  test('does not let a link out of its attribute', async () => {
    const problem = { type: `https://example.com/"onclick="alert(1)` };
    await using http = client(refusing(new HTTPError(400, { problem })));
    expect(await (await http.get('/', html)).text()).toContain(
      '<a href="https://example.com/&quot;onclick=&quot;alert(1)">',
    );
  });

  test('may load its own style and nothing else', async () => {
    await using http = client(refusing());
    const response = await http.get('/', html);
    const style = /<style>(.*?)<\/style>/s.exec(await response.text())?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
  });

  test('of an unexpected error says nothing of it', async () => {
    const app = refusing(new Error('password=hunter2', { cause: new Error('and swordfish') }));
    const http = client(app, { raiseAppErrors: false, onError: () => {} });
    const page = await (await http.get('/', html)).text();
    expect(page).toContain('<p class="status">500</p>\n<h1>Internal Server Error</h1>\n</main>');
    expect(page).not.toMatch(/hunter2|swordfish|Error:/);
    await http.close();
  });
});

describe('a handler that answers as Pullo would', () => {
  const app = refusing().onError(HTTPError, (error, { request }) => {
    const as = request.query.get('as');
    if (as === 'json' || as === 'html' || as === 'text') return errorResponse(error, request, { as });
    const response = errorResponse(error, request);
    response.headers.set('x-preferred', errorFormat(request));
    return response;
  });

  test.each([
    ['/', 'text/html', PAGE, 'html'],
    ['/', 'application/json', PROBLEM, 'json'],
    ['/', '*/*', TEXT, 'text'],
    ['/?as=json', 'text/html', PROBLEM, null],
    ['/?as=html', 'application/json', PAGE, null],
    ['/?as=text', 'text/html', TEXT, null],
  ])('%s for a client that accepts %s', async (path, accept, type, preferred) => {
    await using http = client(app);
    const response = await http.get(path, { headers: { accept } });
    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('x-preferred')).toBe(preferred);
    expect(response.headers.get('vary')).toBe('Accept');
  });

  test('knows the status of what it was thrown', () => {
    const exposed = Object.assign(new Error('Too many.'), { status: 429, expose: true });
    const upstream = Object.assign(new Error('Not there.'), { status: 404 });
    expect([new HTTPError(409), exposed, upstream, 'text'].map(statusOf)).toEqual([409, 429, 500, 500]);
  });
});
