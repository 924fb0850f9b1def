import { HeaderList } from '../../packages/asgi/dist/index.js';
import { Request } from '../../packages/request/dist/index.js';

/** Nanoseconds of making and reading requests, beside the platform's own: `node --expose-gc primitives/request.mjs`. */

const flat = [
  ['host', 'example.org'],
  ['user-agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  ['accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
  ['accept-language', 'en-US,en;q=0.5'],
  ['accept-encoding', 'gzip, deflate, br, zstd'],
  ['cookie', 'session=abcdef; theme=dark'],
].flat();
const scope = {
  type: 'http',
  asgi: { version: '3.0', specVersion: '2.5' },
  httpVersion: '1.1',
  method: 'GET',
  scheme: 'http',
  path: '/search',
  rawPath: '/search',
  queryString: 'q=term&page=2',
  rootPath: '',
  headers: HeaderList.raw(flat),
  client: null,
  server: null,
  state: {},
  extensions: {},
  exchange: { signal: new AbortController().signal },
};
const receive = async () => ({ type: 'http.request', body: new Uint8Array(), moreBody: false });
const url = 'http://example.org/search?q=term&page=2';
const pairs = [...scope.headers];

let sink;
const rows = {
  'new Request(scope, receive), method and path': () => {
    const request = new Request(scope, receive);
    sink = request.method === request.path;
  },
  '+ headers.get': () => (sink = new Request(scope, receive).headers.get('accept')),
  '+ query.get': () => (sink = new Request(scope, receive).query.get('page')),
  '+ cookies.get': () => (sink = new Request(scope, receive).cookies.get('theme')),
  '+ url': () => (sink = new Request(scope, receive).url),
  'platform: new Request(url, { headers }), method and url': () => {
    const request = new globalThis.Request(url, { headers: pairs });
    sink = request.method === request.url;
  },
};

for (const [name, run] of Object.entries(rows)) {
  console.log(`${name}: ${nanoseconds(run).toFixed(0)} ns`);
}

const document = JSON.stringify(
  Array.from({ length: 96_000 }, (_, id) => ({
    id,
    name: `user ${id}`,
    mail: `u${id}@example.com`,
    tags: ['a', 'b'],
    score: id / 3,
  })),
);
const bytes = new TextEncoder().encode(document);
const jsonScope = {
  ...scope,
  method: 'POST',
  headers: new HeaderList([['content-type', 'application/json']]),
};
const chunked = () => {
  let at = 0;
  return async () => {
    const body = bytes.subarray(at, at + 65_536);
    at += body.length;
    return { type: 'http.request', body, moreBody: at < bytes.length };
  };
};
const json = {
  'JSON.parse(text)': async () => JSON.parse(document),
  'JSON.parse(decode(bytes))': async () => JSON.parse(new TextDecoder().decode(bytes)),
  'request.json(), one event': () =>
    new Request(jsonScope, async () => ({ type: 'http.request', body: bytes, moreBody: false })).json({
      maxBytes: 2 ** 30,
    }),
  'request.json(), events of 64 KiB': () => new Request(jsonScope, chunked()).json({ maxBytes: 2 ** 30 }),
};
// In turn, so that a noisy moment of the machine hits all of them.
const times = Object.fromEntries(Object.keys(json).map((name) => [name, []]));
for (let round = 0; round < 25; round++) {
  for (const [name, run] of Object.entries(json)) {
    globalThis.gc?.();
    const start = performance.now();
    sink = await run();
    times[name].push(performance.now() - start);
    sink = undefined;
  }
}
console.log(`\nA JSON document of ${(bytes.length / 2 ** 20).toFixed(1)} MiB:`);
for (const [name, all] of Object.entries(times)) {
  all.sort((a, b) => a - b);
  console.log(`${name}: ${all[0].toFixed(1)} ms at best, ${all[12].toFixed(1)} ms median`);
}

/** The best of several rounds. */
function nanoseconds(run) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 20; round++) {
    const count = 20_000;
    const start = performance.now();
    for (let i = 0; i < count; i++) run();
    best = Math.min(best, ((performance.now() - start) * 1e6) / count);
  }
  return best;
}

export { sink };
