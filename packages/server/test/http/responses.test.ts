import { type App, ContractViolation, HeaderList, InvalidHeader, type SendEvent } from '@pullo/asgi';
import { describe, expect, it } from 'vitest';
import { bodyOf, OK, sending } from '../support/events.ts';
import { PROTOCOLS } from '../support/protocols.ts';
import { Gate, text, until } from '../support/serving.ts';

const withHeaders = (headers: unknown): SendEvent =>
  ({ type: 'http.response.start', status: 200, headers }) as SendEvent;

describe.each(PROTOCOLS)('a plain answer in $name', ({ serving, servingUnwatched, get }) => {
  it('has its length and a date, and no coding', async () => {
    const { server } = await serving(text('Hello'));
    const { status, fields, body, isWhole } = await get(server);
    expect([status, fields.get('content-length'), body, isWhole]).toEqual([200, '5', 'Hello', true]);
    expect(fields.get('date')).toMatch(/GMT$/);
    expect(fields.has('transfer-encoding')).toBe(false);
  });

  it('has the bytes of its text in UTF-8, and fields in Latin-1 beside them', async () => {
    const { server } = await serving(text('päivää €', [['x-name', 'Äiti']]));
    const { body, fields } = await get(server);
    expect(Buffer.from(body, 'latin1').toString()).toBe('päivää €');
    expect(fields.get('content-length')).toBe('13');
    expect(fields.get('x-name')).toBe('Äiti');
  });

  it('keeps Latin-1 fields beside an ASCII body, also Content-Disposition', async () => {
    const disposition: [string, string] = ['content-disposition', 'attachment; filename="Ä.txt"'];
    const { server } = await serving(text('plain', [['content-length', '5'], disposition]));
    expect((await get(server)).fields.get('content-disposition')).toBe('attachment; filename="Ä.txt"');
  });

  it('may be made of bytes, with headers from any iterable', async () => {
    const { server } = await serving((_scope, _receive, send) => {
      send({ type: 'http.response.start', status: 201, headers: new Map([['X-Kind', 'map']]) });
      send({ type: 'http.response.body', body: new Uint8Array([104, 105]) });
    });
    const { status, fields, body } = await get(server);
    expect([status, fields.get('x-kind'), body]).toEqual([201, 'map', 'hi']);
  });

  it('may leave out headers and body', async () => {
    const { server } = await serving(sending(OK, { type: 'http.response.body' }));
    const { status, fields, body } = await get(server);
    expect([status, fields.get('content-length'), body]).toEqual([200, '0', '']);
  });

  it('keeps repeated fields apart and in order', async () => {
    const headers = new HeaderList([
      ['set-cookie', 'a=1'],
      ['x-two', '1'],
      ['set-cookie', 'b=2'],
      ['X-Two', '2'],
    ]);
    const { server } = await serving(sending(withHeaders(headers), bodyOf('')));
    const { cookies, fields } = await get(server);
    expect([cookies, fields.get('x-two')]).toEqual([['a=1', 'b=2'], '1, 2']);
  });

  it('is not changed by what the app does to its header list afterwards', async () => {
    const headers = new HeaderList([['x-a', '1']]);
    const { server } = await serving((_scope, _receive, send) => {
      send({ type: 'http.response.start', status: 200, headers });
      headers.set('x-b', '2');
      send({ type: 'http.response.body', body: 'x' });
    });
    const { fields } = await get(server);
    expect([fields.get('x-a'), fields.has('x-b')]).toEqual(['1', false]);
  });

  it('leaves a header list that is sent again and again as it is', async () => {
    const headers = new HeaderList([['x-a', '1']]);
    const { server } = await serving(sending(withHeaders(headers), bodyOf('x')));
    await get(server);
    await get(server);
    expect(headers.flat).toEqual(['x-a', '1']);
  });

  it('makes send give nothing to wait for', async () => {
    const results: unknown[] = [];
    const { server } = await servingUnwatched((_scope, _receive, send) => {
      results.push(send(OK), send(bodyOf('x')));
    });
    await get(server);
    expect(results).toEqual([undefined, undefined]);
  });

  it('has none of the fields of a connection that the app gives', async () => {
    const { server } = await serving(
      text('Hello', [
        ['Transfer-Encoding', 'chunked'],
        ['Keep-Alive', 'timeout=99'],
        ['Upgrade', 'h2c'],
        ['Trailer', 'x'],
        ['Connection', 'upgrade'],
      ]),
    );
    const { fields, body, isWhole } = await get(server);
    expect([body, isWhole]).toEqual(['Hello', true]);
    for (const name of ['transfer-encoding', 'upgrade', 'trailer']) {
      expect(fields.has(name)).toBe(false);
    }
    expect(fields.get('keep-alive')).not.toBe('timeout=99');
    expect(fields.get('connection')).not.toBe('upgrade');
  });
});

