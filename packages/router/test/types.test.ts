import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type BuiltIn,
  type ConvertorTypes,
  type PathParams,
  Router,
  type UnknownConvertor,
  type UnknownParams,
} from '@pullo/router';
import { describe, expect, expectTypeOf, test } from 'vitest';

const date = {
  pattern: /\d{4}-\d{2}-\d{2}/,
  parse: (text: string) => new Date(text),
  format: (value: Date) => value.toISOString(),
};
const word = { pattern: /\w+/ };
type Own = ConvertorTypes<{ date: typeof date; word: typeof word }>;

// biome-ignore lint/complexity/noBannedTypes: what a pattern without parameters has
type None = {};

describe('PathParams', () => {
  test('has the parameters of every kind of pattern', () => {
    expectTypeOf<PathParams<'/'>>().toEqualTypeOf<None>();
    expectTypeOf<PathParams<'/users/me'>>().toEqualTypeOf<None>();
    expectTypeOf<PathParams<'/users/:id'>>().toEqualTypeOf<{ id: string }>();
    expectTypeOf<PathParams<'/users/:id/posts/:post'>>().toEqualTypeOf<{ id: string; post: string }>();
    expectTypeOf<PathParams<'/:a(int)/:b(float)/:c(uuid)/:d(slug)/:e(path)'>>().toEqualTypeOf<{
      a: number;
      b: number;
      c: string;
      d: string;
      e: string;
    }>();
    expectTypeOf<PathParams<'/:lang(fi|en)'>>().toEqualTypeOf<{ lang: string }>();
    expectTypeOf<PathParams<'/:file.:ext'>>().toEqualTypeOf<{ file: string; ext: string }>();
    expectTypeOf<PathParams<'/v:major(int).:minor(int)-:tag'>>().toEqualTypeOf<{
      major: number;
      minor: number;
      tag: string;
    }>();
    expectTypeOf<PathParams<'/:n(\\d+):unit(px|em)'>>().toEqualTypeOf<{ n: string; unit: string }>();
    expectTypeOf<PathParams<'/books/:id?'>>().toEqualTypeOf<{ id?: string }>();
    expectTypeOf<PathParams<'/:shelf/:id(int)?'>>().toEqualTypeOf<{ shelf: string; id?: number }>();
    expectTypeOf<PathParams<'/files/*rest'>>().toEqualTypeOf<{ rest: string }>();
    expectTypeOf<PathParams<'/:a/files/*'>>().toEqualTypeOf<{ a: string; '*': string }>();
    expectTypeOf<PathParams<'/:$a_1'>>().toEqualTypeOf<{ $a_1: string }>();
    expectTypeOf<PathParams<'/päivä/:x'>>().toEqualTypeOf<{ x: string }>();
  });

  test('passes over what is escaped, and over expressions with anything in them', () => {
    expectTypeOf<PathParams<'/\\:id/\\*/:x'>>().toEqualTypeOf<{ x: string }>();
    expectTypeOf<PathParams<'/:a\\:b'>>().toEqualTypeOf<{ a: string }>();
    expectTypeOf<PathParams<'/a\\*b'>>().toEqualTypeOf<None>();
    expectTypeOf<PathParams<'/:x((?:a|b)+)/:y'>>().toEqualTypeOf<{ x: string; y: string }>();
    expectTypeOf<PathParams<'/:x([^/:*)]+)/:y(int)'>>().toEqualTypeOf<{ x: string; y: number }>();
    expectTypeOf<PathParams<'/:x(\\)\\(:no)/*rest'>>().toEqualTypeOf<{ x: string; rest: string }>();
    expectTypeOf<PathParams<'/:x(a*b)/:y(c*)?'>>().toEqualTypeOf<{ x: string; y?: string }>();
  });

  test('takes the types of one’s own convertors', () => {
    expectTypeOf<PathParams<'/:day(date)/:w(word)/:n(int)', Own>>().toEqualTypeOf<{
      day: Date;
      w: string;
      n: number;
    }>();
  });

  test('of a pattern that is only known as string has values that may be missing', () => {
    expectTypeOf<PathParams<string>>().toEqualTypeOf<Readonly<Record<string, string | number | undefined>>>();
    expectTypeOf<UnknownParams<Own>>().toEqualTypeOf<
      Readonly<Record<string, string | number | Date | undefined>>
    >();
  });
});

