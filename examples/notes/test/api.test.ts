import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Database } from '../database/database.ts';
import { Fixture, PASSWORD } from './support.ts';

interface NoteJSON {
  id: number;
  title: string;
  attachments: { id: number; url: string; size: number }[];
}

type Authorization = { authorization: string };

let app: Fixture;
let aino: Authorization;
let eero: Authorization;

/** One app for all: hashing a password is slow on purpose. */
beforeAll(async () => {
  app = new Fixture();
  aino = await app.token('aino');
  eero = await app.token('eero');
});
afterAll(() => app[Symbol.asyncDispose]());
beforeEach(async () => {
  app.http.cookies.clear();
  for (const headers of [aino, eero]) {
    const { notes } = await (await app.http.get('/api/notes', { headers })).json<{
      notes: { id: number }[];
    }>();
    for (const { id } of notes) await app.http.delete(`/api/notes/${id}`, { headers });
  }
});

/** Makes a note of Aino's and returns its path. */
async function newNote(title: string, body = ''): Promise<string> {
  const response = await app.http.post('/api/notes', { json: { title, body }, headers: aino });
  return response.headers.get('location') ?? '';
}

function upload(file: File): FormData {
  const body = new FormData();
  body.append('file', file);
  return body;
}

test('a note is made, read, changed, listed and deleted with a token', async () => {
  const headers = aino;
  const made = await app.http.post('/api/notes', { json: { title: 'Tea', body: 'green' }, headers });
  expect(made.status).toBe(201);
  const path = made.headers.get('location') ?? '';
  const note = await made.json<NoteJSON>();
  expect(note).toMatchObject({ title: 'Tea', body: 'green', attachments: [] });
  expect(await (await app.http.get(path, { headers })).json()).toEqual(note);

  const changed = await app.http.patch(path, { json: { body: 'black' }, headers });
  expect(await changed.json()).toMatchObject({ title: 'Tea', body: 'black' });
  expect(await (await app.http.get('/api/notes', { headers })).json()).toMatchObject({
    notes: [{ id: note.id, title: 'Tea', excerpt: 'black', attachments: 0 }],
  });

  expect((await app.http.delete(path, { headers })).status).toBe(204);
  expect((await app.http.get(path, { headers })).status).toBe(404);
});

test('the session of a browser does as well as a token', async () => {
  await app.http.post('/sign-in', { form: { name: 'aino', password: PASSWORD } });
  expect(await (await app.http.get('/api/notes')).json()).toEqual({ notes: [] });
});

test.each([
  ['without a token', {}, 401, 'Bearer realm="Notes"'],
  [
    'with a wrong one',
    { authorization: 'Bearer notes_wrong' },
    401,
    'Bearer realm="Notes", error="invalid_token"',
  ],
])('%s the answer is a problem that says how to sign in', async (_what, headers, status, challenge) => {
  const response = await app.http.get('/api/notes', { headers });
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([status, challenge]);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toEqual({ status: 401, title: 'Unauthorized' });
});

test('a wrong token is refused, and not passed over for the cookie beside it', async () => {
  await app.http.post('/sign-in', { form: { name: 'aino', password: PASSWORD } });
  const response = await app.http.get('/api/notes', { headers: { authorization: 'Bearer notes_wrong' } });
  expect(response.status).toBe(401);
});

test('a token that has been revoked is worth nothing', async () => {
  await app.signUp('toini');
  const page = await (await app.http.post('/account/tokens', { form: { label: 'x' } })).text();
  const headers = { authorization: `Bearer ${/notes_[\w-]{43}/.exec(page)?.[0]}` };
  expect((await app.http.get('/api/notes', { headers })).status).toBe(200);
  const revoke = /tokens\/\d+\/revoke/.exec(page)?.[0];
  await app.http.post(`/account/${revoke}`);
  expect((await app.http.get('/api/notes', { headers })).status).toBe(401);
});

test.each([
  [{ title: '', body: '' }, 422, { title: 'Give the note a title.' }],
  [{ body: 'no title' }, 422, { title: 'Give the note a title.' }],
  [{ title: 7, body: 8 }, 422, { title: 'Give the note a title.', body: 'The text of a note is a string.' }],
  [{ title: 'x'.repeat(201), body: '' }, 422, { title: 'A title has at most 200 characters.' }],
  [{ title: 'x', body: 'x'.repeat(100_001) }, 422, { body: 'A note has at most 100,000 characters.' }],
])('what is no note is a problem that names the fields (%#)', async (json, status, errors) => {
  const headers = aino;
  const response = await app.http.post('/api/notes', { json, headers });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ title: 'Unprocessable Content', errors });
});

