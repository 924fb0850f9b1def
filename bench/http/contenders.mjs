// The servers side by side. `file` is the module in apps/, `on` what runs it, `packages` whose versions are told; `lacks` says of the cases that it
// does not have why, for the table's footnotes.
import { existsSync, readFileSync } from 'node:fs';
import { cases } from './cases.mjs';

export const OURS = 'Pullo';
/** What everything above `node:http` is held against. */
export const BASE = 'node:http';

const allBut = (names, reason) =>
  Object.fromEntries(
    Object.keys(cases)
      .filter((name) => !names.includes(name))
      .map((name) => [name, reason]),
  );

const NO_ROUTES = 'no routes with parameters of its own';
const NO_CONDITIONS = 'no answer to conditional requests of its own';
const TWO_FRAMINGS =
  'its answer with a file has both Content-Length and Transfer-Encoding, which RFC 9112 forbids and clients refuse';

export const contenders = {
  [OURS]: { file: 'pullo.mjs', on: 'node' },
  [BASE]: { file: 'node-http.mjs', on: 'node', lacks: { routes: NO_ROUTES, unchanged: NO_CONDITIONS } },
  'node:net': {
    file: 'node-net.mjs',
    on: 'node',
    lacks: allBut(['text', 'browser'], 'sockets only: nothing is parsed'),
  },
  Fastify: { file: 'fastify.mjs', on: 'node', packages: ['fastify', '@fastify/static'] },
  Hono: {
    file: 'hono.mjs',
    on: 'node',
    packages: ['hono', '@hono/node-server'],
    lacks: { unchanged: NO_CONDITIONS },
  },
  h3: { file: 'h3.mjs', on: 'node', packages: ['h3'] },
  Koa: {
    file: 'koa.mjs',
    on: 'node',
    packages: ['koa', '@koa/router', '@koa/bodyparser', '@koa/send'],
    lacks: { unchanged: NO_CONDITIONS },
  },
  Express: { file: 'express.mjs', on: 'node', packages: ['express'] },
  Elysia: {
    file: 'elysia.mjs',
    on: 'node',
    packages: ['elysia', '@elysiajs/node'],
    lacks: { file: TWO_FRAMINGS, small: TWO_FRAMINGS, unchanged: TWO_FRAMINGS },
  },
  polka: { file: 'polka.mjs', on: 'node', packages: ['polka', 'sirv'] },
  'Bun.serve': { file: 'bun.mjs', on: 'bun', packages: ['bun'] },
  'Deno.serve': {
    file: 'deno.mjs',
    on: 'deno',
    packages: ['@deno/linux-x64-glibc'],
    lacks: { routes: NO_ROUTES, unchanged: NO_CONDITIONS },
  },
};

/** The version of an installed package. */
export function versionOf(name) {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined;
}
