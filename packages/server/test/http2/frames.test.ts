import type { App, HTTPReceiveEvent } from '@pullo/asgi';
import { describe, expect, it } from 'vitest';
import { SECURED } from '../support/certificates.ts';
import { FRAME, Frames, field, frame, setting, word } from '../support/frames.ts';
import { ask, connected } from '../support/http2.ts';
import { type Serving, serving, text, until } from '../support/serving.ts';

/** `:method: GET`, `:scheme: https` and `:path: /` of the static table. */
const [GET, POST, ROOT, HTTPS] = [0x82, 0x83, 0x84, 0x87].map((byte) => Buffer.from([byte])) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];
const HOST = field(':authority', 'a');
const END_STREAM = 0x1;
const END_HEADERS = 0x4;
const PADDED = 0x8;
const WHOLE = END_STREAM | END_HEADERS;
const MOST = 0x7fff_ffff;
const MAX_FRAME = 16_384;

/** A GET with these fields after its own. */
function get(...fields: Buffer[]): Buffer {
  return bare(GET, HTTPS, ROOT, HOST, ...fields);
}

/** A request with just these fields. */
function bare(...fields: Buffer[]): Buffer {
  const block = Buffer.concat(fields);
  if (block.length <= MAX_FRAME) return frame(FRAME.headers, WHOLE, 1, block);
  const rest = frame(FRAME.continuation, END_HEADERS, 1, block.subarray(MAX_FRAME));
  return Buffer.concat([frame(FRAME.headers, END_STREAM, 1, block.subarray(0, MAX_FRAME)), rest]);
}

/** The head of a request whose body follows. */
function post(...fields: Buffer[]): Buffer {
  return frame(FRAME.headers, END_HEADERS, 1, Buffer.concat([POST, HTTPS, ROOT, HOST, ...fields]));
}

function data(body: string, flags = 0, stream = 1): Buffer {
  return frame(FRAME.data, flags, stream, Buffer.from(body));
}

/** Reads a body and answers with its length. */
const measuring: App = async (_scope, receive, send) => {
  let size = 0;
  for (;;) {
    const event = (await receive()) as HTTPReceiveEvent;
    if (event.type === 'http.disconnect') return;
    size += event.body.byteLength;
    if (!event.moreBody) break;
  }
  await text(`${size} bytes`)(_scope, receive, send);
};

/** What becomes of the request, or of its connection. */
async function outcome(client: Frames, { logger }: Serving): Promise<string> {
  await until(
    () => client.goaway !== null || client.resets.has(1) || client.complete.has(1) || client.hasEnded,
  );
  if (client.complete.has(1)) return `${logger.accesses[0]?.status}`;
  return client.resets.has(1) ? 'RST_STREAM' : 'GOAWAY';
}

const MALFORMED = 'RST_STREAM';
/** Which of the two it is depends on the version of nghttp2. */
const BROKEN = /RST_STREAM|GOAWAY/;
/** Times that are short, for connections that nghttp2 has given up without a word to us. */
const IMPATIENT = { ...SECURED, headersTimeout: 300, keepAliveTimeout: 300, idleTimeout: 300 };

