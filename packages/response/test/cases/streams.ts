import { ClientDisconnected, RequestTimeout, type Send, type SendEvent, ServerShutdown } from '@pullo/asgi';
import { Response, type StreamContent, StreamingResponse } from '@pullo/response';
import { assertEqual, type Case, rejectionOf } from '../../../../conformance/assert.ts';
import { answerOf, httpScope, noReceive, typesOf } from './exchange.ts';

/** A source that counts what is asked of it. */
interface Probe {
  content: StreamContent;
  /** How many pieces it has been asked for. */
  asked: () => number;
  /** Why, or that, it was ended before its end: once each. */
  ends: string[];
}

/** Sources without an end, one of each kind that runs anywhere. */
const endless: Readonly<Record<string, () => Probe>> = {
  'an async generator': () => {
    const ends: string[] = [];
    let asked = 0;
    async function* generate() {
      try {
        for (;;) {
          asked++;
          yield 'piece';
        }
      } finally {
        ends.push('return');
      }
    }
    return { content: generate(), asked: () => asked, ends };
  },
  'a generator': () => {
    const ends: string[] = [];
    let asked = 0;
    function* generate() {
      try {
        for (;;) {
          asked++;
          yield new Uint8Array(5);
        }
      } finally {
        ends.push('return');
      }
    }
    return { content: generate(), asked: () => asked, ends };
  },
  'a ReadableStream': () => {
    const ends: string[] = [];
    let asked = 0;
    const content = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          asked++;
          controller.enqueue(new Uint8Array(5));
        },
        cancel: () => void ends.push('cancel'),
      },
      { highWaterMark: 0 },
    );
    return { content, asked: () => asked, ends };
  },
  'an async iterable without return()': () => {
    let asked = 0;
    const content = {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          asked++;
          return { done: false, value: 'piece' } as const;
        },
      }),
    };
    return { content, asked: () => asked, ends: [] };
  },
};

const tick = () => new Promise((resolve) => setTimeout(resolve));

function eachKind(title: string, run: (probe: Probe, kind: string) => Promise<void>): Case[] {
  return Object.entries(endless).map(([kind, probe]) => ({
    title: `${kind} ${title}`,
    run: () => run(probe(), kind),
  }));
}

const expectedEnd: Readonly<Record<string, string[]>> = {
  'an async generator': ['return'],
  'a generator': ['return'],
  'a ReadableStream': ['cancel'],
  'an async iterable without return()': [],
};

const ofEachKind: readonly Case[] = [
  ...eachKind('is asked for a piece only when the server has taken the last', async ({ content, asked }) => {
    const taken: (() => void)[] = [];
    const controller = new AbortController();
    const send: Send = (event) => {
      if (event.type === 'http.response.body') return new Promise<void>((resolve) => taken.push(resolve));
    };
    const app = new StreamingResponse(content);
    const rejection = rejectionOf(Promise.resolve(app(httpScope({ exchange: controller }), noReceive, send)));
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) {
      await tick();
      await tick();
      seen.push(asked());
      taken.shift()?.();
    }
    controller.abort(new ClientDisconnected());
    await tick();
    taken.shift()?.();
    await rejection;
    assertEqual(seen, [1, 2, 3]);
  }),
  ...eachKind(
    'is ended once when send says that the client has left',
    async ({ content, asked, ends }, kind) => {
      let sent = 0;
      const send: Send = (event) => {
        if (event.type !== 'http.response.body') return;
        sent++;
        if (sent === 3) return Promise.reject(new ClientDisconnected());
      };
      const sending = Promise.resolve(new StreamingResponse(content)(httpScope(), noReceive, send));
      assertEqual((await rejectionOf(sending)) instanceof ClientDisconnected, true);
      assertEqual([asked(), ends], [3, expectedEnd[kind]]);
    },
  ),
  ...eachKind('that always has a piece lets the signal through', async ({ content, ends }, kind) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new ClientDisconnected()), 5);
    const sending = new StreamingResponse(content)(httpScope({ exchange: controller }), noReceive, () => {});
    assertEqual((await rejectionOf(Promise.resolve(sending))) instanceof ClientDisconnected, true);
    assertEqual(ends, expectedEnd[kind]);
  }),
  ...eachKind('is not begun when the exchange is over already', async ({ content, asked }) => {
    const controller = new AbortController();
    controller.abort(new ClientDisconnected());
    const events: SendEvent[] = [];
    const sending = new StreamingResponse(content)(
      httpScope({ exchange: controller }),
      noReceive,
      (event) => {
        events.push(event);
      },
    );
    await rejectionOf(Promise.resolve(sending));
    assertEqual([asked(), events], [0, []]);
  }),
  ...eachKind('is ended without being asked for HEAD', async ({ content, asked }) => {
    const { events } = await answerOf(new StreamingResponse(content), httpScope({ method: 'HEAD' }));
    assertEqual([asked(), typesOf(events)], [0, ['start', 'body']]);
  }),
  ...eachKind('is ended without being asked for a 204', async ({ content, asked }) => {
    await answerOf(new StreamingResponse(content, { status: 204 }));
    assertEqual(asked(), 0);
  }),
];

