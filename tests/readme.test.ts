// The code of the README, taken from it and run.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '@pullo/asgi';
import type { Router } from '@pullo/router';
import { client } from '@pullo/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from './processes.js';

/** Inside the workspace, so that its packages are found. */
const folder = join(root, '.snippets-run/readme');

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  for (const [, name = '', code = ''] of readme.matchAll(/^```ts\n\/\/ (\S+\.ts)\n(.*?)^```$/gms)) {
    writeFileSync(join(folder, name), code);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

const load = (name: string): Promise<{ default: App } & Record<string, unknown>> =>
  import(join(folder, name));

test('hello answers on all three routes', async () => {
  await using http = client((await load('hello.ts')).default);
  expect(await (await http.get('/')).text()).toBe('Saying hi from home.');
  expect(await (await http.get('/hello')).text()).toBe('Saying hi from hello.');
  expect(await (await http.get('/greet/Aino')).text()).toBe('Hei, Aino!');
});

test('the router alone gives what its comments say', async () => {
  const router = (await load('router.ts')).router as Router<() => string>;
  expect(router.match('GET', '/users/42')).toMatchObject({ params: { id: 42 } });
  expect(router.match('GET', '/users/x')).toBeUndefined();
  expect(router.allowed('/users/42')).toEqual(['GET', 'HEAD']);
  expect(router.url('user', { id: 42 })).toBe('/users/42');
});

test('the raw app reads the query', async () => {
  await using http = client((await load('raw.ts')).default);
  expect(await (await http.get('/?name=Aino')).text()).toBe('Hello Aino!\n');
});

test('the pipeline gives the handlers what its middleware provides', async () => {
  await using http = client((await load('pipeline.ts')).default, { headers: { 'x-user': 'Aino' } });
  expect(await (await http.get('/cart')).json()).toEqual(['what Aino likes']);
  expect(await (await http.get('/items/7')).json()).toEqual({ id: 7, for: 'Aino' });
});

test('the test in the README passes', async () => {
  expect((await load('test.ts')).answer).toBe('Hei, Aino!');
});