describe('a router', () => {
  test('refuses unknown convertors', () => {
    const router = new Router<number, { date: typeof date }>({ convertors: { date } });
    router.add('GET', '/:day(date)', 1);
    // @ts-expect-error Unknown convertor "itn"
    expect(() => router.add('GET', '/:id(itn)', 1)).toThrow('Unknown convertor "itn"');
    // @ts-expect-error Unknown convertor "date"
    expect(() => new Router<number>().add('GET', '/x/:day(date)', 1)).toThrow('Unknown convertor "date"');
    // No words, and so expressions.
    router.add('GET', '/:year(2024)', 1);
    router.add('GET', '/:end(a$)', 1);
    const later: string = '/:x(slug)';
    router.add('GET', later, 2);
    expectTypeOf<UnknownConvertor<'/:a(int)/:b(x|y)/:c(foo)', BuiltIn>>().toEqualTypeOf<'foo'>();
  });

  test('gives values of the convertors’ types', () => {
    const router = new Router<string, { date: typeof date }>({ convertors: { date } });
    const match = router.match('GET', '/');
    if (match !== undefined) {
      expectTypeOf(match.value).toEqualTypeOf<string>();
      expectTypeOf(match.params).toEqualTypeOf<
        Readonly<Record<string, string | number | Date | undefined>>
      >();
    }
    expect(match).toBeUndefined();
  });

  test('made by Router.from checks names and parameters', () => {
    const pages = Router.from(
      { home: '/', user: '/users/:id(int)', day: '/log/:day(date)', page: '/p/:page?' },
      { convertors: { date } },
    );
    expect(pages.url('home')).toBe('/');
    expect(pages.url('page')).toBe('/p');
    expect(pages.url('page', { page: 2 })).toBe('/p/2');
    expect(pages.url('user', { id: 1 })).toBe('/users/1');
    // @ts-expect-error no such name
    expect(() => pages.url('users')).toThrow('No route is named');
    // @ts-expect-error the parameter is missing
    expect(() => pages.url('user')).toThrow('is missing');
    // @ts-expect-error the parameter is a number
    expect(() => pages.url('user', { id: 'x' })).toThrow('does not match');
    // @ts-expect-error no such parameter
    expect(pages.url('home', { id: 1 })).toBe('/');

    const match = pages.match('GET', '/users/7');
    expect(match?.value).toBe('user');
    if (match?.value === 'user') expectTypeOf(match.params).toEqualTypeOf<{ id: number }>();
    if (match?.value === 'home') expectTypeOf(match.params).toEqualTypeOf<None>();
    // @ts-expect-error Unknown convertor "itn"
    expect(() => Router.from({ a: '/:x(itn)' })).toThrow('Unknown convertor');
  });
});

const folder = fileURLToPath(new URL('../node_modules/.cache/types/', import.meta.url));
const compiler = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
const settings = [
  '--noEmit',
  '--strict',
  '--target',
  'es2023',
  '--module',
  'nodenext',
  '--ignoreConfig',
  '--skipLibCheck',
  '--types',
  'node',
];

/** Compiles a file and returns what the compiler says of its work. Throws what is wrong with the file. */
function compile(name: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${name}.ts`, text);
  const args = [compiler, ...settings, '--singleThreaded', '--extendedDiagnostics', `${folder}${name}.ts`];
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} does not compile:\n${stdout}`);
  return stdout;
}

/** How many types the checker makes for a file, which unlike its time is the same on every machine. */
function instantiations(name: string, text: string): number {
  return Number(/Instantiations:\s+(\d+)/.exec(compile(name, text))?.[1]);
}

describe('1,000 routes', () => {
  test('of four parameters each take the checker fewer than 700 instantiations a route', () => {
    const start =
      "import { type PathParams, Router } from '@pullo/router';\nconst router = new Router<object>();\n";
    const routes = Array.from({ length: 1_000 }, (_, i) => {
      const pattern = `/area${i}/:account${i}(int)/things/:thing/:kind(a|b)/*rest`;
      return `router.add('GET', '${pattern}', {});\nexport const params${i}: PathParams<'${pattern}'> = { account${i}: 1, thing: '', kind: '', rest: '' };`;
    });
    const empty = instantiations('empty', `${start}export type { PathParams };\nexport { router };\n`);
    const full = instantiations('full', start + routes.join('\n'));
    console.info(`instantiations: ${empty} without routes, ${full} with 1,000`);
    expect((full - empty) / 1_000).toBeLessThan(700);
  }, 60_000);
});

test('every example of the README compiles, each on its own', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? '');
  expect(examples.length).toBeGreaterThan(5);
  for (const [i, code] of examples.entries()) compile(`readme${i}`, code);
}, 120_000);
