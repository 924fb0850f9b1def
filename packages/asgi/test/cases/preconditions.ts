import { HeaderList } from '@pullo/asgi';
import { isFresh, preconditionFailed, type Validators } from '@pullo/asgi/http';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';

export const name = 'isFresh and preconditionFailed';

const before = 'Sat, 28 Feb 2026 00:00:00 GMT';
const same = 'Sun, 01 Mar 2026 00:00:00 GMT';
const version: Validators = { etag: '"v1"', lastModified: new Date('2026-03-01T00:00:00.999Z') };

type Outcome = 'send' | '304' | '412';
type Row = readonly [
  method: string,
  headers: readonly (readonly [string, string])[],
  validators: Validators,
  outcome: Outcome,
];

/** RFC 9110, section 13.2.2, in its order. */
const rows: readonly Row[] = [
  ['GET', [], version, 'send'],
  ['GET', [['if-none-match', '"v1"']], version, '304'],
  ['HEAD', [['if-none-match', '"v1"']], version, '304'],
  ['GET', [['if-none-match', 'W/"v1"']], version, '304'],
  ['GET', [['if-none-match', '"v1"']], { etag: 'W/"v1"' }, '304'],
  ['GET', [['if-none-match', '"v0", "v1"']], version, '304'],
  ['GET', [['if-none-match', '"a,b"']], { etag: '"a,b"' }, '304'],
  ['GET', [['if-none-match', '"v2"']], version, 'send'],
  ['GET', [['if-none-match', 'v1']], version, 'send'],
  ['GET', [['if-none-match', '*']], version, '304'],
  ['GET', [['if-none-match', '']], version, 'send'],
  ['GET', [['if-none-match', '"a", "c" , "v1"']], version, '304'],
  ['GET', [['if-none-match', '"v1']], version, 'send'],
  ['GET', [['if-none-match', '"v1"']], {}, 'send'],
  ['PUT', [['if-none-match', '*']], version, '412'],
  ['PUT', [['if-none-match', '"v2"']], version, 'send'],
  ['GET', [['if-modified-since', same]], version, '304'],
  ['GET', [['if-modified-since', before]], version, 'send'],
  ['GET', [['if-modified-since', 'garbage']], version, 'send'],
  ['GET', [['if-modified-since', '2030']], version, 'send'],
  ['GET', [['if-modified-since', 'Sunday, 01-Mar-26 00:00:00 GMT']], version, '304'],
  ['GET', [['if-modified-since', 'Sun Mar  1 00:00:00 2026']], version, '304'],
  ['GET', [['if-modified-since', 'Sat Feb 28 00:00:00 2026']], version, 'send'],
  ['GET', [['if-modified-since', same]], {}, 'send'],
  ['GET', [['if-modified-since', same]], { lastModified: new Date(Number.NaN) }, 'send'],
  ['POST', [['if-modified-since', same]], version, 'send'],
  [
    'GET',
    [
      ['if-none-match', '"v2"'],
      ['if-modified-since', same],
    ],
    version,
    'send',
  ],
  ['PUT', [['if-match', '"v1"']], version, 'send'],
  ['PUT', [['if-match', '*']], version, 'send'],
  ['PUT', [['if-match', '"v2"']], version, '412'],
  ['PUT', [['if-match', 'W/"v1"']], { etag: 'W/"v1"' }, '412'],
  ['PUT', [['if-match', '"v1"']], {}, '412'],
  ['PUT', [['if-match', '']], version, '412'],
  ['PUT', [['if-match', '"v2", "v1"']], version, 'send'],
  ['PUT', [['if-match', 'v1']], { etag: 'v1' }, '412'],
  ['PUT', [['if-unmodified-since', same]], version, 'send'],
  ['PUT', [['if-unmodified-since', before]], version, '412'],
  ['GET', [['if-unmodified-since', before]], version, '412'],
  ['PUT', [['if-unmodified-since', 'yesterday']], version, 'send'],
  ['PUT', [['if-unmodified-since', before]], {}, 'send'],
  [
    'PUT',
    [
      ['if-match', '"v1"'],
      ['if-unmodified-since', before],
    ],
    version,
    'send',
  ],
  [
    'GET',
    [
      ['if-none-match', '"v1"'],
      ['if-modified-since', before],
    ],
    version,
    '304',
  ],
  [
    'GET',
    [
      ['if-unmodified-since', before],
      ['if-none-match', '"v1"'],
    ],
    version,
    '412',
  ],
  [
    'GET',
    [
      ['if-match', '"v2"'],
      ['if-none-match', '"v1"'],
    ],
    version,
    '412',
  ],
];

export const cases: readonly Case[] = [
  ...rows.map(([method, headers, validators, outcome]) => ({
    title: `${method} with ${headers.map((pair) => pair.join(': ')).join(' and ') || 'no condition'} is ${outcome} for ${JSON.stringify(validators)}`,
    run: () => {
      const request = { method, headers: new HeaderList(headers) };
      const failed = preconditionFailed(request, validators);
      assertEqual(failed ? '412' : isFresh(request, validators) ? '304' : 'send', outcome);
    },
  })),
  {
    title: "Fetch's Request is a request head too",
    run: () => {
      const request = new globalThis.Request('http://a/', { headers: { 'if-none-match': '"v1"' } });
      assertEqual([preconditionFailed(request, version), isFresh(request, version)], [false, true]);
    },
  },
];
