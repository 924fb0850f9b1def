import { Query } from '@pullo/request';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';
import { makeRequest } from './make.ts';

type Row = readonly [queryString: string, pairs: readonly (readonly [string, string])[]];

const rows: readonly Row[] = [
  ['', []],
  ['a=1', [['a', '1']]],
  ['a', [['a', '']]],
  ['=', [['', '']]],
  [
    'a=1&a=2&b=3&a=4',
    [
      ['a', '1'],
      ['a', '2'],
      ['b', '3'],
      ['a', '4'],
    ],
  ],
  ['a=b=c', [['a', 'b=c']]],
  ['&&a=1&&', [['a', '1']]],
  ['a=1+2%2B3', [['a', '1 2+3']]],
  ['n%C3%A4me=w%C3%A9rt', [['n\u00e4me', 'w\u00e9rt']]],
  [
    'a=%&b=%zz&c=%ff',
    [
      ['a', '%'],
      ['b', '%zz'],
      ['c', '\ufffd'],
    ],
  ],
  ['?a=1', [['?a', '1']]],
  [
    '__proto__=1&constructor=2&toString=3',
    [
      ['__proto__', '1'],
      ['constructor', '2'],
      ['toString', '3'],
    ],
  ],
  [
    'a[b]=1&a.b=2',
    [
      ['a[b]', '1'],
      ['a.b', '2'],
    ],
  ],
];

export const cases: readonly Case[] = [
  ...rows.map(([queryString, pairs]) => ({
    title: `query of ${JSON.stringify(queryString)} has ${pairs.length} pairs`,
    run: () => {
      const { query } = makeRequest({ query: queryString });
      assertEqual([...query], pairs);
      assertEqual([...query.entries()], pairs);
      assertEqual(
        [...query.keys()],
        pairs.map(([name]) => name),
      );
      assertEqual(
        [...query.values()],
        pairs.map(([, value]) => value),
      );
      assertEqual(query.size, pairs.length);
    },
  })),
  {
    title: 'get gives the first value, getAll all of them in order',
    run: () => {
      const query = new Query('a=1&b=&a=2');
      assertEqual(query.get('a'), '1');
      assertEqual(query.getAll('a'), ['1', '2']);
      assertEqual(query.get('b'), '');
      assertEqual(query.get('c'), null);
      assertEqual(query.getAll('c'), []);
    },
  },
  {
    title: 'has looks for a name, or for a name with a value',
    run: () => {
      const query = new Query('a=1&a=2');
      assertEqual(
        [query.has('a'), query.has('a', '2'), query.has('a', '3'), query.has('b')],
        [true, true, false, false],
      );
    },
  },
  {
    title: 'names of Object.prototype are not there unless they were sent',
    run: () => {
      const query = new Query('a=1');
      assertEqual(
        [query.get('__proto__'), query.get('toString'), query.has('constructor')],
        [null, null, false],
      );
    },
  },
  {
    title: 'forEach visits the pairs in order',
    run: () => {
      const seen: string[] = [];
      new Query('a=1&b=2').forEach((value, name) => {
        seen.push(`${name}:${value}`);
      });
      assertEqual(seen, ['a:1', 'b:2']);
    },
  },
  {
    title: 'toString encodes the query again',
    run: () => assertEqual(String(new Query('a=%C3%A4&b=1+2')), 'a=%C3%A4&b=1+2'),
  },
];
