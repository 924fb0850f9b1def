import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { fileURLToPath } from 'node:url';

/** The path of a file that `fixtures/tls/make.sh` made. */
export function pem(name: string): string {
  return fileURLToPath(new URL(`../fixtures/tls/${name}.pem`, import.meta.url));
}

/** Its text. */
export function pemText(name: string): string {
  return readFileSync(pem(name), 'utf8');
}

/** The options of a server with a certificate. */
export const SECURED = { tlsCert: pem('server'), tlsKey: pem('server.key') };

/** What a client has to know to trust it. */
export const TRUSTING: ConnectionOptions = { ca: pemText('ca'), servername: 'localhost' };

/** A client that shows a certificate. */
export function showing(name: string): ConnectionOptions {
  return { ...TRUSTING, cert: pemText(name), key: pemText(`${name}.key`) };
}
