import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FileResponse } from '../../packages/response/dist/file/index.js';
import {
  EventStreamResponse,
  JSONResponse,
  Response,
  StreamingResponse,
  serializeCookie,
  TextResponse,
} from '../../packages/response/dist/index.js';

/** Nanoseconds of making and sending responses, beside the platform's own: `node primitives/response.mjs`. */

const scope = {
  type: 'http',
  asgi: { version: '3.0', specVersion: '2.5' },
  httpVersion: '1.1',
  method: 'GET',
  scheme: 'http',
  path: '/',
  rawPath: '/',
  queryString: '',
  rootPath: '',
  headers: [],
  client: null,
  server: null,
  state: {},
  extensions: {},
  exchange: { signal: new AbortController().signal },
};
const receive = async () => ({ type: 'http.disconnect' });
let sink;
const send = (event) => {
  sink = event;
};
const constant = new TextResponse('Hello world!');
const small = { id: 1, name: 'user', tags: ['a', 'b'] };
const platformHead = { headers: { 'content-type': 'text/plain; charset=utf-8' } };

const rows = {
  'new TextResponse(text)': () => (sink = new TextResponse('Hello world!')),
  'the same, sent': () => new TextResponse('Hello world!')(scope, receive, send),
  'a constant, sent': () => constant(scope, receive, send),
  'a copy of a constant': () => (sink = constant.copy()),
  'a text beyond ASCII': () => (sink = new TextResponse('Hallå världen €')),
  'new JSONResponse(small)': () => (sink = new JSONResponse(small)),
  'JSON.stringify(small) alone': () => (sink = JSON.stringify(small)),
  'status and one header': () => (sink = new TextResponse('x', { status: 201, headers: { 'x-a': 'b' } })),
  'one header set afterwards': () => new TextResponse('x').headers.set('x-a', 'b'),
  setCookie: () => (sink = new TextResponse('x').setCookie('session', 'abcdef', { httpOnly: true })),
  serializeCookie: () => (sink = serializeCookie('session', 'abcdef', { httpOnly: true })),
  'toWeb()': () => (sink = constant.toWeb()),
  'platform: new Response(text, { headers })': () =>
    (sink = new globalThis.Response('Hello world!', platformHead)),
  'platform: Response.json(small)': () => (sink = globalThis.Response.json(small)),
};
for (const [name, run] of Object.entries(rows)) {
  console.log(`${name}: ${nanoseconds(run).toFixed(0)} ns`);
}

const PIECES = 1000;
const piece = new Uint8Array(1024);
const pieces = Array(PIECES).fill(piece);
const events = Array(PIECES).fill({ event: 'tick', data: 'x' });
async function* asyncPieces() {
  yield* pieces;
}
const folder = mkdtempSync(join(tmpdir(), 'pullo-bench-'));
const file = join(folder, 'file.bin');
const smallFile = join(folder, 'small.txt');
writeFileSync(file, new Uint8Array(PIECES * 1024));
writeFileSync(smallFile, 'small');
const streams = {
  'an array': () => new StreamingResponse(pieces),
  'an async generator': () => new StreamingResponse(asyncPieces()),
  'a ReadableStream': () => new StreamingResponse(ReadableStream.from(pieces)),
  'a Node Readable': () => new StreamingResponse(Readable.from(pieces)),
  events: () => new EventStreamResponse(events),
  'createReadStream of a file of 1,000 KiB': () => new Response(createReadStream(file)),
  'FileResponse of the same file': () => new FileResponse(file),
  'FileResponse of a file of 5 bytes': () => new FileResponse(smallFile),
};
console.log(`\n${PIECES} pieces, sent to a server that takes all at once (the median of 25):`);
for (const [name, make] of Object.entries(streams)) {
  const times = [];
  for (let round = 0; round < 25; round++) {
    const start = performance.now();
    await make()(scope, receive, send);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  console.log(`${name}: ${times[12].toFixed(2)} ms`);
}
rmSync(folder, { recursive: true });

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
