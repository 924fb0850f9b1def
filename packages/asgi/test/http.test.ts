import { Headers } from '@pullo/asgi';
import {
  acceptedEncodings,
  acceptedLanguages,
  acceptedTypes,
  byteRanges,
  formatHTTPDate,
  isFresh,
  parseHTTPDate,
  preconditionFailed,
  type RequestHead,
} from '@pullo/asgi/http';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import * as accept from './cases/accept.ts';
import * as ranges from './cases/byte-ranges.ts';
import * as hosts from './cases/host.ts';
import * as dates from './cases/http-date.ts';
import * as preconditions from './cases/preconditions.ts';
import * as text from './cases/text.ts';

for (const table of [accept, ranges, hosts, dates, preconditions, text]) {
  describe(table.name, () => {
    for (const { title, run } of table.cases) test(title, run);
  });
}

/** The nightly run asks for more: `FC_RUNS=100000`. */
const numRuns = Number(process.env.FC_RUNS ?? 500);

test('ranges cover the bytes that the header names, and only those', () => {
  const spec = fc.tuple(fc.nat(30), fc.nat(30)).map(([start, length]) => [start, start + length] as const);
  fc.assert(
    fc.property(fc.array(spec, { minLength: 1, maxLength: 8 }), fc.nat(40), (specs, size) => {
      const range = `bytes=${specs.map(([start, end]) => `${start}-${end}`).join(', ')}`;
      const found = byteRanges({ method: 'GET', headers: new Headers({ range }) }, size) ?? [];
      const covered = Array.from(
        { length: size },
        (_, at) => found.filter(({ start, end }) => start <= at && at <= end).length,
      );
      const named = Array.from({ length: size }, (_, at) =>
        specs.some(([start, end]) => start <= at && at <= end) ? 1 : 0,
      );
      expect(covered).toEqual(named);
    }),
    { numRuns },
  );
});

test('a date that is written is read back, without its fraction of a second', () => {
  const date = fc.date({
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(date, (written) => {
      const seconds = Math.floor(written.getTime() / 1000) * 1000;
      expect(parseHTTPDate(formatHTTPDate(written))?.getTime()).toBe(seconds);
    }),
    { numRuns },
  );
});

test('what is accepted is some of what was offered, each once, whatever the header says', () => {
  const header = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom('*', '/', ',', ';', 'q=', '0', '.5', '1', 'a', 'a/b', 'gzip', 'de', '-', ' '))
      .map((pieces) => pieces.join('')),
  );
  const offers = ['a/b', 'a/c;q=1', 'gzip', 'identity', 'de', 'de-AT'] as const;
  fc.assert(
    fc.property(header, (value) => {
      for (const accepted of [acceptedTypes, acceptedEncodings, acceptedLanguages]) {
        const taken = accepted(value, offers);
        expect(new Set(taken).size).toBe(taken.length);
        expect(offers).toEqual(expect.arrayContaining(taken));
      }
    }),
    { numRuns },
  );
});

test('a current entity tag never fails If-Match, and is fresh in If-None-Match, among any others', () => {
  const tag = fc.stringMatching(/^[\x21\x23-\x7e]{0,8}$/).map((opaque) => `"${opaque}"`);
  fc.assert(
    fc.property(fc.array(tag), tag, fc.array(tag), (before, etag, after) => {
      const list = [...before, etag, ...after].join(', ');
      const request = { method: 'GET', headers: new Headers({ 'if-match': list, 'if-none-match': list }) };
      expect([preconditionFailed(request, { etag }), isFresh(request, { etag })]).toEqual([false, true]);
    }),
    { numRuns },
  );
});

test('types say what is there', () => {
  expectTypeOf(acceptedTypes(null, ['a/b', 'c/d'])).toEqualTypeOf<('a/b' | 'c/d')[]>();
  expectTypeOf<{ method: string; headers: Headers }>().toExtend<RequestHead>();
  expectTypeOf<globalThis.Request>().toExtend<RequestHead>();
  // @ts-expect-error: a request head has a method
  expectTypeOf(isFresh).toBeCallableWith({ headers: new Headers() }, {});
});
