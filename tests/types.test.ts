// What the compiler says to users, and what it has to do for a large app: measured by running it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { execute, root } from './processes.js';

const prelude = `
import { type Context, type Middleware, Pullo } from '@pullo/core';
interface User { name: string }
interface Cart { items: string[] }
const authenticated: Middleware<{ user: User }> = (_ctx, next) => next({ user: { name: 'Aino' } });
const nameless: Middleware<{ user: string }> = (_ctx, next) => next({ user: 'Aino' });
const cart: Middleware<{ cart: Cart }, { user: User }> = ({ user }, next) => next({ cart: { items: [user.name] } });
const takesOver: Middleware<{ request: number }> = (_ctx, next) => next({ request: 1 });
function orders(group: Pullo<{ user: User }>) { group.get('/', ({ user }) => user.name); }
function profile({ user }: Context<'/profile', { user: User }>) { return user.name; }
`;

/** Each does not compile: what is wrong with it stands in the error, and in how many lines at most. */
const mistakes: readonly [title: string, code: string, says: RegExp][] = [
  [
    'use() of a middleware that requires what is not there',
    'new Pullo().use(cart)',
    /Property 'user' is missing in type .* but required in type '\{ user: User; \}'/,
  ],
  [
    'with() of a middleware that requires what is not there',
    'new Pullo().with(cart)',
    /Property 'user' is missing in type .* but required in type '\{ user: User; \}'/,
  ],
  [
    'a middleware of a route that requires what is not there',
    "new Pullo().get('/', cart, () => '')",
    /Property 'user' is missing in type .* but required in type '\{ user: User; \}'/,
  ],
  [
    'middleware of a route in the wrong order, after options',
    "new Pullo().get('/', { name: 'cart' }, cart, authenticated, () => '')",
    /Property 'user' is missing in type .* but required in type '\{ user: User; \}'/,
  ],
  [
    'a handler that requires what is not there',
    "new Pullo().get('/profile', profile)",
    /Property 'user' is missing in type .* but required in type '\{ user: User; \}'/,
  ],
  [
    'a handler that reads what is not there',
    "new Pullo().get('/', ({ user }) => user)",
    /Property 'user' does not exist on type/,
  ],
  [
    'a handler that reads a parameter that its pattern lacks, which shows those that it has',
    "new Pullo().get('/users/:id/:page(int)', ({ params }) => params.name)",
    /Property 'name' does not exist on type '.*\{ id: string; page: number; \}'/,
  ],
  [
    'a handler that reads what another route provides',
    "new Pullo().get('/a', authenticated, ({ user }) => user).get('/b', ({ user }) => user)",
    /Property 'user' does not exist on type/,
  ],
  [
    'a file of routes in an app without what it needs',
    "new Pullo().group('/orders', orders)",
    /Property 'user' is missing in type .* but required in type '\{ user: User; \}'/,
  ],
  ['a key of the context that is provided', 'new Pullo().use(takesOver)', /'request'/],
  [
    'a key that is provided again with another type',
    'new Pullo().use(authenticated).use(nameless)',
    /\.user' are incompatible|property 'user' are incompatible/,
  ],
  [
    'a middleware that forgets what it says it provides',
    'new Pullo().use<{ user: User }>((_ctx, next) => next())',
    /Expected 1 arguments, but got 0/,
  ],
  [
    'a handler that returns nothing',
    "new Pullo().get('/', () => {})",
    /Type '(void|undefined)' is not assignable to type '.*HandlerResult/,
  ],
  [
    'a handler behind a middleware that returns nothing',
    "new Pullo().get('/', authenticated, () => {})",
    /Type '(void|undefined)' is not assignable to type '.*HandlerResult/,
  ],
  [
    'a middleware in the place of a handler',
    "new Pullo().get('/', authenticated)",
    /is not assignable to type 'Handler</,
  ],
  ['an unknown convertor', "new Pullo().get('/:id(itn)', () => '')", /Unknown convertor \\?"itn\\?"/],
  [
    'a parameter that the pattern has not',
    "new Pullo().get('/:a', ({ params }) => params.b)",
    /Property 'b'/,
  ],
];

describe('what does not compile says what is wrong', () => {
  test.concurrent('in each case', async () => {
    const output = await check(
      Object.fromEntries(mistakes.map(([, code], i) => [`case${i}.ts`, `${prelude}${code};`])),
    );
    for (const [i, [title, , says]] of mistakes.entries()) {
      const error = output
        .split(/^(?=\S)/m)
        .filter((part) => part.includes(`case${i}.ts`))
        .join('');
      expect(error, title).toMatch(says);
      expect(error.split('\n').length, `${title}: the lines of the error`).toBeLessThan(14);
    }
  });
});

/** Checks modules in a folder inside the workspace, so that its packages are found; answers what the compiler prints. */
async function check(files: Record<string, string>): Promise<string> {
  const parent = join(root, '.snippets-run');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'types-'));
  const project = {
    extends: '../../tsconfig.snippets.json',
    compilerOptions: { incremental: false, tsBuildInfoFile: null },
    include: ['*.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
  for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code);
  try {
    return await execute(join(root, 'node_modules/.bin/tsc'), ['-p', folder, '--pretty', 'false'], {
      cwd: folder,
    });
  } catch (error) {
    return (error as Error).message;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('an app of 1,000 typed routes and 20 middleware takes the compiler no more work than it has taken', async () => {
  const program = `
    import { measureTypes } from './bench/types/measure.mjs';
    console.log(JSON.stringify(measureTypes({ routes: 1000, middleware: 20 })));
  `;
  const output = await execute(process.execPath, ['--input-type=module', '--eval', program], { cwd: root });
  const { instantiations, types } = JSON.parse(output);
  // Measured: 623,452 and 17,319, which take a slow core 0.6 to 0.9 seconds. The bound is what keeps that below two.
  expect(instantiations).toBeLessThan(800_000);
  expect(types).toBeLessThan(30_000);
});
