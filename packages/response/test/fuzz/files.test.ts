import { join } from 'node:path';
import { FileResponse, staticFiles } from '@pullo/response/file';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerOf, headersOf, httpScope, looseAnswerOf } from '../cases/exchange.ts';
import { makeFolder } from '../support/folder.ts';
import { numRuns } from './fuzz-runs.ts';

const SIZE = 40;
const CONTENT = Array.from({ length: SIZE }, (_, i) => String.fromCharCode(48 + i)).join('');
let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  folder = await makeFolder({
    'secret.txt': 'secret',
    'site/page.txt': CONTENT,
    'site/a/index.html': 'index',
  });
});
afterAll(() => folder.remove());

function getRange(range: string) {
  const response = new FileResponse(join(folder.path, 'site/page.txt'));
  return answerOf(response, httpScope({ headers: [['range', range]] }));
}

const number = fc.integer({ min: 0, max: SIZE + 10 });
const spec = fc.oneof(
  fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  number.map((first) => `${first}-`),
  number.map((suffix) => `-${suffix}`),
);

/** The bytes that a valid list of ranges asks for, one by one. */
function asked(specs: readonly string[]): Set<number> {
  const bytes = new Set<number>();
  for (const [first = '', last = ''] of specs.map((each) => each.split('-'))) {
    const start = first === '' ? SIZE - Number(last) : Number(first);
    const end = first === '' || last === '' ? SIZE - 1 : Number(last);
    for (let i = Math.max(start, 0); i <= Math.min(end, SIZE - 1); i++) bytes.add(i);
  }
  return bytes;
}

/** The bytes that an answer has, by what it says of them. */
function received(answer: Awaited<ReturnType<typeof getRange>>): number[] {
  const { 'content-range': single, 'content-length': length } = headersOf(answer);
  expect(length).toBe(String(answer.body.length));
  const parts =
    single === undefined
      ? [...answer.body.matchAll(/content-range: (bytes [^\r]*)\r\n\r\n(.*?)\r\n--/gs)]
      : [[0, single, answer.body]];
  return parts.flatMap(([, range, body]) => {
    const [, start, end] = /^bytes (\d+)-(\d+)\/40$/.exec(String(range)) ?? [];
    expect(body).toBe(CONTENT.slice(Number(start), Number(end) + 1));
    return Array.from({ length: Number(end) - Number(start) + 1 }, (_, i) => Number(start) + i);
  });
}

test('valid ranges give each byte that they ask for, once', async () => {
  const property = fc.asyncProperty(fc.array(spec, { minLength: 1, maxLength: 12 }), async (specs) => {
    const bytes = asked(specs);
    const answer = await getRange(`bytes=${specs.join(', ')}`);
    if (bytes.size === 0) {
      expect(answer.status).toBe(416);
      return;
    }
    expect(answer.status).toBe(206);
    const got = received(answer);
    expect(got.length).toBe(bytes.size);
    expect(new Set(got)).toEqual(bytes);
  });
  await fc.assert(property, { numRuns: Math.ceil(numRuns / 2) });
});

const sendable = fc.stringMatching(/^[\x20-\x7e]{0,30}$/);
const header = fc.oneof(
  sendable,
  fc
    .array(fc.oneof(spec, fc.constantFrom('bytes=', ',', '-', ' ', '0', '99999999999999999999', 'x')))
    .map((parts) => parts.join('')),
);

test('any range is answered with 200, 206 or 416, never with an error', async () => {
  const property = fc.asyncProperty(header, async (range) => {
    expect([200, 206, 416]).toContain((await getRange(range)).status);
  });
  await fc.assert(property, { numRuns: Math.ceil(numRuns / 2) });
});

test('any conditions are answered, never with an error', async () => {
  const condition = fc.oneof(
    sendable,
    fc.constantFrom('*', '"', 'W/"', '"a","b', 'Mon, 06 May 2024 07:08:09 GMT'),
  );
  const names = [
    'if-match',
    'if-none-match',
    'if-modified-since',
    'if-unmodified-since',
    'if-range',
    'accept-encoding',
  ];
  const headers = fc.array(fc.tuple(fc.constantFrom(...names), condition));
  const response = () =>
    new FileResponse(join(folder.path, 'site/page.txt'), { precompressed: ['br', 'gzip'] });
  const property = fc.asyncProperty(headers, async (pairs) => {
    expect([200, 304, 412]).toContain((await answerOf(response(), httpScope({ headers: pairs }))).status);
  });
  await fc.assert(property, { numRuns: Math.ceil(numRuns / 2) });
});

test('no path leads out of the root, and none is an error', async () => {
  const app = staticFiles(join(folder.path, 'site'));
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 3 }),
    fc.constantFrom(
      '/',
      '..',
      '.',
      '%2e',
      '%2f',
      '%5c',
      '\\',
      '%00',
      '%25',
      'secret.txt',
      'page.txt',
      'a',
      '//',
      '%',
      '%c0',
    ),
  );
  const path = fc.array(piece, { maxLength: 10 }).map((parts) => `/${parts.join('')}`);
  const property = fc.asyncProperty(path, async (target) => {
    const answer = await looseAnswerOf(app, httpScope({ path: target }));
    expect([200, 308, 404]).toContain(answer.status);
    expect(answer.body).not.toContain('secret');
    if (answer.status === 308) {
      const location = headersOf(answer).location ?? '';
      expect(new URL(location, 'http://here.example').host).toBe('here.example');
    }
  });
  await fc.assert(property, { numRuns });
});