describe.each(PROTOCOLS)('fields that were not checked, in $name,', ({ servingUnwatched, get }) => {
  const raw: App = (scope, _receive, send) => {
    if (scope.type !== 'http') return;
    const headers = HeaderList.raw(['x-value', decodeURIComponent(scope.queryString), 'Date', 'today']);
    send({ type: 'http.response.start', status: 200, headers });
    send({ type: 'http.response.body', body: 'x' });
  };

  it.each(['a\r\nset-cookie: b=c', 'a\nb', 'a\rb', 'a\r\n', '\na', 'a\0b', 'a\u007fb', 'a\u2028'])(
    'are refused: %j',
    async (value) => {
      const { server } = await servingUnwatched(raw);
      const { status, fields, cookies } = await get(server, `/?${encodeURIComponent(value)}`);
      expect([status, fields.has('x-value'), cookies]).toEqual([500, false, []]);
    },
  );

  it('are sent as they are, with the date that the app gives', async () => {
    const { server } = await servingUnwatched(raw);
    const { fields } = await get(server, `/?${encodeURIComponent('a\t\u00e4')}`);
    expect([fields.get('x-value'), fields.get('date')]).toEqual(['a\t\u00e4', 'today']);
  });
});

describe.each(PROTOCOLS)('a body in pieces in $name', ({ serving, client, get }) => {
  it('arrives as a whole when no length was announced', async () => {
    const pieces = [bodyOf('one ', true), bodyOf('twö ', true), bodyOf('', true), bodyOf('three')];
    const { server } = await serving(sending(OK, ...pieces));
    const { fields, body, isWhole } = await get(server);
    expect([fields.has('content-length'), isWhole]).toEqual([false, true]);
    expect(Buffer.from(body, 'latin1').toString()).toBe('one twö three');
  });

  it('has its length when that was announced', async () => {
    const { server } = await serving(
      sending(withHeaders([['Content-Length', '6']]), bodyOf('one', true), bodyOf('two')),
    );
    const { fields, body } = await get(server);
    expect([fields.get('content-length'), body]).toEqual(['6', 'onetwo']);
  });

  it('holds the head until the first body event, and an empty one sends it', async () => {
    const [started, more, last] = [new Gate(), new Gate(), new Gate()];
    const { server } = await serving(async (_scope, _receive, send) => {
      send(OK);
      await started.opened;
      send(bodyOf('', true));
      await more.opened;
      send(bodyOf('x', true));
      await last.opened;
      send(bodyOf('y'));
    });
    const exchange = client(server).open();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(exchange.status).toBe(0);
    started.open();
    await until(() => exchange.status === 200);
    expect(exchange.body).toBe('');
    more.open();
    await until(() => exchange.body === 'x');
    last.open();
    expect(await exchange.answer).toMatchObject({ body: 'xy', isWhole: true });
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
    const exchange = client(server).open().pause();
    await until(() => waits > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sent).toBeLessThan(200);
    exchange.resume();
    const { body, isWhole } = await exchange.answer;
    expect([sent, body.length, isWhole]).toEqual([200, 200 * 65_536, true]);
  });

  it('takes any number of events that nobody waits for, in order', async () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const { server } = await serving(
      sending(OK, ...letters.map((letter) => bodyOf(letter, true)), bodyOf('!')),
    );
    expect((await get(server)).body).toBe(`${letters.join('')}!`);
  });

  it('takes pieces of all sizes that nobody waits for, in order', async () => {
    const sizes = [1, 70_000, 3, 0, 65_536, 65_537, 16_384, 2, 200_000, 1];
    const pieces = sizes.map((size, i) => String.fromCharCode(97 + i).repeat(size));
    const { server } = await serving(sending(OK, ...pieces.map((piece) => bodyOf(piece, true)), bodyOf('')));
    const { body, isWhole } = await get(server);
    expect([body === pieces.join(''), isWhole]).toEqual([true, true]);
  });

  it('of many megabytes in one event arrives whole', async () => {
    const { server } = await serving(text('x'.repeat(20_000_000)));
    const { body, isWhole } = await get(server);
    expect([body.length, isWhole]).toEqual([20_000_000, true]);
  });
});

