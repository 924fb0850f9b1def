import { writeFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SendEvent } from '@pullo/asgi';
import {
  type App,
  ClientDisconnected,
  HTTPError,
  type Middleware,
  Pullo,
  type Request,
  Response,
  StreamingResponse,
  TextResponse,
} from '@pullo/core';
import { client, communicate } from '@pullo/testing';
import { describeTransports } from '@pullo/testing/vitest';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

type HTTPApp = (...call: Parameters<App>) => Promise<void>;

/** An app for HTTP alone. */
function http(app: HTTPApp): App {
  return async (scope, receive, send) => {
    if (scope.type !== 'http') throw new Error(`no ${scope.type}`);
    await app(scope, receive, send);
  };
}

const start = { type: 'http.response.start', status: 200 } as const;
const body = (text: string, moreBody = true): SendEvent => ({
  type: 'http.response.body',
  body: text,
  moreBody,
});
const pass: Middleware = (_ctx, next) => next();
const request = { type: 'http.request', body: new Uint8Array(), moreBody: false } as const;

function below(middleware: Middleware, app: App): Pullo {
  return new Pullo().use(middleware).mount('/app', app);
}

function talk(app: App, extensions: Record<string, object> = {}) {
  const peer = communicate(app, { type: 'http', path: '/app', extensions });
  peer.send(request);
  return peer;
}

describe('next() above a mounted app', () => {
  test('settles when the app starts to answer, before its content is there', async () => {
    const order: string[] = [];
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const app = below(
      async (_ctx, next) => {
        const response = await next();
        order.push(`next: ${response.status} ${response.headers.get('x-app')}`);
        goOn();
        return response;
      },
      http(async (_scope, _receive, send) => {
        send({ ...start, status: 201, headers: [['x-app', 'yes']] });
        await gate;
        order.push('body');
        await send(body('late', false));
      }),
    );
    const peer = talk(app);
    expect(await peer.receive()).toMatchObject({ type: 'http.response.start', status: 201 });
    expect(await peer.receive()).toMatchObject({ body: 'late' });
    await peer.wait();
    expect(order).toEqual(['next: 201 yes', 'body']);
  });

  test('makes no promise where the app answers at once', () => {
    let isPromise: boolean | undefined;
    const app = below((_ctx, next) => {
      const response = next();
      isPromise = response instanceof Promise;
      return response;
    }, new TextResponse('at once'));
    talk(app);
    expect(isPromise).toBe(false);
  });

  test('gives ctx.error and the answer of the error handlers for an app that throws before it starts', async () => {
    const seen: unknown[] = [];
    const app = new Pullo()
      .use(async (ctx, next) => {
        const response = await next();
        seen.push((ctx.error as HTTPError).status, response.status);
        return response;
      })
      .onError(410, () => new TextResponse('handled', { status: 410 }))
      .mount(
        '/app',
        http(async (_scope, _receive, _send) => {
          await undefined;
          throw new HTTPError(410);
        }),
      );
    await using peer = client(app);
    expect(await (await peer.get('/app')).text()).toBe('handled');
    expect(seen).toEqual([410, 410]);
  });

  test.each<[title: string, app: App, message: string]>([
    [
      'a body before its head',
      http(async (_scope, _receive, send) => void (await send(body('x', false)))),
      'The app mounted at "/app" sent http.response.body before http.response.start.',
    ],
    [
      'a status that is none',
      http(async (_scope, _receive, send) => void (await send({ ...start, status: 99 }))),
      '99',
    ],
  ])('is told of %s', async (_title, mounted, message) => {
    await using peer = client(below(pass, mounted));
    await expect(peer.get('/app')).rejects.toThrow(message);
  });
});

const streaming = http(async (_scope, _receive, send) => {
  send({ ...start, headers: [['content-type', 'text/plain']] });
  for (const piece of ['one ', 'two ', 'three']) await send(body(piece));
  await send(body('', false));
});

