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
