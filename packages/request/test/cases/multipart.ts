import { BadForm, ContentTooLarge, type FormLimits } from '@pullo/request';
import { assertEqual, type Case, rejectionOf } from '../../../../conformance/assert.ts';
import { type Chunk, formPairs, post, toBytes } from './make.ts';

const TYPE = 'multipart/form-data; boundary=b';
const FIELD = 'Content-Disposition: form-data; name=';

/** A body of parts, each its headers and its content, with the boundary `b`. */
export function multipart(...parts: readonly (readonly [head: string, content: string])[]): string {
  return `${parts.map(([head, content]) => `--b\r\n${head}\r\n\r\n${content}\r\n`).join('')}--b--\r\n`;
}

type Pairs = Awaited<ReturnType<typeof formPairs>>;

const good: readonly (readonly [what: string, body: string, pairs: Pairs])[] = [
  ['a field', multipart([`${FIELD}"a"`, '1']), [['a', '1']]],
  [
    'repeated fields in order',
    multipart([`${FIELD}"a"`, '1'], [`${FIELD}"b"`, '2'], [`${FIELD}"a"`, '3']),
    [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ],
  ],
  ['no parts', '--b--\r\n', []],
  ['no parts and no line break at the end', '--b--', []],
  ['an empty field', multipart([`${FIELD}"a"`, '']), [['a', '']]],
  ["an empty field whose line break is the boundary's", `--b\r\n${FIELD}"a"\r\n\r\n--b--`, [['a', '']]],
  [
    'a preamble and an epilogue',
    `This is\r\nMIME.\r\n${multipart([`${FIELD}"a"`, '1'])}and more\r\n--b\r\n`,
    [['a', '1']],
  ],
  ['white space behind a boundary', `--b \t\r\n${FIELD}"a"\r\n\r\n1\r\n--b--`, [['a', '1']]],
  [
    'content with half boundaries',
    multipart([`${FIELD}"a"`, '\r\n--\r\n-\r\r\n--a\r\n\r\n --b']),
    [['a', '\r\n--\r\n-\r\r\n--a\r\n\r\n --b']],
  ],
  ['content that begins with half a boundary', multipart([`${FIELD}"a"`, '--a']), [['a', '--a']]],
  ['content of line breaks', multipart([`${FIELD}"a"`, '\r\n\r\n']), [['a', '\r\n\r\n']]],
  ['a name without quotes', multipart([`${FIELD}a`, '1']), [['a', '1']]],
  ['header names in any case', multipart([`content-DISPOSITION:FORM-data;NAME="a"`, '1']), [['a', '1']]],
  ['an empty name', multipart([`${FIELD}""`, '1']), [['', '1']]],
  [
    'names of Object.prototype',
    multipart([`${FIELD}"__proto__"`, '1'], [`${FIELD}"constructor"`, '2']),
    [
      ['__proto__', '1'],
      ['constructor', '2'],
    ],
  ],
  [
    'UTF-8 in names and contents',
    multipart([`${FIELD}"\u00e4\u20ac"`, '\u{1f600}']),
    [['\u00e4\u20ac', '\u{1f600}']],
  ],
  ['the escapes of browsers', multipart([`${FIELD}"a%22b%0D%0Ac%41"`, '1']), [['a"b\r\nc%41', '1']]],
  ['the escapes of curl', multipart([`${FIELD}"a\\"b\\\\c\\d"`, '1']), [['a"b\\c\\d', '1']]],
  ['a semicolon and an equals sign in a name', multipart([`${FIELD}"a;b=c"`, '1']), [['a;b=c', '1']]],
  ['parameters nobody knows', multipart([`${FIELD}"a"; size=3; x="y;"`, '1']), [['a', '1']]],
  ['a semicolon at the end', multipart([`${FIELD}"a";`, '1']), [['a', '1']]],
  [
    'a file',
    multipart([`${FIELD}"f"; filename="x.txt"\r\nContent-Type: text/csv`, 'a,b']),
    [['f', ['x.txt', 'text/csv', 'a,b']]],
  ],
  ['a file without a type', multipart([`${FIELD}"f"; filename="x"`, '1']), [['f', ['x', 'text/plain', '1']]]],
  [
    'no file chosen',
    multipart([`${FIELD}"f"; filename=""\r\nContent-Type: application/octet-stream`, '']),
    [['f', ['', 'application/octet-stream', '']]],
  ],
  [
    'a file name in UTF-8',
    multipart([`${FIELD}"f"; filename="\u00e4 b.txt"`, '1']),
    [['f', ['\u00e4 b.txt', 'text/plain', '1']]],
  ],
  [
    'the last segment of a path',
    multipart([`${FIELD}"f"; filename="../../etc/passwd"`, '1']),
    [['f', ['passwd', 'text/plain', '1']]],
  ],
  [
    'the last segment of a Windows path',
    multipart([`${FIELD}"f"; filename="C:\\dir\\x.txt"`, '1']),
    [['f', ['x.txt', 'text/plain', '1']]],
  ],
  ['no way up', multipart([`${FIELD}"f"; filename=".."`, '1']), [['f', ['', 'text/plain', '1']]]],
  [
    'filename* ignored (RFC 7578, section 4.2)',
    multipart([`${FIELD}"f"; filename="a"; filename*=UTF-8''b`, '1']),
    [['f', ['a', 'text/plain', '1']]],
  ],
  [
    'other headers',
    multipart([`X-A: 1\r\n${FIELD}"a"\r\nContent-Transfer-Encoding: binary`, '1']),
    [['a', '1']],
  ],
];

