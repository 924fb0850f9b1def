import { type App, ContractViolation, HeaderList, InvalidHeader, type SendEvent } from '@pullo/asgi';
import { describe, expect, it } from 'vitest';
import { Gate, serving, servingUnwatched, text, until } from '../support/serving.ts';
import { ask, get, head, parse, Wire } from '../support/wire.ts';

/** An app that sends events one after the other, without waiting. */
function sending(...events: SendEvent[]): App {
  return (_scope, _receive, send) => {
    for (const event of events) void send(event);
  };
}

const OK: SendEvent = { type: 'http.response.start', status: 200 };

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

  it('has the bytes of its text in UTF-8, and fields in Latin-1 beside them', async () => {
    const { server } = await serving(text('päivää €', [['x-name', 'Äiti']]));
    const { body, fields } = parse(await get(server));
    expect(Buffer.from(body, 'latin1').toString()).toBe('päivää €');
    expect(fields.get('content-length')).toBe('13');
    expect(fields.get('x-name')).toBe('Äiti');
  });

  it('keeps Latin-1 fields beside an ASCII body, also Content-Disposition', async () => {
    const { server } = await serving(
      text('plain', [
        ['content-length', '5'],
        ['content-disposition', 'attachment; filename="Ä.txt"'],
      ]),
    );
    expect(parse(await get(server)).fields.get('content-disposition')).toBe('attachment; filename="Ä.txt"');
  });

  it('may be made of bytes, with headers from any iterable', async () => {
    const { server } = await serving((_scope, _receive, send) => {
      send({ type: 'http.response.start', status: 201, headers: new Map([['X-Kind', 'map']]) });
      send({ type: 'http.response.body', body: new Uint8Array([104, 105]) });
    });
    const { status, fields, body } = parse(await get(server));
    expect([status, fields.get('x-kind'), body]).toEqual([201, 'map', 'hi']);
  });

  it('may leave out headers and body', async () => {
    const { server } = await serving(sending(OK, { type: 'http.response.body' }));
    const { status, fields, body } = parse(await get(server));
    expect([status, fields.get('content-length'), body]).toEqual([200, '0', '']);
  });

  it('keeps repeated fields apart and in order', async () => {
    const headers = new HeaderList([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]);
    const { server } = await serving(
      sending({ type: 'http.response.start', status: 200, headers }, { type: 'http.response.body' }),
    );
    expect(await get(server)).toMatch(/set-cookie: a=1\r\nset-cookie: b=2\r\n/);
  });

  it('is not changed by what the app does to its header list afterwards', async () => {
    const headers = new HeaderList([['x-a', '1']]);
    const { server } = await serving((_scope, _receive, send) => {
      send({ type: 'http.response.start', status: 200, headers });
      headers.set('transfer-encoding', 'chunked');
      send({ type: 'http.response.body', body: 'x' });
    });
    const { fields } = parse(await get(server));
    expect([fields.get('x-a'), fields.has('transfer-encoding')]).toEqual(['1', false]);
  });

  it('leaves a header list that is sent again and again as it is', async () => {
    const headers = new HeaderList([['x-a', '1']]);
    const { server } = await serving(
      sending(
        { type: 'http.response.start', status: 200, headers },
        { type: 'http.response.body', body: 'x' },
      ),
    );
    await get(server);
    await get(server);
    expect(headers.flat).toEqual(['x-a', '1']);
  });

  it('makes send give nothing to wait for', async () => {
    const results: unknown[] = [];
    const { server } = await servingUnwatched((_scope, _receive, send) => {
      results.push(send(OK), send({ type: 'http.response.body', body: 'x' }));
    });
    await get(server);
    expect(results).toEqual([undefined, undefined]);
  });
});

