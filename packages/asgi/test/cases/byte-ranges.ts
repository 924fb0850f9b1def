import { HeaderList } from '@pullo/asgi';
import { byteRanges, type Validators } from '@pullo/asgi/http';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';

export const name = 'byteRanges';

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
  ['bytes= 1-2 ', 10, [[1, 2]]],
  ['bytes=3-4,0-2,5-5', 10, [[0, 5]]],
  ['bytes=0-,-1', 10, [[0, 9]]],
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
  ['bytes', 10, null],
  ['bytes=0x1-2', 10, null],
  ['bytes=1 -2', 10, null],
  ['bytes=1-2,x', 10, null],
  ['bytes 0-1', 10, null],
  ['items=0-1', 10, null],
  ['bytes=--1', 10, null],
  ['bytes=0-9999999999999999999', 10, null],
  [`bytes=${Array.from({ length: 33 }, (_, i) => `${i * 2}-${i * 2}`).join()}`, 100, null],
];

const version: Validators = { etag: '"v1"', lastModified: new Date('2024-03-01T00:00:00.400Z') };

const ifRangeRows: readonly (readonly [ifRange: string, holds: boolean])[] = [
  ['"v1"', true],
  [' "v1" ', true],
  ['"v2"', false],
  ['W/"v1"', false],
  ['*', false],
  ['Fri, 01 Mar 2024 00:00:00 GMT', true],
  ['Thu, 29 Feb 2024 23:59:59 GMT', false],
  ['Fri, 01 Mar 2024 00:00:01 GMT', false],
  ['yesterday', false],
];

export const cases: readonly Case[] = [
  ...rows.map(([range, size, ranges]) => ({
    title: `${range === null ? 'no header' : JSON.stringify(range.slice(0, 40))} of ${size} bytes is ${JSON.stringify(ranges)}`,
    run: () => {
      const expected = ranges?.map(([start, end]) => ({ start, end })) ?? null;
      assertEqual(byteRanges(head(range === null ? {} : { range }), size), expected);
    },
  })),
  ...['HEAD', 'POST'].map((method) => ({
    title: `a range is ignored for ${method}`,
    run: () => assertEqual(byteRanges({ ...head({ range: 'bytes=0-1' }), method }, 10), null),
  })),
  ...ifRangeRows.map(([ifRange, holds]) => ({
    title: `a range with If-Range ${ifRange} ${holds ? 'counts' : 'is ignored'}`,
    run: () => {
      const ranges = byteRanges(head({ range: 'bytes=0-1', 'if-range': ifRange }), 10, version);
      assertEqual(ranges, holds ? [{ start: 0, end: 1 }] : null);
    },
  })),
  ...['"v1"', 'Fri, 01 Mar 2024 00:00:00 GMT'].map((ifRange) => ({
    title: `a range with If-Range ${ifRange} is ignored where there is nothing to compare with`,
    run: () => assertEqual(byteRanges(head({ range: 'bytes=0-1', 'if-range': ifRange }), 10), null),
  })),
  {
    title: 'If-Range by date does not hold for what has just changed: it could change again',
    run: () => {
      const lastModified = new Date();
      const request = head({ range: 'bytes=0-1', 'if-range': lastModified.toUTCString() });
      assertEqual(byteRanges(request, 10, { lastModified }), null);
    },
  },
];

function head(headers: Record<string, string>) {
  return { method: 'GET', headers: new HeaderList(headers) };
}
