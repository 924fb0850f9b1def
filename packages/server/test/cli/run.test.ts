import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Command, FIXTURES } from '../support/command.ts';
import { ANSWER, folder } from '../support/folder.ts';

const canStrip = 'typescript' in process.features && Boolean(process.features.typescript);

/** Long enough for a second signal to be meant as one. */
const aMomentLater = () => new Promise((resolve) => setTimeout(resolve, 300));

describe('pullo run', () => {
  it('serves a TypeScript app with its lifespan, logs as it goes, and stops on SIGTERM with 0', async () => {
    const command = new Command(['run', 'hello.ts', '--port', '0']);
    const url = await command.url();
    expect(await (await fetch(`${url}/hello?x=1`)).text()).toBe('Hello from the state');
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(0);
    expect(command.stdout).toMatch(/^INFO: {5}127\.0\.0\.1:\d+ - "GET \/hello\?x=1 HTTP\/1\.1" 200 OK\n$/);
    const lines = command.stderr
      .replaceAll(/\d{2,}/g, 'N')
      .trimEnd()
      .split('\n');
    expect(lines).toEqual([
      'INFO:     Started server process [N]',
      'INFO:     Waiting for application startup.',
      'INFO:     Application startup complete.',
      'INFO:     Pullo running on http://N.0.0.1:N (Press CTRL+C to quit)',
      'INFO:     Shutting down',
      'INFO:     Waiting for application shutdown.',
      'INFO:     Application shutdown complete.',
      'INFO:     Finished server process [N]',
    ]);
  });

  it.each(['SIGINT', 'SIGHUP'] as const)('stops on %s with 0', async (signal) => {
    const command = new Command(['run', 'hello', '--port=0']);
    await command.url();
    command.process.kill(signal);
    expect(await command.exited).toBe(0);
    expect(command.stderr).toContain('Application shutdown complete.');
  });

  it('takes decorators and enums, and loads a package once', async () => {
    const command = new Command(['run', 'decorated.ts:app', '--port', '0']);
    expect(await (await fetch(await command.url())).text()).toBe('GOOD true');
  });

  it.each([
    ['a path without its extension', 'hello', 'Hello from the state'],
    ['a path from here', './hello.ts', 'Hello from the state'],
    ['an absolute path', join(FIXTURES, 'hello.ts'), 'Hello from the state'],
    ['a folder', 'folder', 'from the folder'],
    ['a name', 'hello:default', 'Hello from the state'],
  ])('takes %s', async (_name, reference, answer) => {
    const command = new Command(['run', reference, '--port', '0']);
    expect(await (await fetch(await command.url())).text()).toBe(answer);
  });

  it.each(['app.ts', 'app.mts', 'app.js', 'app.mjs', 'app.cjs'])(
    'takes %s without a package.json',
    async (file) => {
      const code = file.endsWith('.cjs') ? `module.exports = ${ANSWER}` : `export default ${ANSWER}`;
      const cwd = await folder({ [file]: code }, FIXTURES);
      const command = new Command(['run', file, '--port', '0'], { cwd });
      expect(await (await fetch(await command.url())).text()).toBe('it runs');
    },
  );

  it('takes the export app where there is no default', async () => {
    const cwd = await folder({ 'main.mjs': `export const other = 1; export const app = ${ANSWER}` });
    const command = new Command(['run', 'main', '--port', '0'], { cwd });
    expect(await (await fetch(await command.url())).text()).toBe('it runs');
  });

  it('takes its options from variables, which flags beat', async () => {
    const env = { PULLO_PORT: '1', PULLO_ACCESS_LOG: 'no', PULLO_MAX_TARGET_BYTES: '10' };
    const command = new Command(['run', 'hello', '--port', '0'], { env });
    const url = await command.url();
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(`${url}/longer-than-that`)).status).toBe(414);
    command.process.kill('SIGTERM');
    await command.exited;
    expect(command.stdout).toBe('');
  });

  it('writes colours only when told to, if it does not write to a terminal', async () => {
    const command = new Command(['run', 'hello', '--port', '0', '--colors']);
    await command.url();
    expect(command.stderr).toContain('\x1b[32mINFO\x1b[0m:     ');
  });
});

