// What depends on how a process was started: source maps, loaders, NODE_ENV and `--import`.
import { execFile } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';

/** Outside of the workspace, as an app is: the name has a space and a sign that URLs escape. */
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'pullo debug ä-'));
afterAll(() => rmSync(folder, { recursive: true }));

const require = createRequire(import.meta.url);
const url = (name: string) => pathToFileURL(fromDist(name)).href;
const fromDist = (name: string) => join(import.meta.dirname, '../../dist', name);

/** Types and an interface in front, so that the line of the source is not that of the compiled file. */
const source = (debug: string) => `
import { Pullo } from '${url('index.js')}';
import { debugPage } from '${url('debug/index.js')}';

interface Order {
  readonly id: number;
}

function find(id: number): Order {
  throw new Error(\`no order \${id}\`); // line 10
}

const app = new Pullo(${debug}).get('/', () => ({ ...find(7) }));
const answer: string[] = [];
const scope = { type: 'http', asgi: { version: '3.0', specVersion: '2.5' }, httpVersion: '1.1', method: 'GET', scheme: 'http', path: '/',
  rawPath: '/', queryString: '', rootPath: '', headers: [['accept', process.argv[2]]], client: null, server: null, state: {},
  extensions: {}, exchange: { signal: new AbortController().signal } };
const receive = async () => ({ type: 'http.request', body: new Uint8Array(), moreBody: false });
try {
  await app(scope as never, receive as never, (event) => {
    if ('body' in event) answer.push(String(event.body));
  });
} catch {
  // It is in the answer.
}
console.log(answer.join(''));
`;

async function compiled(
  name: string,
  sourcemap: 'inline' | 'external' | false,
  debug: string,
): Promise<string> {
  const options = { loader: 'ts', sourcefile: 'app.ts', target: 'es2022' } as const;
  const { code, map } = await transform(source(debug), { ...options, sourcemap });
  writeFileSync(join(folder, `${name}.mjs.map`), map);
  const comment = sourcemap === 'external' ? `//# sourceMappingURL=${name}.mjs.map\n` : '';
  writeFileSync(join(folder, `${name}.mjs`), code + comment);
  return `${name}.mjs`;
}

async function run(
  file: string,
  flags: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  accept = 'text/html',
) {
  const args = [...flags, join(folder, file), accept];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'development', ...env },
  });
  return stdout;
}

const ON = '{ debug: debugPage() }';
const THROWING_LINE =
  /<span class="hit" aria-current="true"><i>10<\/i> {2}throw new Error\(`no order \$\{id\}`\); \/\/ line 10<\/span>/;

describe('the source that is shown is what was written', () => {
  test('where a source map lies beside the compiled file', async () => {
    writeFileSync(join(folder, 'app.ts'), source(ON));
    const page = await run(await compiled('external', 'external', ON));
    expect(page).toMatch(THROWING_LINE);
    expect(page).toContain('<code>find</code> <span class="where mono">app.ts:10:9</span>');
    rmSync(join(folder, 'app.ts'));
  });

  test('where the source is in the source map alone, and the map in the compiled file', async () => {
    expect(await run(await compiled('inline', 'inline', ON))).toMatch(THROWING_LINE);
  });

  test('where Node follows source maps itself', async () => {
    writeFileSync(join(folder, 'app.ts'), source(ON));
    const file = await compiled('enabled', 'external', ON);
    expect(await run(file, ['--enable-source-maps'])).toMatch(THROWING_LINE);
    rmSync(join(folder, 'app.ts'));
  });

  test('where tsx runs it', async () => {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'loaded.ts'), source(ON));
    const tsx = pathToFileURL(require.resolve('tsx')).href;
    expect(await run('loaded.ts', ['--import', tsx])).toMatch(THROWING_LINE);
  });

  test.each([
    ['is missing', (file: string) => rmSync(join(folder, `${file}.map`))],
    ['is none', (file: string) => writeFileSync(join(folder, `${file}.map`), 'not JSON')],
  ])('or the compiled line, where the map %s', async (_title, spoil) => {
    const file = await compiled('spoilt', 'external', ON);
    spoil(file);
    expect(await run(file)).toMatch(/<span class="hit" aria-current="true"><i>\d+<\/i> {2}throw new Error/);
  });
});

describe('@pullo/core/debug/register', () => {
  const register = ['--import', url('debug/register.js')];

  test('turns it on for the apps of a process that say nothing', async () => {
    const file = await compiled('silent', 'inline', '');
    expect(await run(file)).not.toContain('no order');
    expect(await run(file, register)).toMatch(THROWING_LINE);
  });

  test('leaves those alone that say false', async () => {
    const file = await compiled('refusing', 'inline', '{ debug: false }');
    expect(await run(file, register, {}, 'text/plain')).toBe('500 Internal Server Error\n\n');
  });

  test('ends a process in production before it has begun', async () => {
    const file = await compiled('production', 'inline', '');
    await expect(run(file, register, { NODE_ENV: 'production' })).rejects.toThrow('ERR_DEBUG_IN_PRODUCTION');
  });
});
