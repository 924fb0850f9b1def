import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Command, FIXTURES } from '../support/command.ts';
import { folder } from '../support/folder.ts';

/** The code of an app that answers with a word from another module, and tells of its shutdown. */
const APP = `
import { word } from './word.ts';
export default async (scope, receive, send) => {
  if (scope.type === 'lifespan') {
    await receive();
    await send({ type: 'lifespan.startup.complete' });
    await receive();
    console.error('shutdown of ' + word);
    await send({ type: 'lifespan.shutdown.complete' });
    return;
  }
  send({ type: 'http.response.start', status: 200 });
  send({ type: 'http.response.body', body: word + ' ' + process.env.NODE_ENV });
};
`;

/** The code of a Pullo that says nothing of debugging. */
const BROKEN = `
import { Pullo } from '@pullo/core';

function broken(): never {
  throw new Error('what went wrong');
}
export default new Pullo().get('/', broken);
`;

interface Project {
  command: Command;
  url: string;
  write(name: string, text: string): Promise<void>;
  get(): Promise<string>;
}

/** A server that reloads, in a folder of its own with the app above. */
async function project(...flags: string[]): Promise<Project> {
  const cwd = await folder({ 'main.ts': APP, 'word.ts': word('one') }, FIXTURES);
  const command = new Command(
    ['run', 'main', '--port', '0', '--reload', '--reload-delay', '50ms', ...flags],
    { cwd },
  );
  const { index, 0: line, 1: url } = await command.next(/Pullo running on (\S+)/);
  expect(index, line).toBeGreaterThan(0);
  return {
    command,
    url: String(url),
    write: (name, text) => writeFile(join(cwd, name), text),
    get: async () => (await fetch(String(url))).text(),
  };
}

function word(text: string): string {
  return `export const word: string = ${JSON.stringify(text)};\n`;
}

