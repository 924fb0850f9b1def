import { AppDispatcher } from '@pullo/testing';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { answer } from './support/apps.js';

test('a 304 keeps the length of what it stands for (undici over a socket takes that for a missing body)', async () => {
  await using dispatcher = new AppDispatcher(answer('', [['content-length', '99']], 304));
  const { statusCode, headers, body } = await request('http://a/', { dispatcher });
  expect(statusCode).toBe(304);
  expect(headers['content-length']).toBe('99');
  expect(await body.text()).toBe('');
});

test('what the app does to its bytes after sending them is not seen, nor what the test does to what it got', async () => {
  const bytes = new TextEncoder().encode('same');
  await using dispatcher = new AppDispatcher(answer(bytes));
  const { body } = await request('http://a/', { dispatcher });
  const got = await body.bytes();
  got.fill(0);
  expect(new TextDecoder().decode(bytes)).toBe('same');
});

test('a 426 says what to upgrade to, as over a socket, and nothing else does', async () => {
  const fields: [string, string][] = [
    ['Upgrade', 'websocket'],
    ['Connection', 'upgrade'],
  ];
  for (const status of [426, 200]) {
    await using dispatcher = new AppDispatcher(answer('', fields, status));
    const { headers, body } = await request('http://a/', { dispatcher });
    await body.dump();
    const expected = status === 426 ? ['websocket', 'upgrade'] : [undefined, undefined];
    expect([headers.upgrade, headers.connection]).toEqual(expected);
  }
});
