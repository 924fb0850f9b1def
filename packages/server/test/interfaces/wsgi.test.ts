import { type App, UnsupportedScope } from '@pullo/asgi';
import { fromWSGI, type WSGIApp, type WSGIEnviron } from '@pullo/server';
import { describe, expect, test } from 'vitest';
import { serving, until } from '../support/serving.ts';

const PLAIN = [['Content-Type', 'text/plain']] as const;
const ok = '200 OK';

async function environOf(
  path: string,
  init: RequestInit = {},
  wrap = (app: App) => app,
): Promise<WSGIEnviron> {
  let seen: WSGIEnviron | undefined;
  const app: WSGIApp = (environ, start) => {
    seen = environ;
    start(ok, PLAIN);
    return [];
  };
  const { server } = await serving(wrap(fromWSGI(app)));
  await fetch(`${server.url}${path}`, init);
  return seen as WSGIEnviron;
}

function below(rootPath: string, app: App): App {
  return (scope, receive, send) => {
    if (scope.type !== 'http') throw new UnsupportedScope(scope);
    return app({ ...scope, rootPath }, receive, send);
  };
}

async function answer(app: WSGIApp, init: RequestInit = {}) {
  const { server, logger } = await serving(fromWSGI(app));
  const response = await fetch(server.url, init).catch(() => new globalThis.Response('cut'));
  const text = await response.text().catch(() => 'cut');
  return { status: response.status, headers: response.headers, text, errors: logger.errors.map(String) };
}

