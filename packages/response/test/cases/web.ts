import {
  EventStreamResponse,
  HTMLResponse,
  JSONResponse,
  Response,
  StreamingResponse,
  TextResponse,
} from '@pullo/response';
import { assertEqual, type Case, rejectionOf, thrownBy } from '../../../../conformance/assert.ts';
import { answerOf } from './exchange.ts';

/** Over to Fetch and back. */
const roundTrips: readonly [title: string, make: () => Response][] = [
  ['text', () => new TextResponse('häst')],
  ['HTML with a status', () => new HTMLResponse('<p>', { status: 418 })],
  ['JSON with headers', () => new JSONResponse({ a: 1 }, { headers: { 'x-a': 'ä', etag: '"x"' } })],
  ['bytes', () => new Response(new Uint8Array([0, 255]))],
  ['a part of a buffer', () => new Response(new Uint8Array([0, 1, 2, 3]).subarray(1, 3))],
  ['text without a type', () => new Response('a').withContent('b')],
  ['no content', () => new Response()],
  ['a 204', () => new Response(null, { status: 204 })],
  ['a 304 with its headers', () => new Response(null, { status: 304, headers: { etag: '"x"' } })],
  ['a stream', () => new StreamingResponse(['a', new Uint8Array([98])], { mediaType: 'text/plain' })],
  [
    'several cookies',
    () => new TextResponse('a').setCookie('a', '1', { expires: new Date(0) }).setCookie('b', '2'),
  ],
  ['events', () => new EventStreamResponse(['a'])],
];

export const cases: readonly Case[] = [
  ...roundTrips.map(([title, make]) => ({
    title: `${title} is the same after a round trip through Fetch`,
    run: async () => {
      const direct = await answerOf(make());
      const { status, headers, body } = await answerOf(Response.from(make().toWeb()));
      assertEqual([status, headers.sort(), body], [direct.status, direct.headers.sort(), direct.body]);
    },
  })),
  {
    title: 'toWeb adds no type to text that has none',
    run: () => {
      const response = new TextResponse('a');
      response.headers.delete('content-type');
      assertEqual(response.toWeb().headers.get('content-type'), null);
    },
  },
  {
    title: 'repeated set-cookie stays apart in both directions',
    run: () => {
      const web = new TextResponse('a').setCookie('a', '1').setCookie('b', '2').toWeb();
      assertEqual(web.headers.getSetCookie().length, 2);
      assertEqual(Response.from(web).headers.getSetCookie().length, 2);
    },
  },
  {
    title: 'toWeb pulls a stream only as it is read, and cancels it once',
    run: async () => {
      let asked = 0;
      const ends: string[] = [];
      async function* source() {
        try {
          for (;;) {
            asked++;
            yield 'a';
          }
        } finally {
          ends.push('return');
        }
      }
      const reader = new StreamingResponse(source()).toWeb().body?.getReader();
      assertEqual(asked, 0);
      await reader?.read();
      assertEqual(asked, 1);
      await reader?.cancel();
      assertEqual([asked, ends], [1, ['return']]);
    },
  },
  {
    title: 'toWeb of a stream that fails rejects its reader',
    run: async () => {
      async function* source() {
        yield 'a';
        throw new Error('lost');
      }
      assertEqual((await rejectionOf(new StreamingResponse(source()).toWeb().text())).message, 'lost');
    },
  },
  {
    title: 'toWeb uses a stream up',
    run: () => {
      const response = new StreamingResponse(['a']);
      response.toWeb();
      assertEqual(
        Reflect.get(
          thrownBy(() => response.toWeb()),
          'code',
        ),
        'ERR_BODY_USED',
      );
    },
  },
  {
    title: 'from takes a status and a body of null',
    run: async () => {
      const { status, body } = await answerOf(Response.from(new globalThis.Response(null, { status: 205 })));
      assertEqual([status, body], [205, '']);
    },
  },
  {
    title: 'from refuses a network error',
    run: () => {
      const error = thrownBy(() => Response.from(globalThis.Response.error()));
      assertEqual(Reflect.get(error, 'code'), 'ERR_INVALID_STATUS');
    },
  },
  {
    title: 'from keeps the encoding of a response that an app has made',
    run: () => {
      const web = new globalThis.Response('zip', { headers: { 'content-encoding': 'gzip' } });
      assertEqual(Response.from(web).headers.get('content-encoding'), 'gzip');
    },
  },
  {
    title: 'from takes what was true of the connection off a response that was fetched',
    run: () => {
      const headers = {
        connection: 'close, x-hop',
        'x-hop': '1',
        'keep-alive': 'timeout=5',
        'transfer-encoding': 'chunked',
        'content-encoding': 'gzip',
        'content-length': '7',
        'x-kept': '1',
      };
      const web = new globalThis.Response(new Uint8Array(7), { headers });
      // What fetch answers with is decoded, and knows where it comes from.
      Object.defineProperty(web, 'url', { value: 'https://example.com/' });
      assertEqual([...Response.from(web).headers], [['x-kept', '1']]);
    },
  },
  {
    title: 'from keeps the length of a fetched response that was not encoded',
    run: () => {
      const web = new globalThis.Response('a', { headers: { 'content-length': '1' } });
      Object.defineProperty(web, 'url', { value: 'https://example.com/' });
      assertEqual(Response.from(web).headers.get('content-length'), '1');
    },
  },
];
