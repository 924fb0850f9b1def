import { assertEqual, type Case } from './assert.ts';
import { makeRequest } from './make.ts';

type Row = readonly [
  header: string | null,
  size: number,
  ranges: readonly (readonly [number, number])[] | null,
];

const rows: readonly Row[] = [
  [null, 10, null],
  ['bytes=0-4', 10, [[0, 4]]],
  ['bytes=5-', 10, [[5, 9]]],
  ['bytes=-3', 10, [[7, 9]]],
  ['bytes=-30', 10, [[0, 9]]],
  ['bytes=0-99', 10, [[0, 9]]],
  ['BYTES=0-0', 10, [[0, 0]]],
  [
    'bytes=0-1, 4-5',
    10,
    [
      [0, 1],
      [4, 5],
    ],
  ],
  [
    'bytes=4-5,0-1',
    10,
    [
      [4, 5],
      [0, 1],
    ],
  ],
  ['bytes=0-5, 3-7', 10, [[0, 7]]],
  ['bytes=0-2, 3-5', 10, [[0, 5]]],
  ['bytes=6-7, 0-1, 1-6', 10, [[0, 7]]],
  ['bytes=10-', 10, []],
  ['bytes=10-, 0-1', 10, [[0, 1]]],
  ['bytes=-0', 10, []],
  ['bytes=0-', 0, []],
  ['bytes=-5', 0, []],
  ['bytes=5-4', 10, null],
  ['bytes=a-b', 10, null],
  ['bytes=-', 10, null],
  ['bytes=', 10, null],
  ['bytes=0-1,', 10, null],
  ['bytes=1', 10, null],
  ['bytes 0-1', 10, null],
  ['items=0-1', 10, null],
  ['bytes=--1', 10, null],
  ['bytes=0-9999999999999999999', 10, null],
  [`bytes=${Array.from({ length: 33 }, (_, i) => `${i * 2}-${i * 2}`).join()}`, 100, null],
];

export const cases: readonly Case[] = [
  ...rows.map(([header, size, ranges]) => ({
    title: `range: ${header === null ? 'no header' : JSON.stringify(header.slice(0, 40))} of ${size} bytes is ${JSON.stringify(ranges)}`,
    run: () => {
      const request = makeRequest({ headers: header === null ? [] : [['range', header]] });
      assertEqual(request.range(size), ranges?.map(([start, end]) => ({ start, end })) ?? null);
    },
  })),
  ...['HEAD', 'POST'].map((method) => ({
    title: `range is ignored for ${method}`,
    run: () => assertEqual(makeRequest({ method, headers: [['range', 'bytes=0-1']] }).range(10), null),
  })),
  ...ifRangeRows().map(([ifRange, holds]) => ({
    title: `range with If-Range ${ifRange} ${holds ? 'counts' : 'is ignored'}`,
    run: () => {
      const request = makeRequest({
        headers: [
          ['range', 'bytes=0-1'],
          ['if-range', ifRange],
        ],
      });
      const ranges = request.range(10, { etag: '"v1"', lastModified: new Date('2026-03-01T00:00:00.400Z') });
      assertEqual(ranges !== null, holds);
    },
  })),
  {
    title: 'range with If-Range is ignored where there is nothing to compare with',
    run: () => {
      const request = makeRequest({
        headers: [
          ['range', 'bytes=0-1'],
          ['if-range', '"v1"'],
        ],
      });
      assertEqual(request.range(10), null);
    },
  },
];

function ifRangeRows(): readonly (readonly [ifRange: string, holds: boolean])[] {
  return [
    ['"v1"', true],
    ['"v2"', false],
    ['W/"v1"', false],
    ['Sun, 01 Mar 2026 00:00:00 GMT', true],
    ['Sun, 01 Mar 2026 00:00:01 GMT', false],
    ['yesterday', false],
  ];
}
