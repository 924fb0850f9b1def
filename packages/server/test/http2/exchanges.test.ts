import { readFileSync } from 'node:fs';
import { constants } from 'node:http2';
import { join } from 'node:path';
import { type App, type HTTPScope, RequestTimeout, type SendEvent } from '@pullo/asgi';
import { Agent, request as requestOf } from 'undici';
import { describe, expect, it } from 'vitest';
import { SECURED, TRUSTING } from '../support/certificates.ts';
import { folder } from '../support/folder.ts';
import { answerOf, ask, connected, get, request } from '../support/http2.ts';
import { Gate, serving, servingUnwatched, text } from '../support/serving.ts';
import { head, parse, Wire } from '../support/wire.ts';

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR } = constants;
const OK: SendEvent = { type: 'http.response.start', status: 200 };

function bodyOf(body: string, moreBody = false): SendEvent {
  return { type: 'http.response.body', body, moreBody };
}

/** An app that sends these, one after the other. */
function sending(...events: SendEvent[]): App {
  return async (_scope, _receive, send) => {
    for (const event of events) await send(event);
  };
}

/** Reads the body and sends it back. */
const echo: App = async (_scope, receive, send) => {
  send(OK);
  for (;;) {
    const event = await receive();
    if (event.type !== 'http.request') return;
    await send({ type: 'http.response.body', body: event.body, moreBody: event.moreBody });
    if (!event.moreBody) return;
  }
};

describe('HTTP/2', () => {
  it('is spoken with who can, and HTTP/1.1 with the others', async () => {
    const { server, logger } = await serving(text('x'), SECURED);
    expect((await get(server, '/a')).body).toBe('x');
    const h1 = { ...TRUSTING, ALPNProtocols: ['http/1.1'] };
    const answer = await new Wire(server, h1)
      .write(head('GET / HTTP/1.1', 'Host: a', 'Connection: close'))
      .all();
    expect(parse(answer).body).toBe('x');
    expect(logger.accesses.map(({ target, httpVersion }) => [target, httpVersion])).toEqual([
      ['/a', '2'],
      ['/', '1.1'],
    ]);
  });

  it('is spoken with undici', async () => {
    const { server } = await serving(echo, SECURED);
    const dispatcher = new Agent({ allowH2: true, connect: { ca: TRUSTING.ca as string } });
    const answer = await requestOf(server.url, { dispatcher, method: 'POST', body: 'hello' });
    expect(await answer.body.text()).toBe('hello');
    await dispatcher.close();
  });

  it('is not spoken where http2 is off', async () => {
    const { server } = await serving(text('x'), { ...SECURED, http2: false });
    expect((await get(server)).status).toBe(0);
  });

  it('has a scope with every field', async () => {
    const scopes: HTTPScope[] = [];
    const { server } = await serving((scope, receive, send) => {
      scopes.push(scope as HTTPScope);
      return text('x')(scope, receive, send);
    }, SECURED);
    const session = connected(server);
    await ask(session, {
      ':method': 'PATCH',
      ':authority': 'h:1',
      ':path': '/a%2fb/../%7Ec?x=%20',
      'x-one': ['1', '2'],
      cookie: ['a=b', 'c=d'],
      te: 'trailers',
    });
    const [scope] = scopes;
    const { headers, exchange, extensions, ...rest } = scope as HTTPScope;
    expect(rest).toEqual({
      type: 'http',
      asgi: { version: '3.0', specVersion: '2.5' },
      httpVersion: '2',
      method: 'PATCH',
      scheme: 'https',
      path: '/~c',
      rawPath: '/a%2fb/../%7Ec',
      queryString: 'x=%20',
      rootPath: '',
      client: { host: '127.0.0.1', port: session.socket.localPort },
      server: { host: '127.0.0.1', port: server.port },
      state: {},
    });
    expect([...headers]).toEqual([
      ['host', 'h:1'],
      ['x-one', '1'],
      ['x-one', '2'],
      ['te', 'trailers'],
      ['cookie', 'a=b; c=d'],
    ]);
    expect(Object.keys(extensions)).toEqual([
      'http.response.pathsend',
      'http.response.trailers',
      'http.response.early_hint',
      'tls',
    ]);
    expect(exchange.signal.aborted).toBe(false);
  });

  it('runs the exchanges of a connection side by side', async () => {
    const gate = new Gate();
    const { server } = await serving(async (scope, receive, send) => {
      if ((scope as HTTPScope).path === '/slow') await gate.opened;
      await text((scope as HTTPScope).path)(scope, receive, send);
    }, SECURED);
    const session = connected(server);
    const slow = ask(session, { ':path': '/slow' });
    expect((await ask(session, { ':path': '/fast' })).body).toBe('/fast');
    gate.open();
    expect((await slow).body).toBe('/slow');
  });
});

