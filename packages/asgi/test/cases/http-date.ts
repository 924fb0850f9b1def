import { formatHTTPDate, parseHTTPDate } from '@pullo/asgi/http';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';

export const name = 'HTTP dates';

/** What is read, and what it is written as; `null` for what is no HTTP date (RFC 9110, section 5.6.7). */
const rows: readonly (readonly [text: string, written: string | null])[] = [
  ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 08:49:37 GMT'],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 'Sun, 06 Nov 1994 08:49:37 GMT'],
  ['Sun Nov  6 08:49:37 1994', 'Sun, 06 Nov 1994 08:49:37 GMT'],
  ['Wed Nov 16 08:49:37 1994', 'Wed, 16 Nov 1994 08:49:37 GMT'],
  [' Sun, 06 Nov 1994 08:49:37 GMT ', 'Sun, 06 Nov 1994 08:49:37 GMT'],
  ['Thu, 29 Feb 2024 00:00:00 GMT', 'Thu, 29 Feb 2024 00:00:00 GMT'],
  ['Sat, 31 Dec 2016 23:59:60 GMT', 'Sun, 01 Jan 2017 00:00:00 GMT'],
  ['Sat, 01 Jan 0050 00:00:00 GMT', 'Sat, 01 Jan 0050 00:00:00 GMT'],
  ['Wed, 29 Feb 2023 00:00:00 GMT', null],
  ['Sun, 31 Apr 2024 00:00:00 GMT', null],
  ['Sun, 00 Nov 1994 08:49:37 GMT', null],
  ['Sun, 06 Foo 1994 08:49:37 GMT', null],
  ['Sun, 06 Nov 1994 24:00:00 GMT', null],
  ['Sun, 06 Nov 1994 08:60:00 GMT', null],
  ['Sun, 06 Nov 1994 08:49:61 GMT', null],
  ['Sun, 06 Nov 1994 08:49:37 UTC', null],
  ['Sun, 06 Nov 1994 08:49:37 +0200', null],
  ['Sun, 06 Nov 1994 08:49:37', null],
  ['sun, 06 nov 1994 08:49:37 gmt', null],
  ['Sun, 6 Nov 1994 08:49:37 GMT', null],
  ['1994-11-06T08:49:37Z', null],
  ['2030', null],
  ['0', null],
  ['yesterday', null],
  ['', null],
];

export const cases: readonly Case[] = [
  ...rows.map(([text, written]) => ({
    title: `${JSON.stringify(text)} is ${written ?? 'no date'}`,
    run: () => {
      const date = parseHTTPDate(text);
      assertEqual(date === null ? null : formatHTTPDate(date), written);
    },
  })),
  ...[-50, -1, 0, 1, 49].map((ahead) => ({
    title: `two digits of a year mean the one ${ahead} years from now`,
    run: () => {
      const year = new Date().getUTCFullYear() + ahead;
      const date = parseHTTPDate(`Sunday, 06-Nov-${String(year % 100).padStart(2, '0')} 08:49:37 GMT`);
      // 50 years ago is as many digits as in 50 years, which is not too far ahead to be meant.
      assertEqual(date?.getUTCFullYear(), ahead === -50 ? year + 100 : year);
    },
  })),
  {
    title: 'a fraction of a second is not written',
    run: () =>
      assertEqual(formatHTTPDate(new Date('2026-03-01T12:00:00.999Z')), 'Sun, 01 Mar 2026 12:00:00 GMT'),
  },
];
