import { ClientDisconnected, type Send, type SendEvent, UnsupportedScope } from '@pullo/asgi';
import {
  HTMLResponse,
  JSONResponse,
  RedirectResponse,
  Response,
  StreamingResponse,
  TextResponse,
} from '@pullo/response';
import { assertEqual, type Case, rejectionOf, thrownBy } from '../../../../conformance/assert.ts';
import { sleep } from '../support/wait.ts';
import {
  answerOf,
  headersOf,
  httpScope,
  lifespanScope,
  noReceive,
  typesOf,
  webSocketScope,
} from './exchange.ts';

const TEXT = 'text/plain; charset=utf-8';

interface Row {
  title: string;
  make: () => Response;
  status?: number;
  headers: Record<string, string>;
  body: string;
}

class CSVResponse extends Response {
  static override readonly mediaType = 'text/csv';
}

/** What each kind of content, class and option is sent as. */
const sent: readonly Row[] = [
  {
    title: 'no content is sent with a length of 0 and no type',
    make: () => new Response(),
    headers: { 'content-length': '0' },
    body: '',
  },
  {
    title: 'an empty string has a length of 0',
    make: () => new Response(''),
    headers: { 'content-type': TEXT, 'content-length': '0' },
    body: '',
  },
  {
    title: 'a string is plain text in UTF-8, its length in bytes',
    make: () => new Response('häst €'),
    headers: { 'content-type': TEXT, 'content-length': '9' },
    body: 'häst €',
  },
  {
    title: 'a surrogate pair counts four bytes',
    make: () => new Response('🐎'),
    headers: { 'content-type': TEXT, 'content-length': '4' },
    body: '🐎',
  },
  {
    title: 'a lone surrogate counts as what it is sent as, U+FFFD',
    make: () => new Response('a\ud800'),
    headers: { 'content-type': TEXT, 'content-length': '4' },
    body: 'a\ud800',
  },
  {
    title: 'bytes have no type of their own',
    make: () => new Response(new Uint8Array([104, 105])),
    headers: { 'content-length': '2' },
    body: 'hi',
  },
  {
    title: 'an ArrayBuffer is bytes',
    make: () => new Response(new Uint8Array([104, 105]).buffer),
    headers: { 'content-length': '2' },
    body: 'hi',
  },
  {
    title: 'a view of a part of a buffer is that part',
    make: () => new Response(new DataView(new Uint8Array([0, 104, 105, 0]).buffer, 1, 2)),
    headers: { 'content-length': '2' },
    body: 'hi',
  },
  {
    title: 'TextResponse is text/plain',
    make: () => new TextResponse('hi'),
    headers: { 'content-type': TEXT, 'content-length': '2' },
    body: 'hi',
  },
  {
    title: 'HTMLResponse is text/html',
    make: () => new HTMLResponse('<p>'),
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-length': '3' },
    body: '<p>',
  },
  {
    title: 'JSONResponse is application/json without a charset',
    make: () => new JSONResponse({ a: [1, null, 'ä'] }),
    headers: { 'content-type': 'application/json', 'content-length': '19' },
    body: '{"a":[1,null,"ä"]}',
  },
  {
    title: 'null is data for JSONResponse',
    make: () => new JSONResponse(null),
    headers: { 'content-type': 'application/json', 'content-length': '4' },
    body: 'null',
  },
  {
    title: 'mediaType names the type, with a charset for text',
    make: () => new Response('a', { mediaType: 'text/css' }),
    headers: { 'content-type': 'text/css; charset=utf-8', 'content-length': '1' },
    body: 'a',
  },
  {
    title: 'a charset that is there is kept',
    make: () => new Response('a', { mediaType: 'text/css; Charset="us-ascii"' }),
    headers: { 'content-type': 'text/css; Charset="us-ascii"', 'content-length': '1' },
    body: 'a',
  },
  {
    title: 'types other than text get no charset',
    make: () => new Response('a', { mediaType: 'image/svg+xml' }),
    headers: { 'content-type': 'image/svg+xml', 'content-length': '1' },
    body: 'a',
  },
  {
    title: 'a type among the headers wins',
    make: () => new TextResponse('a', { mediaType: 'text/css', headers: { 'Content-Type': 'a/b' } }),
    headers: { 'content-type': 'a/b', 'content-length': '1' },
    body: 'a',
  },
  {
    title: 'a subclass names its type in a static field',
    make: () => new CSVResponse('a,b'),
    headers: { 'content-type': 'text/csv; charset=utf-8', 'content-length': '3' },
    body: 'a,b',
  },
  {
    title: 'names of headers are sent in lower case',
    make: () => new Response(null, { status: 201, headers: { 'X-Thing': 'Value' } }),
    status: 201,
    headers: { 'x-thing': 'Value', 'content-length': '0' },
    body: '',
  },
  {
    title: 'headers may be pairs',
    make: () => new Response(null, { headers: new Map([['x-a', '1']]) }),
    headers: { 'x-a': '1', 'content-length': '0' },
    body: '',
  },
  {
    title: 'a 204 has neither content nor length',
    make: () => new Response(null, { status: 204 }),
    status: 204,
    headers: {},
    body: '',
  },
  {
    title: 'a 204 loses the content and length it was given',
    make: () => new TextResponse('no', { status: 204, headers: { 'content-length': '2' } }),
    status: 204,
    headers: { 'content-type': TEXT },
    body: '',
  },
  {
    title: 'a 205 has a length of 0',
    make: () => new TextResponse('no', { status: 205 }),
    status: 205,
    headers: { 'content-type': TEXT, 'content-length': '0' },
    body: '',
  },
  {
    title: 'a 304 keeps the length that the content would have',
    make: () => new TextResponse('no', { status: 304, headers: { 'content-length': '2' } }),
    status: 304,
    headers: { 'content-type': TEXT, 'content-length': '2' },
    body: '',
  },
  {
    title: 'a status set later counts',
    make: () => {
      const response = new TextResponse('no');
      response.status = 204;
      return response;
    },
    status: 204,
    headers: { 'content-type': TEXT },
    body: '',
  },
  {
    title: 'a stream has no length',
    make: () => new StreamingResponse(['a', new Uint8Array([98])], { mediaType: 'text/plain' }),
    headers: { 'content-type': TEXT },
    body: 'ab',
  },
  {
    title: 'a redirect is a 307 without content',
    make: () => new RedirectResponse('/there'),
    status: 307,
    headers: { location: '/there', 'content-length': '0' },
    body: '',
  },
];

