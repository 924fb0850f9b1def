import { constants } from 'node:http2';
import type { App, HTTPScope, SendEvent } from '@pullo/asgi';
import { Agent, request as requestOf } from 'undici';
import { describe, expect, it } from 'vitest';
import { SECURED, TRUSTING } from '../support/certificates.ts';
import { answerOf, ask, connected, get } from '../support/http2.ts';
import { Gate, serving, text } from '../support/serving.ts';
import { head, parse, Wire } from '../support/wire.ts';

const { NGHTTP2_INTERNAL_ERROR } = constants;
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

  it('has cookies that come in crumbs as one field, after the others', async () => {
    const scopes: HTTPScope[] = [];
    const { server } = await serving((scope, receive, send) => {
      scopes.push(scope as HTTPScope);
      return text('x')(scope, receive, send);
    }, SECURED);
    await ask(connected(server), { ':authority': 'h:1', cookie: ['a=b', 'c=d'], te: 'trailers' });
    expect([...(scopes[0] as HTTPScope).headers]).toEqual([
      ['host', 'h:1'],
      ['te', 'trailers'],
      ['cookie', 'a=b; c=d'],
    ]);
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

describe('a request in HTTP/2', () => {
  it('to CONNECT is answered with 501, in its own stream', async () => {
    const { server } = await serving(text('an app'), SECURED);
    const session = connected(server);
    const stream = session.request({ ':method': 'CONNECT', ':authority': 'a:443' });
    expect((await answerOf(stream)).status).toBe(501);
    expect((await ask(session)).body).toBe('an app');
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

  it('that is to close its connection does not: others run there', async () => {
    const { server } = await serving(text('x', [['connection', 'close']]), SECURED);
    const session = connected(server);
    for (let i = 0; i < 2; i++) expect((await ask(session)).body).toBe('x');
  });

  it('that HTTP/2 does not allow is reset, and told', async () => {
    const app = text('x', [['content-type', 'text/html']]);
    const { server, logger } = await serving(app, SECURED);
    const session = connected(server);
    expect((await ask(session)).code).toBe(NGHTTP2_INTERNAL_ERROR);
    expect(String(logger.errors[0])).toMatch(/content-type/);
  });
});