/** A source that waits for ever after its first piece. */
function stuck(ends: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(1)),
    cancel: (reason) => void ends.push(String(reason?.code)),
  });
}

const others: readonly Case[] = [
  {
    title: 'a source that is waiting is ended as soon as the client leaves',
    run: async () => {
      const ends: string[] = [];
      const controller = new AbortController();
      const sending = new StreamingResponse(stuck(ends))(
        httpScope({ exchange: controller }),
        noReceive,
        () => {},
      );
      await tick();
      controller.abort(new ClientDisconnected());
      assertEqual((await rejectionOf(Promise.resolve(sending))) instanceof ClientDisconnected, true);
      assertEqual(ends, ['ERR_CLIENT_DISCONNECTED']);
    },
  },
  {
    title: 'a request that took too long ends the source with that reason',
    run: async () => {
      const ends: string[] = [];
      const controller = new AbortController();
      const sending = new StreamingResponse(stuck(ends))(
        httpScope({ exchange: controller }),
        noReceive,
        () => {},
      );
      await tick();
      controller.abort(new RequestTimeout());
      await rejectionOf(Promise.resolve(sending));
      assertEqual(ends, ['ERR_REQUEST_TIMEOUT']);
    },
  },
  {
    title: 'a generator that is waiting does not keep background work from running',
    run: async () => {
      let release = () => {};
      const waiting = new Promise<void>((resolve) => {
        release = resolve;
      });
      const order: string[] = [];
      async function* source() {
        try {
          yield 'a';
          await waiting;
          yield 'b';
        } finally {
          order.push('ended');
        }
      }
      const controller = new AbortController();
      const background = () => void order.push('background');
      const response = new StreamingResponse(source(), { background });
      const sending = Promise.resolve(response(httpScope({ exchange: controller }), noReceive, () => {}));
      await tick();
      controller.abort(new ClientDisconnected());
      await tick();
      assertEqual(order, ['background']);
      release();
      await rejectionOf(sending);
      assertEqual(order, ['background', 'ended']);
    },
  },
  {
    title: 'a generator that waits for what never comes is given up on after a second',
    run: async () => {
      async function* source() {
        yield 'a';
        await new Promise(() => {});
      }
      const controller = new AbortController();
      const start = performance.now();
      const app = new StreamingResponse(source());
      const sending = Promise.resolve(app(httpScope({ exchange: controller }), noReceive, () => {}));
      await tick();
      controller.abort(new ClientDisconnected());
      assertEqual((await rejectionOf(sending)) instanceof ClientDisconnected, true);
      assertEqual(performance.now() - start < 3000, true);
    },
  },
  {
    title: 'a stream goes on to its end when the server is stopping',
    run: async () => {
      const controller = new AbortController();
      async function* source() {
        yield 'a';
        controller.abort(new ServerShutdown());
        yield 'b';
      }
      const { body } = await answerOf(new StreamingResponse(source()), httpScope({ exchange: controller }));
      assertEqual(body, 'ab');
    },
  },
  {
    title: 'a source that fails before its first piece sends nothing',
    run: async () => {
      const events: SendEvent[] = [];
      // biome-ignore lint/correctness/useYield: it fails before
      async function* source(): AsyncGenerator<string> {
        throw new Error('no database');
      }
      const sending = new StreamingResponse(source())(
        httpScope(),
        noReceive,
        (event) => void events.push(event),
      );
      assertEqual([(await rejectionOf(Promise.resolve(sending))).message, events], ['no database', []]);
    },
  },
  {
    title: 'a source that fails later throws at once, without an end of the body and without background work',
    run: async () => {
      let ran = false;
      const events: SendEvent[] = [];
      async function* source() {
        yield 'a';
        throw new Error('lost');
      }
      const background = () => {
        ran = true;
      };
      const response = new StreamingResponse(source(), { background });
      const sending = response(httpScope(), noReceive, (event) => void events.push(event));
      assertEqual((await rejectionOf(Promise.resolve(sending))).message, 'lost');
      assertEqual([typesOf(events), ran], [['start', 'body'], false]);
    },
  },
  {
    title: 'what a source throws may be no Error',
    run: async () => {
      const source = new ReadableStream<string>({ start: (controller) => controller.error('a string') });
      const sending = Promise.resolve(new StreamingResponse(source)(httpScope(), noReceive, () => {}));
      assertEqual(await sending.catch((error) => error), 'a string');
    },
  },
  {
    title: 'a piece that is no text or bytes is an error that names its type, and ends the source',
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
      // @ts-expect-error pieces are strings or bytes
      const response = new StreamingResponse(source());
      const error = await rejectionOf(answerOf(response));
      assertEqual(Reflect.get(error, 'code'), 'ERR_INVALID_CONTENT');
      assertEqual([error.message.includes('a number'), ends], [true, ['return']]);
    },
  },
  {
    title: 'a stream is sent once: the second time is a clear error',
    run: async () => {
      const response = new StreamingResponse(['a']);
      await answerOf(response);
      assertEqual(Reflect.get(await rejectionOf(answerOf(response)), 'code'), 'ERR_BODY_USED');
    },
  },
  {
    title: 'a ReadableStream that somebody else reads is a clear error',
    run: async () => {
      const stream = new ReadableStream<Uint8Array>();
      stream.getReader();
      const error = await rejectionOf(answerOf(new Response(stream)));
      assertEqual(Reflect.get(error, 'code'), 'ERR_BODY_USED');
    },
  },
  {
    title: 'background work runs when the client leaves in the middle',
    run: async () => {
      let ran = false;
      const background = () => {
        ran = true;
      };
      const send: Send = (event) => {
        if (event.type === 'http.response.body') return Promise.reject(new ClientDisconnected());
      };
      await rejectionOf(
        Promise.resolve(new StreamingResponse(['a', 'b'], { background })(httpScope(), noReceive, send)),
      );
      assertEqual(ran, true);
    },
  },
  {
    title: 'the errors of clean-up and background work are both reported',
    run: async () => {
      async function* source() {
        try {
          yield 'a';
          yield 'b';
        } finally {
          // biome-ignore lint/correctness/noUnsafeFinally: that is the test
          throw new Error('clean-up failed');
        }
      }
      const background = () => {
        throw new Error('background failed');
      };
      const send: Send = (event) => {
        if (event.type === 'http.response.body') return Promise.reject(new ClientDisconnected());
      };
      const response = new StreamingResponse(source(), { background });
      const error = await rejectionOf(Promise.resolve(response(httpScope(), noReceive, send)));
      const errors: unknown[] = error instanceof AggregateError ? error.errors : [];
      assertEqual(
        errors.map((each) => (each instanceof Error ? each.message : '')),
        ['clean-up failed', 'background failed'],
      );
    },
  },
  {
    title: 'a misuse that send reports ends the source and is thrown',
    run: async () => {
      const send: Send = (event) => {
        if (event.type === 'http.response.body') return Promise.reject(new Error('too long'));
      };
      const ends: string[] = [];
      function* source() {
        try {
          yield 'a';
        } finally {
          ends.push('return');
        }
      }
      const error = await rejectionOf(
        Promise.resolve(new StreamingResponse(source())(httpScope(), noReceive, send)),
      );
      assertEqual([error.message, ends], ['too long', ['return']]);
    },
  },
  {
    title: 'a server without exchange is served too',
    run: async () => {
      const { exchange, ...scope } = httpScope();
      const types: string[] = [];
      // @ts-expect-error Pullo's own servers all have it
      await new StreamingResponse(['a'])(scope, noReceive, (event) => void types.push(event.type));
      assertEqual(types.length, 3);
    },
  },
  {
    title: 'an iterator may give thenables that are no promises',
    run: async () => {
      const steps = ['a', 'b'];
      const next = () => {
        const value = steps.shift();
        const step = Promise.resolve({ done: value === undefined, value });
        return Object.defineProperty({}, 'then', { value: step.then.bind(step) });
      };
      const content = { [Symbol.asyncIterator]: () => ({ next }) };
      // @ts-expect-error the types ask for promises
      assertEqual((await answerOf(new StreamingResponse(content))).body, 'ab');
    },
  },
  {
    title: 'an empty stream has an empty body',
    run: async () => {
      const { body, events } = await answerOf(new StreamingResponse([]));
      assertEqual([body, typesOf(events)], ['', ['start', 'body']]);
    },
  },
  {
    title: 'no listener stays on the signal',
    run: async () => {
      const { signal } = new AbortController();
      let listeners = 0;
      const add = signal.addEventListener.bind(signal);
      const remove = signal.removeEventListener.bind(signal);
      signal.addEventListener = (...args: Parameters<typeof add>) => {
        listeners++;
        add(...args);
      };
      signal.removeEventListener = (...args: Parameters<typeof remove>) => {
        listeners--;
        remove(...args);
      };
      await answerOf(new StreamingResponse(['a']), httpScope({ exchange: { signal } }));
      assertEqual(listeners, 0);
    },
  },
];

export const cases: readonly Case[] = [...ofEachKind, ...others];