describe('a request that no app may see is answered in its own stream', () => {
  it.each<[string, Record<string, string | string[]>, number]>([
    ['a Host that is not its authority', { ':authority': 'a', host: 'b' }, 400],
    ['a bad host', { ':authority': 'a:8x' }, 400],
    ['user information', { ':authority': 'u@a' }, 400],
    ['another scheme', { ':scheme': 'ftp' }, 400],
    ['a malformed escape', { ':path': '/%zz' }, 400],
    ['a fragment', { ':path': '/a#b' }, 400],
    ['a long target', { ':path': `/${'a'.repeat(8192)}` }, 414],
    ['a long head', { 'x-a': 'a'.repeat(16_384) }, 431],
    ['many fields', Object.fromEntries(Array.from({ length: 126 }, (_, i) => [`x-${i}`, '1'])), 431],
    ['another expectation', { expect: '200-ok' }, 417],
    ['a body that is too long', { ':method': 'POST', 'content-length': '67108865' }, 413],
  ])('%s', async (_name, headers, status) => {
    let calls = 0;
    const { server, logger } = await serving((scope, receive, send) => {
      calls++;
      return text('an app')(scope, receive, send);
    }, SECURED);
    const session = connected(server);
    const answer = await ask(session, headers, headers[':method'] === 'POST' ? null : '');
    expect(answer.status).toBe(status);
    expect(answer.headers['content-length']).toBe(String(answer.body.length));
    expect(calls).toBe(0);
    expect(logger.accesses).toMatchObject([{ status, httpVersion: '2' }]);
    expect((await ask(session)).body).toBe('an app');
  });

  it.each<[string, Record<string, string>]>([
    ['a path in the host', { ':authority': 'a/b' }],
    ['* with another method', { ':path': '*' }],
    ['a relative path', { ':path': 'a' }],
    ['a method that is no token', { ':method': 'G T' }],
  ])('or malformed, and reset: %s', async (_name, headers) => {
    const { server } = await serving(text('an app'), SECURED);
    const session = connected(server);
    expect(await ask(session, headers)).toMatchObject({ status: 0, code: constants.NGHTTP2_PROTOCOL_ERROR });
    expect((await ask(session)).body).toBe('an app');
  });

  it('CONNECT', async () => {
    const { server } = await serving(text('an app'), SECURED);
    const session = connected(server);
    const stream = session.request({ ':method': 'CONNECT', ':authority': 'a:443' });
    expect((await answerOf(stream)).status).toBe(501);
  });

  it('a HEAD without a body, and 503 beyond limitConcurrency', async () => {
    const gate = new Gate();
    const app: App = async (scope, receive, send) => {
      await gate.opened;
      await text('x')(scope, receive, send);
    };
    const { server } = await serving(app, { ...SECURED, limitConcurrency: 1 });
    const session = connected(server);
    const first = ask(session);
    const refused = await ask(session, { ':method': 'HEAD' });
    expect([refused.status, refused.body, refused.headers['retry-after']]).toEqual([503, '', '1']);
    gate.open();
    expect((await first).status).toBe(200);
  });
});

