// What each router weighs in a bundle: minified, and gzipped.
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = new URL('../../packages/router/dist/', import.meta.url).pathname;

/** The least program that registers and looks up. */
const programs = {
  '@pullo/router': `export { Router } from '${root}index.js'`,
  '@pullo/router and /host': `export * from '${root}index.js'; export * from '${root}host.js'`,
  'rou3 compiled': `export { createRouter, addRoute } from 'rou3'; export { compileRouter } from 'rou3/compiler'`,
  rou3: `export { createRouter, addRoute, findRoute } from 'rou3'`,
  memoirist: `export { Memoirist } from 'memoirist'`,
  'find-my-way': `export { default } from 'find-my-way'`,
  'hono RegExpRouter': `export { RegExpRouter } from 'hono/router/reg-exp-router'`,
  'hono TrieRouter': `export { TrieRouter } from 'hono/router/trie-router'`,
  'koa-tree-router': `export { default } from 'koa-tree-router'`,
  '@koa/router': `export { Router } from '@koa/router'`,
  'path-to-regexp': `export { match } from 'path-to-regexp'`,
};

export async function bundleSizes() {
  const sizes = {};
  for (const [name, contents] of Object.entries(programs)) {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: new URL('.', import.meta.url).pathname },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      target: 'es2022',
      write: false,
    });
    const [{ contents: code }] = outputFiles;
    sizes[name] = { minified: code.length, gzipped: gzipSync(code, { level: 9 }).length };
  }
  return sizes;
}

if (import.meta.filename === process.argv[1]) console.table(await bundleSizes());
