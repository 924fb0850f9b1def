import { chunked, get, head, post, type Vector, vectors } from './vector.ts';

const AGENT = 'X'.repeat(100);
const fields = (count: number): string[] => Array.from({ length: count }, (_, i) => `X-${i}: 1`);

/** Limits, pipelining, HTTP/1.0, connections, Expect, Upgrade and HEAD. */
export const EXCHANGES: readonly Vector[] = [
  ...vectors('RFC 9112, section 3; RFC 6585, section 5: limits', [
    ['a target of 8 KiB', head(`GET /${'a'.repeat(8191)} HTTP/1.1`, 'Host: a'), `GET /${'a'.repeat(8191)}`],
    ['a target of 8 KiB and one', head(`GET /${'a'.repeat(8192)} HTTP/1.1`, 'Host: a'), 414],
    ['a target of 20 KiB', head(`GET /${'a'.repeat(20_480)} HTTP/1.1`, 'Host: a'), 414],
    ['a query of 8 KiB', head(`GET /?${'a'.repeat(8192)} HTTP/1.1`, 'Host: a'), 414],
    ['a target of 60 KiB', head(`GET /${'a'.repeat(61_440)} HTTP/1.1`, 'Host: a'), 414, { inPieces: [431] }],
    ['a head of 16 KiB', get(`X: ${'a'.repeat(16_384 - 41)}`), 'GET /'],
    ['a head of more than 16 KiB', get(`X: ${'a'.repeat(16_384)}`), 431],
    [
      'a head of more than 16 KiB in many fields',
      get(...fields(100).map((field) => field + AGENT.repeat(2))),
      431,
    ],
    ['a head without an end', `GET / HTTP/1.1\r\nX: ${'a'.repeat(100_000)}`, 431],
    ['a field name without an end', `GET / HTTP/1.1\r\n${'a'.repeat(100_000)}`, 431],
    ['128 fields', get(...fields(127)), 'GET /'],
    ['129 fields', get(...fields(128)), 431],
    ['a body of more than 64 MiB', post('Content-Length: 67108865'), 413],
    ['a chunk of more than 64 MiB', chunked('4000001\r\n'), [], { ends: true, failed: 1 }],
    ['chunk extensions of 20 KiB', chunked(`1;${'a'.repeat(20_480)}\r\na\r\n0\r\n\r\n`), 413, { failed: 1 }],
    ['trailers of 100 KiB', chunked(`0\r\nX: ${'a'.repeat(102_400)}\r\n\r\n`), 431, { failed: 1 }],
  ]),
  ...vectors('RFC 9112, section 9.3.2: pipelining', [
    ['three requests', get() + head('GET /b HTTP/1.1', 'Host: a') + get(), ['GET /', 'GET /b', 'GET /']],
    ['a body and a request', post('Content-Length: 3', 'abc') + get(), ['POST / abc', 'GET /']],
    ['chunks and a request', chunked('3\r\nabc\r\n0\r\n\r\n') + get(), ['POST / abc', 'GET /']],
    ['forty requests', get().repeat(40), Array<string>(40).fill('GET /')],
    ['a blank line between two', `${get()}\r\n${get()}`, ['GET /', 'GET /']],
    [
      'a body that nobody reads, and a request',
      `${head('POST /unread HTTP/1.1', 'Host: a', 'Content-Length: 3')}abc${get()}`,
      ['POST /unread', 'GET /'],
    ],
    ['a request and one that is refused', get() + head('GET / HTTP/1.1'), ['GET /', 400]],
    ['a request and what is no request', `${get()}nonsense\r\n\r\n`, ['GET /', 400]],
    [
      'a request and a length too many',
      `${get()}${post(['Content-Length: 1', 'Content-Length: 1'], 'a')}`,
      ['GET /', 400],
    ],
    [
      'a body with a byte too many',
      `${post('Content-Length: 3', 'abcd')}`,
      ['POST / abc', 501],
      { inPieces: [400] },
    ],
    ['a request after a refused one', head('GET / HTTP/1.1') + get(), 400],
    ['a request after broken chunks', `${chunked('x\r\n')}${get()}`, 400, { failed: 1 }],
    ['a request and a TLS client hello', `${get()}\x16\x03\x01`, ['GET /', 400]],
  ]),
  ...vectors('RFC 9112, section 9.3: persistence', [
    ['Connection: close', get('Connection: close'), 'GET /', { closes: true }],
    ['Connection: CLOSE', get('Connection: CLOSE'), 'GET /', { closes: true }],
    ['close in a list', get('Connection: x, close'), 'GET /', { closes: true }],
    ['Connection: keep-alive', get('Connection: keep-alive'), 'GET /'],
    ['a request after Connection: close', get('Connection: close') + get(), 'GET /', { closes: true }],
    [
      'nonsense after Connection: close',
      `${get('Connection: close')}nonsense\r\n\r\n`,
      'GET /',
      { closes: true },
    ],
  ]),
  ...vectors('RFC 9112, appendix C.2: HTTP/1.0', [
    ['without a Host', head('GET / HTTP/1.0'), 'GET /', { closes: true }],
    ['with keep-alive', head('GET / HTTP/1.0', 'Connection: keep-alive'), 'GET /'],
    ['with a length', `${head('POST / HTTP/1.0', 'Content-Length: 3')}abc`, 'POST / abc', { closes: true }],
    ['with two Hosts', head('GET / HTTP/1.0', 'Host: a', 'Host: a'), 400],
    ['with a bad Host', head('GET / HTTP/1.0', 'Host: a/b'), 400],
    [
      'with an expectation, which it has not',
      `${head('POST / HTTP/1.0', 'Expect: 100-continue', 'Content-Length: 1')}a`,
      'POST / a',
      { closes: true },
    ],
    ['with an unknown expectation', head('GET / HTTP/1.0', 'Expect: x'), 'GET /', { closes: true }],
    [
      'with an upgrade',
      head('GET / HTTP/1.0', 'Connection: upgrade', 'Upgrade: websocket'),
      'GET /',
      { closes: true },
    ],
  ]),
  ...vectors('RFC 9110, section 10.1.1: Expect', [
    [
      '100-continue with the body at once',
      post(['Expect: 100-continue', 'Content-Length: 3'], 'abc'),
      'POST / abc',
    ],
    [
      '100-Continue in other letters',
      post(['Expect: 100-Continue', 'Content-Length: 3'], 'abc'),
      'POST / abc',
    ],
    ['100-continue without a body', get('Expect: 100-continue'), 'GET /', { closes: true }],
    ['another expectation', post(['Expect: 200-ok', 'Content-Length: 3'], 'abc'), 417],
    [
      'an expectation that only looks like it',
      post(['Expect: y 100-continue', 'Content-Length: 3'], 'abc'),
      417,
    ],
    ['two expectations', post(['Expect: 100-continue', 'Expect: x', 'Content-Length: 3'], 'abc'), 417],
  ]),
  ...vectors('RFC 9110, section 7.8: Upgrade', [
    [
      'to HTTP/2',
      get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: '),
      'GET /',
      { closes: true },
    ],
    [
      'to something with a body',
      post(['Connection: upgrade', 'Upgrade: x', 'Content-Length: 3'], 'abc'),
      'POST / abc',
      { closes: true },
    ],
  ]),
  ...vectors('RFC 9110, section 9.3.2: HEAD', [
    ['a plain one', head('HEAD / HTTP/1.1', 'Host: a'), 'HEAD /'],
    ['with a body', `${head('HEAD / HTTP/1.1', 'Host: a', 'Content-Length: 3')}abc`, 'HEAD / abc'],
    ['and a GET after it', head('HEAD / HTTP/1.1', 'Host: a') + get(), ['HEAD /', 'GET /']],
    ['without a Host', head('HEAD / HTTP/1.1'), 400],
  ]),
];
