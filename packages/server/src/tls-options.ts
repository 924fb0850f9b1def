import { InvalidOption } from './errors.js';
import { milliseconds, oneOf, text } from './option-kinds.js';
import { type NameOf, subject } from './option-names.js';
import type { OptionTable } from './option-table.js';

/** The options of `serve` that concern TLS. With `tlsCert` and `tlsKey` the server speaks https, and nothing else. */
export interface TLSOptions {
  /** The certificate of the server with those that lead to its authority, its own first: the path of a PEM file, or PEM. */
  tlsCert?: string | undefined;
  /** The private key of the certificate: the path of a PEM file, or PEM. */
  tlsKey?: string | undefined;
  /** What the private key is encrypted with. */
  tlsPassphrase?: string | undefined;
  /** The authorities that client certificates are signed by: the path of a PEM file, or PEM. Goes with `tlsClientCert`. */
  tlsCa?: string | undefined;
  /**
   * Whether clients are asked for a certificate of `tlsCa`: with `require` one without is not served, with `request` the app decides
   * by `scope.extensions.tls`. Default: `none`.
   */
  tlsClientCert?: 'none' | 'request' | 'require';
  /** The cipher suites in the order of preference, as OpenSSL writes them. Default: those of Node. */
  tlsCiphers?: string | undefined;
  /** The oldest version of TLS that is spoken. Default: `TLSv1.2`. */
  tlsMinVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** How often the files are looked at: a renewed certificate is shown from then on. Default: 60 s. */
  tlsReloadInterval?: number;
}

const PEM_SOURCE = 'the path of a PEM file, or PEM itself';

/** The rows of the table that concern TLS. */
export const TLS_OPTIONS: OptionTable<Required<TLSOptions>> = {
  tlsCert: {
    kind: text(PEM_SOURCE),
    default: undefined,
    flag: { group: 'TLS', value: 'file', help: 'certificate and its chain in PEM form: speak https' },
  },
  tlsKey: {
    kind: text(PEM_SOURCE),
    default: undefined,
    flag: { group: 'TLS', value: 'file', help: 'private key of the certificate in PEM form' },
  },
  tlsPassphrase: {
    kind: text('a passphrase'),
    default: undefined,
    flag: {
      group: 'TLS',
      value: 'text',
      help: 'passphrase of the key; others see it here: set PULLO_TLS_PASSPHRASE',
    },
  },
  tlsCa: {
    kind: text(PEM_SOURCE),
    default: undefined,
    flag: { group: 'TLS', value: 'file', help: 'authorities of client certificates in PEM form' },
  },
  tlsClientCert: {
    kind: oneOf('none', 'request', 'require'),
    default: 'none',
    flag: { group: 'TLS', value: 'mode', help: 'none, request or require certificates of clients' },
  },
  tlsCiphers: {
    kind: text('a list of cipher suites as OpenSSL writes it'),
    default: undefined,
    flag: { group: 'TLS', value: 'list', help: 'cipher suites', fallback: 'those of Node' },
  },
  tlsMinVersion: {
    kind: oneOf('TLSv1.2', 'TLSv1.3'),
    default: 'TLSv1.2',
    flag: { group: 'TLS', value: 'version', help: 'TLSv1.2 or TLSv1.3: the oldest that is spoken' },
  },
  tlsReloadInterval: {
    kind: milliseconds(10),
    default: 60_000,
    flag: { group: 'TLS', help: 'how often to look whether the files have changed' },
  },
};

/** Throws `InvalidOption` for options that have no effect without others: a server must not look safer than it is. */
export function requireWholeTLS(options: Required<TLSOptions> & { nameOf: NameOf }): void {
  const { tlsCert, tlsKey, tlsPassphrase, tlsCa, tlsClientCert, tlsCiphers, nameOf } = options;
  const missing = (option: keyof TLSOptions, needed: keyof TLSOptions, what: string): InvalidOption =>
    new InvalidOption(`${subject(nameOf(option))} needs ${nameOf(needed)}, ${what}.`);
  if (tlsCert !== undefined && tlsKey === undefined) throw missing('tlsCert', 'tlsKey', 'its private key');
  if (tlsCert === undefined) {
    const given = { tlsKey, tlsPassphrase, tlsCa, tlsCiphers, tlsClientCert: tlsClientCert !== 'none' };
    const lonely = Object.entries(given).find(([, value]) => value)?.[0] as keyof typeof given | undefined;
    if (lonely !== undefined) throw missing(lonely, 'tlsCert', 'the certificate of the server');
  }
  if (tlsCa !== undefined && tlsClientCert === 'none') {
    throw missing(
      'tlsCa',
      'tlsClientCert',
      '"request" or "require", or no client is asked for a certificate',
    );
  }
  if (tlsCa === undefined && tlsClientCert !== 'none') {
    throw missing('tlsClientCert', 'tlsCa', 'the authorities of client certificates');
  }
}
