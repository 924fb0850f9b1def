import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { connect as connectTCP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { App, HTTPScope, TLSExtension } from '@pullo/asgi';
import type { ServeOptions, Server } from '@pullo/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { pem, pemText, SECURED, showing, TRUSTING } from '../support/certificates.ts';
import { Gate, type MemoryLogger, serving, text, until } from '../support/serving.ts';
import { ask, get, head, parse, Wire } from '../support/wire.ts';

const GET = head('GET /a?b HTTP/1.1', 'Host: localhost', 'Connection: close');

/** An app that keeps the scopes it is called with. */
function keeping(): { scopes: HTTPScope[]; app: App } {
  const scopes: HTTPScope[] = [];
  return {
    scopes,
    app: (scope, receive, send) => {
      scopes.push(scope as HTTPScope);
      return text('secret')(scope, receive, send);
    },
  };
}

function askSecurely(server: Server, bytes = GET, client = TRUSTING): Promise<string> {
  return new Wire(server, client).write(bytes).all();
}

/** The `tls` extension of a request of such a client. */
async function extensionOf(options: ServeOptions, client: ConnectionOptions): Promise<TLSExtension> {
  const { scopes, app } = keeping();
  const { server } = await serving(app, { ...SECURED, ...options });
  await askSecurely(server, GET, client);
  const tls = scopes[0]?.extensions.tls;
  if (tls === undefined) throw new Error('No request has come.');
  return tls;
}

/** A connection whose handshake is done. */
function secured(server: Server, options: ConnectionOptions = TRUSTING): Promise<TLSSocket> {
  const socket = connect({ host: server.host, port: server.port, ...options });
  onTestFinished(() => {
    socket.destroy();
  });
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', () => resolve(socket)).once('error', reject);
  });
}

