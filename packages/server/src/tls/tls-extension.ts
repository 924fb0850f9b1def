import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { TLSExtension } from '@pullo/asgi';
import { cipherSuiteNumber } from './cipher-suites.js';

/** As they are on the wire. */
const VERSIONS: Readonly<Record<string, number>> = { 'TLSv1.2': 0x0303, 'TLSv1.3': 0x0304 };
/** The longest chain of a client that is told. */
const MAX_CHAIN = 10;

/** What an app may know of the TLS under its requests (the TLS extension of ASGI). */
export function tlsExtensionOf(socket: TLSSocket): TLSExtension {
  const chain = chainOf(socket.getPeerX509Certificate());
  const [leaf] = chain;
  return Object.freeze({
    serverCert: socket.getX509Certificate()?.toString() ?? null,
    clientCertChain: Object.freeze(chain.map((certificate) => certificate.toString())),
    clientCertName: leaf === undefined ? null : distinguishedName(leaf.subject),
    // Without a certificate there is nothing that could be wrong with it.
    clientCertError: leaf === undefined || socket.authorized ? null : String(socket.authorizationError),
    tlsVersion: VERSIONS[socket.getProtocol() ?? ''] ?? null,
    cipherSuite: cipherSuiteNumber(socket.getCipher().standardName),
  });
}

function chainOf(leaf: X509Certificate | undefined): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next = leaf;
  while (next !== undefined && chain.length < MAX_CHAIN) {
    chain.push(next);
    const issuer: X509Certificate | undefined = next.issuerCertificate;
    // A root is its own issuer.
    next = issuer?.fingerprint256 === next.fingerprint256 ? undefined : issuer;
  }
  return chain;
}

/** Node writes a name on each line, from the root down and escaped; RFC 4514 begins at the other end, with commas. */
function distinguishedName(subject: string | undefined): string {
  return (subject ?? '').split('\n').reverse().join(',');
}
