import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Command } from '../support/command.ts';
import { ANSWER, folder } from '../support/folder.ts';

const NEVER = 'new Promise(() => {})';

/** An app whose start-up and shutdown are what they are given. */
function withLifespan(startup: string, shutdown: string): string {
  return `export default async (scope, receive, send) => {
    if (scope.type !== 'lifespan') return;
    await receive();
    await ${startup};
    await send({ type: 'lifespan.startup.complete' });
    await receive();
    await ${shutdown};
  };`;
}

it.each<[string, string, string[], RegExp]>([
  [
    'a top-level await',
    `await ${NEVER}; export default ${ANSWER};`,
    ['run', 'main', '--port', '0'],
    /^ERROR: {4}main is never loaded: /,
  ],
  [
    'a factory',
    `export default () => ${NEVER};`,
    ['run', 'main', '--factory', '--port', '0'],
    /^ERROR: {4}main is never loaded: /,
  ],
  [
    'a top-level await in a worker',
    `await ${NEVER}; export default ${ANSWER};`,
    ['run', 'main', '--port', '0', '--workers', '2'],
    /ERROR: {4}\[\d+\] main is never loaded: .*\nERROR: {4}A worker did not start\. Stopping\.\n/,
  ],
  [
    'a start-up in a worker',
    withLifespan(NEVER, NEVER),
    ['run', 'main', '--port', '0', '--workers', '2'],
    /ERROR: {4}\[\d+\] The app never completes its start-up: /,
  ],
  ['a module whose routes are asked for', `await ${NEVER};`, ['routes', 'main'], /main is never loaded: /],
  [
    'a start-up',
    withLifespan(NEVER, NEVER),
    ['run', 'main', '--port', '0'],
    /ERROR: {4}The app never completes its start-up: /,
  ],
])(
  '%s that waits for what never comes ends pullo with 3, and it says so',
  async (_name, code, args, message) => {
    const cwd = await folder({ 'main.mjs': code });
    const command = new Command(args, { cwd });
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(message);
    expect(command.stderr).not.toContain('unsettled top-level await');
  },
);

it('a shutdown that waits for what never comes ends pullo with 1, and it says so', async () => {
  const cwd = await folder({ 'main.mjs': withLifespan('null', NEVER) });
  const command = new Command(['run', 'main', '--port', '0'], { cwd });
  await command.url();
  command.process.kill('SIGTERM');
  expect(await command.exited).toBe(1);
  expect(command.stderr).toMatch(/ERROR: {4}The app never completes its shutdown: /);
});

it('pullo dev tells of it too, and waits for a change', async () => {
  const cwd = await folder({ 'main.mjs': `await ${NEVER};` });
  const command = new Command(['dev', 'main', '--port', '0'], { cwd });
  await command.next(/ERROR: {4}\[\d+\] main is never loaded: /);
  await command.next(/The app did not start\. Waiting for a change\./);
  await writeFile(join(cwd, 'main.mjs'), `export default ${ANSWER};`);
  await command.next(/Pullo running on/);
});

it('what takes long, and may still come, is told after 5 s, and waited for', {
  timeout: 30_000,
}, async () => {
  const slow = `await new Promise((resolve) => setTimeout(resolve, 6000))`;
  const cwd = await folder({
    'module.mjs': `${slow}; export default ${ANSWER};`,
    'factory.mjs': `export default async () => { ${slow}; return ${ANSWER}; };`,
  });
  const commands = [
    new Command(['run', 'module', '--port', '0'], { cwd }),
    new Command(['run', 'factory', '--port', '0', '--factory'], { cwd }),
    new Command(['dev', 'module', '--port', '0'], { cwd }),
  ];
  await Promise.all(commands.map((command) => command.url()));
  for (const { stderr } of commands) {
    expect(stderr.match(/WARNING: .*has not been loaded after 5 s: a top-level await/g)).toHaveLength(1);
  }
});
