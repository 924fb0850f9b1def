import { get } from 'node:https';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pem, pemText } from '../support/certificates.ts';
import { Command, FIXTURES } from '../support/command.ts';

const APP = join(FIXTURES, 'processes.mjs');
const CERTIFICATE = ['--tls-cert', pem('server'), '--tls-key', pem('server.key')];

/** The body of the answer, on a connection of its own. */
function textOf(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { ca: pemText('ca'), agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

describe('pullo run --tls-cert', () => {
  it.each([
    ['in one process', []],
    ['in two', ['--workers', '2']],
    ['with reload', ['--reload']],
  ])('serves https %s', async (_name, flags) => {
    const command = new Command(['run', APP, '--port', '0', ...CERTIFICATE, ...flags]);
    const url = await command.url();
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await textOf(url)).toMatch(/^\d+ /);
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(0);
  });

  it('takes the passphrase from the environment', async () => {
    const flags = ['--tls-cert', pem('server'), '--tls-key', pem('encrypted.key')];
    const env = { PULLO_TLS_PASSPHRASE: 'secret' };
    const command = new Command(['run', APP, '--port', '0', ...flags], { env });
    expect(await textOf(await command.url())).toMatch(/^\d+ /);
  });

  it.each<[string, string[], NodeJS.ProcessEnv, number, string]>([
    [
      'a flag that needs another',
      ['--tls-cert', pem('server')],
      {},
      1,
      'error: --tls-cert needs --tls-key (or PULLO_TLS_KEY), its private key.',
    ],
    [
      'a variable that needs another',
      [],
      { PULLO_TLS_KEY: pem('server.key') },
      1,
      'error: PULLO_TLS_KEY needs --tls-cert (or PULLO_TLS_CERT), the certificate of the server.',
    ],
    [
      'a file that is not there, in a flag',
      ['--tls-cert', 'no.pem', '--tls-key', pem('server.key')],
      {},
      3,
      'ERROR:    Cannot read --tls-cert "no.pem": there is no such file.\n',
    ],
    [
      'a file that is not there, in a variable',
      ['--tls-cert', pem('server')],
      { PULLO_TLS_KEY: 'no.pem' },
      3,
      'ERROR:    Cannot read PULLO_TLS_KEY "no.pem": there is no such file.\n',
    ],
    [
      'a key of another certificate',
      ['--tls-cert', pem('server')],
      { PULLO_TLS_KEY: pem('stranger.key') },
      3,
      `ERROR:    The key of PULLO_TLS_KEY "${pem('stranger.key')}" is not that of the first certificate of --tls-cert "${pem('server')}" (`,
    ],
    [
      'an encrypted key',
      ['--tls-cert', pem('server'), '--tls-key', pem('encrypted.key')],
      {},
      3,
      'is encrypted: give its passphrase as --tls-passphrase (or PULLO_TLS_PASSPHRASE).\n',
    ],
  ])('names options as they were given: %s', async (_name, flags, env, code, message) => {
    const command = new Command(['run', APP, ...flags], { env });
    expect(await command.exited).toBe(code);
    expect(command.stderr).toContain(message);
  });
});
