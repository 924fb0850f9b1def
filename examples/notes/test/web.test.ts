import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { html } from '../web/html.ts';
import { Fixture } from './support.ts';

/** One app for all: hashing a password is slow on purpose. */
const app = new Fixture({ demo: true });
afterAll(() => app[Symbol.asyncDispose]());

test('a template escapes what stands in it, in lists too, and leaves its own markup', () => {
  const name = `<b title="x">'&`;
  expect(`${html`<p class="${name}">${[name, html`<i>${name}</i>`]}${undefined}${false}${0}</p>`}`).toBe(
    '<p class="&lt;b title=&quot;x&quot;&gt;&#39;&amp;">&lt;b title=&quot;x&quot;&gt;&#39;&amp;<i>&lt;b title=&quot;x&quot;&gt;&#39;&amp;</i>0</p>',
  );
});

test.each([
  ['/', 200],
  ['/nowhere', 404],
  ['/api/notes', 401],
  ['/assets/base.css', 200],
])('%s has the headers of every answer', async (path, status) => {
  const response = await app.http.get(path);
  expect(response.status).toBe(status);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-security-policy': expect.stringMatching(
      /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/,
    ),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  });
});

test('pages are kept by nobody, and assets for ever under a name that changes with them', async () => {
  const page = await app.http.get('/');
  expect(page.headers.get('cache-control')).toBe('no-store');
  const [, path] = /href="(\/assets\/base\.css\?v=[\da-f]{12})"/.exec(await page.text()) ?? [];
  const asset = await app.http.get(path ?? '');
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(asset.headers.get('content-type')).toBe('text/css; charset=utf-8');
  expect((await app.http.get('/assets/..%2fapp.ts')).status).toBe(404);
});

test.each([
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'text/html; charset=utf-8', '<h1>Nothing here</h1>'],
  ['*/*', 'text/plain; charset=utf-8', '404 Not Found'],
  ['application/json', 'application/problem+json', '"status":404'],
])('to those who accept %s a missing page is %s', async (accept, type, text) => {
  const response = await app.http.get('/nowhere', { headers: { accept } });
  expect([response.status, response.headers.get('content-type')]).toEqual([404, type]);
  expect(await response.text()).toContain(text);
});

test('the demo has an account and notes', async () => {
  const form = { name: 'demo', password: 'rye bread and tea' };
  expect((await app.http.post('/sign-in', { form })).headers.get('location')).toBe('/notes');
  expect(await (await app.http.get('/notes')).text()).toContain('Rye bread');
});

test('what breaks is a page that tells nothing of the reason, which goes to the log', async () => {
  await using own = new Fixture();
  await own.signUp('aino');
  await own.http.post('/notes', { form: { title: 'Files', body: '' } });
  const body = new FormData();
  body.append('file', new File(['plan'], 'plan.txt'));
  await own.http.post('/notes/1/attachments', { body });
  // Somebody has tidied up the directory of a running app.
  rmSync(join(own.data, 'attachments'), { recursive: true });
  await expect(own.http.get('/notes/1/attachments/1')).rejects.toThrow('there is no such file');
});
