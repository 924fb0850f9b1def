import { assertEqual } from '../../../../conformance/assert.ts';
import { assertTypeError, casesOf, type HeadersRow, wrong } from './headers-row.ts';

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

export const rows: readonly HeadersRow[] = [...names, ...values, ...differences];

export const name = 'Headers: names and values';
export const cases = casesOf(rows);
