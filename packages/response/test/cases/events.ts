import { ClientDisconnected, HeaderList, type SendEvent, ServerShutdown } from '@pullo/asgi';
import { EventStreamResponse, lastEventId, type ServerSentEvent, serializeEvent } from '@pullo/response';
import { assertEqual, type Case, rejectionOf, thrownBy } from '../../../../conformance/assert.ts';
import { answerOf, headersOf, httpScope, noReceive } from './exchange.ts';

const serialized: readonly [title: string, event: ServerSentEvent | string, text: string][] = [
  ['a string is data', 'hi', 'data: hi\n\n'],
  ['data', { data: 'hi' }, 'data: hi\n\n'],
  ['empty data is an event all the same', { data: '' }, 'data: \n\n'],
  ['data with lines', { data: 'a\nb\r\nc\rd' }, 'data: a\ndata: b\ndata: c\ndata: d\n\n'],
  ['data that ends with a line end', { data: 'a\n' }, 'data: a\ndata: \n\n'],
  ['data that begins with a space', { data: ' a' }, 'data:  a\n\n'],
  ['data as JSON', { data: { a: 'x\ny' } }, 'data: {"a":"x\\ny"}\n\n'],
  ['null as JSON', { data: null }, 'data: null\n\n'],
  ['a number as JSON', { data: 0 }, 'data: 0\n\n'],
  ['event and id', { event: 'e', id: '1', data: 'x' }, 'event: e\nid: 1\ndata: x\n\n'],
  ['an empty id, which forgets the last', { id: '', data: 'x' }, 'id: \ndata: x\n\n'],
  ['retry alone', { retry: 0 }, 'retry: 0\n\n'],
  ['a comment', { comment: 'hi' }, ': hi\n\n'],
  ['a comment with lines', { comment: 'a\ndata: b\r\rc' }, ': a\n: data: b\n: \n: c\n\n'],
  ['a line end in event', { event: 'a\ndata: x', data: 'y' }, 'event: a data: x\ndata: y\n\n'],
  ['a line end in id', { id: '1\r\n\r\ndata: x', data: 'y' }, 'id: 1 data: x\ndata: y\n\n'],
  ['NUL in id, which browsers would ignore', { id: '1\0', data: 'y' }, 'id: 1 \ndata: y\n\n'],
  ['other line ends of Unicode are text', { data: 'a\u2028b\u0085c' }, 'data: a\u2028b\u0085c\n\n'],
];

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const behaviours: readonly Case[] = [
  {
    title: 'the head of a stream of events',
    run: async () => {
      assertEqual(headersOf(await answerOf(new EventStreamResponse([]))), {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
    },
  },
  {
    title: 'headers of its own win',
    run: async () => {
      const response = new EventStreamResponse([], { headers: { 'cache-control': 'no-cache' } });
      assertEqual(response.headers.get('cache-control'), 'no-cache');
    },
  },
  {
    title: 'events are sent one by one',
    run: async () => {
      const { events, body } = await answerOf(new EventStreamResponse(['a', { data: 'b', id: '2' }]));
      assertEqual([events.length, body], [4, 'data: a\n\nid: 2\ndata: b\n\n']);
    },
  },
  {
    title: 'the browser is told that the stream is open before the first event',
    run: async () => {
      async function* source() {
        await sleep(150);
        yield 'a';
      }
      assertEqual((await answerOf(new EventStreamResponse(source()))).body, ':\n\ndata: a\n\n');
    },
  },
  {
    title: 'a source that fails at once sends nothing',
    run: async () => {
      const sent: SendEvent[] = [];
      // biome-ignore lint/correctness/useYield: it fails before
      async function* source(): AsyncGenerator<string> {
        await sleep(1);
        throw new Error('no');
      }
      const sending = new EventStreamResponse(source())(
        httpScope(),
        noReceive,
        (event) => void sent.push(event),
      );
      assertEqual([(await rejectionOf(Promise.resolve(sending))).message, sent], ['no', []]);
    },
  },
  {
    title: 'comments go out while the source is silent, and no event is lost',
    run: async () => {
      async function* source() {
        yield 'a';
        await sleep(100);
        yield 'b';
      }
      const { body } = await answerOf(new EventStreamResponse(source(), { heartbeat: 30 }));
      assertEqual(body.replace(/(?:: keep-alive\n\n)+/, '(comments)'), 'data: a\n\n(comments)data: b\n\n');
    },
  },
  {
    title: 'a heartbeat may be off',
    run: async () => {
      async function* source() {
        yield 'a';
        await sleep(30);
        yield 'b';
      }
      const { body } = await answerOf(new EventStreamResponse(source(), { heartbeat: false }));
      assertEqual(body, 'data: a\n\ndata: b\n\n');
    },
  },
  ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY].map((heartbeat) => ({
    title: `a heartbeat of ${heartbeat} is refused`,
    run: () => {
      const { message } = thrownBy(() => new EventStreamResponse([], { heartbeat }));
      assertEqual(message.includes(String(heartbeat)), true);
    },
  })),
  {
    title: 'a client that leaves ends the source once',
    run: async () => {
      const ends: string[] = [];
      async function* source() {
        try {
          for (;;) {
            yield 'a';
            await sleep(5);
          }
        } finally {
          ends.push('return');
        }
      }
      const controller = new AbortController();
      const sending = new EventStreamResponse(source())(
        httpScope({ exchange: controller }),
        noReceive,
        () => {},
      );
      await sleep(20);
      controller.abort(new ClientDisconnected());
      assertEqual((await rejectionOf(Promise.resolve(sending))) instanceof ClientDisconnected, true);
      assertEqual(ends, ['return']);
    },
  },
  {
    title: 'a server that stops ends the stream in good order, also while the source is waiting',
    run: async () => {
      const ends: string[] = [];
      const source = new ReadableStream<string>({
        start: (stream) => stream.enqueue('a'),
        cancel: () => void ends.push('cancel'),
      });
      const controller = new AbortController();
      setTimeout(() => controller.abort(new ServerShutdown()), 10);
      const { body, events } = await answerOf(
        new EventStreamResponse(source),
        httpScope({ exchange: controller }),
      );
      assertEqual(
        [body, events.at(-1), ends],
        ['data: a\n\n', { type: 'http.response.body', body: '', moreBody: false }, ['cancel']],
      );
    },
  },
  {
    title: 'an event that is no event ends the source with a clear error',
    run: async () => {
      const ends: string[] = [];
      function* source() {
        try {
          yield 'a';
          yield 42;
        } finally {
          ends.push('return');
        }
      }
      // @ts-expect-error a number is no event
      const error = await rejectionOf(answerOf(new EventStreamResponse(source())));
      assertEqual([Reflect.get(error, 'code'), ends], ['ERR_INVALID_CONTENT', ['return']]);
    },
  },
  ...['id', 'event', 'comment'].map((name) => ({
    title: `${name} that is no text, which only JavaScript lets through, is refused by name`,
    run: () => {
      const error = thrownBy(() => serializeEvent({ data: 'a', [name]: 5 }));
      assertEqual(
        [Reflect.get(error, 'code'), error.message.startsWith(`Invalid ${name} 5`)],
        ['ERR_INVALID_CONTENT', true],
      );
    },
  })),
  ...[1.5, -1, Number.NaN].map((retry) => ({
    title: `retry ${retry} is refused`,
    run: () => assertEqual(thrownBy(() => serializeEvent({ retry })).message.includes(String(retry)), true),
  })),
  {
    title: 'data without a JSON form is refused',
    run: () =>
      assertEqual(
        Reflect.get(
          thrownBy(() => serializeEvent({ data: () => 1 })),
          'code',
        ),
        'ERR_INVALID_CONTENT',
      ),
  },
  {
    title: 'lastEventId is null without the header',
    run: () => assertEqual(lastEventId(httpScope()), null),
  },
  {
    title: 'lastEventId reads UTF-8, as browsers send it',
    run: () => {
      const headers = new HeaderList([['Last-Event-ID', 'h\u00c3\u00a4st']]);
      assertEqual(lastEventId(httpScope({ headers })), 'häst');
    },
  },
];

export const cases: readonly Case[] = [
  ...serialized.map(([title, event, text]) => ({
    title: `event: ${title}`,
    run: () => assertEqual(serializeEvent(event), text),
  })),
  ...behaviours,
];
