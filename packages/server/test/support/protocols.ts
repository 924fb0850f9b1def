import { Agent, type IncomingMessage, request as requestHTTP1 } from 'node:http';
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import type { Readable, Writable } from 'node:stream';
import type { App } from '@pullo/asgi';
import type { ServeOptions, Server } from '@pullo/server';
import { onTestFinished } from 'vitest';
import { SECURED, TRUSTING } from './certificates.ts';
import { type Serving, serving, servingUnwatched } from './serving.ts';

/** A request. */
export interface Ask {
  method?: string;
  path?: string;
  host?: string;
  /** Such as `TE: trailers`. */
  lines?: readonly string[];
  /** Null leaves it open. Default: none. */
  body?: string | Uint8Array | null;
}

/** What came back. */
export interface Answer {
  /** 0 if there was none. */
  status: number;
  /** By lower-case name; those of one name joined by commas. */
  fields: Map<string, string>;
  cookies: readonly string[];
  /** As Latin-1. */
  body: string;
  /** The Link of each interim response. */
  hints: readonly string[];
  trailers: Map<string, string>;
  /** Whether it came to its end. */
  isWhole: boolean;
}

/** One request and its response. */
export abstract class Exchange implements Answer {
  status = 0;
  fields = new Map<string, string>();
  cookies: string[] = [];
  body = '';
  readonly hints: string[] = [];
  trailers = new Map<string, string>();
  isWhole = false;
  /** Whether the server has asked for the body. */
  isContinued = false;
  /** Resolves when it is over, however it ended. */
  readonly answer: Promise<Answer>;
  protected settle: () => void = () => {};
  #incoming: Readable | null = null;
  #isPaused = false;

  constructor() {
    this.answer = new Promise((resolve) => {
      this.settle = () => resolve(this);
    });
  }

  /** The body of the request. */
  abstract readonly outgoing: Writable;

  /** Takes the request back. */
  abstract cancel(): void;

  write(bytes: string | Uint8Array): this {
    this.outgoing.write(bytes);
    return this;
  }

  end(bytes: string | Uint8Array = ''): this {
    this.outgoing.end(bytes);
    return this;
  }

  /** Takes no more of the response. */
  pause(): this {
    this.#isPaused = true;
    this.#incoming?.pause();
    return this;
  }

  resume(): this {
    this.#isPaused = false;
    this.#incoming?.resume();
    return this;
  }

  protected begin(status: number, headers: IncomingHttpHeaders, incoming: Readable): void {
    this.status = status;
    this.fields = mapOf(headers);
    this.cookies = headers['set-cookie'] ?? [];
    this.#incoming = incoming;
    if (this.#isPaused) incoming.pause();
    incoming
      .on('error', () => {})
      .on('data', (chunk: Buffer) => {
        this.body += chunk.toString('latin1');
      });
  }
}

/** A client of a server. */
export interface Client {
  open(ask?: Ask): Exchange;
  /** Ends all connections, whatever runs. */
  leave(): void;
  /** How many connections it has had. */
  readonly connections: number;
}

/** A protocol, and what a test needs to speak it. */
export interface Protocol {
  name: 'HTTP/1.1' | 'HTTP/2';
  version: '1.1' | '2';
  scheme: 'http' | 'https';
  serving: (app: App, options?: ServeOptions) => Promise<Serving>;
  servingUnwatched: (app: App, options?: ServeOptions) => Promise<Serving>;
  client: (server: Server) => Client;
  /** Sends a request on a connection of its own. */
  ask: (server: Server, ask?: Ask) => Promise<Answer>;
  get: (server: Server, path?: string, ...lines: string[]) => Promise<Answer>;
}

export const HTTP1: Protocol = protocol('HTTP/1.1', {}, (server) => new HTTP1Client(server));
export const HTTP2: Protocol = protocol('HTTP/2', SECURED, (server) => new HTTP2Client(server));
export const PROTOCOLS: readonly Protocol[] = [HTTP1, HTTP2];

function protocol(
  name: Protocol['name'],
  settings: ServeOptions,
  clientOf: (server: Server) => Client,
): Protocol {
  const client = (server: Server): Client => {
    const made = clientOf(server);
    onTestFinished(() => made.leave());
    return made;
  };
  const ask = (server: Server, what: Ask = {}): Promise<Answer> => client(server).open(what).answer;
  return {
    name,
    version: name === 'HTTP/2' ? '2' : '1.1',
    scheme: name === 'HTTP/2' ? 'https' : 'http',
    serving: (app, options) => serving(app, { ...settings, ...options }),
    servingUnwatched: (app, options) => servingUnwatched(app, { ...settings, ...options }),
    client,
    ask,
    get: (server, path = '/', ...lines) => ask(server, { path, lines }),
  };
}

class HTTP1Client implements Client {
  readonly #server: Server;
  // It would not keep a connection that the server keeps for less than a second.
  readonly #agent = Object.assign(new Agent({ keepAlive: true }), { keepSocketAlive: () => true });
  readonly #sockets = new Set<unknown>();