describe('pullo run without tsx', () => {
  const runs = canStrip
    ? 'runs TypeScript by the stripping of Node'
    : 'names tsx, as this Node runs no TypeScript';

  it(runs, async () => {
    const cwd = await folder({ 'app.mts': `const app: unknown = ${ANSWER}; export default app;` });
    const command = new Command(['run', 'app.mts', '--port', '0'], { cwd });
    if (canStrip) {
      expect(await (await fetch(await command.url())).text()).toBe('it runs');
      return;
    }
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(
      /^ERROR: {4}Cannot load .*app\.mts: Node \S+ does not run TypeScript by itself\. Install tsx .*npm install --save-dev tsx\n$/,
    );
  });

  it.each([
    ['an enum', 'enum A { B } export default A;'],
    ['a decorator', 'class A { @(() => {}) b() {} } export default A;'],
  ])('names tsx where the app has %s', async (_name, code) => {
    const cwd = await folder({ 'app.mts': code });
    const command = new Command(['run', 'app.mts', '--port', '0'], { cwd });
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(/^ERROR: {4}Cannot load .*app\.mts.*npm install --save-dev tsx/);
  });
});

describe('an app that does not load ends pullo with 3 and says why:', () => {
  it.each<[string, string, RegExp]>([
    [
      'a missing file',
      'nowhere/main',
      /^Cannot find the app "nowhere\/main": there is no \/.*nowhere\/main, also not with \.ts, \.mts, \.js, \.mjs/,
    ],
    [
      'a folder without an index file',
      '../cli',
      /^Cannot find the app "\.\.\/cli": the folder \/.*cli has no index file/,
    ],
    [
      'a path below a file',
      'hello.ts/app',
      /^Cannot find the app "hello\.ts\/app": there is no \/.*hello\.ts\/app/,
    ],
    ['a path that is too long', 'x'.repeat(300), /^Cannot find the app "x+": there is no /],
    [
      'a device',
      '/dev/null',
      /^Cannot find the app "\/dev\/null": \/dev\/null is neither a file nor a folder\.$/,
    ],
    ['no name', 'hello.ts:an-app', /hello\.ts is there, but "an-app" is no name of an export\.$/],
    [
      'a missing name',
      'shapes:klass',
      /^shapes has no export named klass: it exports Klass, express, fetching, listener, nothing, number\.$/,
    ],
    [
      'no app among the exports',
      'shapes',
      /^shapes has neither a default export nor one named app: .* Name the app: pullo run shapes:Klass$/,
    ],
    ['no exports at all', 'empty.mjs', /^empty\.mjs has neither .*: it exports nothing\.$/],
    ['a listener', 'shapes:listener', /Found a function listener of two parameters: .*--interface node/],
    ['an Express app', 'shapes:express', /Found a function \(req, res\) such as Express makes/],
    ['a class', 'shapes:Klass', /Found the class Klass, not an instance of it/],
    ['undefined', 'shapes:nothing', /Found undefined; expected/],
    ['a number', 'shapes:number', /Found 42; expected/],
    [
      'a module that throws',
      'throws.mjs',
      /^Cannot load throws\.mjs:\nRangeError: thrown while loading\n {4}at/,
    ],
    [
      'a file that is no module',
      '../../package.json',
      /^Cannot load .*package\.json: the module of an app ends in \.ts/,
    ],
  ])('%s', async (_name, reference, message) => {
    const command = new Command(['run', reference, '--port', '0']);
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(/^ERROR: {4}/);
    expect(command.stderr.replace('ERROR:    ', '').trimEnd()).toMatch(message);
  });

  it.each([
    ['broken.mjs', tmpdir()],
    ['broken.ts', FIXTURES],
  ])('a syntax error, shown with its place (%s)', async (file, parent) => {
    const cwd = await folder({ [file]: 'export default 1;\nconst = 2;\n' }, parent);
    const command = new Command(['run', file], { cwd });
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(new RegExp(`^ERROR: {4}Cannot load ${file}:\n`));
    expect(command.stderr).toMatch(new RegExp(`${file}:2`));
  });

  it('a syntax error of a module that it imports, shown with its place', async () => {
    const cwd = await folder({
      'main.mjs': `import './a.mjs'; console.log('evaluated'); export default ${ANSWER};`,
      'a.mjs': `import 'node:fs'; import './b.mjs';`,
      'b.mjs': 'export const b = 1;\nconst = 2;\n',
    });
    const command = new Command(['run', 'main'], { cwd });
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(
      /Cannot load main:\n\/.*b\.mjs:2\nconst = 2;\n {6}\^\n\nSyntaxError: [^\]]*\n$/,
    );
    expect(command.stdout).toBe('');
  });

  it('an import that is not there', async () => {
    const cwd = await folder({ 'main.mjs': `import 'no-such-package';` });
    const command = new Command(['run', 'main'], { cwd });
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(
      /Cannot load main:\nError: Cannot find package 'no-such-package' imported from .*main\.mjs\n$/,
    );
  });

  it('a factory that throws, without the calls that led to it', async () => {
    const cwd = await folder({
      'main.mjs': `export default function make() { throw new Error('no disk'); }`,
    });
    const command = new Command(['run', 'main', '--factory'], { cwd });
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(/The factory main:default failed:\nError: no disk\n {4}at make \(.*\)\n$/);
  });

  it.each([
    ['a module', 'throw undefined;', [], 'Cannot load main: it threw undefined, which'],
    ['a module', "throw '';", [], "Cannot load main: it threw '', which"],
    [
      'a factory',
      'export default () => { throw undefined; };',
      ['--factory'],
      'The factory main:default failed: it threw undefined, which',
    ],
  ])('%s that throws what tells nothing: %s', async (_what, source, flags, problem) => {
    const cwd = await folder({ 'main.mjs': source });
    const command = new Command(['run', 'main', ...flags], { cwd });
    expect(await command.exited).toBe(3);
    expect(command.stderr).toBe(`ERROR:    ${problem} does not tell what went wrong.\n`);
  });

  it.each([
    ['with 0, which would look as if all were well', 0, 3],
    ['with a code of its own', 7, 7],
  ])('a module that ends the process %s', async (_name, code, exitCode) => {
    const cwd = await folder({ 'main.mjs': `process.exit(${code});` });
    const command = new Command(['run', 'main'], { cwd });
    expect(await command.exited).toBe(exitCode);
    expect(command.stderr).toBe(
      `ERROR:    main has ended the process with code ${code} while it was being loaded.\n`,
    );
  });

  it('a promise of an app', async () => {
    const cwd = await folder({ 'main.mjs': `export default Promise.resolve(${ANSWER});` });
    const command = new Command(['run', 'main'], { cwd });
    expect(await command.exited).toBe(3);
    expect(command.stderr).toContain(
      'Found a promise: await it, or give a function that makes the app (pullo run --factory)',
    );
  });
});