const invalid: readonly { title: string; make: () => unknown; code: string; says: string }[] = [
  ...[0, 99, 100, 101, 199, 600, 200.5, Number.NaN, Number.POSITIVE_INFINITY, -200].map((status) => ({
    title: `status ${status} is refused`,
    make: () => new Response(null, { status }),
    code: 'ERR_INVALID_STATUS',
    says: String(status),
  })),
  ...[
    () => new Response('x', 201 as never),
    () => new JSONResponse({}, 201 as never),
    () => new RedirectResponse('/', 303 as never),
    () => new HTMLResponse('x', '201' as never),
  ].map((make, index) => ({
    title: `a status in place of the options is refused, ${index + 1}`,
    make,
    code: 'ERR_INVALID_STATUS',
    says: 'an object, such as { status: 201 }, not ',
  })),
  {
    title: 'a status set later is checked too',
    make: () => {
      new Response().status = 1000;
    },
    code: 'ERR_INVALID_STATUS',
    says: '1000',
  },
  ...['a\r\nb', 'a\nb', 'a\0b', 'a\rb', '\u20ac'].map((value) => ({
    title: `header value ${JSON.stringify(value)} is refused`,
    make: () => new Response(null, { headers: { 'x-a': value } }),
    code: 'ERR_INVALID_HEADER',
    says: 'x-a',
  })),
  ...['', 'a b', 'a:b', 'a\r\nb', 'ä'].map((name) => ({
    title: `header name ${JSON.stringify(name)} is refused`,
    make: () => new Response(null, { headers: { [name]: '1' } }),
    code: 'ERR_INVALID_HEADER',
    says: 'name',
  })),
  {
    title: 'a line end in a media type is refused',
    make: () => new Response('', { mediaType: 'text/plain\r\nx: y' }),
    code: 'ERR_INVALID_HEADER',
    says: 'content-type',
  },
  ...[undefined, () => 1, Symbol('s')].map((data) => ({
    title: `JSONResponse refuses ${typeof data}`,
    make: () => new JSONResponse(data),
    code: 'ERR_INVALID_CONTENT',
    says: 'no JSON form',
  })),
  {
    title: 'JSONResponse refuses a Map and says what to send',
    make: () => new JSONResponse(new Map()),
    code: 'ERR_INVALID_CONTENT',
    says: 'Object.fromEntries',
  },
  {
    title: 'JSONResponse refuses a Set and says what to send',
    make: () => new JSONResponse(new Set()),
    code: 'ERR_INVALID_CONTENT',
    says: '[...set]',
  },
  {
    title: 'an object is no content, and the error names JSONResponse',
    // @ts-expect-error an object is no content
    make: () => new Response({ a: 1 }),
    code: 'ERR_INVALID_CONTENT',
    says: 'JSONResponse',
  },
  {
    title: 'a number is no content',
    // @ts-expect-error a number is no content
    make: () => new Response(1),
    code: 'ERR_INVALID_CONTENT',
    says: 'a number',
  },
];