  constructor(server: Server) {
    this.#server = server;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  open(ask: Ask = {}): Exchange {
    const exchange = new HTTP1Exchange(this.#server, this.#agent, ask);
    exchange.outgoing.on('socket', (socket) => this.#sockets.add(socket));
    return exchange;
  }

  leave(): void {
    this.#agent.destroy();
  }
}

class HTTP1Exchange extends Exchange {
  readonly outgoing;

  constructor(
    server: Server,
    agent: Agent,
    { method = 'GET', path = '/', host = 'a', lines = [], body = '' }: Ask,
  ) {
    super();
    const { host: hostname, port } = server;
    const headers = ['Host', host, ...lines.flatMap(parts)];
    if (body === '' && method !== 'GET' && method !== 'HEAD') headers.push('Content-Length', '0');
    const request = requestHTTP1({ host: hostname, port, agent, method, path, headers: headers as never });
    this.outgoing = request;
    let response: IncomingMessage | null = null;
    request.on('error', () => {});
    request.on('continue', () => {
      this.isContinued = true;
    });
    request.on('information', ({ headers: { link } }) => {
      if (link !== undefined) this.hints.push(String(link));
    });
    request.on('response', (incoming) => {
      response = incoming;
      this.begin(incoming.statusCode ?? 0, incoming.headers, incoming);
      // An answer that comes before the body has been sent keeps the request open; what is not whole ends with the connection.
      incoming.on('end', () => {
        if (incoming.complete) this.#end(incoming);
      });
    });
    request.on('close', () => this.#end(response));
    // What goes out in one piece with a text would be UTF-8.
    if (body === null) request.flushHeaders();
    else if (body === '') request.end();
    else request.end(Buffer.from(body));
  }

  cancel(): void {
    this.outgoing.destroy();
  }

  #end(response: IncomingMessage | null): void {
    this.isWhole = response?.complete === true;
    this.trailers = mapOf(response?.trailers ?? {});
    // Once the agent has the connection again.
    setImmediate(() => this.settle());
  }
}

class HTTP2Client implements Client {
  connections = 0;
  readonly #server: Server;
  #session: ClientHttp2Session | null = null;

  constructor(server: Server) {
    this.#server = server;
  }

  open(ask: Ask = {}): Exchange {
    return new HTTP2Exchange(this.#connection(), ask);
  }

  leave(): void {
    this.#session?.destroy();
  }

  #connection(): ClientHttp2Session {
    if (this.#session !== null && !this.#session.closed && !this.#session.destroyed) return this.#session;
    this.connections++;
    this.#session = connect(this.#server.url, { ca: TRUSTING.ca as string });
    this.#session.on('error', () => {});
    return this.#session;
  }
}

class HTTP2Exchange extends Exchange {
  readonly outgoing;

  constructor(
    session: ClientHttp2Session,
    { method = 'GET', path = '/', host = 'a', lines = [], body = '' }: Ask,
  ) {
    super();
    const headers: Record<string, string | string[]> = {
      ':method': method,
      ':path': path,
      ':authority': host,
    };
    for (const [name, value] of lines.map(parts)) {
      const key = name.toLowerCase();
      headers[key] = key in headers ? [headers[key] as string, value].flat() : value;
    }
    const stream = session.request(headers, { endStream: body === '' });
    this.outgoing = stream;
    stream.on('error', () => {});
    stream.on('continue', () => {
      this.isContinued = true;
    });
    stream.on('headers', ({ link }) => this.hints.push(String(link)));
    stream.on('response', (fields) => this.begin(fields[':status'] ?? 0, fields, stream));
    stream.on('trailers', (fields) => {
      this.trailers = mapOf(fields);
    });
    stream.on('close', () => {
      this.isWhole = this.status !== 0 && stream.rstCode === constants.NGHTTP2_NO_ERROR;
      this.settle();
    });
    if (body !== null && body !== '') stream.end(body);
  }

  cancel(): void {
    this.outgoing.close(constants.NGHTTP2_CANCEL);
  }
}

function parts(line: string): [name: string, value: string] {
  const colon = line.indexOf(': ');
  return [line.slice(0, colon), line.slice(colon + 2)];
}

function mapOf(headers: IncomingHttpHeaders | NodeJS.Dict<string>): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(':') && value !== undefined) fields.set(name, String(value));
  }
  return fields;
}