describe('pullo run loads', () => {
  it.each([
    ['a factory', `export default () => ${ANSWER}`],
    ['a factory that takes its time', `export default async () => ${ANSWER}`],
  ])('%s', async (_name, code) => {
    const cwd = await folder({ 'main.mjs': code });
    const command = new Command(['run', 'main', '--port', '0', '--factory'], { cwd });
    expect(await (await fetch(await command.url())).text()).toBe('it runs');
  });

  it.each<[string, string, RegExp]>([
    ['a factory that is none', 'export default 42', /main:default is no factory: it is 42, not a function/],
    [
      'a factory that throws',
      `export default () => { throw new RangeError('no luck'); }`,
      /The factory main:default failed:\nRangeError: no luck\n {4}at/,
    ],
    ['a factory that makes no app', 'export default () => 42', /main:default is not an app\. Found 42/],
  ])('no app from %s', async (_name, code, message) => {
    const cwd = await folder({ 'main.mjs': code });
    const command = new Command(['run', 'main', '--factory'], { cwd });
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(message);
  });

  it('an app from another folder', async () => {
    const command = new Command(['run', 'index', '--port', '0', '--app-dir', 'folder']);
    expect(await (await fetch(await command.url())).text()).toBe('from the folder');
  });

  it('the app that PULLO_APP names', async () => {
    const command = new Command(['run', '--port', '0'], { env: { PULLO_APP: 'folder' } });
    expect(await (await fetch(await command.url())).text()).toBe('from the folder');
  });

  it('a file of variables for the app and for itself, of which those that are set already win', async () => {
    const cwd = await folder({
      'main.mjs': `const { GREETING, NAME } = process.env; export default ${ANSWER.replace("'it runs'", "GREETING + ' ' + NAME")}`,
      '.env': 'GREETING="Hei hei"\nNAME=file\nPULLO_ACCESS_LOG=no\nPULLO_PORT=1\n',
    });
    const command = new Command(['run', 'main', '--env-file', '.env'], {
      cwd,
      env: { NAME: 'set', PULLO_PORT: '0' },
    });
    expect(await (await fetch(await command.url())).text()).toBe('Hei hei set');
    command.process.kill('SIGTERM');
    await command.exited;
    expect(command.stdout).toBe('');
  });

  it('a file of variables that begins with a byte order mark', async () => {
    const cwd = await folder({ '.env': '\uFEFFPULLO_LOG_LEVEL=loud\n' });
    const command = new Command(['run', 'main'], { cwd, env: { PULLO_ENV_FILE: '.env' } });
    expect(await command.exited).toBe(1);
    expect(command.stderr).toContain('PULLO_LOG_LEVEL must be one of');
  });

  it('no file of variables that is not there', async () => {
    // By the variable: Node 20 takes the flag for its own, wherever it stands, and ends with its own message.
    const command = new Command(['run', 'hello'], { env: { PULLO_ENV_FILE: 'no.env' } });
    expect(await command.exited).toBe(1);
    expect(command.stderr).toMatch(/Cannot read the env file \/.*no\.env: ENOENT/);
  });
});

