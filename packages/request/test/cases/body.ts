import { ClientDisconnected, type HTTPScope, type Receive } from '@pullo/asgi';
import { BodyConsumed, BodyTooLong, ContentTooLarge, Request } from '@pullo/request';
import { assertEqual, type Case, rejectionOf } from '../../../../conformance/assert.ts';
import {
  type Chunk,
  httpScope,
  makeRequest,
  post,
  type RequestParts,
  receiveOf,
  textOf,
  toBytes,
} from './make.ts';

const TEXT = '{"a":"\u00e4"}';
const CHUNKS = ['{"a', '":"', '', '\u00e4"}'];

/** Readers that keep the body, each giving its text. */
const keepers = {
  bytes: async (request: Request) => decode(await request.bytes()),
  arrayBuffer: async (request: Request) => decode(new Uint8Array(await request.arrayBuffer())),
  text: (request: Request) => request.text(),
  json: async (request: Request) => JSON.stringify(await request.json()),
  blob: async (request: Request) => (await request.blob()).text(),
} as const;

/** Readers that let it go by. */
const streamers = {
  stream: (request: Request) => textOf(request.stream()),
  body: (request: Request) => readStream(request.body),
} as const;

const readers = { ...keepers, ...streamers };
type Reader = (request: Request) => Promise<string>;
type Row = readonly [name: string, read: Reader];
const rowsOf = (table: Readonly<Record<string, Reader>>): readonly Row[] => Object.entries(table);

const json = (chunks: readonly (Chunk | 'disconnect')[] = CHUNKS, parts?: RequestParts) =>
  post('application/json', chunks, parts);
const announced = (length: string): RequestParts => ({
  headers: [
    ['content-type', 'application/json'],
    ['content-length', length],
  ],
});