const behaviours: readonly Case[] = [
  {
    title: 'plain content is sent without a promise',
    run: () => {
      assertEqual(
        new TextResponse('hi')(httpScope(), noReceive, () => {}),
        undefined,
      );
    },
  },
  {
    title: 'the promise of the last event is handed back',
    run: () => {
      const promise = Promise.resolve();
      const send: Send = (event) => (event.type === 'http.response.body' ? promise : undefined);
      assertEqual(new TextResponse('hi')(httpScope(), noReceive, send) === promise, true);
    },
  },
  {
    title: 'the head is waited for where sending it takes time, as in middleware that saves a session first',
    run: async () => {
      for (const content of ['hi', ['hi'], null]) {
        for (const method of ['GET', 'HEAD']) {
          const events: SendEvent[] = [];
          const send: Send = async (event) => {
            if (event.type === 'http.response.start') await sleep(1);
            events.push(event);
          };
          await new Response(content)(httpScope({ method }), noReceive, send);
          assertEqual(typesOf(events).slice(0, 2), ['start', 'body']);
        }
      }
    },
  },
  {
    title: 'a head that cannot be sent is the end: nothing follows it but background work',
    run: async () => {
      for (const content of ['hi', ['hi'], null]) {
        const log: string[] = [];
        const response = new Response(content, { background: () => void log.push('background') });
        const send: Send = async (event) => {
          log.push(event.type);
          throw new ClientDisconnected();
        };
        const error = await rejectionOf(Promise.resolve(response(httpScope(), noReceive, send)));
        assertEqual(
          [error instanceof ClientDisconnected, log],
          [true, ['http.response.start', 'background']],
        );
      }
    },
  },
  {
    title: 'the head carries the header list itself',
    run: async () => {
      const response = new TextResponse('hi');
      const [start] = (await answerOf(response)).events;
      assertEqual(start !== undefined && 'headers' in start && start.headers === response.headerList, true);
    },
  },
  {
    title: 'an instance can be sent many times, and sending does not change it',
    run: async () => {
      const response = new TextResponse('hi', { headers: { 'x-a': '1' } }).setCookie('a', 'b');
      const first = await answerOf(response);
      await answerOf(response, httpScope({ method: 'HEAD' }));
      assertEqual(await answerOf(response), first);
    },
  },
  {
    title: 'HEAD gets the head of GET and no body',
    run: async () => {
      const response = new JSONResponse({ a: 1 });
      const { headers } = await answerOf(response);
      const head = await answerOf(response, httpScope({ method: 'HEAD' }));
      assertEqual([head.headers, head.body], [headers, '']);
    },
  },
  {
    title: 'a length among the headers wins, as an answer to HEAD may have no content to count',
    run: async () => {
      const response = new Response(null, { headers: { 'Content-Length': '9' } });
      const head = await answerOf(response, httpScope({ method: 'HEAD' }));
      assertEqual(headersOf(head), { 'content-length': '9' });
    },
  },
  {
    title: 'methods are case-sensitive: head is not HEAD',
    run: async () => {
      assertEqual((await answerOf(new TextResponse('hi'), httpScope({ method: 'head' }))).body, 'hi');
    },
  },
  {
    title: 'changes of headers and status are sent',
    run: async () => {
      const response = new TextResponse('hi');
      response.status = 418;
      response.headers.set('X-A', '1');
      response.headers.delete('content-type');
      const answer = await answerOf(response);
      assertEqual([answer.status, headersOf(answer)], [418, { 'content-length': '2', 'x-a': '1' }]);
    },
  },
  {
    title: 'headers is the same view each time',
    run: () => {
      const response = new Response();
      const { headers } = response;
      assertEqual(response.headers === headers, true);
    },
  },
  {
    title: 'statusText is the reason phrase, ok the class',
    run: () => {
      const missing = new Response(null, { status: 404 });
      const found = new Response(null, { status: 299 });
      assertEqual(
        [missing.statusText, missing.ok, found.statusText, found.ok],
        ['Not Found', false, '', true],
      );
    },
  },
  {
    title: 'a copy has a status and headers of its own over the same content',
    run: async () => {
      const original = new JSONResponse({ a: 1 }, { status: 201 });
      const copy = original.copy();
      copy.status = 500;
      copy.headers.set('x-a', '1');
      copy.setCookie('a', 'b');
      assertEqual(
        [original.status, original.headers.has('x-a'), original.headers.getSetCookie()],
        [201, false, []],
      );
      assertEqual([copy instanceof JSONResponse, (await answerOf(copy)).body], [true, '{"a":1}']);
    },
  },
  {
    title: 'a copy has the fields of its class, and withContent too',
    run: async () => {
      class Page extends Response {
        static override readonly mediaType = 'text/html';
        readonly template: string;
        constructor(template: string) {
          super(`<h1>${template}</h1>`);
          this.template = template;
        }
      }
      const page = new Page('home');
      for (const response of [page.copy(), page.withContent('')]) {
        assertEqual(response instanceof Page && response.template, 'home');
      }
    },
  },
  {
    title: 'changes of the original do not reach a copy',
    run: () => {
      const original = new TextResponse('a');
      const { headers } = original;
      const copy = original.copy();
      headers.set('x-a', '1');
      assertEqual(copy.headers.has('x-a'), false);
    },
  },
  {
    title: 'a copy of a stream shares it: it is sent once',
    run: async () => {
      const response = new StreamingResponse(['a']);
      await answerOf(response.copy());
      assertEqual(Reflect.get(await rejectionOf(answerOf(response)), 'code'), 'ERR_BODY_USED');
    },
  },
  {
    title: 'withContent keeps everything but the length',
    run: async () => {
      const response = new HTMLResponse('<p>', { status: 201 }).setCookie('a', 'b').withContent('<p>long');
      const { status, body, headers } = await answerOf(response);
      assertEqual([status, body, headers.length], [201, '<p>long', 3]);
      assertEqual(response.headers.get('content-length'), '7');
      assertEqual(response.headers.get('content-type'), 'text/html; charset=utf-8');
    },
  },
  {
    title: 'withContent of a stream has no length',
    run: () => assertEqual(new TextResponse('a').withContent(['b']).headers.get('content-length'), null),
  },
  {
    title: 'content is what was given',
    run: () => {
      const pieces = ['a'];
      const contents = [new Response(), new Response('a'), new Response(pieces)].map(
        ({ content }) => content,
      );
      assertEqual([contents[0], contents[1], contents[2] === pieces], [null, 'a', true]);
    },
  },
  {
    title: 'a lifespan scope is refused',
    run: () => {
      const error = thrownBy(() => new Response()(lifespanScope, noReceive, () => {}));
      assertEqual(error instanceof UnsupportedScope, true);
    },
  },
  {
    title: 'a WebSocket session is refused with the response where the server can',
    run: async () => {
      const scope = webSocketScope({ 'websocket.http.response': {} });
      const { status, headers, body, events } = await answerOf(
        new TextResponse('no', { status: 401 }),
        scope,
      );
      assertEqual([status, body, headers.length], [401, 'no', 2]);
      assertEqual(
        events.map(({ type }) => type),
        ['websocket.http.response.start', 'websocket.http.response.body'],
      );
    },
  },
  {
    title: 'a WebSocket session is refused with a stream too',
    run: async () => {
      const scope = webSocketScope({ 'websocket.http.response': {} });
      assertEqual((await answerOf(new StreamingResponse(['n', 'o']), scope)).body, 'no');
    },
  },
  {
    title: 'a WebSocket session is closed where the server can do no more',
    run: async () => {
      const { events } = await answerOf(new TextResponse('no'), webSocketScope({}));
      assertEqual(events, [{ type: 'websocket.close' }]);
    },
  },
  {
    title: 'background work runs after the last event',
    run: async () => {
      const order: string[] = [];
      const response = new TextResponse('hi', {
        background: () => {
          order.push('background');
        },
      });
      await response(httpScope(), noReceive, (event) => {
        order.push(event.type.replace('http.response.', ''));
      });
      assertEqual(order, ['start', 'body', 'background']);
    },
  },
  {
    title: 'background work waits for the last event to be taken',
    run: async () => {
      const order: string[] = [];
      const background = () => void order.push('background');
      await new TextResponse('hi', { background })(httpScope(), noReceive, async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push('taken');
      });
      assertEqual(order, ['taken', 'taken', 'background']);
    },
  },
  {
    title: 'background work runs for HEAD, 204 and refused sessions',
    run: async () => {
      let runs = 0;
      const background = () => void runs++;
      await answerOf(new TextResponse('hi', { background }), httpScope({ method: 'HEAD' }));
      await answerOf(new Response(null, { status: 204, background }));
      await answerOf(new TextResponse('hi', { background }), webSocketScope({}));
      assertEqual(runs, 3);
    },
  },
  {
    title: 'background work runs when the client has left, which is reported after it',
    run: async () => {
      let ran = false;
      const response = new TextResponse('hi', {
        background: async () => {
          await undefined;
          ran = true;
        },
      });
      const send: Send = (event) => {
        if (event.type === 'http.response.body') return Promise.reject(new ClientDisconnected());
      };
      const error = await rejectionOf(Promise.resolve(response(httpScope(), noReceive, send)));
      assertEqual([error instanceof ClientDisconnected, ran], [true, true]);
    },
  },
  {
    title: 'an error of background work comes out of the app',
    run: async () => {
      const background = () => Promise.reject(new Error('background failed'));
      assertEqual(
        (await rejectionOf(answerOf(new TextResponse('a', { background })))).message,
        'background failed',
      );
    },
  },
  {
    title: 'an error of background work wins over a client that left',
    run: async () => {
      const background = () => {
        throw new Error('background failed');
      };
      const send: Send = () => Promise.reject(new ClientDisconnected());
      const sending = new TextResponse('a', { background })(httpScope(), noReceive, (event) => {
        const sent = Promise.resolve(send(event));
        sent.catch(() => {});
        return sent;
      });
      assertEqual((await rejectionOf(Promise.resolve(sending))).message, 'background failed');
    },
  },
  {
    title: 'an instance prints as an app and refuses to be JSON',
    run: () => {
      assertEqual(String(new TextResponse('a')), '[app TextResponse]');
      assertEqual(
        thrownBy(() => JSON.stringify(new TextResponse('a'))).message.includes('TextResponse'),
        true,
      );
    },
  },
  {
    title: 'cancel ends a stream that is not sent, once',
    run: async () => {
      const ends: unknown[] = [];
      const stream = new ReadableStream<Uint8Array>({ cancel: (reason) => void ends.push(reason) });
      const response = new StreamingResponse(stream);
      await response.cancel('replaced');
      await response.cancel('again');
      assertEqual(ends, ['replaced']);
    },
  },
  {
    title: 'cancel has nothing to do for plain content',
    run: async () => {
      const response = new TextResponse('a');
      await response.cancel();
      assertEqual((await answerOf(response)).body, 'a');
    },
  },
  {
    title: 'one body event ends plain content, one more ends a stream',
    run: async () => {
      assertEqual(typesOf((await answerOf(new TextResponse('a'))).events), ['start', 'body']);
      assertEqual(typesOf((await answerOf(new StreamingResponse(['a']))).events), ['start', 'body', 'body']);
    },
  },
];

export const cases: readonly Case[] = [
  ...sent.map(({ title, make, status = 200, headers, body }) => ({
    title,
    run: async () => {
      const answer = await answerOf(make());
      assertEqual([answer.status, answer.body], [status, body]);
      assertEqual(Object.entries(headersOf(answer)).sort(), Object.entries(headers).sort());
    },
  })),
  ...invalid.map(({ title, make, code, says }) => ({
    title,
    run: () => {
      const error = thrownBy(make);
      assertEqual(Reflect.get(error, 'code'), code);
      assertEqual(error.message.includes(says) ? says : error.message, says);
    },
  })),
  ...behaviours,
];