test.each([
  ['[]', 'application/json', 422],
  ['{', 'application/json', 400],
  ['{"__proto__": {}}', 'application/json', 400],
  ['title=x', 'text/plain', 415],
])('the body %s as %s is a problem of status %d', async (body, type, status) => {
  const headers = { ...aino, 'content-type': type };
  const response = await app.http.post('/api/notes', { body, headers });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
});

test("nothing of one user's is there for another: not to read, change, delete, attach to or find", async () => {
  const path = await newNote('Secret', 'sauna');
  const body = upload(new File(['plan'], 'plan.txt'));
  const added = await app.http.post(`${path}/attachments`, { body, headers: aino });
  const file = (await added.json<NoteJSON>()).attachments[0]?.url ?? '';

  const statuses = [
    await app.http.get(path, { headers: eero }),
    await app.http.patch(path, { json: { title: 'Mine' }, headers: eero }),
    await app.http.delete(path, { headers: eero }),
    await app.http.post(`${path}/attachments`, { body, headers: eero }),
    await app.http.get(file, { headers: eero }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([404, 404, 404, 404, 404]);
  expect(await (await app.http.get('/api/notes?q=sauna', { headers: eero })).json()).toEqual({ notes: [] });

  await app.signUp('impi');
  const [page, filePage] = [path, file].map((url) => url.replace('/api', ''));
  for (const url of [page, `${page}/edit`, filePage]) {
    expect((await app.http.get(`${url}`)).status, url).toBe(404);
  }
  for (const url of [page, `${page}/delete`, `${page}/attachments`, `${filePage}/delete`]) {
    expect((await app.http.post(url ?? '', { form: { title: 'Mine', body: '' } })).status, url).toBe(404);
  }
  expect(await (await app.http.get(path, { headers: aino })).json()).toMatchObject({
    title: 'Secret',
    attachments: [{ name: 'plan.txt' }],
  });
});

test('a search finds all its words, whatever their accents and endings, and reads none of them as a command', async () => {
  const headers = aino;
  const notes = [
    { title: 'Räntä', body: 'what falls when it cannot decide' },
    { title: 'Decisions', body: 'to be made: the boat, "the" roof' },
  ];
  for (const json of notes) await app.http.post('/api/notes', { json, headers });
  const find = async (q: string) => {
    const response = await app.http.get('/api/notes', { query: { q }, headers });
    const { notes } = await response.json<{ notes: { title: string }[] }>();
    return notes.map(({ title }) => title).sort();
  };
  expect(await find('ranta')).toEqual(['Räntä']);
  expect(await find('DECI')).toEqual(['Decisions', 'Räntä']);
  expect(await find('deci boat')).toEqual(['Decisions']);
  expect(await find('"the" roof*')).toEqual(['Decisions']);
  expect(await find('boat NOT roof')).toEqual([]);
  expect(await find("'; DROP TABLE notes; --")).toEqual([]);
  expect(await find('***')).toEqual(['Decisions', 'Räntä']);
});

test('a file comes back as it went, as a download that nothing runs in, and goes with its note', async () => {
  const headers = aino;
  const path = await newNote('Files');
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  const body = upload(new File([bytes], '../../etc/häst "1".html', { type: 'text/html' }));
  await app.http.post(`${path}/attachments`, { body, headers });
  const { attachments } = await (await app.http.get(path, { headers })).json<NoteJSON>();
  expect(attachments).toMatchObject([{ name: 'häst "1".html', size: 60_000 }]);

  const download = await app.http.get(attachments[0]?.url ?? '', { headers });
  expect(new Uint8Array(await download.bytes())).toEqual(bytes);
  expect(Object.fromEntries(download.headers)).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="h_st _1_.html"; filename*=UTF-8''h%C3%A4st%20%221%22.html`,
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  });
  const stored = () => readdirSync(join(app.data, 'attachments'));
  expect(stored()).toEqual([expect.stringMatching(/^[\da-f-]{36}$/)]);
  await app.http.delete(path, { headers });
  expect(stored()).toEqual([]);
});

test.each([
  ['image/png', 'inline'],
  ['image/svg+xml', 'attachment'],
])('a file that says it is %s is %s', async (type, disposition) => {
  const headers = aino;
  const path = await newNote('Files');
  const body = upload(new File(['<svg/>'], 'x', { type }));
  const added = await app.http.post(`${path}/attachments`, { body, headers });
  const [attachment] = (await added.json<NoteJSON>()).attachments;
  const download = await app.http.get(attachment?.url ?? '', { headers });
  expect(download.headers.get('content-disposition')).toMatch(new RegExp(`^${disposition};`));
});

test('a file over 50 MiB is refused before it is read, in words, and nothing of it is kept', async () => {
  const headers = aino;
  const path = await newNote('Files');
  const body = upload(new File([new Uint8Array(51 * 1024 * 1024)], 'large.bin'));
  const response = await app.http.post(`${path}/attachments`, { body, headers });
  expect(await response.json()).toEqual({
    status: 413,
    title: 'Content Too Large',
    detail: 'An attachment may have at most 50 MiB.',
  });
  expect(readdirSync(join(app.data, 'attachments'))).toEqual([]);
});

test('what is no upload says so', async () => {
  const headers = aino;
  const path = await newNote('Files');
  const response = await app.http.post(`${path}/attachments`, { form: { file: 'text' }, headers });
  expect([response.status, await response.json()]).toMatchObject([
    422,
    { detail: 'Choose a file to attach.' },
  ]);
});

test('the attachments of a user have room for 500 MiB together', async () => {
  const headers = aino;
  const path = await newNote('Files');
  const body = upload(new File(['x'], 'small.txt'));
  await app.http.post(`${path}/attachments`, { body, headers });
  // As if it had been large: the database is open for others too.
  const db = new Database(join(app.data, 'notes.db'));
  db.run('UPDATE attachments SET size = ?', 500 * 1024 * 1024);
  db.close();
  const response = await app.http.post(`${path}/attachments`, { body, headers });
  expect([response.status, await response.json()]).toMatchObject([
    413,
    { detail: expect.stringContaining('your attachments may have 500 MiB together') },
  ]);
  expect(readdirSync(join(app.data, 'attachments'))).toHaveLength(1);
});

test('an upload that is broken off leaves nothing behind', async () => {
  const path = await newNote('Files');
  const controller = new AbortController();
  async function* body() {
    yield '--x\r\ncontent-disposition: form-data; name="file"; filename="half.bin"\r\n\r\n';
    yield 'x'.repeat(3 * 1024 * 1024);
    controller.abort();
    await new Promise(() => {});
  }
  const headers = { ...aino, 'content-type': 'multipart/form-data; boundary=x' };
  await expect(
    app.http.post(`${path}/attachments`, { body: body(), headers, signal: controller.signal }),
  ).rejects.toThrow();
  expect(await (await app.http.get(path, { headers: aino })).json()).toMatchObject({ attachments: [] });
  expect(readdirSync(join(app.data, 'attachments'))).toEqual([]);
});

describe('a note that is deleted', () => {
  test('while a file is on its way to it has no such file: 404, and nothing stays behind', async () => {
    const path = await newNote('Going');
    async function* body() {
      yield '--x\r\ncontent-disposition: form-data; name="file"; filename="late.bin"\r\n\r\n';
      yield 'too late';
      await app.http.delete(path, { headers: aino });
      yield '\r\n--x--\r\n';
    }
    const headers = { ...aino, 'content-type': 'multipart/form-data; boundary=x' };
    expect((await app.http.post(`${path}/attachments`, { body: body(), headers })).status).toBe(404);
    expect(readdirSync(join(app.data, 'attachments'))).toEqual([]);
  });

  test('while a form with its changes is on its way is not said to be saved', async () => {
    const path = await newNote('Going');
    await app.http.post('/sign-in', { form: { name: 'aino', password: PASSWORD } });
    async function* body() {
      yield 'title=Changed&';
      await app.http.delete(path, { headers: aino });
      yield 'body=too+late';
    }
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const page = path.replace('/api', '');
    expect((await app.http.post(page, { body: body(), headers })).status).toBe(404);
  });
});