describe('what a middleware does with the response of a mounted app', () => {
  const upper: Middleware = async (_ctx, next) => {
    const response = await next();
    const { content } = response;
    if (content === null || typeof content === 'string' || content instanceof Uint8Array) return response;
    async function* shout(pieces: AsyncIterable<string | Uint8Array>) {
      for await (const piece of pieces) yield String(piece).toUpperCase();
    }
    return response.withContent(shout(content as AsyncIterable<string>));
  };
  const table: readonly [title: string, middleware: Middleware, status: number, text: string][] = [
    ['nothing', pass, 200, 'one two three'],
    [
      'new headers',
      async (_ctx, next) => {
        const response = await next();
        response.headers.set('x-by', 'middleware');
        return response.setCookie('seen', 'yes');
      },
      200,
      'one two three',
    ],
    [
      'another status',
      async (_ctx, next) => {
        const response = await next();
        response.status = 203;
        return response;
      },
      203,
      'one two three',
    ],
    [
      'a status without content',
      async (_ctx, next) => {
        const response = await next();
        response.status = 204;
        return response;
      },
      204,
      '',
    ],
    ['a copy', async (_ctx, next) => (await next()).copy(), 200, 'one two three'],
    ['other content made of it', upper, 200, 'ONE TWO THREE'],
    ['a Fetch response made of it', async (_ctx, next) => (await next()).toWeb(), 200, 'one two three'],
    [
      'another in its place',
      async (_ctx, next) => {
        await next();
        return new TextResponse('instead', { status: 202 });
      },
      202,
      'instead',
    ],
    [
      'another without waiting',
      (_ctx, next) => {
        void next();
        return new TextResponse('instead', { status: 202 });
      },
      202,
      'instead',
    ],
    [
      'an error',
      async (_ctx, next) => {
        await next();
        throw new HTTPError(418);
      },
      418,
      "418 I'm a Teapot\n",
    ],
  ];

  for (const [title, middleware, status, text] of table) {
    describeTransports(below(middleware, streaming), (http) => {
      test(`${title}: the client gets it`, async () => {
        const response = await http.get('/app');
        expect([response.status, await response.text()]).toEqual([status, text]);
      });
    });
  }

  test('headers and cookies reach the client beside those of the app', async () => {
    const app = below(table[1]?.[1] ?? pass, streaming);
    await using peer = client(app);
    const response = await peer.get('/app');
    expect([...response.headers]).toEqual(
      expect.arrayContaining([
        ['content-type', 'text/plain'],
        ['x-by', 'middleware'],
        ['set-cookie', 'seen=yes; Path=/; SameSite=Lax'],
      ]),
    );
  });

  test('the content can be used once', async () => {
    const app = below(async (_ctx, next) => {
      const response = await next();
      for await (const _piece of response.content as AsyncIterable<string>);
      return response;
    }, streaming);
    await using peer = client(app);
    await expect(peer.get('/app')).rejects.toThrow(
      'The app mounted at "/app" has given a response that was read or sent already: it can be used once.',
    );
  });

  test('the content may be left halfway: the app is told so, though it waits for its piece to be taken', async () => {
    const ended = vi.fn();
    const app = below(
      async (_ctx, next) => {
        const response = await next();
        for await (const piece of response.content as AsyncIterable<Uint8Array | string>) {
          return new TextResponse(`begins with ${piece}`);
        }
        return response;
      },
      http(async (_scope, _receive, send) => {
        send(start);
        try {
          for (;;) await send(body('a'));
        } finally {
          ended();
        }
      }),
    );
    await using peer = client(app);
    expect(await (await peer.get('/app')).text()).toBe('begins with a');
    expect(ended).toHaveBeenCalledOnce();
  });

  test('background work that a middleware adds runs after the last byte', async () => {
    const order: string[] = [];
    const app = below(
      async (_ctx, next) => {
        const response = await next();
        response.background = () => void order.push('background');
        return response;
      },
      http(async (_scope, _receive, send) => {
        send(start);
        await send(body('x', false));
        order.push('sent');
      }),
    );
    await using peer = client(app);
    await (await peer.get('/app')).text();
    expect(order).toEqual(['sent', 'background']);
  });
});