describe('a response in HTTP/2', () => {
  it('has the fields of the app without those of a connection, and those of the server', async () => {
    const app = text('x', [
      ['Connection', 'keep-alive'],
      ['keep-alive', 'timeout=5'],
      ['Proxy-Connection', 'close'],
      ['upgrade', 'h2c'],
      ['transfer-encoding', 'chunked'],
      ['X-Two', 'a'],
      ['x-two', 'b'],
      ['set-cookie', 'a=b'],
      ['set-cookie', 'c=d'],
      ['x-latin', 'ä'],
    ]);
    const { server } = await serving(app, { ...SECURED, headers: ['X-Frame-Options: DENY'] });
    const { status, headers } = await get(server);
    expect({ ...Object.fromEntries(Object.entries(headers)), date: null }).toEqual({
      ':status': 200,
      'content-type': 'text/plain',
      'content-length': '1',
      'x-two': 'a, b',
      'set-cookie': ['a=b', 'c=d'],
      'x-latin': 'ä',
      'x-frame-options': 'DENY',
      date: null,
    });
    expect(status).toBe(200);
  });

  it.each([204, 205, 304])('of status %i has no body', async (status) => {
    const { server } = await serving(sending({ ...OK, status } as SendEvent, bodyOf('')), SECURED);
    expect(await get(server)).toMatchObject({ status, body: '', code: 0 });
  });

  it('to HEAD has the length but no body', async () => {
    const { server } = await serving(text('hello'), SECURED);
    const { headers, body } = await get(server, '/', { ':method': 'HEAD' });
    expect([headers['content-length'], body]).toEqual(['5', '']);
  });

  it('comes in pieces as they are sent', async () => {
    const gate = new Gate();
    const { server } = await serving(async (_scope, _receive, send) => {
      send(OK);
      await send(bodyOf('first', true));
      await gate.opened;
      await send(bodyOf(' ä', true));
      await send(bodyOf(''));
    }, SECURED);
    const stream = request(connected(server));
    const answer = answerOf(stream);
    await new Promise((resolve) => stream.once('data', resolve));
    gate.open();
    expect((await answer).body).toBe(Buffer.from('first ä').toString('latin1'));
  });

  it('waits for a client that reads slowly, and arrives whole', async () => {
    let sent = 0;
    const { server } = await serving(async (_scope, _receive, send) => {
      send(OK);
      for (; sent < 200; sent++) await send(bodyOf('x'.repeat(50_000), true));
      await send(bodyOf(''));
    }, SECURED);
    const stream = request(connected(server));
    await new Promise((resolve) => stream.once('response', resolve));
    stream.pause();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(sent).toBeLessThan(50);
    expect((await answerOf(stream)).body).toHaveLength(10_000_000);
  });

  it('has its early hints before it', async () => {
    const hint: SendEvent = { type: 'http.response.early_hint', links: ['</a.css>; rel=preload', '</b>'] };
    const { server } = await serving(sending(OK, hint, bodyOf('page')), SECURED);
    const { informed, body } = await get(server);
    expect(informed.map((headers) => [headers[':status'], headers.link])).toEqual([
      [103, '</a.css>; rel=preload, </b>'],
    ]);
    expect(body).toBe('page');
  });

  it('has its trailers after it for a client that takes them', async () => {
    const start: SendEvent = { ...OK, trailers: true, headers: [['trailer', 'x-sum']] } as SendEvent;
    const sum: SendEvent = { type: 'http.response.trailers', headers: [['x-sum', '42']] };
    const { server } = await serving(sending(start, bodyOf('abc'), sum), SECURED);
    expect((await get(server, '/', { te: 'trailers' })).trailers).toMatchObject({ 'x-sum': '42' });
    const without = await get(server);
    expect([without.body, without.trailers]).toEqual(['abc', {}]);
  });

  it('is cut short of trailers that HTTP/2 does not allow, and the log says why', async () => {
    const start: SendEvent = { ...OK, trailers: true } as SendEvent;
    const twice: SendEvent = {
      type: 'http.response.trailers',
      headers: [
        ['etag', '"a"'],
        ['etag', '"b"'],
      ],
    };
    const { server, logger } = await serving(sending(start, bodyOf('abc'), twice), SECURED);
    expect(await get(server, '/', { te: 'trailers' })).toMatchObject({
      trailers: {},
      code: constants.NGHTTP2_INTERNAL_ERROR,
    });
    expect(logger.errors).toEqual([expect.objectContaining({ code: 'ERR_HTTP2_HEADER_SINGLE_VALUE' })]);
  });

  it('without trailers ends also for a client that would take them', async () => {
    const { server } = await serving(sending(OK, bodyOf('a', true), bodyOf('b')), SECURED);
    expect(await get(server, '/', { te: 'trailers' })).toMatchObject({ body: 'ab', code: 0 });
  });

  it('may be a file by its path, of any size', async () => {
    const path = join(await folder({ large: 'abcdefg\n'.repeat(500_000) }), 'large');
    const { server } = await serving(sending(OK, { type: 'http.response.pathsend', path }), SECURED);
    const { headers, body } = await get(server);
    expect(body === readFileSync(path, 'latin1')).toBe(true);
    expect(headers['content-length']).toBe('4000000');
  });

  it('is a 500 if the app throws before it, and reset if it throws in the middle', async () => {
    const app: App = async (scope, _receive, send) => {
      if ((scope as HTTPScope).path === '/late') {
        send(OK);
        await send(bodyOf('half', true));
      }
      throw new Error('it fails');
    };
    const { server, logger } = await serving(app, SECURED);
    expect(await get(server)).toMatchObject({ status: 500, body: 'Internal Server Error', code: 0 });
    expect((await get(server, '/late')).code).toBe(NGHTTP2_INTERNAL_ERROR);
    expect(logger.errors).toHaveLength(2);
  });

  it('that HTTP/2 does not allow is reset, and told', async () => {
    const app = text('x', [['content-type', 'text/html']]);
    const { server, logger } = await serving(app, SECURED);
    const session = connected(server);
    expect((await ask(session)).code).toBe(NGHTTP2_INTERNAL_ERROR);
    expect(String(logger.errors[0])).toMatch(/content-type/);
  });
});