describe('a server that does not start ends pullo with 3 and says why:', () => {
  it('a port that is taken, after the app was started and stopped', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      other.close();
    });
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const command = new Command(['run', 'hello', '--port', String(port)]);
    expect(await command.exited).toBe(3);
    expect(command.stderr).toContain('INFO:     Application shutdown complete.');
    expect(command.stderr).toMatch(
      new RegExp(`ERROR: {4}Cannot listen on 127\\.0\\.0\\.1:${port}: another program has the port\\..*\n$`),
    );
  });

  it('a unix socket whose path is too long, of which nothing is left', async () => {
    const cwd = await folder({});
    const command = new Command(['run', join(FIXTURES, 'hello.ts'), '--uds', join(cwd, 'a'.repeat(108))], {
      cwd,
    });
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(
      /Cannot listen on unix:.*a: the path has \d+ bytes, and \d+ are the most\. Choose a shorter one\.\n/,
    );
    expect(await readdir(cwd)).toEqual([]);
  });

  it('an address that is not of this machine', async () => {
    const command = new Command(['run', 'hello', '--port', '0', '--host', '192.0.2.1']);
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(
      /ERROR: {4}Cannot listen on 192\.0\.2\.1:0: this machine has no such address/,
    );
  });

  it('a start-up that the app says has failed', async () => {
    const command = new Command(['run', 'lifespan:startupFailed', '--port', '0']);
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(/ERROR: {4}Application startup failed: no database\n$/);
  });

  it('a start-up that throws, with the error', async () => {
    const command = new Command(['run', 'lifespan:startupThrows', '--port', '0']);
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(
      /ERROR: {4}Application startup failed\.\nError: the database is away\n {4}at/,
    );
  });

  it('an app that does not speak lifespan, where that is asked for', async () => {
    const command = new Command(['run', 'lifespan:refuses', '--port', '0', '--lifespan', 'on']);
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(/ERROR: {4}The app does not speak the lifespan protocol/);
  });
});