describe('a head in frames', () => {
  it.each<[string, Buffer, string | RegExp]>([
    ['two methods', get(GET), MALFORMED],
    ['two paths', get(ROOT), MALFORMED],
    ['two schemes', get(HTTPS), MALFORMED],
    ['two authorities', get(HOST), MALFORMED],
    ['a pseudo-header after a field', bare(GET, HTTPS, ROOT, field('x-a', '1'), HOST), MALFORMED],
    ['a pseudo-header that there is not', get(field(':host', 'a')), MALFORMED],
    ['the pseudo-header of a response', get(field(':status', '200')), MALFORMED],
    ['a protocol to connect to', get(field(':protocol', 'websocket')), MALFORMED],
    ['no method', bare(HTTPS, ROOT, HOST), MALFORMED],
    ['no scheme', bare(GET, ROOT, HOST), MALFORMED],
    ['no path', bare(GET, HTTPS, HOST), MALFORMED],
    ['neither authority nor host', bare(GET, HTTPS, ROOT), MALFORMED],
    ['a host in place of an authority', bare(GET, HTTPS, ROOT, field('host', 'a')), '200'],
    ['an authority and another host', get(field('host', 'b')), '400'],
    ['an authority and the same host', get(field('host', 'A')), '200'],
    ['an empty authority', bare(GET, HTTPS, ROOT, field(':authority', '')), MALFORMED],
    [
      'an authority with user information',
      bare(GET, HTTPS, ROOT, field(':authority', 'u@a')),
      /400|RST_STREAM/,
    ],
    ['an empty path', bare(GET, HTTPS, field(':path', ''), HOST), MALFORMED],
    ['a relative path', bare(GET, HTTPS, field(':path', 'a'), HOST), MALFORMED],
    ['an absolute path', bare(GET, HTTPS, field(':path', 'https://a/'), HOST), MALFORMED],
    ['* with GET', bare(GET, HTTPS, field(':path', '*'), HOST), MALFORMED],
    ['a path with a space', bare(GET, HTTPS, field(':path', '/a b'), HOST), MALFORMED],
    ['a path with a line break', bare(GET, HTTPS, field(':path', '/a\r\nb'), HOST), MALFORMED],
    ['a path with a fragment', bare(GET, HTTPS, field(':path', '/a#b'), HOST), '400'],
    ['a path with bytes beyond ASCII', bare(GET, HTTPS, field(':path', '/\xc3\xa4'), HOST), '400'],
    ['a path with a NUL in an escape', bare(GET, HTTPS, field(':path', '/%00'), HOST), '400'],
    ['an empty method', bare(field(':method', ''), HTTPS, ROOT, HOST), MALFORMED],
    ['a method with a line break', bare(field(':method', 'GET\n'), HTTPS, ROOT, HOST), MALFORMED],
    ['a scheme of nobody', bare(GET, field(':scheme', 'gopher'), ROOT, HOST), '400'],
    ['a scheme with a space', bare(GET, field(':scheme', 'https '), ROOT, HOST), MALFORMED],
    ['a name in upper case', get(field('X-A', '1')), MALFORMED],
    ['a Connection', get(field('connection', 'close')), MALFORMED],
    ['a Keep-Alive', get(field('keep-alive', 'timeout=5')), MALFORMED],
    ['a Proxy-Connection', get(field('proxy-connection', 'close')), MALFORMED],
    ['a Transfer-Encoding', get(field('transfer-encoding', 'chunked')), MALFORMED],
    ['an Upgrade', get(field('upgrade', 'h2c')), MALFORMED],
    ['a TE of gzip', get(field('te', 'gzip')), MALFORMED],
    ['a TE of more than trailers', get(field('te', 'trailers, gzip')), MALFORMED],
    ['a TE of trailers', get(field('te', 'trailers')), '200'],
    ['two lengths', get(field('content-length', '0'), field('content-length', '0')), MALFORMED],
    ['a length with a sign', get(field('content-length', '+0')), MALFORMED],
    ['a length that is a list', get(field('content-length', '0, 0')), MALFORMED],
    ['a length beyond all numbers', get(field('content-length', '9'.repeat(30))), MALFORMED],
    ['a length, and no body', get(field('content-length', '5')), MALFORMED],
    ['an expectation that nobody knows', get(field('expect', 'a')), '417'],
    ['128 fields', get(...Array.from({ length: 124 }, (_, i) => field(`x-${i}`, '1'))), '200'],
    ['129 fields', get(...Array.from({ length: 125 }, (_, i) => field(`x-${i}`, '1'))), '431'],
    [
      '180 cookies, each in a field of its own',
      get(...Array.from({ length: 180 }, (_, i) => field('cookie', `c${i}=1`))),
      '200',
    ],
    [
      'a thousand of them',
      get(...Array.from({ length: 1000 }, (_, i) => field('cookie', `c${i}=1`))),
      MALFORMED,
    ],
    [
      'a long field that is named ten thousand times by its place in the table',
      get(Buffer.from([0x40]), field('x-a', 'x'.repeat(3900)).subarray(1), Buffer.alloc(10_000, 0xbe)),
      MALFORMED,
    ],
    [
      'cookies longer than a head may be',
      get(...Array.from({ length: 18 }, (_, i) => field('cookie', `c${i}=${'x'.repeat(900)}`))),
      '431',
    ],
  ])('with %s', async (_name, bytes, expected) => {
    let calls = 0;
    const all = await serving((scope, receive, send) => {
      calls++;
      return measuring(scope, receive, send);
    }, SECURED);
    const client = new Frames(all.server).send(bytes);
    expect(await outcome(client, all)).toMatch(expected);
    expect(calls).toBe(expected === '200' ? 1 : 0);
    // The connection goes on.
    client.send(frame(FRAME.headers, WHOLE, 3, Buffer.concat([GET, HTTPS, ROOT, HOST])));
    await until(() => client.complete.has(3));
    expect(all.logger.errors).toEqual([]);
  });

  it.each<[string, Buffer]>([
    ['a line break', field('x-a', 'b\r\nc: d')],
    ['a line feed', field('x-a', 'b\nc')],
    ['a carriage return', field('x-a', 'b\rc')],
    ['a NUL', field('x-a', 'b\0c')],
  ])('with %s in a field shows no app of it', async (_name, bad) => {
    const seen: string[][] = [];
    const all = await serving((scope, receive, send) => {
      if (scope.type === 'http') seen.push([...scope.headers].flat());
      return text('x')(scope, receive, send);
    }, SECURED);
    await outcome(new Frames(all.server).send(get(bad)), all);
    expect(seen.flat().join('')).not.toMatch(/[\r\n\0]|x-a/);
  });
});