describe('the body of a request in HTTP/2', () => {
  it('comes whole, with and without a length, and goes back', async () => {
    const { server } = await serving(echo, SECURED);
    const session = connected(server);
    const body = 'x'.repeat(3_000_000);
    const headers = { ':method': 'POST' };
    expect((await ask(session, headers, body)).body).toBe(body);
    expect((await ask(session, { ...headers, 'content-length': body.length }, body)).body).toBe(body);
    expect((await ask(session, headers)).body).toBe('');
  });

  it('is not read ahead of the app by more than a little', async () => {
    const gate = new Gate();
    const { server } = await serving(async (scope, receive, send) => {
      await receive();
      await gate.opened;
      await echo(scope, receive, send);
    }, SECURED);
    const stream = request(connected(server), { ':method': 'POST' }, null);
    stream.end(Buffer.alloc(8_000_000));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(stream.bufferSize + stream.writableLength).toBeGreaterThan(6_000_000);
    gate.open();
    expect((await answerOf(stream)).body.length).toBeGreaterThan(7_000_000);
  });

  it('that the app leaves unread need not be sent, and its answer arrives whole', async () => {
    const size = 3_000_000;
    const { server } = await serving(text('x'.repeat(size)), SECURED);
    const session = connected(server);
    const stream = request(session, { ':method': 'POST' }, null);
    stream.write(Buffer.alloc(2_000_000));
    expect((await answerOf(stream)).body).toHaveLength(size);
    expect((await ask(session)).body).toHaveLength(size);
  });

  it('longer than maxBodyBytes is answered with 413 while the app reads', async () => {
    const { server } = await serving(
      async (_scope, receive) => {
        while ((await receive()).type === 'http.request');
      },
      { ...SECURED, maxBodyBytes: 1000 },
    );
    const session = connected(server);
    expect((await ask(session, { ':method': 'POST' }, 'x'.repeat(2000))).status).toBe(413);
  });

  it('is asked for with 100 when the app reads', async () => {
    const { server } = await serving(echo, SECURED);
    const stream = request(connected(server), { ':method': 'POST', expect: '100-continue' }, null);
    const answer = answerOf(stream);
    await new Promise((resolve) => stream.once('continue', resolve));
    stream.end('abc');
    expect((await answer).body).toBe('abc');
  });

  it('that stalls is answered with 408', async () => {
    const reasons: unknown[] = [];
    const app: App = async (scope, receive) => {
      const { signal } = (scope as HTTPScope).exchange;
      while ((await receive()).type === 'http.request');
      reasons.push(signal.reason);
    };
    for (const options of [{ idleTimeout: 100 }, { requestTimeout: 150 }]) {
      const { server } = await serving(app, { ...SECURED, ...options });
      const stream = request(connected(server), { ':method': 'POST' }, null);
      stream.write('a');
      expect((await answerOf(stream)).status).toBe(408);
    }
    expect(reasons.map((reason) => reason instanceof RequestTimeout)).toEqual([true, true]);
  });
});

describe('a client in HTTP/2 that leaves', () => {
  it.each(['stream', 'connection'])('by its %s wakes an app that waits for it to read', async (what) => {
    const failed = new Gate();
    const { server, logger } = await servingUnwatched(async (_scope, _receive, send) => {
      send(OK);
      try {
        for (;;) await send(bodyOf('x'.repeat(100_000), true));
      } finally {
        failed.open();
      }
    }, SECURED);
    const session = connected(server);
    const stream = request(session);
    await new Promise((resolve) => stream.once('response', resolve));
    stream.pause();
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (what === 'stream') stream.close(NGHTTP2_CANCEL);
    else session.destroy();
    await failed.opened;
    expect(logger.errors).toEqual([]);
  });

  it('is cut after idleTimeout if it takes nothing of a response', async () => {
    const { server } = await serving(text('x'.repeat(5_000_000)), { ...SECURED, idleTimeout: 100 });
    const stream = request(connected(server));
    await new Promise((resolve) => stream.once('response', resolve));
    stream.pause();
    await new Promise((resolve) => stream.once('close', resolve));
    expect(stream.rstCode).toBe(NGHTTP2_CANCEL);
  });
});
