import type { App } from '@pullo/asgi';
import { describe, expect, it } from 'vitest';
import { OK, sending } from '../support/events.ts';
import { Gate, serving, servingUnwatched, text } from '../support/serving.ts';
import { ask, get, head, parse, Wire } from '../support/wire.ts';

describe('a plain answer', () => {
  it('goes out as head and body in one piece with its length', async () => {
    const { server } = await serving(text('Hello'));
    const wire = new Wire(server);
    const pieces: string[] = [];
    wire.socket.on('data', (piece: string) => pieces.push(piece));
    wire.write(head('GET / HTTP/1.1', 'Host: a'));
    await wire.until(/Hello$/);
    expect(pieces).toHaveLength(1);
    const { status, fields } = parse(wire.text);
    expect(status).toBe(200);
    expect(fields.get('content-length')).toBe('5');
    expect(fields.get('date')).toMatch(/GMT$/);
    expect(fields.has('transfer-encoding')).toBe(false);
  });
});

describe('the fields of the connection', () => {
  it('are the server’s: what an app says of framing is not sent', async () => {
    const { server } = await serving(
      text('Hello', [
        ['Transfer-Encoding', 'chunked'],
        ['Keep-Alive', 'timeout=99'],
        ['Upgrade', 'h2c'],
        ['Trailer', 'x'],
        ['Connection', 'upgrade'],
      ]),
    );
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    const { fields, body } = parse(await wire.until(/Hello$/));
    expect(fields.get('connection')).toBe('keep-alive');
    expect(fields.get('keep-alive')).toBe('timeout=5');
    expect(fields.has('upgrade') || fields.has('trailer') || fields.has('transfer-encoding')).toBe(false);
    expect(body).toBe('Hello');
  });

  it('say what to upgrade to with 426, and only there', async () => {
    const upgrade: App = (scope, _receive, send) => {
      if (scope.type !== 'http') return;
      const headers: [string, string][] = [
        ['Upgrade', 'websocket'],
        ['Connection', 'upgrade'],
      ];
      send({ type: 'http.response.start', status: Number(scope.path.slice(1)), headers });
      send({ type: 'http.response.body', body: 'x' });
    };
    const { server } = await serving(upgrade);
    const wire = new Wire(server).write(head('GET /426 HTTP/1.1', 'Host: a'));
    const kept = parse(await wire.until(/x$/));
    expect([kept.fields.get('upgrade'), kept.fields.get('connection')]).toEqual(['websocket', 'upgrade']);
    wire.write(head('GET /200 HTTP/1.1', 'Host: a'));
    expect(await wire.until(/200 OK[\s\S]*x$/)).toMatch(/200 OK(?!.*upgrade)/is);
    const closed = parse(await get(server, '/426'));
    expect([closed.fields.get('upgrade'), closed.fields.get('connection')]).toEqual([
      'websocket',
      'upgrade, close',
    ]);
  });

  it('let an app close the connection', async () => {
    const { server } = await serving(text('bye', [['connection', 'Close']]));
    const answer = await ask(server, head('GET / HTTP/1.1', 'Host: a'));
    expect(parse(answer).fields.get('connection')).toBe('close');
  });

  it('keep an HTTP/1.0 connection only if the client asks', async () => {
    const { server } = await serving(text('x'));
    expect(parse(await ask(server, head('GET / HTTP/1.0'))).fields.get('connection')).toBe('close');
    const wire = new Wire(server).write(head('GET / HTTP/1.0', 'Connection: keep-alive'));
    expect(parse(await wire.until(/x$/)).fields.get('connection')).toBe('keep-alive');
  });
});

describe('a body in pieces', () => {
  const pieces = sending(
    OK,
    { type: 'http.response.body', body: 'one ', moreBody: true },
    { type: 'http.response.body', body: 'twö ', moreBody: true },
    { type: 'http.response.body', body: '', moreBody: true },
    { type: 'http.response.body', body: 'three' },
  );

  it('is sent in chunks when no length was announced', async () => {
    const { server } = await serving(pieces);
    const { fields, body } = parse(await get(server));
    expect(fields.get('transfer-encoding')).toBe('chunked');
    // Node 26 makes one of what is written in one turn.
    expect([
      '4\r\none \r\n5\r\ntwö \r\n5\r\nthree\r\n0\r\n\r\n',
      'e\r\none twö three\r\n0\r\n\r\n',
    ]).toContain(Buffer.from(body, 'latin1').toString());
  });

  it('ends with the connection in HTTP/1.0', async () => {
    const { server } = await serving(pieces);
    const { fields, body } = parse(await ask(server, head('GET / HTTP/1.0')));
    expect(fields.has('transfer-encoding')).toBe(false);
    expect(Buffer.from(body, 'latin1').toString()).toBe('one twö three');
  });
});

describe('a stream that is asked for with HEAD', () => {
  it('is stopped with its first piece, and the connection goes on', async () => {
    const done = new Gate();
    const { server, logger } = await serving(async (_scope, _receive, send) => {
      send(OK);
      try {
        for (;;) await send({ type: 'http.response.body', body: 'x', moreBody: true });
      } finally {
        done.open();
      }
    });
    const wire = new Wire(server).write(head('HEAD / HTTP/1.1', 'Host: a').repeat(2));
    const answer = await wire.until(/HTTP[\s\S]*HTTP[\s\S]*\r\n\r\n/);
    expect(answer).not.toMatch(/x$|transfer-encoding/i);
    await done.opened;
    expect(logger.errors).toEqual([]);
  });
});

describe('an app that fails', () => {
  const boom = new Error('boom');

  it('in the middle of a body is cut off so that an HTTP/1.0 client sees it too', async () => {
    const gate = new Gate();
    const { server } = await servingUnwatched(async (_scope, _receive, send) => {
      send(OK);
      send({ type: 'http.response.body', body: 'half', moreBody: true });
      await gate.opened;
      throw boom;
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.0'));
    await wire.until(/half$/);
    gate.open();
    expect(await wire.ended).toBe('reset');
  });
});
