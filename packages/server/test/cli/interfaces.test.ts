import { expect, it } from 'vitest';
import { Command } from '../support/command.ts';

it.each([
  ['a Hono app by its shape', ['interfaces.mjs:hono'], 'from hono'],
  ['an Express app', ['interfaces.mjs', '--interface', 'node'], 'from express'],
  [
    'an Express app that a factory makes',
    ['interfaces.mjs:makeExpress', '--factory', '--interface=node'],
    'from express',
  ],
  ['a Koa callback', ['interfaces.mjs:koa', '--interface', 'node'], 'from koa'],
  ['a WSGI app', ['interfaces.mjs:wsgi', '--interface', 'wsgi'], 'from wsgi false'],
  [
    'a WSGI app in workers',
    ['interfaces.mjs:wsgi', '--interface', 'wsgi', '--workers', '2'],
    'from wsgi true',
  ],
  [
    'an Express app that is loaded anew',
    ['interfaces.mjs', '--interface', 'node', '--reload'],
    'from express',
  ],
])('pullo run serves %s', async (_what, args, answer) => {
  const command = new Command(['run', ...args, '--port', '0']);
  expect(await (await fetch(await command.url())).text()).toBe(answer);
  command.process.kill('SIGTERM');
  expect(await command.exited).toBe(0);
});

it('takes the interface from a variable, and pullo dev serves it too', async () => {
  const command = new Command(['dev', 'interfaces.mjs', '--port', '0'], { env: { PULLO_INTERFACE: 'node' } });
  expect(await (await fetch(await command.url())).text()).toBe('from express');
});

it('says which interface an Express app has', async () => {
  const command = new Command(['run', 'interfaces.mjs', '--port', '0']);
  expect(await command.exited).toBe(3);
  expect(command.stderr).toMatch(/interfaces\.mjs:app is not an app\. .*pullo run --interface node/);
});
