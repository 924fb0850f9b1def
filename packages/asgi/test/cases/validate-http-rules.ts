import type { Case } from '../../../../conformance/assert.ts';
import { bytes, httpScope } from './script.ts';
import { type Row, table } from './validate-table.ts';

/** What an app can do wrong on an HTTP scope, beyond the checklist. */

const start = { type: 'http.response.start', status: 200 };
const more = { type: 'http.response.body', body: 'a', moreBody: true };
const end = { type: 'http.response.body' };

const everything = {
  'http.response.pathsend': {},
  'http.response.zerocopysend': {},
  'http.response.trailers': {},
  'http.response.early_hint': {},
  'http.response.push': {},
  'http.response.debug': {},
};

const http: readonly Row[] = [
  [['start'], 'send() was called with "start", but an event is an object'],
  [[null], 'send() was called with null, but an event is an object'],
  [[undefined], 'send() was called with undefined, but an event is an object'],
  [[{ type: 7 }], 'send() was called with an event whose type is 7: type must be a string'],
  [[{ type: 'http.response.begin' }], '"http.response.begin" is not an event to send on an http scope'],
  [[{ type: 'http.request' }], '"http.request" is not an event to send on an http scope'],
  [[{ type: 'websocket.accept' }], '"websocket.accept" is not an event to send on an http scope'],
  [
    [{ type: 'http.response.start' }],
    'http.response.start.status is missing: it must be an integer from 200 to 599',
  ],
  [
    [{ ...start, status: '200' }],
    'http.response.start.status is "200", but must be an integer from 200 to 599',
  ],
  [
    [{ ...start, status: 200.5 }],
    'http.response.start.status is 200.5, but must be an integer from 200 to 599',
  ],
  [[{ ...start, status: 600 }], 'http.response.start.status is 600, but must be an integer from 200 to 599'],
  [
    [{ ...start, status: Number.NaN }],
    'http.response.start.status is NaN, but must be an integer from 200 to 599',
  ],
  [
    [{ ...start, headers: null }],
    'http.response.start.headers is null, but must be an iterable of [name, value] pairs: an array, a HeaderList, or Object.entries(...)',
  ],
  [
    [{ ...start, headers: 'a: b' }],
    'http.response.start.headers is "a: b", but must be an iterable of [name, value] pairs: an array, a HeaderList, or Object.entries(...)',
  ],
  [
    [{ ...start, headers: ['a: b'] }],
    'http.response.start.headers[0] is "a: b", but must be a [name, value] pair',
  ],
  [
    [{ ...start, headers: [['a', 'b'], ['c']] }],
    'http.response.start.headers[1] is an array of 1, but must be a [name, value] pair',
  ],
  [
    [{ ...start, headers: [[bytes('a'), 'b']] }],
    'http.response.start.headers[0] has the name an instance of Uint8Array, but it must be a string',
  ],
  [
    [{ ...start, headers: [['content-length', 5]] }],
    'http.response.start.headers[0] has the value 5 for "content-length", but it must be a string',
  ],
  [
    [{ ...start, headers: [[':status', '200']] }],
    'http.response.start.headers[0]: invalid header name ":status": a name is one or more of A-Z a-z 0-9 !#$%&\'*+-.^_`|~',
  ],
  [
    [{ ...start, headers: [['x', 'é€']] }],
    'http.response.start.headers[0]: invalid value of header "x": "é€" has a control character or one beyond U+00FF; encode it first',
  ],
  [[{ ...start, trailers: 1 }], 'http.response.start.trailers is 1, but must be true or false'],
  [
    [{ ...start, headers: [['content-length', '-1']] }],
    'http.response.start has the content-length "-1": it must be a number of bytes',
  ],
  [
    [
      {
        ...start,
        headers: [
          ['content-length', '1'],
          ['Content-Length', '1'],
        ],
      },
    ],
    'http.response.start has 2 content-length headers',
  ],
  [[start, { ...end, body: null }], 'http.response.body.body is null, but must be a string or a Uint8Array'],
  [
    [start, { ...end, body: new ArrayBuffer(1) }],
    'http.response.body.body is an instance of ArrayBuffer, but must be a string or a Uint8Array',
  ],
  [[start, { ...end, moreBody: 0 }], 'http.response.body.moreBody is 0, but must be true or false'],
  [
    [
      { ...start, headers: [['content-length', '1']] },
      { ...end, body: 'é' },
    ],
    'the body has 2 bytes or more, but content-length is 1: announce the number of bytes, not of characters',
  ],
  [
    [{ ...start, headers: [['content-length', '1']] }, more, more],
    'the body has 2 bytes or more, but content-length is 1: announce the number of bytes, not of characters',
  ],
  [
    [{ ...start, headers: [['content-length', '3']] }, more, end],
    'the body ended after 1 bytes, but content-length is 3',
  ],
  [
    [start],
    'it returned before its response was complete: send a last http.response.body whose moreBody is false',
  ],
  [
    [start, more],
    'it returned before its response was complete: send a last http.response.body whose moreBody is false',
  ],
  [[start, end, start], 'http.response.start was sent a second time: a response has one, before its body'],
  // Extensions that the server does not have
  [
    [start, { type: 'http.response.pathsend', path: '/a' }],
    'http.response.pathsend was sent, but the server does not have that extension: look for "http.response.pathsend" in scope.extensions first',
  ],
  [
    [start, { type: 'http.response.zerocopysend', file: 3 }],
    'http.response.zerocopysend was sent, but the server does not have that extension: look for "http.response.zerocopysend" in scope.extensions first',
  ],
  [
    [start, { type: 'http.response.early_hint', links: [] }],
    'http.response.early_hint was sent, but the server does not have that extension: look for "http.response.early_hint" in scope.extensions first',
  ],
  [
    [start, { type: 'http.response.push', path: '/a' }],
    'http.response.push was sent, but the server does not have that extension: look for "http.response.push" in scope.extensions first',
  ],
  [
    [{ type: 'http.response.debug', info: {} }],
    'http.response.debug was sent, but the server does not have that extension: look for "http.response.debug" in scope.extensions first',
  ],
  [
    [{ ...start, trailers: true }],
    'http.response.start with trailers: true was sent, but the server does not have that extension: look for "http.response.trailers" in scope.extensions first',
  ],
  [
    [start, { type: 'http.response.trailers' }],
    'http.response.trailers was sent, but the server does not have that extension: look for "http.response.trailers" in scope.extensions first',
  ],
];

