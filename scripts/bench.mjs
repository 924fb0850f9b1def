// `npm run bench` (the servers) and `npm run bench:NAME`: builds, installs the peers that Pullo is measured beside, and runs one of the benchmarks.
// What follows is handed on: `npm run bench:router -- --set=github`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageManager, root, setUp, step, tool } from './setup.mjs';

const programs = {
  http: ['http/run.mjs'],
  router: ['router/run.mjs'],
  testing: ['testing/run.mjs'],
  multipart: ['multipart/run.mjs'],
  fetch: ['fetch/run.mjs', 'fetch/servers.mjs'],
  pipeline: ['pipeline/run.mjs'],
  types: ['types/run.mjs'],
  primitives: ['primitives/request.mjs', 'primitives/response.mjs'],
};

const [name = 'http', ...args] = process.argv.slice(2);
const files = programs[name];
if (files === undefined || !files.every((file) => existsSync(join(root, 'bench', file)))) {
  console.error(`There is no benchmark "${name}": choose one of ${Object.keys(programs).join(', ')}.`);
  process.exit(1);
}
setUp();
const cwd = join(root, 'bench');
const install = ['--yes', packageManager, 'install', '--frozen-lockfile'];
if (!step('install the peers', 'npx', install, { cwd })) process.exit(1);
for (const file of files) {
  if (!step(`bench/${file}`, process.execPath, ['--expose-gc', file, ...args], { cwd })) process.exit(1);
}
// It has written a table of figures into the README.
if (name === 'http' && !tool('format', 'biome', ['format', '--write', 'README.md'])) process.exit(1);