describe('a mounted app whose response is replaced', () => {
  const instead: Middleware = async (_ctx, next) => {
    await next();
    return new TextResponse('instead');
  };

  test('is told that its client has left: send rejects, the signal aborts, receive tells of it', async () => {
    const seen: unknown[] = [];
    const app = below(
      instead,
      http(async (scope, receive, send) => {
        if (scope.type !== 'http') return;
        const { signal } = scope.exchange;
        await receive();
        const waiting = receive();
        send(start);
        try {
          for (;;) await send(body('endless'));
        } catch (error) {
          seen.push(
            (error as Error).constructor,
            signal.aborted,
            signal.reason,
            (await waiting).type,
            (await receive()).type,
          );
          await expect(send(body('more'))).rejects.toThrow('is not wanted any more');
          throw error;
        }
      }),
    );
    await using peer = client(app);
    expect(await (await peer.get('/app')).text()).toBe('instead');
    await peer.close();
    expect(seen).toEqual([
      ClientDisconnected,
      true,
      expect.any(ClientDisconnected),
      'http.disconnect',
      'http.disconnect',
    ]);
  });

  test('may end as it likes; only an error of its own is heard of', async () => {
    const app = below(
      instead,
      http(async (_scope, _receive, send) => {
        send(start);
        await Promise.resolve(send(body('x'))).catch(() => {});
        throw new Error('while cleaning up');
      }),
    );
    await using peer = client(app);
    await expect(peer.get('/app').then((response) => response.text())).rejects.toThrow('while cleaning up');
  });
});

