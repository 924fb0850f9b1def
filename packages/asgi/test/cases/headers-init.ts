import { Headers } from '@pullo/asgi';
import { assertEqual } from '../../../../conformance/assert.ts';
import { assertTypeError, casesOf, type HeadersRow, wrong } from './headers-row.ts';

const init = (
  title: string,
  given: () => unknown,
  pairs: readonly (readonly [string, string])[],
): HeadersRow => ({
  title: `made of ${title}`,
  run: (Headers) => assertEqual([...new Headers(wrong(given()))], pairs),
});

const refusedInit = (title: string, given: () => unknown): HeadersRow => ({
  title: `refuses to be made of ${title}`,
  run: (Headers) => assertTypeError(() => new Headers(wrong(given()))),
});

const making: readonly HeadersRow[] = [
  init('nothing', () => undefined, []),
  init('an empty object', () => ({}), []),
  init('an empty list', () => [], []),
  init('an object, sorted and in lower case', () => ({ B: '2', a: '1' }), [
    ['a', '1'],
    ['b', '2'],
  ]),
  init(
    'pairs, repeated ones combined',
    () => [
      ['a', '1'],
      ['B', '2'],
      ['A', '3'],
    ],
    [
      ['a', '1, 3'],
      ['b', '2'],
    ],
  ),
  init('names in two cases of one object', () => ({ 'content-a': '1', 'Content-A': '2' }), [
    ['content-a', '1, 2'],
  ]),
  init('a Map', () => new Map([['a', '1']]), [['a', '1']]),
  init(
    'a generator',
    () =>
      (function* () {
        yield ['a', '1'];
      })(),
    [['a', '1']],
  ),
  init('pairs that are iterables', () => [new Set(['a', '1'])], [['a', '1']]),
  init('a FormData', () => {
    const form = new FormData();
    form.set('a', '1');
    return form;
  }, [['a', '1']]),
  init(
    'an object that is iterable, not its fields',
    () => ({
      a: '1',
      *[Symbol.iterator]() {
        yield ['b', '2'];
      },
    }),
    [['b', '2']],
  ),
  init(
    'ours',
    () =>
      new Headers([
        ['a', '1'],
        ['Set-Cookie', 'b'],
        ['set-cookie', 'c'],
      ]),
    [
      ['a', '1'],
      ['set-cookie', 'b'],
      ['set-cookie', 'c'],
    ],
  ),
  init(
    "the platform's",
    () =>
      new globalThis.Headers([
        ['a', '1'],
        ['Set-Cookie', 'b'],
        ['set-cookie', 'c'],
      ]),
    [
      ['a', '1'],
      ['set-cookie', 'b'],
      ['set-cookie', 'c'],
    ],
  ),
  {
    ...init(
      'own fields only',
      () =>
        Object.create({ inherited: '1' }, { own: { value: '2', enumerable: true }, hidden: { value: '3' } }),
      [['own', '2']],
    ),
    isPlatformBug: true,
  },
  {
    ...init(
      'fields named like parts of a prototype',
      () => JSON.parse('{"__proto__":"1","constructor":"2","toString":"3"}'),
      [
        ['__proto__', '1'],
        ['constructor', '2'],
        ['tostring', '3'],
      ],
    ),
    isPlatformBug: true,
  },
  refusedInit('null', () => null),
  refusedInit('a number', () => 1),
  refusedInit('a text', () => 'a: b'),
  refusedInit('a list of texts', () => ['ab']),
  refusedInit('a list of null', () => [null]),
  refusedInit('a pair of one', () => [['a']]),
  refusedInit('a pair of three', () => [['a', 'b', 'c']]),
  refusedInit('an empty pair', () => [[]]),
  refusedInit('an object with a bad name', () => ({ 'a b': '1' })),
  refusedInit('an object with a bad value', () => ({ a: '1\n2' })),
];

export const rows: readonly HeadersRow[] = making;

export const name = 'Headers: what they are made of';
export const cases = casesOf(rows);
