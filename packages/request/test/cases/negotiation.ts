import type { Request } from '@pullo/request';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';
import { makeRequest } from './make.ts';

const contentTypes: readonly (readonly [header: string | null, kind: string, is: boolean])[] = [
  ['application/json', 'application/json', true],
  ['Application/JSON; charset=utf-8', 'application/json', true],
  ['application/json', 'APPLICATION/json', true],
  ['application/problem+json', '+json', true],
  ['application/json', '+json', false],
  ['text/html', 'text/*', true],
  ['text/html', '*/*', true],
  ['texts/html', 'text/*', false],
  ['text', 'text/*', false],
  ['text/html, text/plain', 'text/html', false],
  [null, '*/*', false],
];

const version = { etag: '"v1"', lastModified: new Date('2024-03-01T00:00:00.400Z') };
const march = 'Fri, 01 Mar 2024 00:00:00 GMT';
const february = 'Thu, 29 Feb 2024 00:00:00 GMT';

type Row = readonly [
  call: string,
  method: string,
  headers: readonly (readonly [string, string])[],
  ask: (request: Request) => unknown,
  answer: unknown,
];

/** That each method looks at its own fields; the rules themselves are tested with `@pullo/asgi/http`. */
const rows: readonly Row[] = [
  ['accepts', 'GET', [['accept', 'c/d, a/b;q=0.5']], (r) => r.accepts(['a/b', 'c/d']), 'c/d'],
  ['accepts', 'GET', [['accept', 'text/html']], (r) => r.accepts(['a/b']), null],
  ['accepts', 'GET', [], (r) => r.accepts(['a/b', 'c/d']), 'a/b'],
  ['accepts of nothing', 'GET', [], (r) => r.accepts([]), null],
  [
    'acceptsEncodings',
    'GET',
    [['accept-encoding', 'gzip']],
    (r) => r.acceptsEncodings(['br', 'gzip']),
    'gzip',
  ],
  [
    'acceptsEncodings',
    'GET',
    [['accept-encoding', '']],
    (r) => r.acceptsEncodings(['br', 'identity']),
    'identity',
  ],
  ['acceptsEncodings', 'GET', [], (r) => r.acceptsEncodings(['gzip', 'identity']), 'identity'],
  ['acceptsEncodings', 'GET', [], (r) => r.acceptsEncodings(['gzip']), null],
  ['acceptsLanguages', 'GET', [['accept-language', 'fi']], (r) => r.acceptsLanguages(['en', 'fi']), 'fi'],
  ['acceptsLanguages', 'GET', [['accept-language', 'sv']], (r) => r.acceptsLanguages(['en', 'fi']), null],
  ['isFresh', 'GET', [['if-none-match', 'W/"v1"']], (r) => r.isFresh(version), true],
  ['isFresh', 'POST', [['if-none-match', '"v1"']], (r) => r.isFresh(version), false],
  ['isFresh', 'HEAD', [['if-modified-since', march]], (r) => r.isFresh(version), true],
  ['isFresh', 'GET', [['if-modified-since', february]], (r) => r.isFresh(version), false],
  ['preconditionFailed', 'PUT', [['if-match', '"v1"']], (r) => r.preconditionFailed(version), false],
  ['preconditionFailed', 'PUT', [['if-match', '"v2"']], (r) => r.preconditionFailed(version), true],
  ['preconditionFailed', 'PUT', [['if-none-match', '*']], (r) => r.preconditionFailed(version), true],
  [
    'preconditionFailed',
    'PUT',
    [['if-unmodified-since', february]],
    (r) => r.preconditionFailed(version),
    true,
  ],
  ['range', 'GET', [['range', 'bytes=0-4']], (r) => r.range(10), [{ start: 0, end: 4 }]],
  ['range', 'GET', [['range', 'bytes=10-']], (r) => r.range(10), []],
  ['range', 'GET', [], (r) => r.range(10), null],
  ['range', 'HEAD', [['range', 'bytes=0-4']], (r) => r.range(10), null],
  [
    'range',
    'GET',
    [
      ['range', 'bytes=-3'],
      ['if-range', '"v1"'],
    ],
    (r) => r.range(10, version),
    [{ start: 7, end: 9 }],
  ],
  [
    'range',
    'GET',
    [
      ['range', 'bytes=-3'],
      ['if-range', march],
    ],
    (r) => r.range(10, version),
    [{ start: 7, end: 9 }],
  ],
  [
    'range',
    'GET',
    [
      ['range', 'bytes=-3'],
      ['if-range', '"v2"'],
    ],
    (r) => r.range(10, version),
    null,
  ],
  [
    'range',
    'GET',
    [
      ['range', 'bytes=-3'],
      ['if-range', '"v1"'],
    ],
    (r) => r.range(10),
    null,
  ],
];

export const cases: readonly Case[] = [
  ...rows.map(([call, method, headers, ask, answer]) => ({
    title: `${call}: ${method} with ${headers.map((pair) => pair.join(': ')).join(' and ') || 'no such header'} gives ${JSON.stringify(answer)}`,
    run: () => assertEqual(ask(makeRequest({ method, headers })), answer),
  })),
  ...contentTypes.map(([header, kind, is]) => ({
    title: `is: ${JSON.stringify(header)} is ${is ? '' : 'not '}${kind}`,
    run: () => {
      const request = makeRequest({ headers: header === null ? [] : [['content-type', header]] });
      assertEqual(request.is(kind), is);
    },
  })),
];