describe('a body in frames', () => {
  it.each<[string, Buffer[], string | RegExp]>([
    ['as long as was said', [post(field('content-length', '3')), data('abc', END_STREAM)], '200'],
    ['shorter than was said', [post(field('content-length', '5')), data('abc', END_STREAM)], MALFORMED],
    [
      'shorter by its end alone',
      [post(field('content-length', '5')), data('abc'), data('', END_STREAM)],
      MALFORMED,
    ],
    ['longer than was said', [post(field('content-length', '3')), data('abcde', END_STREAM)], BROKEN],
    ['longer by a second frame', [post(field('content-length', '3')), data('abc'), data('d')], BROKEN],
    ['with trailers', [post(), data('abc'), frame(FRAME.headers, WHOLE, 1, field('x-sum', '1'))], '200'],
    [
      'with trailers of a pseudo-header',
      [post(), data('abc'), frame(FRAME.headers, WHOLE, 1, GET)],
      MALFORMED,
    ],
    [
      'with a second head that is not its end',
      [post(), data('a'), frame(FRAME.headers, END_HEADERS, 1, field('x-a', '1')), data('b', END_STREAM)],
      MALFORMED,
    ],
    [
      'with trailers that are shorter than was said',
      [post(field('content-length', '5')), data('abc'), frame(FRAME.headers, WHOLE, 1, field('x-a', '1'))],
      MALFORMED,
    ],
    [
      'with padding',
      [post(), frame(FRAME.data, PADDED | END_STREAM, 1, Buffer.from([3, 97, 0, 0, 0]))],
      '200',
    ],
    [
      'with more padding than there are bytes',
      [post(), frame(FRAME.data, PADDED, 1, Buffer.from([9, 97]))],
      'GOAWAY',
    ],
    [
      'of more than its window',
      [post(), ...Array.from({ length: 40 }, () => frame(FRAME.data, 0, 1, Buffer.alloc(16_384)))],
      BROKEN,
    ],
  ])('%s', async (_name, frames, expected) => {
    const events: HTTPReceiveEvent[] = [];
    const all = await serving(async (scope, receive, send) => {
      const watched = async () => {
        const event = await receive();
        events.push(event as HTTPReceiveEvent);
        return event;
      };
      // The window is not opened by reading.
      if (frames.length > 20) await new Promise((resolve) => setTimeout(resolve, 200));
      return measuring(scope, watched, send);
    }, IMPATIENT);
    const client = new Frames(all.server);
    await client.greeted;
    for (const bytes of frames) client.send(bytes);
    expect(await outcome(client, all)).toMatch(expected);
    await until(() => events.length > 0 && !(events.at(-1) as { moreBody?: boolean }).moreBody);
    expect(events.at(-1)?.type).toBe(expected === '200' ? 'http.request' : 'http.disconnect');
    expect(all.logger.errors).toEqual([]);
  });
});

