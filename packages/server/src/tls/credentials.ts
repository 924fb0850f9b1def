import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { StartupFailed } from '../errors.js';
import type { NameOf } from '../option-names.js';
import type { TLSOptions } from '../tls-options.js';

/** The options of TLS, and what they are called in messages. */
type TLSSettings = TLSOptions & { nameOf: NameOf };

/** The texts that a server needs for TLS, as they are in the files now. */
export interface PEMTexts {
  cert: string;
  key: string;
  ca: string | undefined;
}

/** What has passed all checks. */
export interface TLSMaterial {
  texts: PEMTexts;
  context: SecureContextOptions;
  /** What is not wrong, but what clients will complain of. */
  warnings: readonly string[];
}

/** What is text, and no path: a mangled key must not show in an error. */
const TEXT = /-----BEGIN|\n/;
/** PKCS #8 and the older form. */
const ENCRYPTED = /-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/;
const CERTIFICATE = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/;

/** Reads what the options name; throws `StartupFailed` for a file that cannot be read. */
export async function readPEM({ tlsCert, tlsKey, tlsCa, nameOf }: TLSSettings): Promise<PEMTexts> {
  const [cert, key, ca] = await Promise.all([
    read(nameOf('tlsCert'), tlsCert ?? ''),
    read(nameOf('tlsKey'), tlsKey ?? ''),
    tlsCa === undefined ? undefined : read(nameOf('tlsCa'), tlsCa),
  ]);
  return { cert, key, ca };
}

/** Reads and checks what the options name; null if they name nothing. Throws `StartupFailed`. */
export async function loadTLS(options: TLSSettings): Promise<TLSMaterial | null> {
  return options.tlsCert === undefined ? null : checkTexts(await readPEM(options), options);
}

/** Throws `StartupFailed` for what could not be served with: the message says which option, and what is wrong with it. */
export function checkTexts(texts: PEMTexts, options: TLSSettings): TLSMaterial {
  const { tlsPassphrase, tlsCiphers, tlsMinVersion = 'TLSv1.2', nameOf } = options;
  const certificate = certificateOf(nameOf('tlsCert'), texts.cert, options.tlsCert);
  const key = keyOf(texts.key, options);
  if (!certificate.checkPrivateKey(key)) {
    throw new StartupFailed(
      `The key of ${nameOf('tlsKey')} ${shown(options.tlsKey)} is not that of the first certificate of ${nameOf('tlsCert')} ${shown(options.tlsCert)} (${ownerOf(certificate)}).`,
    );
  }
  if (texts.ca !== undefined) certificateOf(nameOf('tlsCa'), texts.ca, options.tlsCa);
  const context: SecureContextOptions = { cert: texts.cert, key: texts.key, minVersion: tlsMinVersion };
  if (texts.ca !== undefined) context.ca = texts.ca;
  if (tlsPassphrase !== undefined) context.passphrase = tlsPassphrase;
  if (tlsCiphers !== undefined) context.ciphers = tlsCiphers;
  try {
    createSecureContext(context);
  } catch (error) {
    throw new StartupFailed(contextProblem(error as NodeJS.ErrnoException, options), { cause: error });
  }
  return { texts, context, warnings: warningsOf(certificate, options) };
}

async function read(option: string, source: string): Promise<string> {
  if (TEXT.test(source)) return source;
  try {
    return await readFile(source, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? 'there is no such file' : message;
    throw new StartupFailed(`Cannot read ${option} ${shown(source)}: ${problem}.`, { cause: error });
  }
}

function certificateOf(option: string, pem: string, source: string | undefined): X509Certificate {
  if (!CERTIFICATE.test(pem)) {
    throw new StartupFailed(
      `${option} ${shown(source)} holds no certificate: a block "-----BEGIN CERTIFICATE-----" is expected.`,
    );
  }
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new StartupFailed(`The certificate of ${option} ${shown(source)} cannot be read: it is damaged.`, {
      cause: error,
    });
  }
}

function keyOf(pem: string, options: TLSSettings): KeyObject {
  const { tlsPassphrase } = options;
  try {
    return createPrivateKey(
      tlsPassphrase === undefined ? pem : { key: pem, format: 'pem', passphrase: tlsPassphrase },
    );
  } catch (error) {
    throw new StartupFailed(keyProblem(pem, options), { cause: error });
  }
}

function keyProblem(pem: string, { tlsKey, tlsPassphrase, nameOf }: TLSSettings): string {
  const key = `The key of ${nameOf('tlsKey')} ${shown(tlsKey)}`;
  if (!ENCRYPTED.test(pem)) {
    return `${key} cannot be read: a block such as "-----BEGIN PRIVATE KEY-----" is expected.`;
  }
  if (tlsPassphrase !== undefined) return `${key} has another passphrase than ${nameOf('tlsPassphrase')}.`;
  return `${key} is encrypted: give its passphrase as ${nameOf('tlsPassphrase')}.`;
}

function contextProblem(
  { code, message }: NodeJS.ErrnoException,
  { tlsCiphers, nameOf }: TLSSettings,
): string {
  if (code === 'ERR_SSL_NO_CIPHER_MATCH' || code === 'ERR_INVALID_ARG_VALUE') {
    return `There is no cipher suite in ${nameOf('tlsCiphers')} ${JSON.stringify(tlsCiphers)} that OpenSSL knows: it wants names such as "ECDHE-RSA-AES128-GCM-SHA256", with colons between them.`;
  }
  return `The options of TLS cannot be used: ${message}.`;
}

function warningsOf(certificate: X509Certificate, { tlsCert, nameOf }: TLSSettings): string[] {
  const shownCertificate = `The certificate of ${nameOf('tlsCert')} ${shown(tlsCert)} (${ownerOf(certificate)})`;
  const now = Date.now();
  if (Date.parse(certificate.validTo) < now) {
    return [`${shownCertificate} expired on ${certificate.validTo}: clients will refuse it. Renew it.`];
  }
  if (Date.parse(certificate.validFrom) > now) {
    return [
      `${shownCertificate} is valid from ${certificate.validFrom} on: clients will refuse it until then. Is the clock right?`,
    ];
  }
  return [];
}

function ownerOf(certificate: X509Certificate): string {
  return certificate.subject === undefined ? 'no subject' : certificate.subject.replaceAll('\n', ', ');
}

/** How an option was given: never the text of a key. */
function shown(source: string | undefined): string {
  if (source === undefined || TEXT.test(source)) return '(given as text)';
  return JSON.stringify(source);
}