describe('fields that were not checked', () => {
  const raw: App = (scope, _receive, send) => {
    if (scope.type !== 'http') return;
    const headers = HeaderList.raw(['x-value', decodeURIComponent(scope.queryString), 'Date', 'today']);
    send({ type: 'http.response.start', status: 200, headers });
    send({ type: 'http.response.body', body: 'x' });
  };

  it.each(['a\r\nset-cookie: b=c', 'a\nb', 'a\rb', 'a\r\n', '\na', 'a\0b', 'a\u007fb', 'a\u2028'])(
    '%j is refused',
    async (value) => {
      const { server } = await servingUnwatched(raw);
      const { status, fields } = parse(await get(server, `/?${encodeURIComponent(value)}`));
      expect([status, fields.has('x-value'), fields.has('set-cookie')]).toEqual([500, false, false]);
    },
  );

  it('are sent as they are, with the date that the app gives', async () => {
    const { server } = await servingUnwatched(raw);
    const { fields } = parse(await get(server, `/?${encodeURIComponent('a\t\u00e4')}`));
    expect([fields.get('x-value'), fields.get('date')]).toEqual(['a\t\u00e4', 'today']);
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
    expect(Buffer.from(body, 'latin1').toString()).toBe('4\r\none \r\n5\r\ntwö \r\n5\r\nthree\r\n0\r\n\r\n');
  });

  it('ends with the connection in HTTP/1.0', async () => {
    const { server } = await serving(pieces);
    const { fields, body } = parse(await ask(server, head('GET / HTTP/1.0')));
    expect(fields.has('transfer-encoding')).toBe(false);
    expect(Buffer.from(body, 'latin1').toString()).toBe('one twö three');
  });

  it('is sent as it is when its length was announced', async () => {
    const { server } = await serving(
      sending(
        { type: 'http.response.start', status: 200, headers: [['Content-Length', '6']] },
        { type: 'http.response.body', body: 'one', moreBody: true },
        { type: 'http.response.body', body: 'two' },
      ),
    );
    const { fields, body } = parse(await get(server));
    expect([fields.get('content-length'), body]).toEqual(['6', 'onetwo']);
  });

  it('holds the head until the first body event, and an empty one sends it', async () => {
    const started = new Gate();
    const body = new Gate();
    const { server } = await serving(async (_scope, _receive, send) => {
      send(OK);
      await started.opened;
      send({ type: 'http.response.body', body: '', moreBody: true });
      await body.opened;
      send({ type: 'http.response.body', body: 'x' });
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(wire.text).toBe('');
    started.open();
    expect(await wire.until(/\r\n\r\n$/)).toMatch(/^HTTP\/1.1 200 OK/);
    body.open();
    await wire.until(/1\r\nx\r\n0\r\n\r\n$/);
  });

  it('makes send wait for a client that reads slowly', async () => {
    let waits = 0;
    let sent = 0;
    const { server } = await serving(async (_scope, _receive, send) => {
      send(OK);
      for (let i = 0; i < 200; i++) {
        const wait = send({ type: 'http.response.body', body: new Uint8Array(65_536), moreBody: true });
        if (wait !== undefined) waits++;
        await wait;
        sent++;
      }
      send({ type: 'http.response.body' });
    });
    const wire = new Wire(server);
    wire.socket.pause();
    wire.write(head('GET / HTTP/1.1', 'Host: a', 'Connection: close'));
    await until(() => waits > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sent).toBeLessThan(200);
    wire.socket.resume();
    const { body } = parse(await wire.all());
    expect(sent).toBe(200);
    expect(body.length).toBeGreaterThan(200 * 65_536);
  });

  it('takes any number of events that nobody waits for, in order', async () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const { server } = await serving(
      sending(
        OK,
        ...letters.map((body): SendEvent => ({ type: 'http.response.body', body, moreBody: true })),
        { type: 'http.response.body', body: '!' },
      ),
    );
    const { body } = parse(await get(server));
    expect(body.replace(/[0-9a-f]+\r\n(.*?)\r\n/g, '$1').trim()).toBe(`${letters.join('')}!`);
  });
});

describe('a response without a body', () => {
  const withBody = (status: number): App =>
    sending(
      { type: 'http.response.start', status, headers: [['content-length', '5']] },
      { type: 'http.response.body', body: 'Hello' },
    );

  it('to HEAD keeps the length that was announced', async () => {
    const { server } = await serving(withBody(200));
    const answer = await ask(server, head('HEAD / HTTP/1.1', 'Host: a', 'Connection: close'));
    const { fields, body } = parse(answer);
    expect([fields.get('content-length'), body]).toEqual(['5', '']);
  });

  it('to HEAD has the length that GET would have', async () => {
    const { server } = await serving(text('päivä'));
    const answer = await ask(server, head('HEAD / HTTP/1.1', 'Host: a', 'Connection: close'));
    expect(parse(answer).fields.get('content-length')).toBe('7');
  });

  it.each([
    [204, undefined],
    [205, '0'],
    [304, '5'],
  ])('of status %i drops the bytes, and its length is %s', async (status, length) => {
    const { server } = await serving(withBody(status));
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a').repeat(2));
    const answer = await wire.until(/HTTP[\s\S]*HTTP[\s\S]*\r\n\r\n/);
    expect(answer).not.toContain('Hello');
    expect(answer).not.toMatch(/transfer-encoding/i);
    expect(parse(answer).fields.get('content-length')).toBe(length);
  });

  it('to HEAD is whole with the first piece, and stops an app that would stream for ever', async () => {
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

describe('misuse', () => {
  const body: SendEvent = { type: 'http.response.body', body: 'x' };
  const unknown = { type: 'http.response.bdoy' } as unknown as SendEvent;
  const untyped = {} as SendEvent;
  const bare = undefined as unknown as SendEvent;
  const withHeaders = (headers: unknown): SendEvent =>
    ({ type: 'http.response.start', status: 200, headers }) as SendEvent;

  it.each<[string, SendEvent[], RegExp]>([
    ['a body before the start', [body], /before http.response.start/],
    ['an unknown event', [unknown], /"http.response.bdoy" is not an event that this server takes/],
    ['an event of another protocol', [{ type: 'websocket.close' }], /"websocket.close" is not an event/],
    ['an event without a type', [untyped], /has no type/],
    ['no event at all', [bare], /has no type/],
    ['a status below 200', [{ type: 'http.response.start', status: 103 }], /status 103: .* 200 to 599/],
    ['a status above 599', [{ type: 'http.response.start', status: 600 }], /status 600/],
    ['a status that is no integer', [{ type: 'http.response.start', status: 200.5 }], /status 200.5/],
    ['a name that is no token', [withHeaders([['x y', '1']])], /name "x y"/],
    ['a name with a line break', [withHeaders([['x\r\ny', '1']])], /name "x\\r\\ny"/],
    ['a value with a line break', [withHeaders([['x', 'a\r\nSet-Cookie: b=1']])], /value of header "x"/],
    ['a value with a NUL', [withHeaders([['x', 'a\0b']])], /value of header "x"/],
    ['a value beyond Latin-1', [withHeaders([['x', '€']])], /value of header "x"/],
    ['headers that are no pairs', [withHeaders(42)], /./],
    ['a length that is no number', [withHeaders([['content-length', '5x']])], /content-length "5x"/],
    ['a negative length', [withHeaders([['content-length', '-1']])], /content-length "-1"/],
    [
      'two lengths',
      [
        withHeaders([
          ['content-length', '5'],
          ['content-length', '5'],
        ]),
      ],
      /more than one content-length/,
    ],
  ])(
    'of %s before a start answers 500, with a rejected promise that is handled',
    async (_name, events, message) => {
      let rejection: unknown;
      const { server, logger } = await servingUnwatched((_scope, _receive, send) => {
        for (const event of events) {
          const result = send(event);
          if (result instanceof Promise) result.catch((error: unknown) => (rejection = error));
        }
      });
      const answer = await get(server);
      expect(parse(answer)).toMatchObject({ status: 500, body: 'Internal Server Error' });
      expect(answer).not.toContain('b=1');
      expect(String(rejection)).toMatch(message);
      expect(rejection).toBeInstanceOf(Error);
      expect(logger.errors).toEqual([rejection]);
    },
  );

  it.each<[string, SendEvent[], RegExp]>([
    ['a second start', [OK, OK], /a second time/],
    ['a second start while streaming', [OK, { ...body, moreBody: true } as SendEvent, OK], /a second time/],
    [
      'a body that is too long',
      [withHeaders([['content-length', '3']]), { type: 'http.response.body', body: 'four' }],
      /content-length is 3/,
    ],
    ['a body that is too short', [withHeaders([['content-length', '3']]), body], /ended after 1 bytes/],
    [
      'pieces that are too long',
      [
        withHeaders([['content-length', '3']]),
        { type: 'http.response.body', body: 'ab', moreBody: true },
        { type: 'http.response.body', body: 'cd', moreBody: true },
      ],
      /has 4 bytes or more/,
    ],
    [
      'a body of another type',
      [OK, { type: 'http.response.body', body: 1 } as unknown as SendEvent],
      /neither a string nor/,
    ],
  ])('of %s after the start cuts the connection', async (_name, events, message) => {
    const { server, logger } = await servingUnwatched(sending(...events));
    const answer = await get(server);
    expect(answer).not.toMatch(/0\r\n\r\n$|cd|four|500/);
    expect(String(logger.errors[0])).toMatch(message);
    expect(logger.errors).toHaveLength(1);
  });

  it('counts as thrown also when the app catches it, and is logged once', async () => {
    const { server, logger } = await servingUnwatched(async (_scope, _receive, send) => {
      await send({ type: 'http.response.body', body: 'x' })?.catch(() => {});
      send(OK);
      await send({ type: 'http.response.body', body: 'x' });
    });
    expect(parse(await get(server)).status).toBe(500);
    expect(logger.errors[0]).toBeInstanceOf(ContractViolation);
  });

  it('is logged once when the app lets it through', async () => {
    const { server, logger } = await servingUnwatched(async (_scope, _receive, send) => {
      await send({ type: 'http.response.start', status: 200, headers: [['x', 'a\nb']] });
    });
    await get(server);
    expect(logger.errors).toHaveLength(1);
    expect(logger.errors[0]).toBeInstanceOf(InvalidHeader);
  });

  it('of a body after the final one is refused, and the connection goes on', async () => {
    const { server, logger } = await servingUnwatched((_scope, _receive, send) => {
      send(OK);
      send({ type: 'http.response.body', body: 'whole' });
      send({ type: 'http.response.body', body: 'more' });
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a').repeat(2));
    const answer = await wire.until(/whole[\s\S]*whole/);
    expect(answer).not.toContain('more');
    expect(logger.errors.map(String)).toEqual(
      Array(2).fill(
        expect.stringContaining(
          'sent after the final http.response.body: set moreBody on all body events but the last',
        ),
      ),
    );
  });

  it('of a start after the final body is logged, and the connection goes on', async () => {
    const { server, logger } = await servingUnwatched(sending(OK, body, OK));
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a').repeat(2));
    await wire.until(/x[\s\S]*\r\n\r\nx$/);
    expect(logger.errors).toHaveLength(2);
  });
});

describe('an app that fails', () => {
  const boom = new Error('boom');

  it.each<[string, App]>([
    [
      'throws',
      () => {
        throw boom;
      },
    ],
    ['rejects', () => Promise.reject(boom)],
  ])('before the start (%s) gives 500 in plain text, and the connection goes on', async (_name, app) => {
    const { server, logger } = await serving(app);
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a').repeat(2));
    const answer = await wire.until(/Internal Server Error[\s\S]*\r\n\r\nInternal Server Error$/);
    const { status, fields } = parse(answer);
    expect([status, fields.get('content-type')]).toEqual([500, 'text/plain; charset=utf-8']);
    expect(logger.errors).toEqual([boom, boom]);
  });

  it('to answer HEAD gives 500 without a body', async () => {
    const { server } = await serving(() => Promise.reject(boom));
    const answer = await ask(server, head('HEAD / HTTP/1.1', 'Host: a', 'Connection: close'));
    expect(parse(answer)).toMatchObject({ status: 500, body: '' });
  });

  it.each<[string, App]>([
    ['returns', () => {}],
    ['resolves', async () => {}],
  ])('to start a response (%s) gives 500', async (_name, app) => {
    const { server, logger } = await servingUnwatched(app);
    expect(parse(await get(server)).status).toBe(500);
    expect(String(logger.errors[0])).toMatch(/returned without a response/);
  });

  it.each<[string, App]>([
    [
      'throws while its start is held',
      (_scope, _receive, send) => {
        send(OK);
        throw boom;
      },
    ],
    ['returns while its start is held', sending(OK)],
    [
      'returns in the middle of its body',
      sending(OK, { type: 'http.response.body', body: 'half', moreBody: true }),
    ],
  ])('between start and final body (%s) is cut off', async (_name, app) => {
    const { server, logger } = await servingUnwatched(app);
    const answer = await get(server);
    expect(answer).not.toMatch(/0\r\n\r\n$/);
    expect(answer).not.toContain('Internal Server Error');
    expect(logger.errors).toHaveLength(1);
  });

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

  it('after the final body is logged, and the connection goes on', async () => {
    const { server, logger } = await serving(async (_scope, _receive, send) => {
      send(OK);
      send({ type: 'http.response.body', body: 'whole' });
      throw boom;
    });
    const wire = new Wire(server).write(head('GET / HTTP/1.1', 'Host: a').repeat(2));
    await wire.until(/whole[\s\S]*whole$/);
    await until(() => logger.errors.length === 2);
  });

  it('with something that is no Error is logged and answered too', async () => {
    const { server, logger } = await serving(() => Promise.reject('a string'));
    expect(parse(await get(server)).status).toBe(500);
    expect(logger.errors).toEqual(['a string']);
  });
});