describe('pullo run that is used wrongly ends with 1 and says how:', () => {
  it.each<[string, string[], NodeJS.ProcessEnv, RegExp]>([
    ['an unknown flag', ['--prot', '1'], {}, /unknown option '--prot'\n\(Did you mean --port\?\)/],
    [
      'a flag that is no number',
      ['--port', 'abc'],
      {},
      /--port must be an integer from 0 to 65535, but is "abc"/,
    ],
    [
      'a number out of range',
      ['--port', '70000'],
      {},
      /--port must be an integer from 0 to 65535, but is "70000"/,
    ],
    [
      'a time without its unit',
      ['--graceful-timeout', '30'],
      {},
      /--graceful-timeout must be a time such as 500ms, 30s/,
    ],
    [
      'bad permissions',
      ['--uds-mode', '888'],
      {},
      /--uds-mode must be permissions in octal such as 660, but is "888"/,
    ],
    [
      'a limit where there has to be one',
      ['--port', 'none'],
      {},
      /--port must be an integer from 0 to 65535, but is "none"/,
    ],
    ['a bad size', ['--max-body-bytes', '1XB'], {}, /--max-body-bytes must be a size such as/],
    [
      'a bad mode',
      ['--lifespan', 'maybe'],
      {},
      /--lifespan must be one of "auto", "on", "off", but is "maybe"/,
    ],
    [
      'a time that is too short',
      ['--keep-alive-timeout', '0s'],
      {},
      /--keep-alive-timeout must be a time from 1ms to 596h, or none, but is "0s"/,
    ],
    [
      'a time that is too long',
      ['--graceful-timeout', '9999h'],
      {},
      /--graceful-timeout must be a time from 0ms to 596h, or none, but is "9999h"/,
    ],
    [
      'a count that is too low',
      ['--limit-concurrency', '0'],
      {},
      /--limit-concurrency must be a whole number, at least 1, or none, but is "0"/,
    ],
    [
      'permissions that are none',
      ['--uds-mode', '4660'],
      {},
      /--uds-mode must be permissions in octal from 000 to 777, but is "4660"/,
    ],
    ['a bad colour', [], { PULLO_COLORS: 'never' }, /PULLO_COLORS must be one of auto, 1, true, yes/],
    [
      'a file in place of a folder to watch',
      ['--reload', '--reload-dir', 'hello.ts'],
      {},
      /Cannot watch "hello\.ts": there is no such folder\./,
    ],
    ['a bad variable', [], { PULLO_ACCESS_LOG: 'perhaps' }, /PULLO_ACCESS_LOG must be one of 1, true/],
    [
      'a variable out of range',
      [],
      { PULLO_MAX_HEADER_BYTES: '1KiB', PULLO_PORT: '65536' },
      /PULLO_PORT must be an integer from 0 to 65535, but is "65536"/,
    ],
  ])('%s', async (_name, args, env, message) => {
    const command = new Command(['run', 'hello', ...args], { env });
    expect(await command.exited).toBe(1);
    expect(command.stderr).toMatch(message);
    expect(command.stderr).toContain('(see pullo run --help)');
  });

  it.each(['run', 'dev'])('no module (pullo %s)', async (name) => {
    const command = new Command([name]);
    expect(await command.exited).toBe(1);
    expect(command.stderr).toContain(
      `Which app? Give the path of its module, such as: pullo ${name} src/main.ts`,
    );
  });
});

