// The servers side by side. `file` is the module in apps/, `on` what runs it; `only` names the apps that it has, all if there is none.
import { existsSync, readFileSync } from 'node:fs';

const BARE = ['plain'];

export const OURS = 'Pullo';
/** What everything above `node:http` is held against. */
export const BASE = 'node:http';

export const contenders = {
  [OURS]: { file: 'pullo.mjs', on: 'node' },
  [BASE]: { file: 'node-http.mjs', on: 'node', only: ['plain', 'layers', 'file'] },
  'node:net': { file: 'node-net.mjs', on: 'node', only: BARE, cases: ['text', 'browser'] },
  Fastify: { file: 'fastify.mjs', on: 'node', packages: ['fastify', '@fastify/static'] },
  Hono: { file: 'hono.mjs', on: 'node', packages: ['hono', '@hono/node-server'] },
  h3: { file: 'h3.mjs', on: 'node', packages: ['h3'] },
  Koa: { file: 'koa.mjs', on: 'node', packages: ['koa', '@koa/router', '@koa/bodyparser', '@koa/send'] },
  Express: { file: 'express.mjs', on: 'node', packages: ['express'] },
  // Its answer with a file has both a Content-Length and a Transfer-Encoding, which clients refuse.
  Elysia: {
    file: 'elysia.mjs',
    on: 'node',
    packages: ['elysia', '@elysiajs/node'],
    only: ['plain', 'layers', 'routes'],
  },
  polka: { file: 'polka.mjs', on: 'node', packages: ['polka', 'sirv'] },
  'Bun.serve': { file: 'bun.mjs', on: 'bun' },
  'Deno.serve': { file: 'deno.mjs', on: 'deno', only: ['plain', 'layers', 'file'] },
};

/** The version of an installed package. */
export function versionOf(name) {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined;
}
