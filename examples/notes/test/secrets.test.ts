import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { hashPassword, verifyPassword } from '../accounts/passwords.ts';
import { Database } from '../database/database.ts';
import { openState, type State } from '../state.ts';
import { PASSWORD, temporaryDirectory } from './support.ts';

const directory = temporaryDirectory();
let opened: { state: State; close: () => void };
let state: State;

beforeAll(() => {
  opened = openState({ data: directory.path });
  state = opened.state;
});
afterAll(() => {
  opened.close();
  directory[Symbol.dispose]();
});

test('a password is the same however its letters are made up, and stored with a salt and its cost', async () => {
  const [first, second] = [await hashPassword('häst på sjön'), await hashPassword('häst på sjön')];
  expect(first).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  expect(first).not.toBe(second);
  expect(await verifyPassword('häst på sjön'.normalize('NFD'), first)).toBe(true);
  expect(await verifyPassword('hast pa sjon', first)).toBe(false);
});

test('a password stored at another cost is still verified, and one stored in an unknown way is an error', async () => {
  // RFC 7914, section 12: the second test vector.
  const key = Buffer.from('fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162', 'hex');
  const stored = [
    'scrypt',
    1024,
    8,
    16,
    Buffer.from('NaCl').toString('base64url'),
    key.toString('base64url'),
  ];
  expect(await verifyPassword('password', stored.join('$'))).toBe(true);
  await expect(verifyPassword('password', 'md5$x')).rejects.toThrow('not known: md5');
});

test('who reads the database can sign in as nobody', async () => {
  const user = await state.users.create('aino', PASSWORD);
  if (user === undefined) throw new Error('The name is taken.');
  const secrets = [PASSWORD, state.sessions.begin(user), state.apiTokens.create(user, 'test')];
  const db = new Database(join(directory.path, 'notes.db'));
  const tables = db.all<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'notes_search%'",
  );
  const content = JSON.stringify(tables.map(({ name }) => db.all(`SELECT * FROM ${name}`)));
  db.close();
  expect(content).toContain('aino');
  for (const secret of secrets) expect(content).not.toContain(secret.replace(/^notes_/, ''));
});

test('a name that nobody has takes as long to refuse as a wrong password', async () => {
  await state.users.create('eero', PASSWORD);
  const timed = async (name: string) => {
    const begin = performance.now();
    expect(await state.users.authenticate(name, 'a wrong password')).toBeUndefined();
    return performance.now() - begin;
  };
  // A machine under load is not exact; without the work the one would take a hundredth of the other.
  expect(await timed('nobody')).toBeGreaterThan((await timed('eero')) / 5);
});

test('attempts are counted for each key, refused over the limit, and forgotten with time', () => {
  const limit = { attempts: 2, minutes: 15 };
  const count = (key: string) => state.throttle.count(key, limit);
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    count('a');
    count('a');
    count('b');
    expect(() => count('a')).toThrow('429 Too Many Requests: Too many attempts. Try again in 15 minutes.');
    state.throttle.forget('a');
    count('a');
    vi.advanceTimersByTime(14 * 60_000);
    count('a');
    expect(() => count('a')).toThrow('Try again in 60 seconds.');
    vi.advanceTimersByTime(60_000);
    count('a');
  } finally {
    vi.useRealTimers();
  }
});