describe('a server with tlsCert and tlsKey', () => {
  it('speaks https, and says so in its URL and in the scope', async () => {
    const { scopes, app } = keeping();
    const { server, logger } = await serving(app, SECURED);
    expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
    expect(logger.messages).toContain(`Pullo running on ${server.url} (Press CTRL+C to quit)`);
    expect(parse(await askSecurely(server)).body).toBe('secret');
    expect(scopes[0]).toMatchObject({ scheme: 'https', path: '/a', httpVersion: '1.1' });
    expect(scopes[0]?.client?.host).toBe('127.0.0.1');
    expect(logger.lines.filter(({ level }) => level === 'warning')).toEqual([]);
  });

  it('takes the texts in place of the files, and an encrypted key with its passphrase', async () => {
    const { server } = await serving(text('x'), {
      tlsCert: pemText('server'),
      tlsKey: pemText('encrypted.key'),
      tlsPassphrase: 'secret',
    });
    expect(parse(await askSecurely(server)).body).toBe('x');
  });

  it('keeps the guard of the head', async () => {
    const { scopes, app } = keeping();
    const { server } = await serving(app, SECURED);
    const answers = [
      await askSecurely(server, head('GET / HTTP/1.1')),
      await askSecurely(server, head('GET / HTTP/2.0', 'Host: a')),
      await askSecurely(server, head(`GET /${'a'.repeat(9000)} HTTP/1.1`, 'Host: a')),
      await askSecurely(server, `${GET.replace(/Connection.*\r\n/, '')}bad\r\n\r\n`),
    ];
    expect(answers.map((answer) => answer.match(/HTTP\/1.1 \d+/g)?.join())).toEqual([
      'HTTP/1.1 400',
      'HTTP/1.1 505',
      'HTTP/1.1 414',
      'HTTP/1.1 200,HTTP/1.1 400',
    ]);
    expect(scopes).toHaveLength(1);
  });

  it('sends and takes many megabytes', async () => {
    const { server } = await serving(async (_scope, receive, send) => {
      send({ type: 'http.response.start', status: 200 });
      for (;;) {
        const event = await receive();
        if (event.type !== 'http.request') return;
        await send({ type: 'http.response.body', body: event.body, moreBody: event.moreBody });
        if (!event.moreBody) return;
      }
    }, SECURED);
    const size = 8_000_000;
    const wire = new Wire(server, TRUSTING);
    wire.write(head('POST / HTTP/1.1', 'Host: a', 'Connection: close', `Content-Length: ${size}`));
    wire.write(Buffer.alloc(size, 'x'));
    expect((await wire.all()).match(/x{1000}/g)?.length).toBeGreaterThan(size / 1000 - 500);
  });

  it('keeps the time-outs of a head, and of idle connections', async () => {
    const { server } = await serving(text('x'), { ...SECURED, headersTimeout: 200, keepAliveTimeout: 100 });
    expect(parse(await askSecurely(server, 'GET / HT')).status).toBe(408);
    const idle = new Wire(server, TRUSTING).write(head('GET / HTTP/1.1', 'Host: a'));
    await idle.until(/x$/);
    expect(await idle.ended).toBe('end');
  });

  it('cuts an answer off that is not whole, also one without a length', async () => {
    const app: App = async (_scope, _receive, send) => {
      send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body', body: 'half', moreBody: true });
      throw new Error('it fails');
    };
    const { server, logger } = await serving(app, SECURED);
    expect(await askSecurely(server, head('GET / HTTP/1.1', 'Host: a'))).not.toMatch(/0\r\n\r\n$/);
    await askSecurely(server, head('GET / HTTP/1.0'));
    expect(logger.errors).toHaveLength(2);
    expect(parse(await askSecurely(server, head('GET / HTTP/1.1', 'Host: a'))).status).toBe(200);
  });

  it('opens WebSocket sessions, whose scheme is wss', async () => {
    const { server } = await serving(async (scope, receive, send) => {
      if (scope.type !== 'websocket') return;
      await receive();
      await send({ type: 'websocket.accept' });
      const event = await receive();
      if (event.type !== 'websocket.receive') return;
      const { tls } = scope.extensions;
      await send({ type: 'websocket.send', text: `${scope.scheme} ${tls?.tlsVersion} ${event.text}` });
      await send({ type: 'websocket.close' });
    }, SECURED);
    const session = new WebSocket(`wss://127.0.0.1:${server.port}`, { ca: pemText('ca') });
    session.on('open', () => session.send('hello'));
    const messages: string[] = [];
    session.on('message', (data) => messages.push(String(data)));
    await new Promise((resolve) => session.once('close', resolve));
    expect(messages).toEqual(['wss 772 hello']);
  });

  it('ends with what runs answered, and idle connections and half handshakes closed', async () => {
    const gate = new Gate();
    const app: App = async (scope, receive, send) => {
      if ((scope as HTTPScope).path === '/slow') await gate.opened;
      await text('whole')(scope, receive, send);
    };
    const { server } = await serving(app, { ...SECURED, gracefulTimeout: 5000 });
    const running = new Wire(server, TRUSTING).write(head('GET /slow HTTP/1.1', 'Host: a'));
    const idle = new Wire(server, TRUSTING).write(head('GET / HTTP/1.1', 'Host: a'));
    await idle.until(/whole$/);
    const half = new Wire(server);
    half.write('\x16\x03\x01\x02\x00\x01');
    await until(() => half.socket.bytesWritten > 0);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const closed = server.close();
    await Promise.all([idle.ended, half.ended]);
    gate.open();
    expect(parse(await running.all())).toMatchObject({ status: 200, body: 'whole' });
    await closed;
    expect((await server.closed).cut).toBe(0);
  });
});

