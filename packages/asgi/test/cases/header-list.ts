import { HeaderList, Headers, InvalidHeader } from '@pullo/asgi';
import { assertEqual, type Case, thrownBy } from '../../../../conformance/assert.ts';

const parsed = () =>
  HeaderList.raw(['Host', 'a', 'Accept', 'x', 'accept', 'y', 'Cookie', 'a=1', 'cookie', 'b=2']);

const refused: readonly (readonly [title: string, run: () => unknown, message: string])[] = [
  [
    'a bad name',
    () => new HeaderList([['a b', 'c']]),
    'invalid header name "a b": a name is one or more of A-Z a-z 0-9 !#$%&\'*+-.^_`|~',
  ],
  [
    'a name that is none',
    () => new HeaderList().append(7 as never, 'c'),
    'invalid header name 7: a name is a string',
  ],
  [
    'a line break',
    () => new HeaderList().set('a', 'b\r\nc: d'),
    'invalid value of header "a": "b\\r\\nc: d" has a control character or one beyond U+00FF; encode it first',
  ],
  [
    'undefined',
    () => new HeaderList({ etag: undefined } as never),
    'invalid value of header "etag": undefined is not a string; leave the header out, or write String(...)',
  ],
  [
    'a number',
    () => new HeaderList({ 'content-length': 5 } as never),
    'invalid value of header "content-length": 5 is not a string; leave the header out, or write String(...)',
  ],
];

export const name = 'HeaderList';
export const cases: readonly Case[] = [
  {
    title: 'it iterates pairs in order, in lower case, with duplicates, again and again',
    run: () => {
      const list = HeaderList.raw(['Host', 'a', 'VARY', 'b', 'vary', 'c']);
      const pairs = [
        ['host', 'a'],
        ['vary', 'b'],
        ['vary', 'c'],
      ];
      assertEqual([...list], pairs);
      assertEqual([...list], pairs);
    },
  },
  {
    title: 'get is blind to case both ways and combines with a comma',
    run: () => {
      assertEqual(parsed().get('accept'), 'x, y');
      assertEqual(parsed().get('ACCEPT'), 'x, y');
      assertEqual(parsed().get('host'), 'a');
      assertEqual(parsed().get('none'), null);
      assertEqual(parsed().get(''), null);
    },
  },
  {
    title: 'get combines cookie with a semicolon (RFC 9113, section 8.2.3)',
    run: () => assertEqual(parsed().get('cookie'), 'a=1; b=2'),
  },
  {
    title: 'names that only look alike are not the same',
    run: () => {
      const list = HeaderList.raw(['ab', '1', 'a^', '2', 'a~', '3', '^a', '4']);
      assertEqual(list.get('a~'), '3');
      assertEqual(list.get('~a'), null);
      assertEqual(list.get('abc'), null);
    },
  },
  {
    title: 'names like parts of a prototype are ordinary',
    run: () => {
      const list = new HeaderList(JSON.parse('{"__proto__":"1","constructor":"2"}'));
      assertEqual(list.get('__proto__'), '1');
      assertEqual(list.get('constructor'), '2');
      assertEqual(list.get('toString'), null);
      assertEqual(list.has('hasOwnProperty'), false);
    },
  },
  {
    title: 'getAll gives the values one by one',
    run: () => {
      assertEqual(parsed().getAll('Accept'), ['x', 'y']);
      assertEqual(parsed().getAll('none'), []);
    },
  },
  {
    title: 'append adds at the end, in lower case, without white space around the value',
    run: () => {
      const list = new HeaderList({ Accept: 'a' });
      list.append('VARY', ' b ');
      assertEqual(list.flat, ['accept', 'a', 'vary', 'b']);
    },
  },
  {
    title: 'set keeps the place of the first and takes the others away',
    run: () => {
      const list = parsed();
      list.set('accept', 'z');
      list.set('new', 'n');
      assertEqual(
        [...list].map(([name, value]) => `${name}=${value}`).join(' '),
        'host=a accept=z cookie=a=1 cookie=b=2 new=n',
      );
    },
  },
  {
    title: 'delete takes all of a name away',
    run: () => {
      const list = parsed();
      list.delete('Accept');
      list.delete('none');
      assertEqual(list.has('accept'), false);
      assertEqual(list.flat.length, 6);
    },
  },
  {
    title: 'a refused change leaves everything as it was',
    run: () => {
      const list = parsed();
      thrownBy(() => list.set('accept', '\n\0'));
      thrownBy(() => list.append('a b', 'c'));
      assertEqual(list.flat, parsed().flat);
    },
  },
  {
    title: 'clone and a list made of a list are independent',
    run: () => {
      const list = parsed();
      const copies = [list.clone(), new HeaderList(list)];
      list.set('host', 'changed');
      assertEqual(
        copies.map((copy) => copy.get('host')),
        ['a', 'a'],
      );
      copies[0]?.delete('accept');
      assertEqual(list.get('accept'), 'x, y');
    },
  },
  {
    title: 'raw takes the array over as it is',
    run: () => {
      const flat = ['Host', 'a'];
      assertEqual(HeaderList.raw(flat).flat === flat, true);
    },
  },
  {
    title: 'a view and its list see each other change',
    run: () => {
      const list = parsed();
      const headers = Headers.of(list);
      headers.set('Host', 'b');
      list.append('x', 'y');
      assertEqual(list.get('host'), 'b');
      assertEqual(headers.get('X'), 'y');
      assertEqual([...headers.keys()], ['accept', 'cookie', 'host', 'x']);
    },
  },
  {
    title: 'a value of much white space takes no time (it was quadratic with a regular expression)',
    run: () => {
      const value = `a${' '.repeat(100_000)}b`;
      const started = Date.now();
      assertEqual(new HeaderList({ a: ` ${value} ` }).get('a'), value);
      assertEqual(Date.now() - started < 500, true);
    },
  },
  ...refused.map(([title, run, message]) => ({
    title: `${title} is refused: ${message}`,
    run: () => {
      const error = thrownBy(run);
      assertEqual(error.message, message);
      assertEqual(error instanceof InvalidHeader && error instanceof TypeError, true);
      assertEqual('code' in error && error.code, 'ERR_INVALID_HEADER');
    },
  })),
];
