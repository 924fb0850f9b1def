import type { HTTPScope, SendEvent } from '@pullo/asgi';
import { describe, expect, it } from 'vitest';
import { bodyOf, OK, watchedSending } from '../support/events.ts';
import { Gate, serving, servingUnwatched } from '../support/serving.ts';
import { ask, get, head, parse, Wire } from '../support/wire.ts';

const FILES = ['http.response.pathsend', 'http.response.zerocopysend'];

describe('scope.extensions', () => {
  it.each([
    ['1.1', [...FILES, 'http.response.trailers', 'http.response.early_hint']],
    ['1.0', FILES],
  ])('in HTTP/%s are those that it has room for', async (version, names) => {
    let extensions: string[] = [];
    const { server } = await serving((scope, _receive, send) => {
      extensions = Object.keys((scope as HTTPScope).extensions);
      send(OK);
      send(bodyOf(''));
    });
    await ask(server, head(`GET / HTTP/${version}`, 'Host: a', 'Connection: close'));
    expect(extensions).toEqual(names);
  });
});

describe('http.response.trailers', () => {
  const start: SendEvent = {
    type: 'http.response.start',
    status: 200,
    headers: [['trailer', 'x-sum']],
    trailers: true,
  };
  const sum: SendEvent = { type: 'http.response.trailers', headers: [['x-sum', '42']] };

  it('follow the body for a client that takes them, and are announced', async () => {
    const { server } = await serving(watchedSending(start, bodyOf('abc'), sum).app);
    const answer = await get(server, '/', 'TE: trailers');
    const { fields, body } = parse(answer);
    expect(fields.get('trailer')).toBe('x-sum');
    expect(fields.get('transfer-encoding')).toBe('chunked');
    expect(fields.has('content-length')).toBe(false);
    expect(body).toBe('3\r\nabc\r\n0\r\nx-sum: 42\r\n\r\n');
  });

  it('may come in several events', async () => {
    const more: SendEvent = {
      type: 'http.response.trailers',
      headers: [['x-a', '1']],
      moreTrailers: true,
    };
    const { server } = await serving(watchedSending(start, bodyOf('a', true), bodyOf(''), more, sum).app);
    expect(await get(server, '/', 'TE: deflate;q=0.5, Trailers')).toMatch(
      /0\r\nx-a: 1\r\nx-sum: 42\r\n\r\n$/,
    );
  });
});

describe('http.response.early_hint', () => {
  const hint = (...links: string[]): SendEvent => ({ type: 'http.response.early_hint', links });

  it('is a 103 before the response, as often as it is sent', async () => {
    const gate = new Gate();
    const { server } = await serving(async (_scope, _receive, send) => {
      send(OK);
      send(hint('</a.css>; rel=preload; as="style sheet"', '</b.js>; rel=preload'));
      send(hint('<https://cdn.example>; rel=preconnect'));
      await gate.opened;
      send(bodyOf('page'));
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a', 'Connection: close'));
    await wire.until(/preconnect\r\n\r\n$/);
    gate.open();
    expect(await wire.all()).toMatch(
      /^HTTP\/1.1 103 Early Hints\r\nlink: <\/a.css>; rel=preload; as="style sheet"\r\nlink: <\/b.js>; rel=preload\r\n\r\nHTTP\/1.1 103 Early Hints\r\nlink: <https:\/\/cdn.example>; rel=preconnect\r\n\r\nHTTP\/1.1 200 OK\r\n/,
    );
  });

  it('goes out in the turn of its own request when requests are pipelined', async () => {
    const { server } = await serving(async (scope, _receive, send) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      send(OK);
      send(hint(`<${(scope as HTTPScope).path}>`));
      send(bodyOf('page'));
    });
    const bytes =
      head('GET /1 HTTP/1.1', 'Host: a') + head('GET /2 HTTP/1.1', 'Host: a', 'Connection: close');
    expect((await ask(server, bytes)).match(/HTTP\/1.1 \d+|<.*>/g)).toEqual([
      'HTTP/1.1 103',
      '</1>',
      'HTTP/1.1 200',
      'HTTP/1.1 103',
      '</2>',
      'HTTP/1.1 200',
    ]);
  });

  it('is not sent to HTTP/1.0, which has no interim responses', async () => {
    const { server } = await servingUnwatched(watchedSending(OK, hint('</a>'), bodyOf('b')).app);
    expect(await ask(server, head('GET / HTTP/1.0'))).toMatch(/^HTTP\/1.1 200/);
  });
});