/** On a server with every extension. */
const extended: readonly Row[] = [
  [
    [{ type: 'http.response.pathsend', path: '/a' }],
    'http.response.pathsend was sent before http.response.start: that comes first',
  ],
  [
    [start, more, { type: 'http.response.pathsend', path: '/a' }],
    'http.response.pathsend was sent after http.response.body: the file is the whole body',
  ],
  [
    [start, { type: 'http.response.pathsend', path: 'a' }],
    'http.response.pathsend.path is "a", but must be an absolute path',
  ],
  [
    [start, { type: 'http.response.pathsend', path: '/a' }, end],
    'http.response.body was sent after the last http.response.body: the response is complete once moreBody is false',
  ],
  [
    [start, { type: 'http.response.zerocopysend', file: -1 }],
    'http.response.zerocopysend.file is -1, but must be an integer of at least 0',
  ],
  [
    [start, { type: 'http.response.zerocopysend', file: 3, offset: 1.5 }],
    'http.response.zerocopysend.offset is 1.5, but must be an integer of at least 0',
  ],
  [
    [start, { type: 'http.response.zerocopysend', file: 3, count: '5' }],
    'http.response.zerocopysend.count is "5", but must be an integer of at least 0',
  ],
  [
    [{ type: 'http.response.early_hint', links: [] }],
    'http.response.early_hint was sent before http.response.start: that comes first',
  ],
  [
    [start, end, { type: 'http.response.early_hint', links: [] }],
    'http.response.early_hint was sent after the last http.response.body: the response is complete once moreBody is false',
  ],
  [
    [start, { type: 'http.response.early_hint', links: '</a>; rel=preload' }],
    'http.response.early_hint.links is "</a>; rel=preload", but must be an iterable of strings',
  ],
  [
    [start, { type: 'http.response.early_hint', links: ['<a>', 1] }],
    'http.response.early_hint.links[1] is 1, but must be a string',
  ],
  [
    [start, { type: 'http.response.early_hint', links: ['a\nb'] }],
    'http.response.early_hint.links: invalid value of header "links": "a\\nb" has a control character or one beyond U+00FF; encode it first',
  ],
  [
    [start, { type: 'http.response.push', path: 'a.css' }],
    'http.response.push.path is "a.css", but must be a path that begins with "/"',
  ],
  [[start, { type: 'http.response.push' }], 'http.response.push.path is missing: it must be a string'],
  [[{ type: 'http.response.debug' }], 'http.response.debug.info is missing: it must be an object'],
  [
    [start, { type: 'http.response.debug', info: {} }],
    'http.response.debug was sent after http.response.start',
  ],
  [
    [
      { type: 'http.response.debug', info: {} },
      { type: 'http.response.debug', info: {} },
    ],
    'http.response.debug was sent a second time',
  ],
  [
    [start, { type: 'http.response.trailers' }],
    'http.response.trailers was sent, but http.response.start did not announce it with trailers: true',
  ],
  [
    [{ ...start, trailers: true }, more, { type: 'http.response.trailers' }],
    'http.response.trailers was sent before the last http.response.body',
  ],
  [
    [{ type: 'http.response.trailers' }],
    'http.response.trailers was sent before the last http.response.body',
  ],
  [
    [{ ...start, trailers: true }, end, { type: 'http.response.trailers', headers: [['a b', 'c']] }],
    'http.response.trailers.headers[0]: invalid header name "a b": a name is one or more of A-Z a-z 0-9 !#$%&\'*+-.^_`|~',
  ],
  [
    [
      { ...start, trailers: true },
      end,
      { type: 'http.response.trailers' },
      { type: 'http.response.trailers' },
    ],
    'http.response.trailers was sent after the last of them',
  ],
  [
    [{ ...start, trailers: true }, end],
    'it returned without the trailers that http.response.start announced: send http.response.trailers',
  ],
];

export const name = 'validate: what an app can do wrong in HTTP';
export const cases: readonly Case[] = [
  ...table('http', http, () => httpScope(), []),
  ...table('http with extensions', extended, () => httpScope({ extensions: everything }), []),
];