describe('pullo run --reload', () => {
  it('starts the app anew on its port when a file changes, after the shutdown of the old one', async () => {
    const { command, url, write, get } = await project();
    expect(await get()).toMatch(/^one/);
    await write('word.ts', word('two'));
    await command.next(/INFO: {5}Change in word\.ts: reloading\.\n/);
    await command.next(/shutdown of one/);
    await command.next(new RegExp(`Pullo running on ${url} `));
    expect(await get()).toMatch(/^two/);
    command.process.kill('SIGINT');
    expect(await command.exited).toBe(0);
    expect(command.stderr).toContain('shutdown of two');
  });

  it('shows a syntax error with its place, and goes on once it is corrected', async () => {
    const { command, write, get } = await project();
    await write('word.ts', `${word('two')}const = 3;\n`);
    await command.next(/ERROR: {4}\S* ?Cannot load main:\n.*word\.ts:2:6: Expected identifier/);
    await command.next(/> 2 \| const = 3;\n {4}\| {7}\^\n/);
    await command.next(/WARNING: {2}The app did not start\. Waiting for a change\./);
    await write('word.ts', word('three'));
    await command.next(/Pullo running on/);
    expect(await get()).toMatch(/^three/);
  });

  it('lets connections wait while no process serves', async () => {
    const { command, write, get } = await project();
    await write('word.ts', 'export const word = ;');
    await command.next(/Waiting for a change/);
    const answers = Promise.all([get(), get()]);
    await write('word.ts', word('at last'));
    for (const answer of await answers) expect(answer).toMatch(/^at last/);
  });

  it('loses no request of a client that asks on and on while files change', async () => {
    const { command, write, get } = await project();
    let isOver = false;
    const asking = (async () => {
      const answers = new Set<string>();
      while (!isOver) answers.add((await get()).split(' ')[0] ?? '');
      return answers;
    })();
    for (const text of ['two', 'three', 'four']) {
      await write('word.ts', word(text));
      await command.next(/reloading/);
      await command.next(/Pullo running on/);
    }
    expect(await get()).toMatch(/^four/);
    isOver = true;
    expect((await asking).has('one')).toBe(true);
  });

  it('waits for a change when the app has ended by itself', async () => {
    const { command, write, get } = await project();
    await write('word.ts', `${word('two')}setTimeout(() => process.exit(9), 100);\n`);
    await command.next(/WARNING: {2}The app ended with code 9\. Waiting for a change\./);
    await write('word.ts', word('three'));
    await command.next(/Pullo running on/);
    expect(await get()).toMatch(/^three/);
  });

  it('sees files that come and go', async () => {
    const { command, write } = await project();
    await write('other.ts', '');
    await command.next(/Change in other\.ts: reloading/);
    await command.next(/Pullo running on/);
    await rm(join(command.cwd, 'other.ts'));
    await command.next(/Change in other\.ts: reloading/);
  });

  it('follows links to folders, each place once, and none that would not end', async () => {
    const shared = await folder({ 'shared.ts': '' });
    const { command } = await project();
    // One that leads to itself by another, one to what contains all, one to a folder that is looked at anyway, and one to nothing.
    await symlink(shared, join(shared, 'again'));
    await symlink(join(command.cwd, '..'), join(command.cwd, 'above'));
    await symlink(command.cwd, join(command.cwd, 'here'));
    await symlink(join(shared, 'nothing'), join(command.cwd, 'nothing'));
    await symlink(shared, join(command.cwd, 'linked'));
    await symlink(shared, join(command.cwd, 'linked-too'));
    await command.next(/INFO: {5}Change in linked\/shared\.ts: reloading\.\n/);
    await command.next(/Pullo running on/);
    await writeFile(join(shared, 'shared.ts'), '// changed');
    await command.next(/INFO: {5}Change in linked\/shared\.ts: reloading\.\n/);
  });

  it('does not follow links in folders that are excluded, such as those of packages', async () => {
    const shared = await folder({ 'shared.ts': '' });
    const { command, write } = await project('--reload-exclude', 'packages');
    await mkdir(join(command.cwd, 'packages'));
    await symlink(shared, join(command.cwd, 'packages', 'shared'));
    await writeFile(join(shared, 'shared.ts'), '// changed');
    await write('word.ts', word('two'));
    await command.next(/Change in word\.ts: reloading/);
    expect(command.stderr.match(/Change in/g)).toHaveLength(1);
  });

  it('looks at the files that are included, and not at those that are excluded', async () => {
    const { command, write } = await project(
      ...['--reload-include', '*.ts', '--reload-include', '*.html', '--reload-exclude', 'generated.*'],
    );
    await write('data.json', '{}');
    await write('generated.ts', '');
    await write('page.html', '');
    await command.next(/Change in page\.html: reloading/);
    expect(command.stderr.match(/Change in/g)).toHaveLength(1);
  });

  it('takes many changes at once for one', async () => {
    const { command, write } = await project('--reload-delay', '200ms');
    for (const name of ['a', 'b', 'c', 'd', 'e']) await write(`${name}.ts`, '');
    await command.next(/Change in a\.ts, b\.ts, c\.ts and 2 more: reloading/);
  });

  it('does not wait long for what still runs', async () => {
    const cwd = await folder({ 'word.ts': '' });
    const command = new Command(
      ['run', join(FIXTURES, 'slow.mjs'), '--port', '0', '--reload', '--reload-delay', '50ms'],
      { cwd },
    );
    const [, url] = await command.next(/Pullo running on (\S+)/);
    fetch(`${url}/hang`).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    await writeFile(join(cwd, 'word.ts'), '//');
    await command.next(/Cut 1 exchanges/);
    await command.next(/Pullo running on/);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends on %s with 0, also while it waits for a change',
    async (signal) => {
      const command = new Command(['run', 'throws', '--port', '0', '--reload']);
      await command.next(/Waiting for a change/);
      command.process.kill(signal);
      expect(await command.exited).toBe(0);
    },
  );

  it('ends with 1 if a folder to watch is not there', async () => {
    const command = new Command([
      'run',
      'hello',
      '--reload',
      '--reload-dir',
      'folder',
      '--reload-dir',
      'nowhere',
    ]);
    expect(await command.exited).toBe(1);
    expect(command.stderr).toContain('Cannot watch "nowhere": there is no such folder.');
  });

  it('ends with 3 if the address cannot be had', async () => {
    const command = new Command(['run', 'hello', '--port', '0', '--host', '192.0.2.1', '--reload']);
    expect(await command.exited).toBe(3);
    expect(command.stderr).toContain('Cannot listen on 192.0.2.1:0');
  });
});

describe('pullo dev', () => {
  it('reloads, and is development by the name of NODE_ENV where that is not set', async () => {
    const cwd = await folder({ 'main.ts': APP, 'word.ts': word('one') }, FIXTURES);
    const command = new Command(['dev', 'main', '--port', '0'], { cwd, env: { NODE_ENV: undefined } });
    const [, url] = await command.next(/Pullo running on (\S+)/);
    expect(await (await fetch(String(url))).text()).toBe('one development');
    await writeFile(join(cwd, 'word.ts'), word('two'));
    await command.next(/Pullo running on/);
    expect(await (await fetch(String(url))).text()).toBe('two development');
  });

  it.each([
    [
      'dev',
      undefined,
      /^500 Internal Server Error\n\nError: what went wrong\n {4}at broken \(.*main\.ts:5:9\)\n/,
    ],
    ['dev', 'production', /^500 Internal Server Error\n$/],
    ['run', undefined, /^500 Internal Server Error\n$/],
  ])('shows the errors of a Pullo, and only so: pullo %s with NODE_ENV %s', async (name, NODE_ENV, text) => {
    const cwd = await folder({ 'main.ts': BROKEN }, FIXTURES);
    const command = new Command([name, 'main', '--port', '0'], { cwd, env: { NODE_ENV } });
    const [, url] = await command.next(/Pullo running on (\S+)/);
    expect(await (await fetch(String(url))).text()).toMatch(text);
  });
});
