// What is asked of every server: the request, what its answer must be, and which of the apps answers it.
// `wrk` is the body and fields of wrk's request; `check` gets the answer of fetch before anything is timed.
import { deepEqual, equal } from 'node:assert/strict';
import { routes } from './apps/shared.mjs';

/** The bytes of the file that is sent, and of the folder it lies in. */
export const FILE_BYTES = 14 * 1024 * 1024;

const BROWSER = {
  'user-agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'accept-language': 'fi-FI,fi;q=0.9,en-US;q=0.8,en;q=0.7',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'cache-control': 'max-age=0',
  'upgrade-insecure-requests': '1',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-site': 'none',
  cookie: 'session=c29tZSBzZXNzaW9uIGlkZW50aWZpZXI; theme=dark',
};

const ECHO = JSON.stringify({
  id: 42,
  name: 'Aino',
  tags: ['a', 'b', 'c'],
  nested: { on: true, ratio: 0.5 },
});

const text = async (response) => {
  equal(response.status, 200);
  equal(await response.text(), 'Hello, World!');
};

/** A path that each of the routes serves, for those of GET. */
const paths = routes
  .filter(({ method }) => method === 'GET')
  .map(({ pattern }) => pattern.replace(/:\w+|\*/g, 'pullo'));

export const cases = {
  text: { title: 'Text', app: 'plain', path: '/', check: text },
  json: {
    title: 'JSON',
    app: 'plain',
    path: '/json',
    async check(response) {
      equal(response.headers.get('content-type')?.split(';')[0], 'application/json');
      deepEqual(await response.json(), { message: 'Hello, World!' });
    },
  },
  parameter: {
    title: 'Parameter, query, header',
    app: 'plain',
    path: '/id/42?name=pullo',
    async check(response) {
      equal(response.headers.get('x-powered-by'), 'benchmark');
      equal(await response.text(), '42 pullo');
    },
  },
  echo: {
    title: 'JSON body echoed',
    app: 'plain',
    path: '/json',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: ECHO,
    async check(response) {
      equal(response.headers.get('content-type')?.split(';')[0], 'application/json');
      equal(await response.text(), ECHO);
    },
  },
  browser: { title: "A browser's headers", app: 'plain', path: '/', headers: BROWSER, check: text },
  layers: {
    title: 'Three middleware',
    app: 'layers',
    path: '/',
    async check(response) {
      equal(response.headers.get('x-layers'), '3');
      await text(response);
    },
  },
  routes: {
    title: `${routes.length} routes`,
    app: 'routes',
    path: paths[0],
    paths,
    async check(response) {
      equal(response.status, 200);
      equal(await response.text(), 'found');
    },
  },
  file: {
    title: '14 MiB file',
    app: 'file',
    path: '/file.bin',
    connections: 4,
    async check(response) {
      equal(response.headers.get('content-length'), String(FILE_BYTES));
      equal((await response.arrayBuffer()).byteLength, FILE_BYTES);
    },
  },
};
