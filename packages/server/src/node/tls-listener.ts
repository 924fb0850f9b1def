import type { Socket } from 'node:net';
import { createServer, type Server as TLSServer, type TLSSocket } from 'node:tls';
import type { Service } from '../http/service.js';
import { checkTexts, type PEMTexts, readPEM, type TLSMaterial } from '../tls/credentials.js';
import { label } from './address.js';
import type { Clients } from './clients.js';
import { Handshake } from './handshake.js';

/** How long after its time a handshake is given up that nobody has told to be over. */
const GRACE = 1000;
/** How long a client that was answered without TLS may take to leave. */
const LINGER_TIME = 1000;
const PLAIN_HTTP = 'This port speaks https: write https:// in the URL.\n';
/** What a client gets that speaks HTTP without TLS; its own words are not read any further. */
const PLAIN_HTTP_ANSWER = [
  'HTTP/1.1 400 Bad Request',
  'Content-Type: text/plain; charset=utf-8',
  `Content-Length: ${PLAIN_HTTP.length}`,
  'Connection: close',
  '',
  PLAIN_HTTP,
].join('\r\n');

/** What a TLS listener is made of. */
export interface TLSParts {
  service: Service;
  material: TLSMaterial;
  /** The protocols to agree on by ALPN, the first that the client has too. */
  protocols: readonly string[];
  clients: Clients;
  /** Takes a connection whose handshake is done. */
  take: (socket: TLSSocket) => void;
}

/** Accepts connections, does the TLS handshakes, and hands on what comes out of them. Renewed certificates count from the next handshake on. */
export class TLSListener {
  readonly server: TLSServer;
  readonly #service: Service;
  readonly #clients: Clients;
  /** By the two ends of the connection: Node tells not which socket lies below a TLS socket. */
  readonly #handshakes = new Map<string, Handshake>();
  readonly #handshakeTimeout: number;
  #texts: PEMTexts;
  #timer: NodeJS.Timeout | null = null;
  /** Why the files could not be used when they were last looked at: told once. */
  #problem = '';

  constructor({ service, material, protocols, clients, take }: TLSParts) {
    this.#service = service;
    this.#clients = clients;
    this.#texts = material.texts;
    const { headersTimeout, tlsClientCert } = service.settings;
    // The client's first words, as the head of a request. Node takes 0 for its default of 120 s, which is the most.
    this.#handshakeTimeout = Math.min(headersTimeout, 120_000);
    this.server = createServer({
      ...material.context,
      ALPNProtocols: [...protocols],
      requestCert: tlsClientCert !== 'none',
      rejectUnauthorized: tlsClientCert === 'require',
      handshakeTimeout: this.#handshakeTimeout,
      // As node:http has it: a client that has ended its half still reads.
      allowHalfOpen: true,
    });
    this.server.on('connection', (socket) => this.#begin(socket));
    this.server.on('secureConnection', (socket) => {
      take(socket);
      this.#end(socket);
    });
    this.server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => this.#failed(error, socket));
    this.#watch(service.settings.tlsReloadInterval);
  }

  /** Looks at the files no more. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  #begin(socket: Socket): void {
    const key = keyOf(socket);
    if (key === null) return;
    const handshake = new Handshake(socket, this.#handshakeTimeout + GRACE);
    this.#handshakes.set(key, handshake);
    this.#clients.add(handshake);
    socket.once('close', () => this.#delete(key, handshake));
  }

  #end(socket: TLSSocket): void {
    const key = keyOf(socket);
    const handshake = key === null ? undefined : this.#handshakes.get(key);
    if (key !== null && handshake !== undefined) this.#delete(key, handshake);
  }

  #delete(key: string, handshake: Handshake): void {
    handshake.over();
    this.#clients.delete(handshake);
    if (this.#handshakes.get(key) === handshake) this.#handshakes.delete(key);
  }

  #failed(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    const key = keyOf(socket);
    const client = address(socket);
    this.#service.logger.log('debug', `${client} - the TLS handshake failed: ${reasonOf(error)}`);
    const handshake = key === null ? undefined : this.#handshakes.get(key);
    if (error.code === 'ERR_SSL_HTTP_REQUEST' && handshake !== undefined) answerPlain(handshake.socket);
    else socket.destroy();
  }

  #watch(interval: number): void {
    if (interval === Number.POSITIVE_INFINITY) return;
    this.#timer = setInterval(() => void this.#reload(), interval);
    this.#timer.unref();
  }

  /** Key and certificate are written one after the other: what does not fit yet may fit the next time. */
  async #reload(): Promise<void> {
    const { settings, logger } = this.#service;
    try {
      const texts = await readPEM(settings);
      if (JSON.stringify(texts) === JSON.stringify(this.#texts)) return;
      const { context, warnings } = checkTexts(texts, settings);
      this.server.setSecureContext(context);
      this.#texts = texts;
      this.#problem = '';
      logger.log('info', 'The certificate has been read anew.');
      for (const warning of warnings) logger.log('warning', warning);
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#problem) logger.log('warning', `The old certificate stays: ${message}`);
      this.#problem = message;
    }
  }
}

function answerPlain(socket: Socket): void {
  socket.end(PLAIN_HTTP_ANSWER, 'latin1');
  const timer = setTimeout(() => socket.destroy(), LINGER_TIME);
  socket.once('close', () => clearTimeout(timer));
}

/** The two ends of a connection; null for a unix socket, which has none. */
function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string | null {
  if (remotePort === undefined) return null;
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

function address({ remoteAddress, remotePort }: Socket): string {
  if (remoteAddress === undefined || remotePort === undefined) return 'a client';
  return label({ host: remoteAddress, port: remotePort });
}

/** What OpenSSL says, in words where it has some. */
function reasonOf(error: NodeJS.ErrnoException & { reason?: string }): string {
  return error.reason ?? error.message;
}