const bad: readonly (readonly [what: string, body: string, type?: string])[] = [
  ['no boundary in the type', '', 'multipart/form-data'],
  ['an empty boundary', '', 'multipart/form-data; boundary='],
  ['an empty quoted boundary', '', 'multipart/form-data; boundary=""'],
  ['two boundaries', multipart([`${FIELD}"a"`, '1']), `${TYPE}; Boundary=c`],
  ['a boundary of 71 characters', '', `multipart/form-data; boundary=${'x'.repeat(71)}`],
  ['a boundary that is not ASCII', '', 'multipart/form-data; boundary="\u00e4"'],
  ['a boundary that ends with a space', '', 'multipart/form-data; boundary="a "'],
  ['an empty body', ''],
  ['no boundary in the body', 'a=1'],
  ['another boundary in the body', multipart([`${FIELD}"a"`, '1']).replaceAll('--b', '--c')],
  ['no closing boundary', `--b\r\n${FIELD}"a"\r\n\r\n1\r\n--b\r\n`],
  ['a cut content', `--b\r\n${FIELD}"a"\r\n\r\n1`],
  ['a cut closing boundary', `--b\r\n${FIELD}"a"\r\n\r\n1\r\n--b-`],
  ['cut headers', `--b\r\n${FIELD}"a"`],
  ['a boundary that goes on', multipart([`${FIELD}"a"`, '1\r\n--bc'])],
  ['a boundary and a single dash', `--b\r\n${FIELD}"a"\r\n\r\n1\r\n--b-\r\n`],
  ['a line break without CR in the headers', `--b\r\n${FIELD}"a"\n\r\n1\r\n--b--`],
  ['headers that end with two LFs', `--b\r\n${FIELD}"a"\n\n1\r\n--b--`],
  ['a CR in a header', multipart([`${FIELD}"a\rb"`, '1'])],
  ['a NUL in a header', multipart([`${FIELD}"a\0b"`, '1'])],
  ['a folded header', multipart([`Content-Disposition: form-data;\r\n name="a"`, '1'])],
  ['a header without a colon', multipart([`${FIELD}"a"\r\nnonsense`, '1'])],
  ['a header with a space before the colon', multipart([`${FIELD}"a"\r\nX : 1`, '1'])],
  ['no headers', multipart(['', '1']).replace('\r\n\r\n\r\n', '\r\n\r\n')],
  ['no Content-Disposition', multipart(['Content-Type: text/plain', '1'])],
  ['two Content-Dispositions', multipart([`${FIELD}"a"\r\n${FIELD}"b"`, '1'])],
  ['no name', multipart(['Content-Disposition: form-data', '1'])],
  ['a file without a name of its field', multipart(['Content-Disposition: form-data; filename="x"', '1'])],
  [
    'a filename* alone: a file to some, a field to others',
    multipart([`${FIELD}"f"; filename*=UTF-8''b`, '1']),
  ],
  ['another disposition', multipart(['Content-Disposition: attachment; name="a"', '1'])],
  ['two names', multipart([`${FIELD}"a"; name="b"`, '1'])],
  ['two file names', multipart([`${FIELD}"a"; filename="x"; filename="y"`, '1'])],
  ['an open quote', multipart([`${FIELD}"a`, '1'])],
  ['text behind a quote', multipart([`${FIELD}"a"b`, '1'])],
  ['a parameter without a value', multipart([`${FIELD}"a"; filename`, '1'])],
];

const file = (name: string, content: string) => [`${FIELD}"${name}"; filename="${name}"`, content] as const;
const field = (name: string, content: string) => [`${FIELD}"${name}"`, content] as const;

