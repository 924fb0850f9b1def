// `npm run test:runtimes`: the case tables of the universal packages, as one program, on every runtime that they are for.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { cache, packageManager, root, setUp, step } from './setup.mjs';

const runtimes = join(root, 'conformance/runtimes');
const out = join(cache, 'conformance');

setUp();
if (
  !step('install the runtimes', 'npx', ['--yes', packageManager, 'install', '--frozen-lockfile'], {
    cwd: runtimes,
  })
) {
  process.exit(1);
}
// What the build has installed cannot be imported before.
const { build } = await import('esbuild');

mkdirSync(out, { recursive: true });
const universal = caseModules(['asgi', 'router', 'request', 'response']);
const nodeOnly = caseModules(['testing']);
const program = await bundle('program', universal, 'await run(modules);');
await bundle('program-workerd', universal, 'export default { test: () => run(modules) };');
const nodeProgram = await bundle('program-node', nodeOnly, 'await run(modules);', {
  platform: 'node',
  // undici asks for its built-in modules with require.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});
copyFileSync(join(root, 'conformance/workerd.capnp'), join(out, 'workerd.capnp'));

const binary = (path) => join(runtimes, 'node_modules', path);
const nodes = ['22', '24', '26'].map((version) => [`Node ${version}`, binary(`node${version}/bin/node`)]);
const runs = [
  ...nodes.map(([name, node]) => [name, node, [program]]),
  ...nodes.map(([name, node]) => [`${name}, its fetch on the test client`, node, [nodeProgram]]),
  ['Bun', binary('bun/bin/bun.exe'), [program]],
  ['Deno', binary('@deno/linux-x64-glibc/deno'), ['run', '--no-prompt', program]],
  ['workerd', binary('@cloudflare/workerd-linux-64/bin/workerd'), ['test', join(out, 'workerd.capnp')]],
];
const passed = runs.filter(([name, command, args]) => step(`conformance on ${name}`, command, args)).length;
console.log(`\nRuntimes: ${passed} passed, ${runs.length - passed} failed`);
process.exitCode = passed === runs.length ? 0 : 1;

/** The files in which the tests of the packages keep their case tables. */
function caseModules(packages) {
  return packages.flatMap((name) => {
    const folder = join(root, 'packages', name, 'test/cases');
    return readdirSync(folder).map((file) => join(folder, file));
  });
}

/** One file without imports: the case tables, and what runs them. */
async function bundle(name, modules, ending, options = {}) {
  const lines = modules.map((path, index) => `import * as m${index} from ${JSON.stringify(path)};`);
  const table = modules.map((path, index) => `${JSON.stringify(relative(root, path))}: m${index}`);
  const contents = [
    `import { run } from ${JSON.stringify(join(root, 'conformance/run.ts'))};`,
    ...lines,
    `const modules = { ${table.join(', ')} };`,
    ending,
  ].join('\n');
  const outfile = join(out, `${name}.mjs`);
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    logLevel: 'warning',
    ...options,
  });
  return outfile;
}
