// What is asked of every server: the request, what its answer must be, and which of the apps answers it. `check` gets the answer of fetch before anything
// is timed. With `paths` these are asked for in turn; with `layers` so many middleware must run for each request; with `revalidates` the request has the
// validators of the answer to the same request without them; with `bytes`, answers are counted by what has arrived.
import { equal } from 'node:assert/strict';
import { MESSAGE, TEXT } from './apps/shared.mjs';
import { routes } from './routes.mjs';

/** The files that are sent, and how many bytes they have. */
export const FILES = { 'file.bin': 14 * 1024 * 1024, 'style.css': 1024 };

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

/** Sent as somebody has written it and expected as `JSON.stringify` writes it, so that who hands on the bytes is seen. */
const ECHO = { id: 42, name: 'Aino', tags: ['a', 'b', 'c'], nested: { on: true, ratio: 0.5 } };

const typeOf = (response) => response.headers.get('content-type')?.split(';')[0];

const text = async (response, expected = TEXT) => {
  equal(response.status, 200);
  equal(typeOf(response), 'text/plain');
  equal(response.headers.get('content-length'), String(expected.length));
  equal(await response.text(), expected);
};

const json = async (response, expected) => {
  equal(response.status, 200);
  equal(typeOf(response), 'application/json');
  equal(response.headers.get('content-length'), String(expected.length));
  equal(await response.text(), expected);
};

/** A path that each of the routes serves, for those of GET. */
const paths = routes
  .filter(({ method }) => method === 'GET')
  .map(({ pattern }) => pattern.replace(/:\w+/g, 'pullo'));

const style = async (response) => {
  equal(response.status, 200);
  equal(typeOf(response), 'text/css');
  equal(response.headers.get('content-length'), String(FILES['style.css']));
  equal((await response.arrayBuffer()).byteLength, FILES['style.css']);
};

export const cases = {
  text: { title: 'Text', app: 'plain', path: '/', check: text },
  json: {
    title: 'JSON',
    app: 'plain',
    path: '/json',
    check: (response) => json(response, JSON.stringify(MESSAGE)),
  },
  parameter: {
    title: 'Parameter, query, header',
    app: 'plain',
    path: '/id/42?name=pullo',
    async check(response) {
      equal(response.headers.get('x-powered-by'), 'benchmark');
      await text(response, '42 pullo');
    },
  },
  echo: {
    title: 'JSON body echoed',
    app: 'plain',
    path: '/json',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ECHO, null, 1),
    check: (response) => json(response, JSON.stringify(ECHO)),
  },
  browser: { title: "A browser's headers", app: 'plain', path: '/', headers: BROWSER, check: text },
  layers: {
    title: 'Three middleware',
    app: 'layers',
    path: '/',
    layers: 3,
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
    check: (response) => text(response, 'ok'),
  },
  small: { title: '1 KiB file', app: 'files', path: '/style.css', check: style },
  unchanged: {
    title: '1 KiB file, 304',
    app: 'files',
    path: '/style.css',
    revalidates: true,
    async check(response) {
      equal(response.status, 304);
      equal(await response.text(), '');
    },
  },
  file: {
    title: '14 MiB file',
    app: 'files',
    path: '/file.bin',
    connections: 4,
    bytes: FILES['file.bin'],
    async check(response) {
      equal(response.status, 200);
      equal(response.headers.get('content-length'), String(FILES['file.bin']));
      equal((await response.arrayBuffer()).byteLength, FILES['file.bin']);
    },
  },
};
