import { InvalidOption, type ServeOptions, StartupFailed } from '@pullo/server';
import { describe, expect, it } from 'vitest';
import { pem, pemText, SECURED } from '../support/certificates.ts';
import { serving, text } from '../support/serving.ts';

async function failureOf(options: ServeOptions): Promise<Error> {
  const failure = await serving(text('x'), options).catch((error: unknown) => error);
  if (failure instanceof Error) return failure;
  throw new Error('It started.');
}

describe('options of TLS', () => {
  it.each<[string, ServeOptions, RegExp]>([
    [
      'a certificate without a key',
      { tlsCert: pem('server') },
      /^Option tlsCert needs tlsKey, its private key\.$/,
    ],
    ['a key without a certificate', { tlsKey: pem('server.key') }, /^Option tlsKey needs tlsCert, the cert/],
    ['suites without a certificate', { tlsCiphers: 'HIGH' }, /^Option tlsCiphers needs tlsCert/],
    ['asking without a certificate', { tlsClientCert: 'require' }, /^Option tlsClientCert needs tlsCert/],
    [
      'authorities without asking',
      { ...SECURED, tlsCa: pem('ca') },
      /^Option tlsCa needs tlsClientCert, "request"/,
    ],
    [
      'asking without authorities',
      { ...SECURED, tlsClientCert: 'request' },
      /^Option tlsClientCert needs tlsCa/,
    ],
    [
      'a version that is too old',
      { ...SECURED, tlsMinVersion: 'TLSv1' as 'TLSv1.2' },
      /one of "TLSv1.2", "TLSv1.3"/,
    ],
  ])('are refused: %s', async (_name, options, message) => {
    const failure = await failureOf(options);
    expect(failure).toBeInstanceOf(InvalidOption);
    expect(failure.message).toMatch(message);
  });

  const { tlsCert, tlsKey } = SECURED;
  const clients = { tlsClientCert: 'require' } as const;
  it.each<[string, ServeOptions, RegExp]>([
    [
      'a certificate that is not there',
      { tlsCert: '/no/such.pem', tlsKey },
      /^Cannot read tlsCert "\/no\/such\.pem": there is no such file\.$/,
    ],
    ['a key that is a folder', { tlsCert, tlsKey: '/' }, /^Cannot read tlsKey "\/": EISDIR/],
    [
      'a key for a certificate',
      { tlsCert: tlsKey, tlsKey },
      /^tlsCert ".*server\.key\.pem" holds no certificate: a block/,
    ],
    [
      'a certificate for a key',
      { tlsCert, tlsKey: tlsCert },
      /^The key of tlsKey ".*server\.pem" cannot be read: a block such as/,
    ],
    [
      'a damaged certificate',
      { tlsCert: pemText('server').replace(/MII.{40}/, ''), tlsKey },
      /^The certificate of tlsCert \(given as text\) cannot be read: it is damaged\.$/,
    ],
    [
      'a certificate without its first line',
      { tlsCert: pemText('server').split('\n').slice(1).join('\n'), tlsKey },
      /^tlsCert \(given as text\) holds no certificate/,
    ],
    [
      'the key of another',
      { tlsCert, tlsKey: pem('client.key') },
      /client\.key\.pem" is not that of the first certificate of tlsCert ".*server\.pem" \(CN=localhost\)\.$/,
    ],
    [
      'an encrypted key',
      { tlsCert, tlsKey: pem('encrypted.key') },
      /is encrypted: give its passphrase as tlsPassphrase\.$/,
    ],
    [
      'another passphrase',
      { tlsCert, tlsKey: pem('encrypted.key'), tlsPassphrase: 'wrong' },
      /encrypted\.key\.pem" has another passphrase than tlsPassphrase\.$/,
    ],
    [
      'authorities that are none',
      { ...SECURED, ...clients, tlsCa: tlsKey },
      /^tlsCa ".*server\.key\.pem" holds no certificate/,
    ],
    [
      'suites that nobody knows',
      { ...SECURED, tlsCiphers: 'NONSENSE' },
      /^There is no cipher suite in tlsCiphers "NONSENSE" that OpenSSL knows/,
    ],
  ])('that name %s end the start', async (_name, options, message) => {
    const failure = await failureOf(options);
    expect(failure).toBeInstanceOf(StartupFailed);
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toMatch(/BEGIN (?!CERTIFICATE|PRIVATE KEY-----")|wrong|secret/);
  });

  it('that name an expired certificate are a warning', async () => {
    const { logger } = await serving(text('x'), { tlsCert: pem('expired'), tlsKey: pem('expired.key') });
    const warnings = logger.lines.filter(({ level }) => level === 'warning');
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /expired\.pem" \(CN=localhost\) expired on .* GMT: clients will refuse it\. Renew it\.$/,
      ),
    ]);
  });

  it('do not start the app if they are wrong', async () => {
    let calls = 0;
    await failureOfApp(() => calls++);
    expect(calls).toBe(0);
  });
});

async function failureOfApp(called: () => void): Promise<void> {
  const options: ServeOptions = { tlsCert: '/no/such.pem', tlsKey: '/no/key.pem', lifespan: 'auto' };
  await serving(() => called(), options).catch(() => {});
}
