import { Headers, type HeadersInit } from '@pullo/asgi';
import { assertEqual, type Case, thrownBy } from './assert.ts';

/**
 * What the Web Platform Tests (fetch/api/headers) say of `Headers`, for ours and the platform's alike. A row marked
 * `differs` is a deliberate difference of ours: docs/decisions/headers.md says why.
 */

export type HeadersClass = new (init?: HeadersInit) => globalThis.Headers;

export interface HeadersRow {
  readonly title: string;
  readonly run: (Headers: HeadersClass) => void;
  readonly differs?: true;
  /** The platform's is wrong here, in Node 20 at least: not run there. */
  readonly isPlatformBug?: true;
}

function assertTypeError(run: () => unknown): void {
  const error = thrownBy(run);
  if (!(error instanceof TypeError)) throw new Error(`Expected a TypeError, but got ${error}`);
}

/** What TypeScript would not let pass: the tables show what JavaScript gets. */
function wrong(init: unknown): HeadersInit {
  return init as HeadersInit;
}

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

const reading: readonly HeadersRow[] = [
  {
    title: 'get is blind to case, and null for what is not there',
    run: (Headers) => {
      const headers = new Headers({ 'Content-Type': 'text/plain' });
      assertEqual(headers.get('CONTENT-type'), 'text/plain');
      assertEqual(headers.get('content'), null);
      assertEqual(headers.get('constructor'), null);
      assertEqual(headers.get('__proto__'), null);
    },
  },
  {
    title: 'has is blind to case, and false for parts of the prototype',
    run: (Headers) => {
      const headers = new Headers({ 'Content-Type': '' });
      assertEqual(headers.has('CONTENT-type'), true);
      assertEqual(headers.has('content'), false);
      assertEqual(headers.has('constructor'), false);
      assertEqual(headers.has('get'), false);
    },
  },
  {
    title: 'get tells an empty value from none',
    run: (Headers) => assertEqual(new Headers({ a: '' }).get('a'), ''),
  },
  {
    title: 'append combines with a comma and a space, in order, empty values too',
    run: (Headers) => {
      const headers = new Headers({ a: '1' });
      headers.append('A', '2');
      headers.append('a', '');
      headers.append('a', '4');
      assertEqual(headers.get('a'), '1, 2, , 4');
    },
  },
  {
    title: 'set replaces all that was there',
    run: (Headers) => {
      const headers = new Headers([
        ['a', '1'],
        ['b', '2'],
        ['A', '3'],
      ]);
      headers.set('a', '4');
      headers.set('C', '5');
      assertEqual(
        [...headers],
        [
          ['a', '4'],
          ['b', '2'],
          ['c', '5'],
        ],
      );
    },
  },
  {
    title: 'delete takes all of a name, and nothing when there is none',
    run: (Headers) => {
      const headers = new Headers([
        ['a', '1'],
        ['b', '2'],
        ['A', '3'],
      ]);
      headers.delete('A');
      headers.delete('c');
      assertEqual([...headers], [['b', '2']]);
    },
  },
];

const cookies: readonly HeadersRow[] = [
  {
    title: 'getSetCookie is empty when there is none',
    run: (Headers) => assertEqual(new Headers({ a: '1' }).getSetCookie(), []),
  },
  {
    title: 'getSetCookie keeps order, duplicates and commas',
    run: (Headers) => {
      const headers = new Headers([['Set-Cookie', 'b=2; Expires=Thu, 01 Jan 2026 00:00:00 GMT']]);
      headers.append('set-COOKIE', 'a=1');
      headers.append('set-cookie', 'a=1');
      headers.append('set-cookie', '');
      assertEqual(headers.getSetCookie(), ['b=2; Expires=Thu, 01 Jan 2026 00:00:00 GMT', 'a=1', 'a=1', '']);
    },
  },
  {
    title: 'get of set-cookie combines',
    run: (Headers) =>
      assertEqual(
        new Headers([
          ['set-cookie', 'a'],
          ['set-cookie', 'b'],
        ]).get('Set-Cookie'),
        'a, b',
      ),
  },
  {
    title: 'iteration gives each set-cookie by itself, in its place among the sorted',
    run: (Headers) => {
      const headers = new Headers([
        ['Set-Cookie', 'a'],
        ['X', '1'],
        ['set-cookie', 'b'],
        ['accept', '*'],
      ]);
      assertEqual(
        [...headers],
        [
          ['accept', '*'],
          ['set-cookie', 'a'],
          ['set-cookie', 'b'],
          ['x', '1'],
        ],
      );
      assertEqual([...headers.keys()], ['accept', 'set-cookie', 'set-cookie', 'x']);
    },
  },
  {
    title: 'set and delete of set-cookie take all of them',
    run: (Headers) => {
      const headers = new Headers([
        ['set-cookie', 'a'],
        ['set-cookie', 'b'],
      ]);
      headers.set('set-cookie', 'c');
      assertEqual(headers.getSetCookie(), ['c']);
      headers.delete('Set-Cookie');
      assertEqual(headers.getSetCookie(), []);
    },
  },
  {
    title: 'set-cookie2 is a field like others',
    run: (Headers) =>
      assertEqual(
        [
          ...new Headers([
            ['set-cookie2', 'a'],
            ['set-cookie2', 'b'],
          ]),
        ],
        [['set-cookie2', 'a, b']],
      ),
  },
];

