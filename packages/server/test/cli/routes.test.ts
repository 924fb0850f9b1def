import { describe, expect, it } from 'vitest';
import { Command, FIXTURES } from '../support/command.ts';
import { folder } from '../support/folder.ts';

const APP = `
import { Pullo } from '@pullo/core';

const authenticated = (_ctx, next) => next();
export const api = new Pullo()
  .use(authenticated)
  .get('/notes/:id', { name: 'note' }, function read({ params }) { return params.id; })
  .post('/notes', function write() { return 'x'; });
export const makeApi = async () => api;
// Keeps the process: listing ends all the same.
setInterval(() => {}, 1000);
`;

describe('pullo routes', () => {
  it.each<[string, string[]]>([
    ['an app', ['main.mjs:api']],
    ['what a factory makes', ['main.mjs:makeApi', '--factory']],
  ])('lists the methods, paths, names and pipelines of %s', async (_name, args) => {
    const cwd = await folder({ 'main.mjs': APP }, FIXTURES);
    const command = new Command(['routes', ...args], { cwd });
    expect(await command.exited).toBe(0);
    const lines = command.stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['METHODS', 'PATH', 'NAME', 'PIPELINE'],
      ['GET', '/notes/:id', 'note', 'authenticated > read'],
      ['POST', '/notes', 'authenticated > write'],
    ]);
  });

  it('prints what the app tells of itself as JSON', async () => {
    const cwd = await folder({ 'main.mjs': APP }, FIXTURES);
    const command = new Command(['routes', 'main.mjs:api', '--json'], { cwd });
    expect(await command.exited).toBe(0);
    expect(JSON.parse(command.stdout)).toMatchObject({
      pipeline: [{ name: 'authenticated' }],
      routes: [
        { methods: ['GET'], pattern: '/notes/:id', name: 'note', handler: 'read' },
        { methods: ['POST'], pattern: '/notes', name: null, handler: 'write' },
      ],
    });
  });

  it.each<[string, string, RegExp]>([
    [
      'an app that has no list',
      'hello',
      /ERROR: {4}hello:default cannot list its routes: it has no "routes"/,
    ],
    [
      'an app that does not load',
      'throws',
      /ERROR: {4}Cannot load throws:\nRangeError: thrown while loading/,
    ],
  ])('ends with 3 for %s', async (_name, reference, message) => {
    const command = new Command(['routes', reference]);
    expect(await command.exited).toBe(3);
    expect(command.stderr).toMatch(message);
  });

  it('ends with 1 without a module', async () => {
    const command = new Command(['routes']);
    expect(await command.exited).toBe(1);
    expect(command.stderr).toContain(
      'Which app? Give the path of its module, such as: pullo routes src/main.ts',
    );
  });
});
