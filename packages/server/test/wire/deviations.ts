import { chunked, get, head, post, type Vector, vectors } from './vector.ts';

/**
 * Where the outcome is not what the specification asks for, or what we would choose, and a program above `node:http` cannot
 * help it: as it is, so that a change in Node shows. The reasons are in docs/decisions/node-http.md.
 */
export const DEVIATIONS: readonly Vector[] = vectors('what node:http does otherwise', [
  ['several blank lines before a request are skipped', `\r\n\r\n\r\n${get()}`, 'GET /'],
  ['bare LFs before a request are skipped', `\n\n${get()}`, 'GET /'],
  ['several spaces before the target are one', head('GET   / HTTP/1.1', 'Host: a'), 'GET /'],
  ['several spaces before the version are one', head('GET /   HTTP/1.1', 'Host: a'), 'GET /'],
  [
    'a tab after chunked is refused, once the app runs',
    post('Transfer-Encoding: chunked\t', '0\r\n\r\n'),
    400,
    { failed: 1 },
  ],
  ['a chunk extension without a value passes', chunked('1;a=\r\nx\r\n0\r\n\r\n'), 'POST / x'],
  [
    'a chunk size of any number of leading zeros passes',
    chunked(`${'0'.repeat(1000)}1\r\nx\r\n0\r\n\r\n`),
    'POST / x',
  ],
  ['a trailer that has no place there passes, unseen by the app', chunked('0\r\nHost: b\r\n\r\n'), 'POST /'],
  ['Proxy-Connection counts as Connection', get('Proxy-Connection: close'), 'GET /', { closes: true }],
  ['an unknown method is answered without the app', head('FROB / HTTP/1.1', 'Host: a'), 501],
  [
    'a client that ends its half after the request is gone',
    head('GET /later HTTP/1.1', 'Host: a'),
    [],
    { ends: true, failed: 1 },
  ],
]);