describe.each(PROTOCOLS)('a response without a body in $name', ({ serving, client, ask }) => {
  const withBody = (status: number): App =>
    sending({ type: 'http.response.start', status, headers: [['content-length', '5']] }, bodyOf('Hello'));

  it('to HEAD keeps the length that was announced', async () => {
    const { server } = await serving(withBody(200));
    const { fields, body, isWhole } = await ask(server, { method: 'HEAD' });
    expect([fields.get('content-length'), body, isWhole]).toEqual(['5', '', true]);
  });

  it('to HEAD has the length that GET would have', async () => {
    const { server } = await serving(text('päivä'));
    expect((await ask(server, { method: 'HEAD' })).fields.get('content-length')).toBe('7');
  });

  it.each([
    [204, undefined],
    [205, '0'],
    [304, '5'],
  ])('of status %i drops the bytes, and its length is %s', async (status, length) => {
    const { server } = await serving(withBody(status));
    const http = client(server);
    for (let i = 0; i < 2; i++) {
      const answer = await http.open().answer;
      expect(answer).toMatchObject({ status, body: '', isWhole: true });
      expect(answer.fields.get('content-length')).toBe(length);
    }
    expect(http.connections).toBe(1);
  });

  it('to HEAD is whole with the first piece, and stops an app that would stream for ever', async () => {
    const done = new Gate();
    const { server, logger } = await serving(async (_scope, _receive, send) => {
      send(OK);
      try {
        for (;;) await send(bodyOf('x', true));
      } finally {
        done.open();
      }
    });
    expect(await ask(server, { method: 'HEAD' })).toMatchObject({ status: 200, body: '', isWhole: true });
    await done.opened;
    expect(logger.errors).toEqual([]);
  });
});

