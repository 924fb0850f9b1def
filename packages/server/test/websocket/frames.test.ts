import type { App } from '@pullo/asgi';
import { type Server, serve } from '@pullo/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryLogger, until } from '../support/serving.ts';
import { echo, frame, sessions, WireSession } from '../support/sessions.ts';

const MAX = 1000;
const FIN = 0x80;
const TEXT = 1;
const BYTES = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** A close frame with a code. */
function close(code: number, reason = ''): Buffer {
  return frame(FIN | CLOSE, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]));
}

/** A frame of raw bytes: for heads that `frame` does not make. */
function raw(...bytes: number[]): Buffer {
  return Buffer.from(bytes);
}

const text = (payload: string | Uint8Array) => frame(FIN | TEXT, payload);
const ping = (payload = '') => frame(FIN | PING, payload);
/** What the client says in the end, where the server has not ended the session before. */
const GOODBYE = close(1000);

type Row = readonly [title: string, frames: readonly Uint8Array[], answers: readonly string[]];

/** What a client sends, and all that comes back of an app that echoes. */
const whole: readonly Row[] = [
  ['a text', [text('hei')], ['text hei']],
  ['an empty text', [text('')], ['text']],
  ['bytes', [frame(FIN | BYTES, Uint8Array.of(0, 255))], ['bytes 00ff']],
  ['a text of 125 bytes', [text('x'.repeat(125))], [`text ${'x'.repeat(125)}`]],
  ['a text of 126 bytes', [text('x'.repeat(126))], [`text ${'x'.repeat(126)}`]],
  ['the longest message', [text('x'.repeat(MAX))], [`text ${'x'.repeat(MAX)}`]],
  ['a length in more bytes than it needs', [raw(0x81, 0xfe, 0, 1, 0, 0, 0, 0, 120)], ['text x']],
  ['a length in many more', [raw(0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 120)], ['text x']],
  ['fragments', [frame(TEXT, 'a'), frame(0, 'b'), frame(FIN, 'c')], ['text abc']],
  ['empty fragments', [frame(TEXT), frame(0), frame(FIN)], ['text']],
  [
    'a character in two fragments',
    [frame(TEXT, Uint8Array.of(0xc3)), frame(FIN, Uint8Array.of(0xa4))],
    ['text ä'],
  ],
  ['a ping among fragments', [frame(TEXT, 'a'), ping('!'), frame(FIN, 'b')], ['pong !', 'text ab']],
  ['a ping', [ping()], ['pong']],
  ['a ping of 125 bytes', [ping('x'.repeat(125))], [`pong ${'x'.repeat(125)}`]],
  ['a pong that nobody asked for', [frame(FIN | PONG, 'x'), text('a')], ['text a']],
  ['a byte order mark', [text('\ufeffa')], ['text \ufeffa']],
  ['characters beyond the basic plane', [text('𝄞')], ['text 𝄞']],
];

