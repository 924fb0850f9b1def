import { createServer, type Server as HTTPServer, type ServerResponse } from 'node:http';
import type { Server as NetServer, Socket } from 'node:net';
import type { ServerAddress } from '@pullo/asgi';
import type { Service } from '../http/service.js';
import type { Settings } from '../options.js';
import type { TLSMaterial } from '../tls/credentials.js';
import { Acceptor } from './acceptor.js';
import { type Client, Clients } from './clients.js';
import { closeListener } from './close-listener.js';
import { Connection } from './connection.js';
import { HTTP2Connection } from './http2-connection.js';
import { IncomingRequest } from './incoming-request.js';
import { listen } from './listen.js';
import { refusalOf } from './parser-errors.js';
import { Sweeper } from './sweeper.js';
import { TLSListener } from './tls-listener.js';

/** How long apps whose exchanges were cut may take to unwind. */
const UNWIND_TIME = 1000;
const HOW_TO_FORCE = '(Press CTRL+C to force quit)';

/** HTTP/1 on `node:http`; with a certificate, TLS in front of it and HTTP/2 on `node:http2` beside it. */
export class NodeEngine {
  readonly #service: Service;
  readonly #server: HTTPServer<typeof IncomingRequest>;
  /** What accepts connections: the server of HTTP itself, or that of TLS. */
  readonly #listener: NetServer;
  readonly #tls: TLSListener | null;
  readonly #connections = new Map<Socket, Connection>();
  readonly #clients = new Clients();
  readonly #sweeper: Sweeper;
  #force: (() => void) | null = null;
  #isForced = false;