describe('the events of a mounted app below a middleware', () => {
  test('wait for the server: a piece is taken when it has taken the last', async () => {
    let sent = 0;
    const app = below(
      pass,
      http(async (_scope, _receive, send) => {
        send(start);
        for (; sent < 3; sent++) await send(body(`${sent}`));
        await send(body('', false));
      }),
    );
    const gates: (() => void)[] = [];
    const { promise: over, resolve: finish } = withResolvers();
    const scopes = communicate(() => {}, { type: 'http', path: '/app' }).scope;
    const running = app(
      scopes,
      async () => request,
      (event) => {
        if (event.type !== 'http.response.body') return;
        if (event.moreBody === false) return finish();
        return new Promise<void>((resolve) => gates.push(resolve));
      },
    );
    for (let taken = 0; taken < 3; taken++) {
      await turns();
      expect(sent).toBe(taken);
      gates.shift()?.();
    }
    await over;
    await running;
  });

  test('are held while the pipeline is still thinking', async () => {
    let isSent = false;
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const app = below(
      async (_ctx, next) => {
        const response = await next();
        await gate;
        return response;
      },
      http(async (_scope, _receive, send) => {
        send(start);
        await send(body('x', false));
        isSent = true;
      }),
    );
    const peer = talk(app);
    expect(await peer.receiveNothing()).toBe(true);
    expect(isSent).toBe(false);
    goOn();
    await peer.receive();
    await peer.receive();
    await peer.wait();
    expect(isSent).toBe(true);
  });

  test('keep their extensions: early hints, files by their path, trailers', async () => {
    const extensions = {
      'http.response.early_hint': {},
      'http.response.pathsend': {},
      'http.response.trailers': {},
    };
    const file = below(
      pass,
      http(async (_scope, _receive, send) => {
        send(start);
        send({ type: 'http.response.early_hint', links: ['</a.css>; rel=preload'] });
        await send({ type: 'http.response.pathsend', path: '/etc/hostname' });
      }),
    );
    const peer = talk(file, extensions);
    expect(await peer.receive()).toMatchObject({ type: 'http.response.start' });
    expect(await peer.receive()).toMatchObject({ type: 'http.response.early_hint' });
    expect(await peer.receive()).toEqual({ type: 'http.response.pathsend', path: '/etc/hostname' });
    await peer.wait();

    const trailing = below(
      pass,
      http(async (_scope, _receive, send) => {
        send({ ...start, trailers: true });
        send(body('x', false));
        await send({ type: 'http.response.trailers', headers: [['x-sum', '1']] });
      }),
    );
    const other = talk(trailing, extensions);
    expect(await other.receive()).toMatchObject({ type: 'http.response.start', trailers: true });
    expect(await other.receive()).toMatchObject({ body: 'x' });
    expect(await other.receive()).toMatchObject({ type: 'http.response.trailers' });
    await other.wait();
  });

  test('that name a file or trailers do not stand in the way of a middleware that reads the content', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pullo-passage-'));
    const path = join(folder, 'file.txt');
    writeFileSync(path, 'from a file');
    const read: Middleware = async (_ctx, next) => {
      const response = await next();
      const pieces: string[] = [];
      for await (const piece of response.content as AsyncIterable<string | Uint8Array>) {
        pieces.push(typeof piece === 'string' ? piece : new TextDecoder().decode(piece));
      }
      return response.withContent(`read: ${pieces.join('')}`);
    };
    const extensions = { 'http.response.pathsend': {}, 'http.response.trailers': {} };
    const app = new Pullo().use(read).mount(
      '/app',
      http(async (_scope, _receive, send) => {
        send({ ...start, trailers: true });
        await send({ type: 'http.response.pathsend', path });
        await send({ type: 'http.response.trailers', headers: [['x-sum', '1']] });
      }),
    );
    const peer = talk(app, extensions);
    const head = await peer.receive();
    expect(head).toMatchObject({ type: 'http.response.start' });
    expect(head).not.toMatchObject({ trailers: true });
    expect(await peer.receive()).toMatchObject({ body: 'read: from a file' });
    await peer.wait();
  });

  describe('that name an open file', () => {
    const extensions = { 'http.response.zerocopysend': {} };
    let folder = '';
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'pullo-passage-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    /** Sends parts of a file, and tells whether it could close it when it was done. */
    const sender = (content: string, ...parts: { offset?: number; count?: number }[]) => {
      const path = join(folder, 'file.txt');
      writeFileSync(path, content);
      const outcome: { error?: unknown; isClosed?: boolean } = {};
      const app = http(async (_scope, _receive, send) => {
        const file = await open(path);
        try {
          send(start);
          for (const [index, part] of parts.entries()) {
            const moreBody = index < parts.length - 1;
            await send({ type: 'http.response.zerocopysend', file: file.fd, ...part, moreBody });
          }
        } catch (error) {
          outcome.error = error;
        } finally {
          await file.close();
          outcome.isClosed = true;
        }
      });
      return { app, outcome };
    };

    const textOf = async (content: AsyncIterable<string | Uint8Array>) => {
      const decoder = new TextDecoder();
      let text = '';
      for await (const piece of content) text += typeof piece === 'string' ? piece : decoder.decode(piece);
      return text;
    };

    test('pass through a middleware that leaves the content alone', async () => {
      const { app } = sender('0123456789', { offset: 2, count: 3 });
      const peer = talk(below(pass, app), extensions);
      expect(await peer.receive()).toMatchObject({ type: 'http.response.start' });
      expect(await peer.receive()).toMatchObject({
        type: 'http.response.zerocopysend',
        offset: 2,
        count: 3,
      });
      await peer.wait();
    });

    test('give their bytes to one that reads the content', async () => {
      const read: Middleware = async (_ctx, next) => {
        const response = await next();
        return response.withContent(
          `read: ${await textOf(response.content as AsyncIterable<string | Uint8Array>)}`,
        );
      };
      const { app, outcome } = sender(
        '0123456789',
        { offset: 8 },
        { count: 2 },
        { count: 0 },
        { offset: 4, count: 2 },
      );
      const peer = talk(below(read, app), extensions);
      await peer.receive();
      expect(await peer.receive()).toMatchObject({ body: 'read: 890145' });
      await peer.wait();
      expect(outcome).toEqual({ isClosed: true });
    });

    test('let the app close its file when the reader leaves in the middle', async () => {
      const leave: Middleware = async (_ctx, next) => {
        const response = await next();
        for await (const _piece of response.content as AsyncIterable<unknown>) break;
        return new TextResponse('enough');
      };
      const { app, outcome } = sender('x'.repeat(200_000), { offset: 0 });
      const peer = talk(below(leave, app), extensions);
      await peer.receive();
      expect(await peer.receive()).toMatchObject({ body: 'enough' });
      await peer.wait();
      expect(outcome).toMatchObject({ isClosed: true, error: { code: 'ERR_CLIENT_DISCONNECTED' } });
    });

    test('fail for app and reader alike where the file has fewer bytes', async () => {
      let failure: unknown;
      const read: Middleware = async (_ctx, next) => {
        const response = await next();
        failure = await textOf(response.content as AsyncIterable<string>).catch((error: unknown) => error);
        return new TextResponse('failed');
      };
      const { app, outcome } = sender('0123', { offset: 0, count: 10 });
      const peer = talk(below(read, app), extensions);
      await peer.receive();
      expect(await peer.receive()).toMatchObject({ body: 'failed' });
      await peer.wait();
      expect(String(failure)).toMatch(/10 bytes of a file that ended after 4/);
      expect(outcome.error).toBe(failure);
    });
  });

  test('of which a reader has had enough are ended, though the app waits for the last to be taken', async () => {
    let rejection: unknown;
    const app = http(async (_scope, _receive, send) => {
      send(start);
      await Promise.resolve(send(body('one'))).catch((error: unknown) => {
        rejection = error;
      });
    });
    const leave: Middleware = async (_ctx, next) => {
      const response = await next();
      for await (const _piece of response.content as AsyncIterable<unknown>) break;
      return new TextResponse('enough');
    };
    const peer = talk(below(leave, app), {});
    await peer.receive();
    expect(await peer.receive()).toMatchObject({ body: 'enough' });
    await peer.wait();
    expect(rejection).toMatchObject({ code: 'ERR_CLIENT_DISCONNECTED' });
  });
});