describe('a frame', () => {
  const size = (value: number) => Buffer.alloc(value);
  it.each<[string, Buffer[], RegExp]>([
    ['that opens a window too far', [post(), frame(FRAME.window, 0, 1, word(MOST))], BROKEN],
    ['that opens the window of the connection too far', [frame(FRAME.window, 0, 0, word(MOST))], BROKEN],
    ['that opens a window by nothing', [post(), frame(FRAME.window, 0, 1, word(0))], BROKEN],
    ['that opens the window of the connection by nothing', [frame(FRAME.window, 0, 0, word(0))], BROKEN],
    ['that opens a window in three bytes', [post(), frame(FRAME.window, 0, 1, size(3))], BROKEN],
    ['that sets windows beyond all numbers', [frame(FRAME.settings, 0, 0, setting(4, 0xffff_ffff))], BROKEN],
    [
      'that sets the window of an open stream too far',
      [post(), frame(FRAME.window, 0, 1, word(MOST - 65_535)), frame(FRAME.settings, 0, 0, setting(4, MOST))],
      BROKEN,
    ],
    ['that sets frames too small', [frame(FRAME.settings, 0, 0, setting(5, 1))], BROKEN],
    ['that sets push to a third value', [frame(FRAME.settings, 0, 0, setting(2, 2))], BROKEN],
    ['of settings of five bytes', [frame(FRAME.settings, 0, 0, size(5))], BROKEN],
    ['of settings of a stream', [frame(FRAME.settings, 0, 1)], BROKEN],
    ['that confirms settings, with some', [frame(FRAME.settings, 1, 0, size(6))], BROKEN],
    ['of a setting that nobody knows', [frame(FRAME.settings, 0, 0, setting(99, 1)), get()], /200/],
    ['of a type that nobody knows', [frame(99, 0xff, 1, size(9)), get()], /200/],
    ['of a ping of a stream', [frame(FRAME.ping, 0, 1, size(8))], BROKEN],
    ['of a short ping', [frame(FRAME.ping, 0, 0, size(7))], BROKEN],
    ['of a body of no stream', [data('a', 0, 0)], BROKEN],
    ['of a body after its end', [post(), data('a', END_STREAM), data('b')], /GOAWAY|200/],
    ['of a body before its head', [data('a')], BROKEN],
    ['that takes back what was not sent', [frame(FRAME.rst, 0, 1, word(8))], BROKEN],
    ['that takes back in three bytes', [post(), frame(FRAME.rst, 0, 1, size(3))], BROKEN],
    [
      'of a head on a stream of the server',
      [frame(FRAME.headers, WHOLE, 2, Buffer.concat([GET, HTTPS, ROOT, HOST]))],
      BROKEN,
    ],
    [
      'of a head that depends on itself',
      [frame(FRAME.headers, WHOLE | 0x20, 1, Buffer.concat([word(1), size(1), GET, HTTPS, ROOT, HOST]))],
      BROKEN,
    ],
    [
      'of a promise',
      [post(), frame(5, END_HEADERS, 1, Buffer.concat([word(2), GET, HTTPS, ROOT, HOST]))],
      BROKEN,
    ],
    ['that goes on where nothing began', [frame(FRAME.continuation, END_HEADERS, 1, GET)], BROKEN],
    [
      'in the middle of a head',
      [frame(FRAME.headers, END_STREAM, 1, Buffer.concat([GET, HTTPS])), frame(FRAME.ping, 0, 0, size(8))],
      BROKEN,
    ],
    ['longer than was agreed', [frame(FRAME.headers, WHOLE, 1, size(20_000))], BROKEN],
    ['with a field that is in no table', [bare(Buffer.from([0xfe]))], BROKEN],
    ['with a number that never ends', [bare(Buffer.alloc(20, 0xff))], BROKEN],
    ['with a text that goes beyond it', [bare(Buffer.from([0x00, 0x7f, 0xff]))], BROKEN],
    [
      'that makes the table larger than was agreed',
      [bare(Buffer.from([0x3f, 0xe1, 0xff, 0x03]), GET, HTTPS, ROOT, HOST)],
      BROKEN,
    ],
  ])('%s', async (_name, frames, expected) => {
    const all = await serving(measuring, IMPATIENT);
    const client = new Frames(all.server);
    await client.greeted;
    client.send(Buffer.concat(frames));
    expect(await outcome(client, all)).toMatch(expected);
    if (client.goaway !== null) await client.ended;
    expect((await ask(connected(all.server))).body).toBe('0 bytes');
    expect(all.logger.errors).toEqual([]);
  });

  it('that is no beginning ends the connection', async () => {
    const all = await serving(measuring, SECURED);
    await new Frames(all.server, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n').ended;
    expect(all.logger.errors).toEqual([]);
  });
});