  constructor(service: Service, tls: TLSMaterial | null) {
    this.#service = service;
    this.#server = createHTTPServer(service.settings);
    this.#sweeper = new Sweeper(this.#connections, service.settings);
    this.#tls = tls === null ? null : this.#secured(tls);
    this.#listener = this.#tls?.server ?? this.#server;
    this.#server.on('connection', (socket) => this.#connected(socket));
    const take = (request: IncomingRequest, response: ServerResponse): void => {
      this.#connections.get(request.socket)?.take(request, response);
    };
    this.#server.on('request', take);
    // Whether the expectation is met or refused is decided where the other rules of the head are.
    this.#server.on('checkContinue', take);
    this.#server.on('checkExpectation', take);
    // With it node:http leaves to us what becomes of a socket whose time is over.
    this.#server.on('timeout', (socket) => this.#connections.get(socket)?.timedOut());
    if (service.settings.webSockets) {
      const acceptor = new Acceptor(service.settings);
      this.#server.on('upgrade', (request, socket, head) => {
        this.#connections.get(socket as Socket)?.upgrade(request, head, acceptor);
      });
    }
    this.#server.on('connect', (_request, socket) => {
      this.#connections.get(socket as Socket)?.tunnel();
    });
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      // Bytes after a request that closes its connection: they do not matter, but its answer does.
      if (error.code === 'HPE_CLOSED_CONNECTION') return;
      const connection = this.#connections.get(socket as Socket);
      if (connection === undefined) socket.destroy();
      else connection.broken(refusalOf(error, socket as Socket));
    });
  }

  /** Begins to accept connections; throws `StartupFailed` if the address cannot be had. */
  async listen(): Promise<ServerAddress> {
    const address = await listen(this.#listener, this.#service.settings);
    this.#listener.on('error', (error) => this.#service.logger.log('error', 'Error of the server', error));
    return this.adopt(address);
  }

  /** Serves at an address where another accepts the connections. */
  adopt(address: ServerAddress): ServerAddress {
    if (address.port === null) this.#service.path = address;
    // node:http begins to look at the time-outs of its connections when it listens, which here another does for it.
    if (!this.#server.listening) this.#server.emit('listening');
    return address;
  }

  /** Serves a connection that another has accepted. */
  take(socket: Socket): void {
    // As those are that node:http accepts itself.
    socket.allowHalfOpen = true;
    this.#listener.emit('connection', socket);
  }

  /**
   * Accepts nothing more and waits for what is under way; what is not done after `gracefulTimeout` milliseconds is cut.
   * Idle connections are closed after `idleTime` milliseconds. Resolves with how many exchanges and background tasks were cut.
   */
  async stop(gracefulTimeout: number, idleTime: number): Promise<number> {
    this.#service.isDraining = true;
    const stopping = new AbortController();
    const closed = this.#closeListener(stopping.signal);
    this.#tls?.close();
    for (const client of this.#clients) client.drain();
    let idleTimer: NodeJS.Timeout | undefined;
    const done = closed.then(() => {
      if (idleTime === 0) this.#closeIdle();
      // What has arrived by then is read first.
      else idleTimer = setTimeout(() => setImmediate(() => this.#closeIdle()), idleTime);
      return this.#finished();
    });
    const isDone = await within(gracefulTimeout, done, (force) => {
      this.#force = force;
    });
    stopping.abort();
    await closed;
    clearTimeout(idleTimer);
    const cut = isDone ? 0 : this.#pending();
    for (const client of this.#clients) client.shutDown();
    if (!isDone && !this.#isForced) await within(UNWIND_TIME, done, () => {});
    this.#server.close();
    this.#sweeper.stop();
    return cut;
  }

  /** Ends the waiting of `stop`: what runs is cut now. */
  force(): void {
    this.#isForced = true;
    this.#force?.();
  }

  /** Clients that come meanwhile are answered after it: those that come again for each request would else never leave a gap. */
  async #closeListener(signal: AbortSignal): Promise<void> {
    const held: Socket[] = [];
    const hold = (socket: Socket): void => {
      // Once the beginning that node:http has scheduled is over, and before anything is read.
      process.nextTick(() => socket.pause());
      held.push(socket);
    };
    this.#server.on('connection', hold);
    await closeListener(this.#listener, signal);
    this.#server.off('connection', hold);
    for (const socket of held) socket.resume();
  }

  #closeIdle(): void {
    this.#service.closesIdle = true;
    for (const client of this.#clients) client.closeIdle();
  }

  /** Resolves once every connection has ended and every call of the app has come back. */
  async #finished(): Promise<void> {
    const { logger } = this.#service;
    if (this.#clients.pending > 0) logger.log('info', `Waiting for connections to close. ${HOW_TO_FORCE}`);
    await this.#clients.empty();
    if (this.#service.running > 0) {
      logger.log('info', `Waiting for background tasks to complete. ${HOW_TO_FORCE}`);
    }
    await this.#service.quiet();
  }

  /** How many exchanges and background tasks are under way. The app's call of an exchange is no second one. */
  #pending(): number {
    return Math.max(this.#clients.pending, this.#service.running);
  }

  #connected(socket: Socket): void {
    const connection = new Connection(this.#service, socket);
    this.#connections.set(socket, connection);
    this.#sweeper.start();
    this.#track(socket, connection);
  }

  #secured(material: TLSMaterial): TLSListener {
    return new TLSListener({
      service: this.#service,
      material,
      clients: this.#clients,
      protocols: this.#service.settings.http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
      take: (socket) => {
        if (socket.alpnProtocol === 'h2') this.#track(socket, new HTTP2Connection(this.#service, socket));
        else this.#server.emit('connection', socket);
      },
    });
  }

  #track(socket: Socket, client: Client): void {
    this.#clients.add(client);
    socket.on('close', () => {
      this.#connections.delete(socket);
      this.#clients.delete(client);
    });
  }
}

function createHTTPServer(settings: Settings): HTTPServer<typeof IncomingRequest> {
  const headersTimeout = finite(settings.headersTimeout);
  const requestTimeout = finite(settings.requestTimeout);
  const shortest = Math.min(settings.headersTimeout, settings.requestTimeout);
  const server = createServer({
    IncomingMessage: IncomingRequest,
    // More than we allow: a head that is a little too long is told from a target that is, when both have been read.
    maxHeaderSize: settings.maxHeaderBytes + 2 * settings.maxTargetBytes,
    headersTimeout,
    requestTimeout,
    // Connections between two requests are the sweeper's.
    keepAliveTimeout: 0,
    connectionsCheckingInterval: Math.max(50, Math.min(1000, Math.floor(shortest / 4))),
    // Checked with the other rules of the head, in the order of the requests.
    requireHostHeader: false,
  });
  // No limit, for node:http drops fields beyond it without a word: they are counted in the check of the head.
  server.maxHeadersCount = 0;
  return server;
}

/** To `node:http`, 0 is no limit. */
function finite(milliseconds: number): number {
  return milliseconds === Number.POSITIVE_INFINITY ? 0 : milliseconds;
}

/** Whether the promise settles in time; `expose` is given a function that ends the waiting early. */
async function within(
  milliseconds: number,
  promise: Promise<unknown>,
  expose: (force: () => void) => void,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<false>((resolve) => {
    const force = (): void => resolve(false);
    if (milliseconds !== Number.POSITIVE_INFINITY) timer = setTimeout(force, milliseconds);
    expose(force);
  });
  const isDone = await Promise.race([promise.then(() => true), elapsed]);
  clearTimeout(timer);
  return isDone;
}
