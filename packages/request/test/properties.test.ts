import { Cookies, Query, Request } from '@pullo/request';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formPairs, makeRequest, post } from './cases/make.ts';

/** The nightly run asks for more: `FC_RUNS=100000`. */
const numRuns = Number(process.env.FC_RUNS ?? 200);
fc.configureGlobal({ numRuns });

/** Text made of what the parsers look for, so that near misses are common. */
const tricky = fc
  .array(
    fc.constantFrom(
      '\r\n',
      '\r',
      '\n',
      '--',
      '-',
      'b',
      'ab',
      '"',
      '%22',
      '=',
      ';',
      ' ',
      '\u00e4',
      '\u{1f600}',
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));
const boundary = fc.constantFrom('b', 'bb', '--', "a'()+_,-./:=?b", 'x'.repeat(70));
const part = fc.record({
  name: fc.constantFrom('a', 'b', '__proto__', '\u00e4', 'x y'),
  filename: fc.option(fc.constantFrom('', 'f.txt', '\u00e4 b')),
  content: tricky,
});

/** Cuts bytes at any places, also several times at one. */
const cuts = fc.array(fc.nat(), { maxLength: 20 });
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  const edges = [0, ...sorted, bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

describe('multipart', () => {
  test('every form is read back as it was written, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), boundary, cuts, async (parts, mark, places) => {
        fc.pre(parts.every(({ content }) => !`\r\n${content}\r\n`.includes(`\r\n--${mark}`)));
        const body = new TextEncoder().encode(write(parts, mark));
        const request = post(`multipart/form-data; boundary="${mark}"`, cut(body, places));
        const expected = parts.map(({ name, filename, content }) => [
          name,
          filename === null ? content : [filename, 'text/plain', content],
        ]);
        expect(await formPairs(await request.formData())).toEqual(expected);
      }),
    );
  });

  test('parts gives what formData gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), cuts, async (parts, places) => {
        const mark = 'boundary';
        const chunks = cut(new TextEncoder().encode(write(parts, mark)), places);
        const type = `multipart/form-data; boundary=${mark}`;
        const seen: unknown[] = [];
        for await (const { name, filename, text } of eachPart(post(type, chunks))) {
          seen.push([name, filename === null ? text : [filename, 'text/plain', text]]);
        }
        expect(seen).toEqual(await formPairs(await post(type, chunks).formData()));
      }),
    );
  });

  test('what Fetch writes is read back', async () => {
    const lines = (value: string) => value.replace(/\r\n?|\n/g, '\r\n');
    // Fetch does not escape a percent sign or a backslash in a name, so they may have meant something else.
    const name = tricky.map((value) => lines(value.replaceAll('%', '')));
    const value = fc.oneof(tricky, fc.string({ unit: 'binary' })).map(lines);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 4 }), async (pairs) => {
        const body = new FormData();
        for (const [key, text] of pairs) body.append(key, text);
        const request = Request.from(new globalThis.Request('http://a/', { method: 'POST', body }));
        expect([...(await request.formData())]).toEqual([...body]);
      }),
    );
  });

  test('any bytes, in any chunks, give the same form or the same error', async () => {
    const noise = fc.array(
      fc.constantFrom(
        '--b',
        '\r\n',
        '--',
        'Content-Disposition: form-data; name="a"',
        'x',
        ': ',
        '\r',
        '\n',
        '"',
      ),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(noise, cuts, async (pieces, places) => {
        const bytes = new TextEncoder().encode(pieces.join(''));
        const type = 'multipart/form-data; boundary=b';
        expect(await outcome(post(type, cut(bytes, places)))).toEqual(await outcome(post(type, [bytes])));
      }),
    );
  });

  test('any Content-Disposition is read or refused with 400', async () => {
    const value = fc.array(
      fc.constantFrom('form-data', ';', ' name', '=', '"', '\\', 'filename', 'a', ' ', '%22', '*'),
      { maxLength: 15 },
    );
    await fc.assert(
      fc.asyncProperty(value, async (pieces) => {
        const body = `--b\r\nContent-Disposition: ${pieces.join('')}\r\n\r\n1\r\n--b--`;
        const result = await outcome(post('multipart/form-data; boundary=b', [body]));
        expect(Array.isArray(result) || result.status === 400).toBe(true);
      }),
    );
  });
});

describe('query and cookies', () => {
  test('a query is what URLSearchParams says', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect([...new Query(text)]).toEqual([...new URLSearchParams(`?${text}`)]);
      }),
    );
  });

  test('cookies written by the rules are read back, among malformed ones too', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,8}$/);
    const value = fc.stringMatching(/^[A-Za-z0-9!#$&'()*+.:<>?@^_`{|}~-]{0,12}$/);
    const junk = fc.constantFrom('', ' ', '=', 'alone', '=x', '"', '%');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value, junk), { maxLength: 10 }), (rows) => {
        const cookies = new Cookies(rows.map(([key, text, bad]) => `${bad}; ${key}=${text}`).join(';'));
        for (const [key] of rows) {
          const all = rows.filter(([other]) => other === key).map(([, text]) => text);
          expect([cookies.get(key), cookies.getAll(key)]).toEqual([all[0], all]);
        }
      }),
    );
  });

  test('any Cookie header is read without an error', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        for (const [name, value] of new Cookies(header))
          expect([name.includes(';'), typeof value]).toEqual([false, 'string']);
      }),
    );
  });
});

describe('headers', () => {
  test('no header makes a reader throw', () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .array(fc.constantFrom('bytes=', '-', ',', '1', '*', '/', ';', 'q=', '0.5', '"', 'W/', 'a'), {
          maxLength: 20,
        })
        .map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (value) => {
        const names = [
          'range',
          'if-range',
          'accept',
          'accept-encoding',
          'accept-language',
          'content-type',
          'if-match',
          'if-none-match',
          'if-modified-since',
          'host',
        ];
        const request = makeRequest({ headers: names.map((name) => [name, value] as const) });
        const version = { etag: '"a"', lastModified: new Date() };
        request.range(10, version);
        request.isFresh(version);
        request.preconditionFailed(version);
        request.accepts(['a/b']);
        request.acceptsEncodings(['gzip']);
        request.acceptsLanguages(['fi']);
        request.is('a/b');
        expect(request.url.pathname).toBe('/');
      }),
    );
  });

  test('a Host never reaches another part of the URL', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('', ':80', '/x', '@a', '?x', '#x', '\\x', ':1:2'),
        (text, tail) => {
          const { url } = makeRequest({ path: '/p', query: 'q', headers: [['host', text + tail]] });
          expect([url.protocol, url.username, url.pathname, url.search, url.hash]).toEqual([
            'http:',
            '',
            '/p',
            '?q',
            '',
          ]);
        },
      ),
    );
  });
});

function write(
  parts: readonly { name: string; filename: string | null; content: string }[],
  mark: string,
): string {
  const written = parts.map(({ name, filename, content }) => {
    const file = filename === null ? '' : `; filename="${filename}"`;
    return `--${mark}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`;
  });
  return `${written.join('')}--${mark}--\r\n`;
}

async function* eachPart(request: Request) {
  for await (const part of request.parts()) {
    yield { name: part.name, filename: part.filename, text: await part.text() };
  }
}

async function outcome(request: Request) {
  try {
    return await formPairs(await request.formData());
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { message: error.message, status: Reflect.get(error, 'status') as unknown };
  }
}
