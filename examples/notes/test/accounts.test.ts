import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Database } from '../database/database.ts';
import { Fixture, PASSWORD } from './support.ts';

const signIn = { name: 'aino', password: PASSWORD };
let app: Fixture;

/** One app for all: hashing a password is slow on purpose. */
beforeAll(async () => {
  app = new Fixture();
  await app.signUp('aino');
});
afterAll(() => app[Symbol.asyncDispose]());
beforeEach(() => app.http.cookies.clear());
afterEach(() => {
  vi.useRealTimers();
});

/** The cookie of a new session, as a browser sends it. */
async function session(): Promise<string> {
  const { headers } = await app.http.post('/sign-in', { form: signIn });
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}

let kept: Promise<string> | undefined;

/** The cookie of one session, for the tests that leave it as it is. */
async function oneSession(): Promise<string> {
  kept ??= session();
  const cookie = await kept;
  app.http.cookies.clear();
  return cookie;
}

test('an account is signed in as soon as it is made, by a cookie that scripts and other sites do not get', async () => {
  const response = await app.http.post('/sign-up', { form: { ...signIn, name: 'lempi' } });
  expect([response.status, response.headers.get('location')]).toEqual([303, '/notes']);
  expect(response.headers.get('set-cookie')).toMatch(
    /^session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  expect(await (await app.http.get('/notes')).text()).toContain('Your first note');
});

test('over TLS the cookie is secure and of this host alone, and browsers are told to stay with TLS', async () => {
  await using app = new Fixture({ origin: 'https://notes.example' });
  const response = await app.http.post('/sign-up', { form: signIn });
  expect(response.headers.get('set-cookie')).toMatch(
    /^__Host-session=.*; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
  );
  expect(response.headers.get('strict-transport-security')).toBe('max-age=31536000');
});

test('what is filled in wrongly comes back with what is wrong, and without the password', async () => {
  const response = await app.http.post('/sign-up', {
    form: { name: '"><script>', password: 'short-secret'.slice(0, 7) },
  });
  const page = await response.text();
  expect(response.status).toBe(422);
  expect(page).toContain('value="&quot;&gt;&lt;script&gt;"');
  expect(page).toContain('aria-describedby="name-problem"');
  expect(page).toContain('A password has at least 10 characters.');
  expect(page).not.toContain('short-s');
});

test('a name can be had once, in whatever case', async () => {
  const response = await app.http.post('/sign-up', { form: { name: 'AINO', password: PASSWORD } });
  expect([response.status, (await response.text()).includes('That name is taken.')]).toEqual([422, true]);
});

test.each([
  ['a wrong password', { name: 'aino', password: 'something else' }],
  ['a name that nobody has', { name: 'nobody', password: PASSWORD }],
])('%s is refused with the same words', async (_what, form) => {
  const response = await app.http.post('/sign-in', { form });
  expect([response.status, response.headers.get('set-cookie')]).toEqual([422, null]);
  expect(await response.text()).toContain('That name and password do not go together.');
});

test('signing in makes a new token each time, and a token that a client has thought of is never taken', async () => {
  const tokens = new Set<string | undefined>();
  for (let turn = 0; turn < 2; turn++) {
    app.http.cookies.set('http://testserver/', 'session', 'chosen-by-somebody-else');
    expect((await app.http.get('/notes')).headers.get('location')).toBe('/sign-in?next=%2Fnotes');
    const response = await app.http.post('/sign-in', { form: signIn });
    tokens.add(/session=([\w-]{43});/.exec(response.headers.get('set-cookie') ?? '')?.[1]);
  }
  expect(tokens.size).toBe(2);
  expect(tokens).not.toContain(undefined);
});

test('signing out ends the session on the server, not only in the browser', async () => {
  const cookie = await session();
  const signOut = await app.http.post('/sign-out');
  expect(signOut.headers.get('set-cookie')).toMatch(/^session=; Max-Age=0;/);
  const kept = await app.http.get('/notes', { headers: { cookie } });
  expect(kept.headers.get('location')).toBe('/sign-in?next=%2Fnotes');
});

test('signing in anew ends what the session before has open', async () => {
  await session();
  const events = await app.http.get('/events');
  await app.http.post('/sign-in', { form: signIn });
  expect(await events.text()).toContain('event: signed-out');
});

test('signing out everywhere ends the other sessions too', async () => {
  const first = await session();
  app.http.cookies.clear();
  await app.http.post('/sign-in', { form: signIn });
  expect((await app.http.get('/notes', { headers: { cookie: first } })).status).toBe(200);
  await app.http.post('/account/sign-out-everywhere');
  app.http.cookies.clear();
  expect((await app.http.get('/notes', { headers: { cookie: first } })).status).toBe(303);
});

test('after ten wrong passwords an account is left alone for a quarter of an hour, also with the right one', async () => {
  await app.signUp('impi');
  const right = { name: 'impi', password: PASSWORD };
  // As if eight had been tried: each costs what hashing a password does.
  const db = new Database(join(app.data, 'notes.db'));
  for (let n = 0; n < 8; n++) db.run('INSERT INTO attempts VALUES (?, ?)', 'sign-in as impi', Date.now());
  db.close();
  const form = { name: 'impi', password: 'a wrong password' };
  const guesses = await Promise.all(Array.from({ length: 4 }, () => app.http.post('/sign-in', { form })));
  expect(guesses.map(({ status }) => status).sort()).toEqual([422, 422, 429, 429]);
  const refused = await app.http.post('/sign-in', { form: right });
  expect([refused.status, Number(refused.headers.get('retry-after')) > 800]).toEqual([429, true]);
  expect(await refused.text()).toContain('Try again in 15 minutes.');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 16 * 60_000 });
  expect((await app.http.post('/sign-in', { form: right })).status).toBe(303);
});

test('a session ends after 30 days', async () => {
  const cookie = await session();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31 * 24 * 60 * 60_000 });
  expect((await app.http.get('/notes', { headers: { cookie } })).status).toBe(303);
});

test.each([
  ['/notes/new?q=a', '/notes/new?q=a'],
  ['https://evil.example/', '/notes'],
  ['//evil.example/', '/notes'],
  ['/\\evil.example/', '/notes'],
  ['/\t/evil.example', '/notes'],
  ['/.//evil.example', '/notes'],
  ['javascript:alert(1)', '/notes'],
])('from next=%j one who is signed in goes to %s', async (next, location) => {
  const response = await app.http.get('/sign-in', {
    query: { next },
    headers: { cookie: await oneSession() },
  });
  expect(response.headers.get('location')).toBe(location);
});

test.each([
  ['by another site', { 'sec-fetch-site': 'cross-site' }, 403],
  ['by a subdomain', { 'sec-fetch-site': 'same-site' }, 403],
  ['by this site', { 'sec-fetch-site': 'same-origin' }, 303],
  ['by the user', { 'sec-fetch-site': 'none' }, 303],
  ['by another site to an old browser', { origin: 'http://evil.example' }, 403],
  ['by a page without an origin', { origin: 'null' }, 403],
  ['by this site to an old browser', { origin: 'http://testserver' }, 303],
  ['by no browser', {}, 303],
  [
    'by another site that forges an origin',
    { 'sec-fetch-site': 'cross-site', origin: 'http://testserver' },
    403,
  ],
])('a form that is sent %s', async (_by, headers, status) => {
  const cookie = await oneSession();
  const form = { title: 'Hei', body: '' };
  const response = await app.http.post('/notes', { form, headers: { cookie, ...headers } });
  expect(response.status).toBe(status);
});