describe('an app that fails after it has started to answer', () => {
  const cut = (fail: boolean) =>
    http(async (_scope, _receive, send) => {
      send(start);
      await send(body('half'));
      if (fail) throw new Error('halfway');
    });

  test.each([
    ['nothing', undefined],
    ['a middleware that passes it on', pass],
    [
      'a middleware that reads it',
      (async (_ctx, next) => {
        const response = await next();
        return new StreamingResponse(response.content as AsyncIterable<string>);
      }) satisfies Middleware,
    ],
  ])('below %s: the connection is cut, and the error is heard of once', async (_title, middleware) => {
    const heard: unknown[] = [];
    const app =
      middleware === undefined ? new Pullo().mount('/app', cut(true)) : below(middleware, cut(true));
    await using peer = client(app, { raiseAppErrors: false, onError: (error: unknown) => heard.push(error) });
    await expect(peer.get('/app').then((response) => response.text())).rejects.toThrow();
    await peer.close();
    expect(heard.map(String)).toEqual(['Error: halfway']);
  });

  test('and one that returns halfway is an error to who reads it', async () => {
    const app = below(async (_ctx, next) => {
      const response = await next();
      return new StreamingResponse(response.content as AsyncIterable<string>);
    }, cut(false));
    await using peer = client(app);
    await expect(peer.get('/app').then((response) => response.text())).rejects.toThrow(
      'The app mounted at "/app" returned before the end of its response.',
    );
  });

  test('in its background work: the answer stands, and the error is heard of', async () => {
    const heard: unknown[] = [];
    const mounted = http(async (_scope, _receive, send) => {
      send(start);
      await send(body('whole', false));
      throw new Error('afterwards');
    });
    await using peer = client(below(pass, mounted), {
      raiseAppErrors: false,
      onError: (error: unknown) => heard.push(error),
    });
    expect(await (await peer.get('/app')).text()).toBe('whole');
    await peer.close();
    expect(heard.map(String)).toEqual(['Error: afterwards']);
  });
});