export const cases: readonly Case[] = [
  ...rowsOf(readers).map(([name, read]) => ({
    title: `${name} reads an unread body`,
    run: async () => assertEqual(await read(json()), TEXT),
  })),
  ...pairs(rowsOf(keepers), rowsOf(readers)).map(([[first, readFirst], [second, readSecond]]) => ({
    title: `${second} works after ${first}, and again`,
    run: async () => {
      const request = json();
      await readFirst(request);
      assertEqual(
        [await readSecond(request), await readSecond(request), request.bodyUsed],
        [TEXT, TEXT, false],
      );
    },
  })),
  ...pairs(rowsOf(keepers), rowsOf(readers)).map(([[first, readFirst], [second, readSecond]]) => ({
    title: `${second} works while ${first} is reading`,
    run: async () => {
      const request = json();
      assertEqual(await Promise.all([readFirst(request), readSecond(request)]), [TEXT, TEXT]);
    },
  })),
  ...pairs(rowsOf(streamers), rowsOf(readers)).map(([[first, readFirst], [second, readSecond]]) => ({
    title: `${second} is refused after ${first}`,
    run: async () => {
      const request = json();
      await readFirst(request);
      const error = await rejectionOf(readSecond(request));
      assertEqual([error instanceof BodyConsumed, Reflect.get(error, 'code')], [true, 'ERR_BODY_CONSUMED']);
      assertEqual(error.message.includes(second), true);
      assertEqual(request.bodyUsed, true);
    },
  })),
  ...rowsOf(keepers).map(([name, read]) => ({
    title: `${name} is refused while the body is being streamed, and the stream goes on`,
    run: async () => {
      const request = json(['ab', 'cd']);
      const pieces = request.stream();
      await pieces.next();
      assertEqual((await rejectionOf(read(request))) instanceof BodyConsumed, true);
      assertEqual(await textOf(pieces), 'cd');
    },
  })),
  ...rowsOf(readers).map(([name, read]) => ({
    title: `${name} rejects when the client leaves in the middle, and so do all readers after it`,
    run: async () => {
      const request = json(['{"a"', 'disconnect']);
      const error = await rejectionOf(read(request));
      assertEqual(error instanceof ClientDisconnected, true);
      for (const [, readAgain] of rowsOf(readers))
        assertEqual((await rejectionOf(readAgain(request))) === error, true);
      assertEqual([request.bodyUsed, await request.isDisconnected()], [true, true]);
    },
  })),
  ...rowsOf(readers).map(([name, read]) => ({
    title: `${name} rejects when the client has left before`,
    run: async () =>
      assertEqual((await rejectionOf(read(json(['disconnect'])))) instanceof ClientDisconnected, true),
  })),
  ...rowsOf(readers).map(([name, read]) => ({
    title: `${name} rejects with ClientDisconnected when the body is shorter than announced`,
    run: async () => {
      const error = await rejectionOf(read(json(['{"a"', ':1}'], announced('8'))));
      assertEqual(
        [error instanceof ClientDisconnected, error.message.includes('7 of the 8 bytes')],
        [true, true],
      );
    },
  })),
  ...rowsOf(readers).map(([name, read]) => ({
    title: `${name} rejects with 400 when the body is longer than announced`,
    run: async () => {
      const error = await rejectionOf(read(json(['{"a"', ':1}'], announced('6'))));
      assertEqual([error instanceof BodyTooLong, Reflect.get(error, 'status')], [true, 400]);
    },
  })),
  ...rowsOf(keepers).map(([name, read]) => ({
    title: `${name} is limited to 1 MiB by default`,
    run: async () => {
      const half = new Uint8Array(512 * 1024).fill(0x20);
      const error = await rejectionOf(read(json([half, half, 'x'])));
      assertEqual([error instanceof ContentTooLarge, Reflect.get(error, 'status')], [true, 413]);
      assertEqual([Reflect.get(error, 'limit'), Reflect.get(error, 'max')], ['maxBytes', 1024 * 1024]);
      assertEqual(error.message.includes('1 MiB'), true);
    },
  })),
  ...['1048577', '99999999999'].map((length) => ({
    title: `an announced length of ${length} is refused before anything is read, and a reader with a higher limit still works`,
    run: async () => {
      let calls = 0;
      const headers = [['content-length', length]] as const;
      const request = new Request(httpScope({ headers }), async () => {
        calls++;
        return { type: 'http.disconnect' };
      });
      assertEqual((await rejectionOf(request.text())) instanceof ContentTooLarge, true);
      assertEqual([calls, request.bodyUsed], [0, false]);
      assertEqual(
        (await rejectionOf(request.text({ maxBytes: Infinity }))) instanceof ClientDisconnected,
        true,
      );
    },
  })),
  {
    title: 'a limit of the instance counts where the call has none',
    run: async () => {
      assertEqual(
        (await rejectionOf(json(['12345'], { maxBytes: 4 }).text())) instanceof ContentTooLarge,
        true,
      );
      assertEqual(await json(['12345'], { maxBytes: 4 }).text({ maxBytes: 5 }), '12345');
    },
  },
  {
    title: 'a reader has its own limit on a body that is in memory, or being read',
    run: async () => {
      const request = json(['12345']);
      const [first, second] = await Promise.allSettled([request.text(), request.text({ maxBytes: 4 })]);
      assertEqual([first.status, second.status], ['fulfilled', 'rejected']);
      assertEqual((await rejectionOf(request.text({ maxBytes: 4 }))) instanceof ContentTooLarge, true);
      assertEqual(await request.text(), '12345');
    },
  },
  {
    title: 'a body that went over a limit while it was read is gone',
    run: async () => {
      const request = json(['12345', '6']);
      const error = await rejectionOf(request.text({ maxBytes: 4 }));
      assertEqual((await rejectionOf(request.text())) === error, true);
      assertEqual(request.bodyUsed, true);
    },
  },
  {
    title: 'a stream has no limit of its own and its pieces are never empty',
    run: async () => {
      const chunk = new Uint8Array(600 * 1024);
      const sizes: number[] = [];
      for await (const piece of json(['', chunk, '', chunk]).stream()) sizes.push(piece.byteLength);
      assertEqual(sizes, [chunk.length, chunk.length]);
    },
  },
  {
    title: 'taking body reads nothing, and the other readers still work',
    run: async () => {
      const request = json();
      const { body } = request;
      assertEqual([request.body === body, request.bodyUsed], [true, false]);
      assertEqual([await request.text(), await readStream(body)], [TEXT, TEXT]);
    },
  },
  {
    title: 'leaving a stream early leaves the body streamed',
    run: async () => {
      const request = json(['ab', 'cd']);
      for await (const _ of request.stream()) break;
      assertEqual((await rejectionOf(request.text())) instanceof BodyConsumed, true);
    },
  },
  {
    title: 'cancelling body leaves it streamed',
    run: async () => {
      const request = json(['ab', 'cd']);
      const reader = request.body.getReader();
      await reader.read();
      await reader.cancel();
      assertEqual((await rejectionOf(request.text())) instanceof BodyConsumed, true);
    },
  },
  {
    title: 'nothing is received for an app that never reads',
    run: async () => {
      let calls = 0;
      const request = new Request(httpScope({ query: 'a=1', headers: [['cookie', 'a=1']] }), async () => {
        calls++;
        return { type: 'http.disconnect' };
      });
      const { method, url, query, cookies, headers, client, signal, body, bodyUsed } = request;
      assertEqual(
        [method, url.search, query.size, cookies.size, headers.has('cookie')],
        ['GET', '?a=1', 1, 1, true],
      );
      assertEqual(
        [client?.port, signal.aborted, body.locked, bodyUsed, calls],
        [54321, false, false, false, 0],
      );
    },
  },
  {
    title: 'an error of receive reaches every reader',
    run: async () => {
      const cause = new Error('broken');
      const request = new Request(httpScope(), () => Promise.reject(cause));
      assertEqual(
        [(await rejectionOf(request.text())) === cause, (await rejectionOf(request.bytes())) === cause],
        [true, true],
      );
    },
  },
  {
    title: 'an error that receive throws at once is a rejection, and reaches every reader',
    run: async () => {
      const cause = new Error('broken');
      const request = new Request(httpScope(), () => {
        throw cause;
      });
      const errors = await Promise.all([rejectionOf(request.text()), rejectionOf(request.bytes())]);
      assertEqual(errors, [cause, cause]);
    },
  },
  {
    title: 'an event that is given without a promise is taken',
    run: async () => {
      const event = { type: 'http.request', body: toBytes('abc'), moreBody: false };
      assertEqual(await new Request(httpScope(), (() => event) as unknown as Receive).text(), 'abc');
    },
  },
  ...[
    ['nothing', undefined, 'gave undefined'],
    ['an event of another type', { type: 'websocket.connect' }, 'gave websocket.connect'],
    ['a body of text', { type: 'http.request', body: 'abc', moreBody: false }, 'body is of type string'],
    ['no body', { type: 'http.request', moreBody: false }, 'body is of type undefined'],
  ].map(([name, event, words]) => ({
    title: `a receive that gives ${name} is told of, to every reader`,
    run: async () => {
      const request = new Request(httpScope(), (async () => event) as unknown as Receive);
      const errors = await Promise.all([rejectionOf(request.text()), rejectionOf(request.bytes())]);
      for (const error of errors) {
        assertEqual([error instanceof TypeError, String(error).includes(words as string)], [true, true]);
      }
      assertEqual(request.bodyUsed, true);
    },
  })),
  {
    title: 'a receive that throws after the body takes nothing of it away',
    run: async () => {
      const { exchange: _, ...scope } = httpScope();
      let calls = 0;
      const request = new Request(scope as HTTPScope, () => {
        if (calls++ > 0) throw new Error('broken');
        return Promise.resolve({ type: 'http.request', body: toBytes('abc'), moreBody: false });
      });
      const { signal } = request;
      assertEqual([await request.text(), await request.text(), signal.aborted], ['abc', 'abc', true]);
    },
  },
  {
    title: 'arrayBuffer and blob are copies, bytes is shared',
    run: async () => {
      const request = json(['abc']);
      new Uint8Array(await request.arrayBuffer()).fill(0);
      const bytes = await request.bytes();
      assertEqual([await request.text(), (await request.bytes()) === bytes], ['abc', true]);
    },
  },
  {
    title: 'blob has the media type of the body',
    run: async () => assertEqual((await post('text/x-y; a=b', ['abc']).blob()).type, 'text/x-y; a=b'),
  },
  {
    title: 'text is UTF-8 whatever the charset says; a byte order mark is dropped',
    run: async () => {
      const request = post('text/plain; charset=latin1', [
        new Uint8Array([0xef, 0xbb, 0xbf, 0xc3, 0xa4, 0xff]),
      ]);
      assertEqual(await request.text(), '\u00e4\ufffd');
    },
  },
  {
    title: 'bytes are a plain Uint8Array of the right extent for a view into a larger buffer',
    run: async () => {
      const bytes = await json([new TextEncoder().encode('xxabcxx').subarray(2, 5)]).bytes();
      assertEqual([bytes.constructor === Uint8Array, decode(bytes)], [true, 'abc']);
      assertEqual(
        (await json([new TextEncoder().encode('xxabcxx').subarray(2, 5)]).arrayBuffer()).byteLength,
        3,
      );
    },
  },
  {
    title: 'a handshake of a WebSocket has an empty body and receives nothing',
    run: async () => {
      const { method, scheme, ...rest } = httpScope();
      const scope = { ...rest, type: 'websocket', scheme: 'ws', subprotocols: [] } as const;
      const request = new Request(scope, () => Promise.reject(new Error(`${method} ${scheme} received`)));
      assertEqual([await request.text(), request.method, request.url.href], ['', 'GET', 'ws://example.org/']);
    },
  },
  {
    title: 'a million pieces of one byte are one body',
    run: async () => {
      const piece = new Uint8Array([0x61]);
      const size = 1_000_000;
      let left = size;
      const request = new Request(httpScope(), async () => ({
        type: 'http.request',
        body: piece,
        moreBody: --left > 0,
      }));
      assertEqual((await request.bytes()).byteLength, size);
    },
  },
  {
    title: 'small and large pieces keep their order',
    run: async () => {
      const pieces = Array.from({ length: 200 }, (_, i) =>
        String.fromCharCode(97 + (i % 26)).repeat((i % 7) ** 4),
      );
      assertEqual(await json(pieces).text(), pieces.join(''));
    },
  },
  {
    title: 'disposing a request that has nothing to let go of does nothing',
    run: async () => {
      await makeRequest()[Symbol.asyncDispose]();
      await new Request(httpScope(), receiveOf([]))[Symbol.asyncDispose]();
    },
  },
];

function pairs(firsts: readonly Row[], seconds: readonly Row[]): (readonly [Row, Row])[] {
  return firsts.flatMap((first) => seconds.map((second) => [first, second] as const));
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

async function readStream(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      text += decoder.decode(read.value, { stream: true });
    }
  } finally {
    reader.releaseLock();
  }
  return text + decoder.decode();
}