/** Sequences that end the session by themselves. */
const ending: readonly Row[] = [
  ['a close without a code', [frame(FIN | CLOSE)], ['close']],
  ['a close with a reason', [close(4000, 'bye')], ['close 4000 bye']],
  ['a close with the longest reason', [close(1000, 'x'.repeat(123))], [`close 1000 ${'x'.repeat(123)}`]],
  ['a close, and more after it', [close(1000), text('late'), ping()], ['close 1000']],
  ['a close among fragments', [frame(TEXT, 'a'), close(1000)], ['close 1000']],
  ['no mask', [raw(0x81, 0x01, 0x78)], ['close 1002']],
  ['a first reserved bit', [frame(0xc1, 'x')], ['close 1002']],
  ['a second one', [frame(0xa1, 'x')], ['close 1002']],
  ['a third one', [frame(0x91, 'x')], ['close 1002']],
  ['an unknown opcode for data', [frame(FIN | 3, 'x')], ['close 1002']],
  ['an unknown opcode for control', [frame(FIN | 11, 'x')], ['close 1002']],
  ['a ping in fragments', [frame(PING, 'x')], ['close 1002']],
  ['a close in fragments', [frame(CLOSE)], ['close 1002']],
  ['a ping of 126 bytes', [ping('x'.repeat(126))], ['close 1002']],
  ['a close of 126 bytes', [close(1000, 'x'.repeat(124))], ['close 1002']],
  ['a close with half a code', [frame(FIN | CLOSE, 'x')], ['close 1002']],
  ['a close with 999', [close(999)], ['close 1002']],
  ['a close with 1004', [close(1004)], ['close 1002']],
  ['a close with 1005', [close(1005)], ['close 1002']],
  ['a close with 1006', [close(1006)], ['close 1002']],
  ['a close with 1015', [close(1015)], ['close 1002']],
  ['a close with 5000', [close(5000)], ['close 1002']],
  ['a reason that is not UTF-8', [frame(FIN | CLOSE, Uint8Array.of(3, 232, 0xff))], ['close 1007']],
  ['a continuation of nothing', [frame(FIN, 'x')], ['close 1002']],
  ['a message within another', [frame(TEXT, 'a'), text('b')], ['close 1002']],
  ['a text that is not UTF-8', [text(Uint8Array.of(0xff))], ['close 1007']],
  ['half a character', [text(Uint8Array.of(0xc3))], ['close 1007']],
  ['a surrogate', [text(Uint8Array.of(0xed, 0xa0, 0x80))], ['close 1007']],
  ['a slash in two bytes', [text(Uint8Array.of(0xc0, 0xaf))], ['close 1007']],
  ['a message that is too long', [text('x'.repeat(MAX + 1))], ['close 1009']],
  ['the head of one', [raw(0x81, 0xfe, 0x03, 0xe9)], ['close 1009']],
  ['the head of an endless one', [raw(0x81, 0xff, 0, 0, 0xff, 0, 0, 0, 0, 0)], ['close 1009']],
  [
    'the head of one beyond all numbers',
    [raw(0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['close 1009'],
  ],
  ['fragments that are too long together', [frame(TEXT, 'x'.repeat(MAX)), frame(FIN, 'x')], ['close 1009']],
  [
    'fragments without an end',
    Array.from({ length: 17_000 }, (_, i) => frame(i === 0 ? TEXT : 0)),
    ['close 1008'],
  ],
];

let server: Server;
const logger = new MemoryLogger();
const ends: unknown[] = [];
let opened = 0;
const app: App = sessions(async (scope, receive, send) => {
  await echo(scope, receive, send);
  ends.push(await receive());
});
beforeAll(async () => {
  server = await serve(app, {
    ...{ port: 0, lifespan: 'off', gracefulTimeout: 0, accessLog: false, logger },
    wsMaxMessageBytes: MAX,
  });
});
afterAll(() => server.close());

function answersOf(session: WireSession): string[] {
  return session.frames.map((each) => Buffer.from(each, 'utf8').toString());
}

/** Sends the pieces in packets of their own, and gives what comes back. */
async function outcome(
  pieces: readonly Uint8Array[],
  expected: number,
  ends: Uint8Array | null,
): Promise<string[]> {
  const session = await WireSession.open(server);
  opened++;
  session.socket.setNoDelay();
  for (const piece of pieces) {
    if (session.socket.writable) session.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (ends !== null) {
    while (session.frames.length < expected) await new Promise((resolve) => setTimeout(resolve, 1));
    session.write(ends);
  }
  await session.ended;
  return answersOf(session);
}

describe('frames', () => {
  it.each(whole)('%s', async (_title, frames, answers) => {
    const bytes = Buffer.concat(frames);
    expect(await outcome([bytes], answers.length, GOODBYE)).toEqual([...answers, 'close 1000']);
    if (bytes.length > 50) return;
    const single = [...bytes].map((byte) => Buffer.of(byte));
    expect(await outcome(single, answers.length, GOODBYE)).toEqual([...answers, 'close 1000']);
  });

  it.each(ending)('that end the session: %s', async (_title, frames, answers) => {
    const bytes = Buffer.concat(frames);
    expect(await outcome([bytes], answers.length, null)).toEqual(answers);
    if (bytes.length > 50) return;
    const single = [...bytes].map((byte) => Buffer.of(byte));
    expect(await outcome(single, answers.length, null)).toEqual(answers);
  });

  it('that break the rules are the end for the app too, and no error of it', async () => {
    await until(() => ends.length === opened);
    expect(new Set(ends.map((event) => (event as { type: string }).type))).toEqual(
      new Set(['websocket.disconnect']),
    );
    expect(logger.errors).toEqual([]);
  });
});