describe('the environ', () => {
  test('has the keys of PEP 3333', async () => {
    const environ = await environOf('/a%20b/%C3%A4?q=%20', {
      headers: { 'accept-language': 'fi', proxy: 'evil', x_under: 'dropped', cookie: 'a=1; b=2' },
    });
    expect(environ).toMatchObject({
      REQUEST_METHOD: 'GET',
      SCRIPT_NAME: '',
      PATH_INFO: '/a b/ä',
      QUERY_STRING: 'q=%20',
      SERVER_PROTOCOL: 'HTTP/1.1',
      SERVER_NAME: '127.0.0.1',
      SERVER_PORT: expect.stringMatching(/^\d+$/),
      REMOTE_ADDR: '127.0.0.1',
      HTTP_ACCEPT_LANGUAGE: 'fi',
      HTTP_COOKIE: 'a=1; b=2',
      'wsgi.version': [1, 0],
      'wsgi.url_scheme': 'http',
      'wsgi.multithread': false,
      'wsgi.multiprocess': false,
      'wsgi.run_once': false,
    });
    expect(environ).not.toHaveProperty('HTTP_PROXY');
    expect(environ).not.toHaveProperty('HTTP_X_UNDER');
    expect(environ).not.toHaveProperty('CONTENT_LENGTH');
  });

  test('below a mount has its prefix in SCRIPT_NAME', async () => {
    const environ = await environOf('/old/x', {}, (app) => below('/old', app));
    expect([environ.SCRIPT_NAME, environ.PATH_INFO]).toEqual(['/old', '/x']);
  });

  test('has the whole body, to be read by size and by line', async () => {
    const environ = await environOf('/', {
      method: 'POST',
      body: 'one\ntwo\nthree',
      headers: { 'content-type': 'text/x' },
    });
    const input = environ['wsgi.input'];
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    expect([environ.CONTENT_TYPE, environ.CONTENT_LENGTH]).toEqual(['text/x', '13']);
    expect([text(input.read(2)), text(input.readline()), text(input.readline(2))]).toEqual([
      'on',
      'e\n',
      'tw',
    ]);
    expect(input.readlines().map(text)).toEqual(['o\n', 'three']);
    expect([input.read().byteLength, input.readline().byteLength]).toEqual([0, 0]);
  });

  test('has the length of a body that came in chunks', async () => {
    const body = new Blob(['a', 'b']).stream();
    const environ = await environOf('/', { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(environ.CONTENT_LENGTH).toBe('2');
    expect(environ).not.toHaveProperty('HTTP_TRANSFER_ENCODING');
  });

  test.each(['/a%2Fb', '/a%5Cb'])(
    'there is none for %s, whose decoding would be another path',
    async (path) => {
      const { server } = await serving(
        fromWSGI(() => {
          throw new Error('called');
        }),
      );
      expect((await fetch(server.url + path)).status).toBe(404);
    },
  );
});

describe('the response', () => {
  const bodies: readonly [what: string, app: WSGIApp, text: string][] = [
    [
      'a generator',
      function* (_e, start) {
        start(ok, PLAIN);
        yield 'a';
        yield '';
        yield new Uint8Array([0x62]);
      },
      'ab',
    ],
    [
      'an async generator',
      async function* (_e, start) {
        await null;
        start(ok, PLAIN);
        yield 'a';
        yield 'b';
      },
      'ab',
    ],
    [
      'an array',
      (_e, start) => {
        start(ok, PLAIN);
        return ['a', 'b'];
      },
      'ab',
    ],
    [
      'an array of one',
      (_e, start) => {
        start(ok, PLAIN);
        return ['ä'];
      },
      'ä',
    ],
    [
      'an empty array',
      (_e, start) => {
        start(ok, PLAIN);
        return [];
      },
      '',
    ],
    [
      'a promise of an array',
      async (_e, start) => {
        start(ok, PLAIN);
        return ['a'];
      },
      'a',
    ],
    [
      'what is written before',
      (_e, start) => {
        start(ok, PLAIN)('w');
        return ['a', 'b'];
      },
      'wab',
    ],
  ];

  test.each(bodies)('is %s', async (_what, app, text) => {
    expect(await answer(app)).toMatchObject({ status: 200, text, errors: [] });
  });

  test('has a length where it is one piece', async () => {
    const { headers } = await answer((_e, start) => {
      start(ok, PLAIN);
      return ['ä'];
    });
    expect(headers.get('content-length')).toBe('2');
  });

  test('has status, repeated fields and no body where it must not', async () => {
    const app: WSGIApp = (_e, start) => {
      start('404 Not Here, ä', [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ]);
      return ['gone'];
    };
    const { status, headers, text } = await answer(app, { method: 'HEAD' });
    expect([status, headers.getSetCookie(), text]).toEqual([404, ['a=1', 'b=2'], '']);
  });

  test('is another one if an error comes before the first piece', async () => {
    const app: WSGIApp = function* (_e, start) {
      start(ok, PLAIN);
      yield '';
      start('503 Broken', PLAIN, new Error('late'));
      yield 'sorry';
    };
    expect(await answer(app)).toMatchObject({ status: 503, text: 'sorry', errors: [] });
  });

  test('is cut if an error comes after it, which startResponse throws', async () => {
    const app: WSGIApp = function* (_e, start) {
      start(ok, PLAIN);
      yield 'a';
      start('503 Broken', PLAIN, new Error('late'));
    };
    expect(await answer(app)).toMatchObject({ text: 'cut', errors: ['Error: late'] });
  });

  const wrong: readonly [what: string, app: WSGIApp, message: RegExp][] = [
    [
      'a status without a reason',
      (_e, start) => {
        start('200', []);
        return [];
      },
      /status such as "200 OK".*not "200"/,
    ],
    [
      'a status with a line break',
      (_e, start) => {
        start('200 OK\r\nX: y', []);
        return [];
      },
      /status such as/,
    ],
    [
      'an interim status',
      (_e, start) => {
        start('100 Continue', []);
        return [];
      },
      /status such as/,
    ],
    [
      'a line break in a field',
      (_e, start) => {
        start(ok, [['x', 'a\r\nb: c']]);
        return [];
      },
      /InvalidHeader|header/i,
    ],
    [
      'a second start',
      (_e, start) => {
        start(ok, []);
        start(ok, []);
        return [];
      },
      /a second time/,
    ],
    ['no start', () => ['x'], /before it called startResponse/],
    [
      'a text',
      (_e, start) => {
        start(ok, []);
        return 'text' as never;
      },
      /returned a text/,
    ],
    [
      'bytes',
      (_e, start) => {
        start(ok, []);
        return new Uint8Array(1) as never;
      },
      /returned bytes/,
    ],
    ['nothing', () => undefined as never, /returned undefined/],
    [
      'a number as a piece',
      (_e, start) => {
        start(ok, []);
        return [1] as never;
      },
      /A piece of the body is a string/,
    ],
  ];

  test.each(wrong)('is a 500 for %s', async (_what, app, message) => {
    const { status, errors } = await answer(app);
    expect(status).toBe(500);
    expect(errors).toEqual([expect.stringMatching(message)]);
  });
});

describe('the iterable', () => {
  test.each([
    ['is complete', 1, false],
    ['fails', 1, true],
  ])('is closed when it %s', async (_what, closes, fails) => {
    let closed = 0;
    await answer((_e, start) => {
      start(ok, PLAIN);
      function* body() {
        yield 'a';
        if (fails) throw new Error('failed');
      }
      return Object.assign(body(), {
        close: () => {
          closed++;
        },
      });
    });
    await until(() => closed === closes);
  });

  test('is asked for a piece when the client has taken the last, and ended when it leaves', async () => {
    let [pieces, ended] = [0, false];
    const { server, logger } = await serving(
      fromWSGI(function* (_e, start) {
        start(ok, PLAIN);
        try {
          for (;;) {
            pieces++;
            yield new Uint8Array(65_536);
          }
        } finally {
          ended = true;
        }
      }),
    );
    const client = new AbortController();
    await fetch(server.url, { signal: client.signal });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = pieces;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(pieces).toBe(before);
    client.abort();
    await until(() => ended);
    expect(logger.errors).toEqual([]);
  });
});
