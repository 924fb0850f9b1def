import { Cookies } from '@pullo/request';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';
import { makeRequest } from './make.ts';

type Row = readonly [header: string, pairs: readonly (readonly [string, string])[]];

const rows: readonly Row[] = [
  ['', []],
  ['a=1', [['a', '1']]],
  [
    'a=1; b=2',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  [
    'a=1;b=2',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  [
    '  a = 1 ;\tb\t=\t2 ',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['a=', [['a', '']]],
  ['a=b=c', [['a', 'b=c']]],
  ['value of the nameless', [['', 'value of the nameless']]],
  ['=x', [['', 'x']]],
  ['=; a=1', [['a', '1']]],
  [';;; a=1;;', [['a', '1']]],
  ['a="quoted"', [['a', 'quoted']]],
  ['a="', [['a', '"']]],
  ['a=""', [['a', '']]],
  ['a="half', [['a', '"half']]],
  ['a=%C3%A4%20%3B', [['a', '\u00e4 ;']]],
  [
    'a=%zz; b=%ff; c=100%; d=1',
    [
      ['a', '%zz'],
      ['b', '%ff'],
      ['c', '100%'],
      ['d', '1'],
    ],
  ],
  ['%61=1', [['%61', '1']]],
  [
    '%5F%5FHost-x=evil; __Host-x=1',
    [
      ['%5F%5FHost-x', 'evil'],
      ['__Host-x', '1'],
    ],
  ],
  [
    '__proto__=1; constructor=2; hasOwnProperty=3',
    [
      ['__proto__', '1'],
      ['constructor', '2'],
      ['hasOwnProperty', '3'],
    ],
  ],
  ['a=1, b=2', [['a', '1, b=2']]],
  [
    'a=1\u0001; b=2',
    [
      ['a', '1\u0001'],
      ['b', '2'],
    ],
  ],
  [
    'A=1; a=2',
    [
      ['A', '1'],
      ['a', '2'],
    ],
  ],
];

export const cases: readonly Case[] = [
  ...rows.map(([header, pairs]) => ({
    title: `cookies of ${JSON.stringify(header)} has ${pairs.length} names`,
    run: () => {
      const { cookies } = makeRequest({ headers: [['cookie', header]] });
      assertEqual([...cookies], pairs);
      assertEqual(
        [...cookies.keys()],
        pairs.map(([name]) => name),
      );
      assertEqual(
        [...cookies.values()],
        pairs.map(([, value]) => value),
      );
      assertEqual(cookies.size, pairs.length);
    },
  })),
  {
    title: 'the first value of a name wins and getAll has them all',
    run: () => {
      const cookies = new Cookies('a=1; b=2; a=3');
      assertEqual([cookies.get('a'), cookies.getAll('a'), cookies.size], ['1', ['1', '3'], 2]);
    },
  },
  {
    title: 'what was not sent is undefined, also where Object.prototype has the name',
    run: () => {
      const cookies = new Cookies('a=1');
      assertEqual(
        [cookies.get('b'), cookies.get('__proto__'), cookies.getAll('toString')],
        [undefined, undefined, []],
      );
      assertEqual([cookies.has('a'), cookies.has('constructor')], [true, false]);
    },
  },
  {
    title: 'getAll hands out a copy',
    run: () => {
      const cookies = new Cookies('a=1');
      cookies.getAll('a').push('2');
      assertEqual(cookies.getAll('a'), ['1']);
    },
  },
  {
    title: 'several Cookie fields are one, as HTTP/2 splits them',
    run: () => {
      const { cookies } = makeRequest({
        headers: [
          ['cookie', 'a=1'],
          ['cookie', 'b=2; a=3'],
        ],
      });
      assertEqual(
        [...cookies],
        [
          ['a', '1'],
          ['b', '2'],
        ],
      );
    },
  },
  {
    title: 'a white space that browsers keep stays in the name',
    run: () => assertEqual(new Cookies('\u00a0a=1').get('a'), undefined),
  },
  {
    title: 'without the header there are none',
    run: () => assertEqual(makeRequest({ headers: [] }).cookies.size, 0),
  },
];
