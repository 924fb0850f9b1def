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

  test('serves an app with the installed pullo command', async () => {
    const pullo = join(folder, 'node_modules/.bin/pullo');
    await using server = await RunningServer.start(pullo, ['run', 'hello.js', '--port', '0'], {
      cwd: folder,
    });
    expect(await (await fetch(`${server.url}/greet/Aino`)).text()).toBe('Hei, Aino!');
    expect(await server.stop()).toBe(0);
  });
});