describe('a stop', () => {
  it('lets what runs come to its end, and tells streams', async () => {
    const command = new Command(['run', 'slow', '--port', '0']);
    const url = await command.url();
    const slow = fetch(url);
    const stream = await fetch(`${url}/stream`);
    command.process.kill('SIGTERM');
    const response = await slow;
    expect(response.headers.get('connection')).toBe('close');
    expect(await response.text()).toBe('slow but whole');
    expect(await stream.text()).toMatch(/told: ServerShutdown\n$/);
    expect(await command.exited).toBe(0);
  });

  it('takes no new connections while it waits', async () => {
    const command = new Command(['run', 'slow', '--port', '0']);
    const url = await command.url();
    const slow = fetch(url);
    await new Promise((resolve) => setTimeout(resolve, 100));
    command.process.kill('SIGTERM');
    await command.until(/Waiting for connections to close/);
    await expect(fetch(url)).rejects.toThrow();
    expect((await slow).status).toBe(200);
  });

  it('cuts what is not done in time, says so, and ends with 0', async () => {
    const command = new Command(['run', 'slow', '--port', '0', '--graceful-timeout', '200ms']);
    const hanging = fetch(`${await command.url()}/hang`);
    hanging.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(0);
    expect(command.stderr).toMatch(/WARNING: {2}Cut 1 /);
    await expect(hanging).rejects.toThrow();
  });

  it('is forced by a second signal, with 1', async () => {
    const command = new Command(['run', 'slow', '--port', '0']);
    const hanging = fetch(`${await command.url()}/hang`);
    hanging.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    command.process.kill('SIGINT');
    await command.until(/Shutting down/);
    await aMomentLater();
    command.process.kill('SIGINT');
    expect(await command.exited).toBe(1);
  });

  it('is not forced by one Ctrl+C that arrives twice, from the terminal and from npm', async () => {
    const command = new Command(['run', 'slow', '--port', '0']);
    const slow = fetch(await command.url());
    await new Promise((resolve) => setTimeout(resolve, 100));
    command.process.kill('SIGINT');
    await command.until(/Shutting down/);
    command.process.kill('SIGINT');
    expect((await slow).status).toBe(200);
    expect(await command.exited).toBe(0);
  });

  it('is forced also while the app hangs in its shutdown', async () => {
    const command = new Command(['run', 'lifespan:hangsInShutdown', '--port', '0']);
    await command.url();
    command.process.kill('SIGTERM');
    await command.until(/Waiting for application shutdown/);
    await aMomentLater();
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(1);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s during a start-up comes after it, with 0',
    async (signal) => {
      const command = new Command(['run', 'lifespan:startsSlowly', '--port', '0']);
      await command.until(/Waiting for application startup/);
      command.process.kill(signal);
      await command.until(new RegExp(`${signal}: stopping once the app has started`));
      expect(await command.exited).toBe(0);
      expect(command.stderr).toContain('Application shutdown complete.');
    },
  );

  it('by SIGTERM while the app is loading is at once, with 0', async () => {
    const cwd = await folder({
      'main.mjs': `console.error('loading'); await new Promise((end) => setTimeout(end, 60_000));`,
    });
    const command = new Command(['run', 'main', '--port', '0'], { cwd });
    await command.until(/loading/);
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(0);
  });

  it('during a start-up that hangs takes two signals', async () => {
    const command = new Command(['run', 'lifespan:hangsInStartup', '--port', '0']);
    await command.until(/Waiting for application startup/);
    command.process.kill('SIGINT');
    await command.until(/SIGINT: stopping once the app has started/);
    await aMomentLater();
    command.process.kill('SIGINT');
    expect(await command.exited).toBe('SIGINT');
  });

  it('whose shutdown fails ends with 1 and the error', async () => {
    const command = new Command(['run', 'lifespan:shutdownThrows', '--port', '0']);
    await command.url();
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(1);
    expect(command.stderr).toMatch(/ERROR: {4}Application shutdown failed\.\nError: the database is away/);
  });
});

describe('pullo', () => {
  it('prints its version', async () => {
    const command = new Command(['--version']);
    expect(await command.exited).toBe(0);
    expect(command.stdout).toMatch(/^Pullo \d+\.\d+\.\d+, Node \d+\.\d+\.\d+, \w+ \w+\n$/);
  });

  it.each([['--help'], ['run', '--help'], ['dev', '--help'], ['routes', '--help']])(
    'prints its help (%s %s)',
    async (...args) => {
      const command = new Command(args.filter(Boolean));
      expect(await command.exited).toBe(0);
      expect(command.stdout).toMatch(/^Usage: pullo/);
    },
  );

  it('has the options in its help under headings, with their defaults as one writes them', async () => {
    const command = new Command(['run', '--help']);
    await command.exited;
    const help = command.stdout.replaceAll(/\s+/g, ' ');
    expect(help).toMatch(/ App: .* Address: .* Processes: .* Reload: .* Log: .* Limits: .* Timeouts: /);
    expect(help).toContain('--max-body-bytes <size> longest body of a request (default: 64MiB)');
    expect(help).toContain(
      '--graceful-timeout <time> how long to wait for what runs when stopping (default: 30s)',
    );
    expect(help).toContain('--uds-mode <mode> permissions of the unix socket (default: 666)');
    expect(help).toContain('--no-access-log do not log answered requests --colors');
  });

  it('prints its help without a command, with 1', async () => {
    const command = new Command([]);
    expect(await command.exited).toBe(1);
    expect(command.stderr).toMatch(/^Usage: pullo .*Commands:/s);
  });
});
