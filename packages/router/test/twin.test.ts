import { Router } from '@pullo/router';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  patternText,
  segmentIdentity,
  type TwinPart,
  type TwinRoute,
  type TwinSegment,
  twinMatch,
} from './twin.ts';

/** How many random sets of routes are compared; `ROUTER_SETS=200000` for a longer run. */
const SETS = Number(process.env.ROUTER_SETS ?? 10_000);

const word = fc.constantFrom('a', 'b', 'ab', '4', '42', 'é', 'abc', '');
const constraint = fc.constantFrom(undefined, undefined, 'int', 'float', 'slug', 'a.*', '.*b');
const separator = fc.constantFrom('-', '.', 'b', '4', 'é', 'a-');

type Unnamed = { readonly constraint: string | undefined };
type Draft = string | Unnamed;

const param = constraint.map((each): Unnamed => ({ constraint: each }));
const mixed = fc
  .tuple(
    fc.constantFrom('', 'a', 'v', 'é'),
    fc.array(fc.tuple(param, separator), { minLength: 1, maxLength: 3 }),
    fc.boolean(),
  )
  .map(([prefix, pairs, isCut]): readonly Draft[] => {
    const parts: Draft[] = [prefix, ...pairs.flat()].filter((part) => part !== '');
    return isCut && parts.length > 2 ? parts.slice(0, -1) : parts;
  });
const parts = fc.oneof(
  { weight: 3, arbitrary: word.map((text): readonly Draft[] => [text]) },
  { weight: 3, arbitrary: param.map((each): readonly Draft[] => [each]) },
  { weight: 2, arbitrary: mixed },
);
const last = fc.constantFrom('none', 'none', 'none', 'rest', 'optional') satisfies fc.Arbitrary<string>;

const route = fc
  .tuple(fc.constantFrom('GET', 'GET', 'HEAD', 'POST', '*'), fc.array(parts, { maxLength: 3 }), last, param)
  .map(([method, drafts, end, lastParam]): TwinRoute => {
    let count = 0;
    const name = (part: Draft): TwinPart => {
      if (typeof part === 'string') return part;
      const named = { name: `p${count++}` };
      return part.constraint === undefined ? named : { ...named, constraint: part.constraint };
    };
    const segments: TwinSegment[] = drafts.map((draft) => ({ kind: 'parts', parts: draft.map(name) }));
    if (end === 'rest') segments.push({ kind: 'rest', name: count++ % 2 === 0 ? '*' : 'rest' });
    if (end === 'optional') {
      const named = name(lastParam);
      if (typeof named !== 'string') segments.push({ kind: 'optional', param: named });
    }
    if (segments.length === 0) segments.push({ kind: 'parts', parts: [''] });
    return { method, segments };
  });

/** One route for each method and set of paths. */
const routes = fc
  .array(route, { minLength: 1, maxLength: 10 })
  .map((all) => [
    ...new Map(
      all.map((each) => [`${each.method} ${each.segments.map(segmentIdentity).join('/')}`, each]),
    ).values(),
  ]);

const text = fc.constantFrom(
  '',
  'a',
  'b',
  'ab',
  '4',
  '42',
  '-4',
  '4.2',
  '%C3%A9',
  'a-b',
  'a-4',
  'v4',
  'a.b',
  'a-b.4',
  'a%2Fb',
  'ab%25',
  '%F0%9F%98%80b',
  'v4.2-ab',
  '%C3%A9a-%C3%A9',
);
const path = fc.array(text, { minLength: 1, maxLength: 4 }).map((texts) => `/${texts.join('/')}`);
const paths = fc.array(path, { minLength: 4, maxLength: 8 });

test(`finds what a linear search by the rules finds, for ${SETS} random sets of routes`, () => {
  fc.assert(
    fc.property(routes, paths, (set, asked) => {
      const router = new Router<TwinRoute>();
      for (const each of set) router.add(each.method, patternText(each.segments), each);
      for (const each of asked) {
        for (const method of ['GET', 'HEAD', 'PUT']) {
          const expected = twinMatch(set, method, each);
          const actual = router.match(method, each);
          const found = actual && [
            actual.value.method,
            patternText(actual.value.segments),
            { ...actual.params },
          ];
          const due = expected && [
            expected.route.method,
            patternText(expected.route.segments),
            expected.params,
          ];
          // Most are equal, and comparing texts is a tenth of the time that an expectation takes.
          if (JSON.stringify(found) !== JSON.stringify(due))
            expect({ method, path: each, found }).toEqual({ method, path: each, found: due });
        }
      }
    }),
    { numRuns: SETS },
  );
}, 600_000);

test('what url() makes is read back as the same parameters', () => {
  const value = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), text);
  fc.assert(
    fc.property(route, fc.array(value, { minLength: 8, maxLength: 8 }), (each, values) => {
      const router = new Router<number>();
      const pattern = patternText(each.segments);
      router.add('GET', pattern, 1, { name: 'it' });
      const params = Object.fromEntries([
        ...values.map((given, i) => [`p${i}`, given] as const),
        ['*', values[0]],
        ['rest', values[1]],
      ]);
      let url: string;
      try {
        url = router.url('it', params);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_INVALID_PARAM' });
        return;
      }
      const read = router.match('GET', url)?.params;
      expect(read).toBeDefined();
      for (const [name, given] of Object.entries(read ?? {}))
        expect(String(given)).toBe(typeof given === 'number' ? String(Number(params[name])) : params[name]);
    }),
    { numRuns: 5_000 },
  );
});