describe('a TLS handshake', () => {
  it('that does not come to an end is cut after headersTimeout', async () => {
    const { server } = await serving(text('x'), { ...SECURED, headersTimeout: 100 });
    const silent = new Wire(server);
    const half = new Wire(server).write('\x16\x03\x01\x02\x00\x01');
    await Promise.all([silent.ended, half.ended]);
  });

  it('of a client that speaks plain HTTP is answered with 400, and the connection ends', async () => {
    const { scopes, app } = keeping();
    const { server } = await serving(app, SECURED);
    const { status, fields, body } = parse(await get(server));
    expect([status, fields.get('connection')]).toEqual([400, 'close']);
    expect(body).toBe('This port speaks https: write https:// in the URL.\n');
    expect(scopes).toEqual([]);
  });

  it('that makes no sense ends the connection, and is told in the debug log only', async () => {
    const { server, logger } = await serving(text('x'), SECURED);
    await ask(server, '\0\0\0\0 not TLS at all');
    const lines = logger.lines.filter(({ message }) => /TLS handshake failed/.test(message));
    expect(lines).toEqual([
      {
        level: 'debug',
        message: expect.stringMatching(/^127\.0\.0\.1:\d+ - the TLS handshake failed: wrong version number$/),
        error: undefined,
      },
    ]);
    expect(parse(await askSecurely(server)).body).toBe('x');
  });

  it('of a client that leaves in the middle leaves nothing behind', async () => {
    const { server } = await serving(text('x'), { ...SECURED, gracefulTimeout: 5000 });
    for (let i = 0; i < 20; i++) {
      const socket = connectTCP({ host: server.host, port: server.port });
      socket.on('error', () => {});
      socket.write('\x16\x03\x01\x02\x00\x01', () => socket.resetAndDestroy());
      await new Promise((resolve) => socket.once('close', resolve));
    }
    const started = Date.now();
    await server.close();
    expect(Date.now() - started).toBeLessThan(1000);
  });

  it.each<[ServeOptions, ConnectionOptions, string | null]>([
    [{}, {}, 'TLSv1.3'],
    [{}, { maxVersion: 'TLSv1.2' }, 'TLSv1.2'],
    [{}, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }, null],
    [{ tlsMinVersion: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' }, null],
    [{ tlsMinVersion: 'TLSv1.3' }, {}, 'TLSv1.3'],
  ])('with %j and a client of %j comes to %s', async (options, client, version) => {
    const { server } = await serving(text('x'), { ...SECURED, ...options });
    const attempt = secured(server, { ...TRUSTING, ...client }).then(
      (socket) => socket.getProtocol(),
      () => null,
    );
    expect(await attempt).toBe(version);
  });

  it('takes the suites of tlsCiphers only', async () => {
    const { server } = await serving(text('x'), {
      ...SECURED,
      tlsCiphers: 'ECDHE-ECDSA-AES256-GCM-SHA384',
      tlsMinVersion: 'TLSv1.2',
    });
    const socket = await secured(server, { ...TRUSTING, maxVersion: 'TLSv1.2' });
    expect(socket.getCipher().name).toBe('ECDHE-ECDSA-AES256-GCM-SHA384');
    const other = { ...TRUSTING, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' } as const;
    await expect(secured(server, other)).rejects.toThrow();
  });
});

describe('the tls extension', () => {
  it('has the certificate of the server, the version and the suite', async () => {
    const client = { ...TRUSTING, ciphers: 'TLS_AES_128_GCM_SHA256' };
    expect(await extensionOf({}, client)).toEqual({
      serverCert: pemText('server'),
      clientCertChain: [],
      clientCertName: null,
      clientCertError: null,
      tlsVersion: 0x0304,
      cipherSuite: 0x1301,
    });
  });

  it('has the numbers of TLS 1.2 too', async () => {
    const client: ConnectionOptions = {
      ...TRUSTING,
      maxVersion: 'TLSv1.2',
      ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256',
    };
    expect(await extensionOf({}, client)).toMatchObject({ tlsVersion: 0x0303, cipherSuite: 0xc02b });
  });

  it('is not there without TLS', async () => {
    const { scopes, app } = keeping();
    const { server } = await serving(app);
    await get(server);
    expect(scopes[0]?.extensions).not.toHaveProperty('tls');
    expect(scopes[0]?.scheme).toBe('http');
  });

  it('has the certificate of the client, its own first, with its name as RFC 4514 writes it', async () => {
    const tls = await extensionOf({ tlsClientCert: 'require', tlsCa: pem('ca') }, showing('client'));
    expect(tls.clientCertChain[0]).toBe(pemText('client'));
    expect(tls.clientCertName).toBe('CN=Ada,O=Pullo\\, Inc.,C=FI');
    expect(tls.clientCertError).toBeNull();
  });

  it('says what is wrong with the certificate of the client where one is only asked for', async () => {
    const options: ServeOptions = { tlsClientCert: 'request', tlsCa: pemText('ca') };
    expect(await extensionOf(options, showing('stranger'))).toMatchObject({
      clientCertName: 'CN=Stranger',
      clientCertError: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(await extensionOf(options, showing('expired'))).toMatchObject({
      clientCertError: 'CERT_HAS_EXPIRED',
    });
    expect(await extensionOf(options, TRUSTING)).toMatchObject({
      clientCertChain: [],
      clientCertName: null,
      clientCertError: null,
    });
  });

  it('has the certificate of the client also where a session is resumed', async () => {
    const { scopes, app } = keeping();
    const { server } = await serving(app, { ...SECURED, tlsClientCert: 'require', tlsCa: pem('ca') });
    const first = await secured(server, showing('client'));
    const session = new Promise<Buffer>((resolve) => first.once('session', resolve));
    first.write(GET);
    const second = await secured(server, { ...showing('client'), session: await session });
    expect(second.isSessionReused()).toBe(true);
    second.write(GET);
    await until(() => scopes.length === 2);
    expect(scopes.map(({ extensions }) => extensions.tls?.clientCertName)).toEqual(
      Array.from({ length: 2 }, () => 'CN=Ada,O=Pullo\\, Inc.,C=FI'),
    );
  });
});

describe('tlsClientCert: require', () => {
  it.each<[string, ConnectionOptions]>([
    ['no certificate', TRUSTING],
    ['a certificate of its own', showing('stranger')],
    ['an expired certificate', showing('expired')],
  ])('does not serve a client with %s', async (_name, client) => {
    const { scopes, app } = keeping();
    const options: ServeOptions = { ...SECURED, tlsClientCert: 'require', tlsCa: pem('ca') };
    const { server } = await serving(app, options);
    expect(await askSecurely(server, GET, client)).toBe('');
    expect(scopes).toEqual([]);
  });
});

describe('renewed files', () => {
  async function copied(): Promise<{
    options: ServeOptions;
    renew: (cert?: string, key?: string) => Promise<void>;
  }> {
    const folder = await mkdtemp(join(tmpdir(), 'pullo-tls-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const [tlsCert, tlsKey] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    await copyFile(pem('server'), tlsCert);
    await copyFile(pem('server.key'), tlsKey);
    const renew = async (cert?: string, key?: string): Promise<void> => {
      // Put in place whole: a half-written file would be told of by itself.
      for (const [name, path] of [
        [cert, tlsCert],
        [key, tlsKey],
      ] as const) {
        if (name === undefined) continue;
        await copyFile(pem(name), `${path}.new`);
        await rename(`${path}.new`, path);
      }
    };
    return { options: { tlsCert, tlsKey, tlsReloadInterval: 20 }, renew };
  }

  function told(logger: MemoryLogger, pattern: RegExp): number {
    return logger.messages.filter((message) => pattern.test(message)).length;
  }

  it('count from the next handshake on, and connections go on', async () => {
    const { options, renew } = await copied();
    const { server, logger } = await serving(text('x'), options);
    const before = new Wire(server, TRUSTING).write(head('GET / HTTP/1.1', 'Host: a'));
    await before.until(/x$/);
    await renew('renewed', 'renewed.key');
    await until(() => told(logger, /has been read anew/) === 1);
    const socket = await secured(server, { ...TRUSTING, checkServerIdentity: () => undefined });
    expect(socket.getPeerCertificate().subject.O).toBe('Renewed');
    before.write(GET);
    expect((await before.all()).match(/HTTP\/1.1 200/g)).toHaveLength(2);
  });

  it('that do not fit together are told once, and the old ones stay until they do', async () => {
    const { options, renew } = await copied();
    const { server, logger } = await serving(text('x'), options);
    await renew('renewed');
    await until(() => told(logger, /^The old certificate stays: The key of tlsKey/) === 1);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(told(logger, /The old certificate stays/)).toBe(1);
    expect((await secured(server)).getPeerCertificate().subject.O).toBeUndefined();
    await renew(undefined, 'renewed.key');
    await until(() => told(logger, /has been read anew/) === 1);
  });

  it('are not looked for where tlsReloadInterval is Infinity', async () => {
    const { options, renew } = await copied();
    const { server } = await serving(text('x'), { ...options, tlsReloadInterval: Number.POSITIVE_INFINITY });
    await renew('renewed', 'renewed.key');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect((await secured(server)).getPeerCertificate().subject.O).toBeUndefined();
  });
});
