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

  it('ends with 1 if something is missing, and with 3 if a file is', async () => {
    const lonely = new Command(['run', APP, '--tls-cert', pem('server')]);
    expect(await lonely.exited).toBe(1);
    expect(lonely.stderr).toContain('error: Option tlsCert needs tlsKey, its private key.');
    const missing = new Command(['run', APP, '--tls-cert', 'no.pem', '--tls-key', pem('server.key')]);
    expect(await missing.exited).toBe(3);
    expect(missing.stderr).toContain('ERROR:    Cannot read tlsCert "no.pem": there is no such file.\n');
  });
});