describe('the body of a request', () => {
  const echo = new Pullo().post('/', async ({ request }) => `got ${await request.text()}`);
  const after =
    (look: (request: Request) => unknown): Middleware =>
    async ({ request }, next) => {
      await look(request);
      return next();
    };
  const table: readonly [title: string, middleware: Middleware, answer: string][] = [
    ['untouched', pass, 'got hei'],
    [
      'beside a middleware that looks at the request',
      after((request) => request.headers.get('x')),
      'got hei',
    ],
    ['that a middleware has buffered', after((request) => request.text()), 'got hei'],
    ['that a middleware has asked about', after((request) => request.isDisconnected()), 'got hei'],
  ];
  for (const [title, middleware, answer] of table) {
    describeTransports(below(middleware, echo), (http) => {
      test(`${title} reaches the mounted app`, async () => {
        expect(await (await http.post('/app', { body: 'hei' })).text()).toBe(answer);
      });
    });
  }

  test('that a middleware has streamed away is an error that says so', async () => {
    const app = below(async ({ request }, next) => {
      for await (const _piece of request.stream());
      return next();
    }, echo);
    await using peer = client(app, { raiseAppErrors: false, onError: () => {} });
    const response = await peer.post('/app', { body: 'hei' });
    expect(response.status).toBe(500);
  });
});

describe('a request body that a mounted app has read', () => {
  const read = new Pullo().post('/', async ({ request }) => `got ${await request.text()}`);

  test('is gone for a middleware that reads it afterwards, which hears so at once', async () => {
    const app = below(async ({ request }, next) => {
      const response = await next();
      await expect(request.text()).rejects.toThrow('text() came too late');
      return response;
    }, read);
    await using peer = client(app);
    expect(await (await peer.post('/app', { body: 'hei' })).text()).toBe('got hei');
  });

  test('and whose client leaves meanwhile ends in disconnects, never in a body that looks whole', async () => {
    const seen: string[] = [];
    const app = below(
      pass,
      http(async (_scope, receive) => {
        for (let i = 0; i < 3; i++) seen.push((await receive()).type);
      }),
    );
    const peer = communicate(app, { type: 'http', path: '/app', method: 'POST' });
    peer.send({ type: 'http.request', body: new Uint8Array([1]), moreBody: true });
    peer.send({ type: 'http.disconnect' });
    peer.send({ type: 'http.disconnect' });
    await vi.waitFor(() => expect(seen).toEqual(['http.request', 'http.disconnect', 'http.disconnect']));
  });
});

describe('ctx.error above a mounted Pullo', () => {
  const broken = new Error('no database');
  const shop = new Pullo()
    .onError(RangeError, () => 'handled')
    .get('/', () => 'fine')
    .get('/broken', () => {
      throw broken;
    })
    .get('/handled', async () => {
      throw new RangeError('too much');
    });
  const ways: readonly [title: string, app: App][] = [
    ['mounted', shop],
    ['mounted in another', new Pullo().mount('/', shop)],
    ['mounted in another with a pipeline', new Pullo().use(async (_ctx, next) => next()).mount('/', shop)],
    ['in a raw middleware', (scope, receive, send) => shop({ ...scope }, receive, send)],
  ];
  test.each(ways)('%s is the error of its answer, so that a transaction is undone', async (_title, inner) => {
    const seen: unknown[] = [];
    const app = below(async (ctx, next) => {
      const response = await next();
      seen.push([response.status, ctx.error]);
      if (ctx.error) throw ctx.error;
      return response;
    }, inner);
    const errors: unknown[] = [];
    const peer = client(app, { raiseAppErrors: false, onError: (error) => errors.push(error) });
    for (const path of ['/app', '/app/broken', '/app/handled', '/app/nothing']) await peer.get(path);
    await peer.close();
    expect(seen).toEqual([
      [200, undefined],
      [500, broken],
      [500, expect.any(RangeError)],
      [404, expect.any(HTTPError)],
    ]);
    expect(errors).toEqual([broken]);
  });
});

test('a Response that a mounted app has sent is not changed by the middleware above it', async () => {
  const constant = new Response('constant');
  const app = below(async (_ctx, next) => {
    const response = await next();
    response.headers.append('x-seen', 'yes');
    return response;
  }, constant);
  await using peer = client(app);
  for (let i = 0; i < 2; i++) expect((await peer.get('/app')).headers.get('x-seen')).toBe('yes');
  expect(constant.headers.has('x-seen')).toBe(false);
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}
