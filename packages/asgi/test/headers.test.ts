import { inspect } from 'node:util';
import { HeaderList, type HeaderPairs, Headers } from '@pullo/asgi';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import * as headerList from './cases/header-list.ts';
import * as fields from './cases/headers-fields.ts';
import * as init from './cases/headers-init.ts';
import * as methods from './cases/headers-methods.ts';
import type { HeadersClass } from './cases/headers-row.ts';

for (const table of [headerList, init, methods, fields]) {
  describe(table.name, () => {
    for (const { title, run } of table.cases) test(title, run);
  });
}

describe("the platform's Headers", () => {
  const rows = [init, methods, fields].flatMap((table) => table.rows);
  // Node's types want mutable pairs, which it does not change.
  const Platform = globalThis.Headers as HeadersClass;

  for (const { title, run, differs } of rows.filter((row) => !row.isPlatformBug)) {
    if (differs) test(`differs on purpose: ${title}`, () => expect(() => run(Platform)).toThrow());
    else test(title, () => run(Platform));
  }
});

describe('Headers in general', () => {
  const names = fc.constantFrom('a', 'A', 'b', 'Set-Cookie', 'set-cookie', 'X-Y', '__proto__');
  const values = fc.constantFrom('', '1', ' 2 ', 'a, b', 'hyv\xe4\xe4');
  const changes = fc.array(fc.tuple(fc.constantFrom('append', 'set', 'delete'), names, values), {
    maxLength: 12,
  });

  test("any changes leave it as they leave the platform's", () => {
    fc.assert(
      fc.property(changes, (steps) => {
        const [ours, theirs] = [new Headers(), new globalThis.Headers()];
        for (const [method, name, value] of steps) {
          for (const headers of [ours, theirs]) {
            if (method === 'append') headers.append(name, value);
            else if (method === 'set') headers.set(name, value);
            else headers.delete(name);
          }
        }
        expect([...ours]).toEqual([...theirs]);
        expect(ours.getSetCookie()).toEqual(theirs.getSetCookie());
        expect([...new Headers(theirs)]).toEqual([...new globalThis.Headers(ours)]);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('how they print', () => {
  const pairs = [
    ['Host', 'example.org'],
    ['vary', 'a'],
    ['Vary', 'b'],
  ] as const;

  test('a HeaderList prints its pairs', () => {
    expect(inspect(new HeaderList(pairs))).toBe(
      "HeaderList [ [ 'host', 'example.org' ], [ 'vary', 'a' ], [ 'vary', 'b' ] ]",
    );
    expect(String(new HeaderList(pairs))).toBe('[object HeaderList]');
  });

  test('Headers print what get gives', () => {
    expect(inspect({ headers: new Headers(pairs) })).toBe(
      "{ headers: Headers { host: 'example.org', vary: 'a, b' } }",
    );
  });
});

describe('their types', () => {
  test("Headers stand where pairs or the platform's are wanted", () => {
    expectTypeOf<Headers>().toExtend<Iterable<[string, string]>>();
    expectTypeOf<Headers>().toExtend<HeaderPairs>();
    expectTypeOf<Headers>().toExtend<globalThis.Headers>();
    expectTypeOf<globalThis.Headers>().toExtend<HeaderPairs>();
    expectTypeOf<HeaderList>().toExtend<HeaderPairs>();
    expect(new globalThis.Response(null, { headers: new Headers({ a: '1' }) }).headers.get('a')).toBe('1');
  });

  test('values are strings', () => {
    // @ts-expect-error a number is not a header value
    expect(() => new Headers({ 'content-length': 5 })).toThrow(TypeError);
    // @ts-expect-error undefined is not a header value
    expect(() => new Headers([['etag', undefined]])).toThrow(TypeError);
  });
});