const sample = () => ({ foo: '2', baz: '1', BAR: '0' });

const iterating: readonly HeadersRow[] = [
  {
    title: 'iteration is sorted by name',
    run: (Headers) => {
      const headers = new Headers(sample());
      const sorted: [string, string][] = [
        ['bar', '0'],
        ['baz', '1'],
        ['foo', '2'],
      ];
      assertEqual([...headers], sorted);
      assertEqual([...headers.entries()], sorted);
      assertEqual([...headers.keys()], ['bar', 'baz', 'foo']);
      assertEqual([...headers.values()], ['0', '1', '2']);
    },
  },
  {
    title: 'what is deleted during iteration is skipped',
    run: (Headers) => {
      const headers = new Headers(sample());
      const seen: string[] = [];
      for (const [name] of headers) {
        seen.push(name);
        headers.delete('foo');
      }
      assertEqual(seen, ['bar', 'baz']);
    },
  },
  {
    title: 'a deletion of what has been seen moves the rest up by one',
    run: (Headers) => {
      const headers = new Headers({ ...sample(), quux: '3' });
      const seen: string[] = [];
      for (const [name] of headers) {
        seen.push(name);
        if (name === 'baz') headers.delete('bar');
      }
      assertEqual(seen, ['bar', 'baz', 'quux']);
    },
  },
  {
    title: 'what is appended behind is reached',
    run: (Headers) => {
      const headers = new Headers(sample());
      const seen: string[] = [];
      for (const [name] of headers) {
        seen.push(name);
        if (name === 'baz') headers.append('X-yZ', '4');
      }
      assertEqual(seen, ['bar', 'baz', 'foo', 'x-yz']);
    },
  },
  {
    title: 'what is appended before the place shows the same field again',
    run: (Headers) => {
      const headers = new Headers(sample());
      const seen: string[] = [];
      for (const [name] of headers) {
        seen.push(name);
        if (name === 'baz') headers.append('abc', '-1');
      }
      assertEqual(seen, ['bar', 'baz', 'baz', 'foo']);
    },
  },
  {
    title: 'a value set during iteration is the one that shows',
    run: (Headers) => {
      const headers = new Headers({ a: '1', b: '2' });
      const seen: string[] = [];
      for (const [, value] of headers) {
        seen.push(value);
        headers.set('b', '3');
      }
      assertEqual(seen, ['1', '3']);
    },
  },
  {
    title: 'an iterator is iterable and ends',
    run: (Headers) => {
      const iterator = new Headers({ a: '1' }).entries();
      assertEqual(iterator[Symbol.iterator]() === iterator, true);
      assertEqual(iterator.next(), { value: ['a', '1'], done: false });
      assertEqual(iterator.next(), { value: undefined, done: true });
      assertEqual(iterator.next(), { value: undefined, done: true });
    },
  },
  {
    title: 'forEach gives value, name and the object, sorted, with its this',
    run: (Headers) => {
      const headers = new Headers({ b: '2', a: '1' });
      const seen: unknown[] = [];
      const self = {};
      headers.forEach(function (this: unknown, value, name, parent) {
        seen.push([value, name, parent === headers, this === self]);
      }, self);
      assertEqual(seen, [
        ['1', 'a', true, true],
        ['2', 'b', true, true],
      ]);
    },
  },
  {
    title: 'forEach refuses what is not a function, even without fields',
    run: (Headers) => assertTypeError(() => new Headers().forEach(undefined as never)),
  },
  {
    title: 'its string tag is Headers',
    run: (Headers) => assertEqual(Object.prototype.toString.call(new Headers()), '[object Headers]'),
  },
];