describe.each(PROTOCOLS)('misuse in $name', ({ servingUnwatched, client, get }) => {
  const body = bodyOf('x');
  const unknown = { type: 'http.response.bdoy' } as unknown as SendEvent;
  const untyped = {} as SendEvent;
  const bare = undefined as unknown as SendEvent;

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
    ['a pseudo-header', [withHeaders([[':status', '204']])], /name ":status"/],
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
      expect(answer).toMatchObject({ status: 500, body: 'Internal Server Error', cookies: [] });
      expect(String(rejection)).toMatch(message);
      expect(rejection).toBeInstanceOf(Error);
      expect(logger.errors).toEqual([rejection]);
    },
  );

  it.each<[string, SendEvent[], RegExp]>([
    ['a second start', [OK, OK], /a second time/],
    ['a second start while streaming', [OK, bodyOf('x', true), OK], /a second time/],
    [
      'a body that is too long',
      [withHeaders([['content-length', '3']]), bodyOf('four')],
      /content-length is 3/,
    ],
    ['a body that is too short', [withHeaders([['content-length', '3']]), body], /ended after 1 bytes/],
    [
      'pieces that are too long',
      [withHeaders([['content-length', '3']]), bodyOf('ab', true), bodyOf('cd', true)],
      /has 4 bytes or more/,
    ],
    [
      'a body of another type',
      [OK, { type: 'http.response.body', body: 1 } as unknown as SendEvent],
      /neither a string nor/,
    ],
  ])('of %s after the start cuts the response', async (_name, events, message) => {
    const { server, logger } = await servingUnwatched(sending(...events));
    const answer = await get(server);
    expect(answer.isWhole).toBe(false);
    expect(answer.status).not.toBe(500);
    expect(answer.body).not.toMatch(/cd|four/);
    expect(String(logger.errors[0])).toMatch(message);
    expect(logger.errors).toHaveLength(1);
  });

  it('counts as thrown also when the app catches it, and is logged once', async () => {
    const { server, logger } = await servingUnwatched(async (_scope, _receive, send) => {
      await send(body)?.catch(() => {});
      send(OK);
      await send(body);
    });
    expect((await get(server)).status).toBe(500);
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
    const { server, logger } = await servingUnwatched(sending(OK, bodyOf('whole'), bodyOf('more')));
    const http = client(server);
    for (let i = 0; i < 2; i++) {
      expect(await http.open().answer).toMatchObject({ body: 'whole', isWhole: true });
    }
    expect(http.connections).toBe(1);
    const message = 'sent after the final http.response.body: set moreBody on all body events but the last';
    expect(logger.errors.map(String)).toEqual(Array(2).fill(expect.stringContaining(message)));
  });

  it('of a start after the final body is logged, and the connection goes on', async () => {
    const { server, logger } = await servingUnwatched(sending(OK, body, OK));
    const http = client(server);
    for (let i = 0; i < 2; i++) expect(await http.open().answer).toMatchObject({ body: 'x', isWhole: true });
    expect([http.connections, logger.errors.length]).toEqual([1, 2]);
  });
});

describe.each(PROTOCOLS)(
  'an app that fails, in $name,',
  ({ serving, servingUnwatched, client, ask, get }) => {
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
      const http = client(server);
      for (let i = 0; i < 2; i++) {
        const { status, fields, body } = await http.open().answer;
        expect([status, fields.get('content-type')]).toEqual([500, 'text/plain; charset=utf-8']);
        expect(body).toBe('Internal Server Error');
      }
      expect(http.connections).toBe(1);
      expect(logger.errors).toEqual([boom, boom]);
    });

    it('to answer HEAD gives 500 without a body', async () => {
      const { server } = await serving(() => Promise.reject(boom));
      expect(await ask(server, { method: 'HEAD' })).toMatchObject({ status: 500, body: '', isWhole: true });
    });

    it.each<[string, App]>([
      ['returns', () => {}],
      ['resolves', async () => {}],
    ])('to start a response (%s) gives 500', async (_name, app) => {
      const { server, logger } = await servingUnwatched(app);
      expect((await get(server)).status).toBe(500);
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
      ['returns in the middle of its body', sending(OK, bodyOf('half', true))],
      [
        'throws in the middle of its body',
        async (_scope, _receive, send) => {
          send(OK);
          await send(bodyOf('half', true));
          throw boom;
        },
      ],
    ])('between start and final body (%s) is cut off', async (_name, app) => {
      const { server, logger } = await servingUnwatched(app);
      const { body, isWhole } = await get(server);
      expect(isWhole).toBe(false);
      expect(body).not.toContain('Internal Server Error');
      expect(logger.errors).toHaveLength(1);
    });

    it('after the final body is logged, and the connection goes on', async () => {
      const { server, logger } = await serving(async (_scope, _receive, send) => {
        send(OK);
        send(bodyOf('whole'));
        throw boom;
      });
      const http = client(server);
      for (let i = 0; i < 2; i++) {
        expect(await http.open().answer).toMatchObject({ body: 'whole', isWhole: true });
      }
      expect(http.connections).toBe(1);
      await until(() => logger.errors.length === 2);
    });

    it('with something that is no Error is logged and answered too', async () => {
      const { server, logger } = await serving(() => Promise.reject('a string'));
      expect((await get(server)).status).toBe(500);
      expect(logger.errors).toEqual(['a string']);
    });
  },
);
