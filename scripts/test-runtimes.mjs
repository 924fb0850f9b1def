// `npm run test:runtimes`: the case tables of the universal packages, as one program, on every runtime that they are for; one app behind
// the real fetch host of each runtime, asked over a socket; and what the server says on the wire, on every Node.
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
const universal = caseModules(['asgi', 'router', 'request', 'response', 'core', 'middleware']);
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
copyFileSync(join(root, 'conformance/http/workerd.capnp'), join(out, 'http-workerd.capnp'));
const checks = await bundleFile('http-checks', 'conformance/http/main.ts', { platform: 'node' });
const hosted = {};
for (const name of ['bun', 'deno', 'workerd', 'edge-bun']) {
  hosted[name] = await bundleFile(`http-${name}`, `conformance/http/${name}.ts`);
}
hosted.edge = await bundleFile('worker', 'examples/edge/app.ts');
copyFileSync(join(root, 'examples/edge/worker.capnp'), join(out, 'worker.capnp'));

const binary = (path) => join(runtimes, 'node_modules', path);
const nodes = ['22', '24', '26'].map((version) => [`Node ${version}`, binary(`node${version}/bin/node`)]);
// What node:http and node:http2 do differs from one Node to the next. `npm test` has these on the Node that it runs on.
// They wait more than they compute; those that count memory want to be alone.
const folders = ['wire', 'http', 'http1', 'http2', 'websocket', 'tls', 'interfaces'].map(
  (name) => `test/${name}/`,
);
const serverTests = [
  join(root, 'node_modules/vitest/vitest.mjs'),
  ...['run', '--project=server', '--maxWorkers=4', '--exclude=**/resources.test.ts', '--reporter=dot'],
  ...folders,
];
const bun = binary('bun/bin/bun.exe');
const deno = binary('@deno/linux-x64-glibc/deno');
const workerd = binary('@cloudflare/workerd-linux-64/bin/workerd');
const serve = {
  bun: (file) => [bun, file],
  deno: (file) => [deno, 'run', '--no-prompt', '--allow-net=127.0.0.1', file],
  workerd: (config) => [
    workerd,
    'serve',
    '--control-fd=3',
    '--socket-addr=http=127.0.0.1:0',
    join(out, config),
  ],
};
const ask = (subject, name, command) => [process.execPath, [checks, subject, name, ...command]];
const denoServe = [deno, 'serve', '--no-prompt', '--host=127.0.0.1', '--port=0', hosted.edge];
const runs = [
  ...nodes.map(([name, node]) => [name, node, [program]]),
  ...nodes.map(([name, node]) => [`${name}, the server`, node, serverTests]),
  ...nodes.map(([name, node]) => [`${name}, its fetch on the test client`, node, [nodeProgram]]),
  ['Bun', bun, [program]],
  ['Deno', deno, ['run', '--no-prompt', program]],
  ['workerd', workerd, ['test', join(out, 'workerd.capnp')]],
  ['Bun.serve, over a socket', ...ask('app', 'bun', serve.bun(hosted.bun))],
  ['Deno.serve, over a socket', ...ask('app', 'deno', serve.deno(hosted.deno))],
  ['workerd, over a socket', ...ask('app', 'workerd', serve.workerd('http-workerd.capnp'))],
  ['examples/edge with Bun', ...ask('edge', 'bun', serve.bun(hosted['edge-bun']))],
  ['examples/edge with deno serve', ...ask('edge', 'deno', denoServe)],
  ['examples/edge with workerd', ...ask('edge', 'workerd', serve.workerd('worker.capnp'))],
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
  return buildTo(name, { stdin: { contents, resolveDir: root, loader: 'ts' }, ...options });
}

/** A program that is there as a file. */
function bundleFile(name, file, options = {}) {
  return buildTo(name, { entryPoints: [join(root, file)], ...options });
}

async function buildTo(name, options) {
  const outfile = join(out, `${name}.mjs`);
  await build({
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