const badNames = [
  '',
  ' ',
  'a b',
  'a:',
  ':a',
  'a\n',
  '\0',
  'a\0',
  'é',
  'İ',
  '\u212a',
  '@',
  'a/b',
  '(a)',
  '{"a"}',
  'a\x7f',
];
const goodNames = ["!#$%&'*+-.^_`|~09azAZ", '__proto__', 'constructor', 'Content-Type'];
const badValues = ['a\nb', 'a\rb', 'a\0b', 'a\r\nb: c', '\0', 'Ā', '€', '\u{1f600}'];

const names: readonly HeadersRow[] = [
  ...badNames.flatMap((name): HeadersRow[] => [
    {
      title: `the name ${JSON.stringify(name)} is refused by all methods`,
      run: (Headers) => {
        const headers = new Headers();
        assertTypeError(() => headers.append(name, 'a'));
        assertTypeError(() => headers.set(name, 'a'));
        assertTypeError(() => headers.get(name));
        assertTypeError(() => headers.has(name));
        assertTypeError(() => headers.delete(name));
        assertTypeError(() => new Headers([[name, 'a']]));
      },
    },
  ]),
  ...goodNames.map(
    (name): HeadersRow => ({
      title: `the name ${JSON.stringify(name)} is one`,
      run: (Headers) => {
        const headers = new Headers([[name, 'a']]);
        assertEqual([...headers], [[name.toLowerCase(), 'a']]);
        assertEqual(headers.get(name), 'a');
      },
    }),
  ),
];

const values: readonly HeadersRow[] = [
  ...badValues.map(
    (value): HeadersRow => ({
      title: `the value ${JSON.stringify(value)} is refused`,
      run: (Headers) => {
        const headers = new Headers({ a: 'old' });
        assertTypeError(() => headers.append('a', value));
        assertTypeError(() => headers.set('a', value));
        assertTypeError(() => new Headers([['a', value]]));
        assertEqual(headers.get('a'), 'old');
      },
    }),
  ),
  ...(
    [
      ['', ''],
      [' a ', 'a'],
      ['\t\r\n a b \n\r\t', 'a b'],
      [' \t\n\r', ''],
      ['a\tb', 'a\tb'],
      ['\xa0a\xa0', '\xa0a\xa0'],
      ['hyv\xe4\xe4', 'hyv\xe4\xe4'],
      ['"a", b', '"a", b'],
    ] as const
  ).map(
    ([given, kept]): HeadersRow => ({
      title: `the value ${JSON.stringify(given)} becomes ${JSON.stringify(kept)}`,
      run: (Headers) => {
        const headers = new Headers({ a: given });
        assertEqual(headers.get('a'), kept);
        headers.set('a', given);
        assertEqual(headers.get('a'), kept);
        headers.append('b', given);
        assertEqual(headers.get('b'), kept);
      },
    }),
  ),
];

const differences: readonly HeadersRow[] = [
  ...['\x01', 'a\x0bb', 'a\x1bb', '\x7f'].map(
    (value): HeadersRow => ({
      title: `the value ${JSON.stringify(value)} is refused: HTTP has no such control character`,
      run: (Headers) => assertTypeError(() => new Headers([['a', value]])),
      differs: true,
    }),
  ),
  ...[undefined, null, 1, true, {}].map(
    (value): HeadersRow => ({
      title: `the value ${String(value)} is refused instead of sent as text`,
      run: (Headers) => assertTypeError(() => new Headers(wrong({ a: value }))),
      differs: true,
    }),
  ),
  {
    title: 'a name that is not a string is refused instead of read as text',
    run: (Headers) => assertTypeError(() => new Headers().get(null as never)),
    differs: true,
  },
  {
    title: 'symbol keys of an object are left out instead of refused',
    run: (Headers) => assertEqual([...new Headers(wrong({ a: '1', [Symbol('b')]: '2' }))], [['a', '1']]),
    differs: true,
  },
];

export const rows: readonly HeadersRow[] = [
  ...making,
  ...reading,
  ...cookies,
  ...iterating,
  ...names,
  ...values,
  ...differences,
];

export const name = 'Headers';
export const cases: readonly Case[] = rows.map(({ title, run }) => ({ title, run: () => run(Headers) }));