const limited: readonly (readonly [limit: keyof FormLimits, max: number, fits: string, over: string])[] = [
  ['maxBytes', 60, multipart(field('a', '1')).padEnd(60), multipart(field('a', '1')).padEnd(61)],
  [
    'maxFields',
    2,
    multipart(field('a', '1'), field('b', '2'), file('f', '3')),
    multipart(field('a', '1'), field('b', '2'), field('c', '3')),
  ],
  ['maxFiles', 1, multipart(file('f', '1'), field('a', '2')), multipart(file('f', '1'), file('g', '2'))],
  ['maxFieldBytes', 3, multipart(field('abcdef', '123')), multipart(field('a', '1234'))],
  ['maxFileBytes', 3, multipart(file('f', '123')), multipart(file('f', '1234'))],
  ['maxFileMemoryBytes', 3, multipart(file('f', '123')), multipart(file('f', '1234'))],
  ['maxHeaderBytes', 44, multipart(field('a', '1')), multipart(field('ab', '1'))],
];

const splits: readonly (readonly [what: string, split: (body: string) => Chunk[]])[] = [
  ['in one chunk', (body) => [body]],
  ['byte by byte', (body) => Array.from(toBytes(body), (byte) => new Uint8Array([byte]))],
  ['in chunks of 7 bytes', (body) => chunksOf(toBytes(body), 7)],
];

export const cases: readonly Case[] = [
  ...splits.flatMap(([how, split]) => [
    ...good.map(([what, body, pairs]) => ({
      title: `multipart reads ${what}, ${how}`,
      run: async () => assertEqual(await formPairs(await post(TYPE, split(body)).formData()), pairs),
    })),
    ...bad.map(([what, body, type = TYPE]) => ({
      title: `multipart refuses ${what} with 400, ${how}`,
      run: async () => {
        const error = await rejectionOf(post(type, body === '' ? [''] : split(body)).formData());
        if (!(error instanceof BadForm)) throw error;
        assertEqual([error.status, error.code, error.expose], [400, 'ERR_BAD_FORM', true]);
      },
    })),
    ...limited.map(([limit, max, fits, over]) => ({
      title: `multipart keeps ${limit}, ${how}`,
      run: async () => {
        await post(TYPE, split(fits), { form: { [limit]: max } }).formData();
        await post(TYPE, split(over)).formData();
        const error = await rejectionOf(post(TYPE, split(over)).formData({ [limit]: max }));
        if (!(error instanceof ContentTooLarge)) throw error;
        assertEqual([error.status, error.limit, error.max], [413, limit, max]);
        assertEqual(error.message.includes(String(max)), true);
      },
    })),
  ]),
  ...hostile().map(([what, boundary, piece]) => ({
    title: `multipart takes 8 MiB of ${what} in linear time`,
    run: async () => {
      const content = piece.repeat((8 * 1024 * 1024) / piece.length);
      const body = multipart(file('f', content)).replaceAll('--b', `--${boundary}`);
      const chunks = chunksOf(toBytes(body), 64 * 1024);
      const start = performance.now();
      await post(`multipart/form-data; boundary=${boundary}`, chunks).formData({
        maxFileMemoryBytes: 2 ** 24,
      });
      // It takes 10 ms; time that grows with the boundary's length would be seconds, quadratic time hours.
      if (performance.now() - start > 1500) throw new Error(`It took ${performance.now() - start} ms`);
    },
  })),
  {
    title: 'multipart takes a boundary of 70 characters, in quotes',
    run: async () => {
      const boundary = `=?${'x'.repeat(67)};`;
      const body = multipart(field('a', '1')).replaceAll('--b', `--${boundary}`);
      assertEqual(
        await formPairs(await post(`multipart/form-data; boundary="${boundary}"`, [body]).formData()),
        [['a', '1']],
      );
    },
  },
  {
    title: 'multipart refuses an announced length over the limit before it reads',
    run: async () => {
      const headers = [
        ['content-type', TYPE],
        ['content-length', '33554433'],
      ] as const;
      const error = await rejectionOf(post(null, [], { headers }).formData());
      assertEqual([Reflect.get(error, 'status'), error.message.includes('32 MiB')], [413, true]);
    },
  },
  {
    title: 'multipart needs no line break between the last content and the end of a chunk',
    run: async () => {
      const body = multipart(field('a', 'x\r\n--'), field('c', '\r\n--b'.slice(0, 4)));
      for (let at = 1; at < body.length; at++) {
        const pairs = await formPairs(await post(TYPE, [body.slice(0, at), body.slice(at)]).formData());
        assertEqual(pairs, [
          ['a', 'x\r\n--'],
          ['c', '\r\n--'],
        ]);
      }
    },
  },
];

/** Contents that are bad for one search or another: repetitions of the boundary's end, beginning and nearly all of it. */
function hostile(): readonly (readonly [what: string, boundary: string, piece: string])[] {
  const long = 'a'.repeat(70);
  return [
    ["the boundary's last letter", long, 'a'],
    ['CR', long, '\r'],
    ['CRLF', long, '\r\n'],
    ['nearly the boundary', `${long.slice(1)}b`, `\r\n--${long.slice(6)}`],
    ['nearly the boundary, wrong at its beginning', `${long.slice(1)}b`, `\r\nx-${long.slice(7)}b`],
  ];
}

export function chunksOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}
