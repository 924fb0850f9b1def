import { assertEqual } from '../../../../conformance/assert.ts';
import { assertTypeError, casesOf, type HeadersRow } from './headers-row.ts';

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

export const rows: readonly HeadersRow[] = [...reading, ...cookies, ...iterating];

export const name = 'Headers: methods';
export const cases = casesOf(rows);
