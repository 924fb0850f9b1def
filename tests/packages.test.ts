// The packages as their users get them: packed, installed from the tarballs with plain npm, and run.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execute, RunningServer, root } from './processes.js';

const names = readdirSync(join(root, 'packages'));
const folder = mkdtempSync(join(tmpdir(), 'pullo-packages-'));
const tarballs = join(folder, 'tarballs');
const bin = (name: string) => join(root, 'node_modules/.bin', name);
const tarballOf = (name: string) => {
  const file = readdirSync(tarballs).find((tarball) => tarball.startsWith(`pullo-${name}-`));
  if (file === undefined) throw new Error(`${name} was not packed`);
  return join(tarballs, file);
};

const hello = `
import { Pullo } from '@pullo/core';
const app = new Pullo().get('/greet/:name', ({ params }) => \`Hei, \${params.name}!\`);
export default app;
`;

/** What can be imported of a package without a peer that one installs oneself. */
function entryPoints(name: string): string[] {
  const manifest = join(folder, 'node_modules/@pullo', name, 'package.json');
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8'));
  return Object.keys(exports)
    .filter((entry) => entry !== './package.json' && entry !== './vitest')
    .map((entry) => `@pullo/${name}${entry.slice(1)}`);
}

beforeAll(async () => {
  const { config } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  mkdirSync(tarballs);
  for (const name of names) {
    await execute('npx', ['--yes', `pnpm@${config.pnpm}`, 'pack', '--pack-destination', tarballs], {
      cwd: join(root, 'packages', name),
    });
  }
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await execute('npm', ['install', '--no-package-lock', ...names.map(tarballOf)], { cwd: folder });
  writeFileSync(join(folder, 'hello.js'), hello);
  writeFileSync(join(folder, 'hello.ts'), hello);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(names)('@pullo/%s', (name) => {
  test('has a manifest that publint finds nothing in', async () => {
    await execute(bin('publint'), ['--strict', tarballOf(name)], { cwd: folder });
  });

  test('has types that are right for every way of importing it', async () => {
    await execute(bin('attw'), ['--profile', 'esm-only', tarballOf(name)], { cwd: folder });
  }, 60_000);

  test('holds its README, its licence and what its exports name, and no build leftovers', async () => {
    const installed = join(folder, 'node_modules/@pullo', name);
    const files = readdirSync(installed, { recursive: true }).map(String);
    const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    const named = Object.values<string | Record<string, string>>(exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    );
    const expected = ['README.md', 'LICENSE', ...named.map((path) => path.replace(/^\.\//, ''))];
    expect(files).toEqual(expect.arrayContaining(expected));
    expect(files.filter((file) => file.endsWith('.tsbuildinfo'))).toEqual([]);
  });
});

describe('a project that has installed the tarballs', () => {
  test('runs an app that imports them', async () => {
    const script = `
      import app from './hello.js';
      import { client } from '@pullo/testing';
      const http = client(app);
      console.log(await (await http.get('/greet/Aino')).text());
      await http.close();
    `;
    writeFileSync(join(folder, 'run.js'), script);
    expect(await execute(process.execPath, ['run.js'], { cwd: folder })).toBe('Hei, Aino!\n');
  });

  test.each([
    ['nodenext', 'nodenext'],
    ['bundler', 'esnext'],
  ])('compiles with moduleResolution %s', async (moduleResolution, module) => {
    const flags = ['--noEmit', '--strict', '--target', 'es2022', '--module', module];
    await execute(bin('tsc'), [...flags, '--moduleResolution', moduleResolution, 'hello.ts'], {
      cwd: folder,
    });
  });

  // Each alone, as the types of one may bring what those of another lack.
  test.each(names)('compiles what @pullo/%s declares with the settings of the guide', async (name) => {
    const guide = readFileSync(join(root, 'docs/guide/getting-started.md'), 'utf8');
    const [, json = ''] = /```json\n(.+?)```/s.exec(guide) ?? [];
    const { compilerOptions } = JSON.parse(json);
    // The types of Node are not installed here: those of this repository stand for them.
    const options = { ...compilerOptions, typeRoots: [join(root, 'node_modules/@types')] };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['declared.ts'] }),
    );
    const imports = entryPoints(name).map((entry) => `import '${entry}';\n`);
    writeFileSync(join(folder, 'declared.ts'), imports.join(''));
    await execute(bin('tsc'), ['-p', 'tsconfig.json'], { cwd: folder });
  });

  test('serves an app with the installed pullo command', async () => {
    const pullo = join(folder, 'node_modules/.bin/pullo');
    await using server = await RunningServer.start(pullo, ['run', 'hello.js', '--port', '0'], {
      cwd: folder,
    });
    expect(await (await fetch(`${server.url}/greet/Aino`)).text()).toBe('Hei, Aino!');
    expect(await server.stop()).toBe(0);
  });
});
