import { describe, expect, it } from 'vitest';
import { Gate, serving, text } from '../support/serving.ts';
import { ask, get, head, parse, Wire } from '../support/wire.ts';

/** Requests that no app may see, and their answers (RFC 9110, RFC 9112). */
const REFUSED: [string, string, number][] = [
  ['no Host', head('GET / HTTP/1.1'), 400],
  ['two Hosts', head('GET / HTTP/1.1', 'Host: a', 'Host: a'), 400],
  ['a Host with a path', head('GET / HTTP/1.1', 'Host: a/b'), 400],
  ['a Host with a space', head('GET / HTTP/1.1', 'Host: a b'), 400],
  ['a list of Hosts', head('GET / HTTP/1.1', 'Host: a, b'), 400],
  ['two Hosts in HTTP/1.0', head('GET / HTTP/1.0', 'Host: a', 'Host: b'), 400],
  ['a bad Host in HTTP/1.0', head('GET / HTTP/1.0', 'Host: a/b'), 400],
  ['a target of another scheme', head('GET ftp://a/ HTTP/1.1', 'Host: a'), 400],
  ['an absolute target without a host', head('GET http:///a HTTP/1.1', 'Host: a'), 400],
  ['an absolute target with user information', head('GET http://u@a/ HTTP/1.1', 'Host: a'), 400],
  ['a relative target', head('GET a HTTP/1.1', 'Host: a'), 400],
  ['* with another method', head('GET * HTTP/1.1', 'Host: a'), 400],
  ['* and more', head('OPTIONS *a HTTP/1.1', 'Host: a'), 400],
  ['CONNECT', head('CONNECT a:443 HTTP/1.1', 'Host: a:443'), 501],
  ['a method that nobody knows', head('FROBNICATE / HTTP/1.1', 'Host: a'), 501],
  ['a method in lower case', head('get / HTTP/1.1', 'Host: a'), 501],
  ['what is not HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['a space before the colon', head('GET / HTTP/1.1', 'Host : a'), 400],
  ['a folded line', head('GET / HTTP/1.1', 'Host: a', 'X: a', ' b'), 400],
  ['a line without a colon', head('GET / HTTP/1.1', 'Host: a', 'X'), 400],
  ['a NUL in a value', head('GET / HTTP/1.1', 'Host: a', 'X: a\0b'), 400],
  ['a bare CR in a value', head('GET / HTTP/1.1', 'Host: a', 'X: a\rb'), 400],
  ['a bare LF as the end of a line', 'GET / HTTP/1.1\nHost: a\r\n\r\n', 400],
  ['HTTP/2.0', head('GET / HTTP/2.0', 'Host: a'), 505],
  ['HTTP/1.2', head('GET / HTTP/1.2', 'Host: a'), 505],
  ['HTTP/0.9', 'GET / HTTP/0.9\r\n\r\n', 505],
  [
    'a length and a coding',
    head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Transfer-Encoding: chunked'),
    400,
  ],
  [
    'a coding and a length',
    head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked', 'Content-Length: 3'),
    400,
  ],
  ['two lengths', head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Content-Length: 3'), 400],
  ['a length with a sign', head('POST / HTTP/1.1', 'Host: a', 'Content-Length: +3'), 400],
  ['a length that is a list', head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3, 3'), 400],
  ['an empty length', head('POST / HTTP/1.1', 'Host: a', 'Content-Length: '), 400],
  ['an empty coding', head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: '), 400],
  ['an unknown coding', head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: gzip, chunked'), 501],
  ['a coding that hides', head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: xchunked'), 501],
  ['a list with an empty coding', head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: , chunked'), 501],
  [
    'a coding twice',
    head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
    400,
  ],
  ['a coding in HTTP/1.0', head('POST / HTTP/1.0', 'Transfer-Encoding: chunked'), 400],
];

describe('the server itself', () => {
  it.each(REFUSED)('refuses %s', async (_name, bytes, expected) => {
    let calls = 0;
    const { server } = await serving((scope, receive, send) => {
      calls++;
      return text('an app')(scope, receive, send);
    });
    // What follows must not be taken for a request.
    const answer = await ask(server, bytes + head('GET /smuggled HTTP/1.1', 'Host: a'));
    const { status, fields, body } = parse(answer);
    expect(status).toBe(expected);
    expect(fields.get('connection')).toBe('close');
    expect(fields.get('content-length')).toBe(String(body.length));
    expect(fields.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(calls).toBe(0);
  });

  it.each(REFUSED.slice(0, 4))(
    'refuses %s also when it comes byte by byte',
    async (_name, bytes, expected) => {
      const { server } = await serving(text('an app'));
      const wire = new Wire(server);
      for (const byte of bytes) {
        wire.write(byte);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(parse(await wire.all()).status).toBe(expected);
    },
  );

  it('survives a client that resets the connection of a CONNECT', async () => {
    const { server } = await serving(text('an app'));
    for (let i = 0; i < 20; i++) {
      const wire = new Wire(server).write(head('CONNECT a:443 HTTP/1.1', 'Host: a:443'));
      await new Promise((resolve) => setTimeout(resolve, i % 3));
      wire.socket.resetAndDestroy();
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(parse(await get(server)).body).toBe('an app');
  });

  it('refuses HEAD without a body', async () => {
    const { server } = await serving(text('an app'));
    expect(parse(await ask(server, head('HEAD / HTTP/1.1')))).toMatchObject({ status: 400, body: '' });
  });

  it('answers the requests before a bad one first', async () => {
    const gate = new Gate();
    const { server } = await serving(async (scope, receive, send) => {
      await gate.opened;
      await text('good')(scope, receive, send);
    });
    const wire = new Wire(server).write(`${head('GET / HTTP/1.1', 'Host: a').repeat(2)}bad\r\n\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(wire.text).toBe('');
    gate.open();
    expect((await wire.all()).match(/HTTP\/1.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 200',
      'HTTP/1.1 400',
    ]);
  });

  it('ignores what comes after a request that closes the connection', async () => {
    const gate = new Gate();
    const { server } = await serving(async (scope, receive, send) => {
      await gate.opened;
      await text('last')(scope, receive, send);
    });
    const bytes = head('GET / HTTP/1.1', 'Host: a', 'Connection: close') + head('GET / HTTP/1.1', 'Host: a');
    const wire = new Wire(server).write(bytes);
    await new Promise((resolve) => setTimeout(resolve, 20));
    gate.open();
    expect((await wire.all()).match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  });

  it('answers 400 to a body with broken chunks, and tells the app that the client is gone', async () => {
    const events: string[] = [];
    const { server, logger } = await serving(async (_scope, receive) => {
      for (;;) {
        const { type } = await receive();
        events.push(type);
        if (type === 'http.disconnect') return;
      }
    });
    const request = head('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked');
    const answer = await ask(server, `${request}3\r\nabc\r\nxyz\r\n`);
    expect(parse(answer).status).toBe(400);
    expect(events.at(-1)).toBe('http.disconnect');
    expect(logger.errors).toEqual([]);
  });

  it('lets a client that is still sending read the refusal', async () => {
    const { server } = await serving(text('an app'), { maxBodyBytes: 1000 });
    const wire = new Wire(server).write(head('POST / HTTP/1.1', 'Host: a', 'Content-Length: 8000000'));
    for (let i = 0; i < 80; i++) wire.write(Buffer.alloc(100_000));
    const answer = await wire.all();
    expect(parse(answer).status).toBe(413);
    expect(await wire.ended).toBe('end');
  });
});
