import type { HeaderPairs } from './header-list.js';

/** The versions of ASGI that a scope speaks. */
export interface ASGIVersions<SpecVersion extends string> {
  version: '3.0';
  specVersion: SpecVersion;
}

/** What lifespan start-up left for the requests: each scope carries a shallow copy. */
export type State = Record<string, unknown>;

/** One end of a TCP connection. */
export interface ClientAddress {
  host: string;
  port: number;
}

/** Where the server listens: a host and port, or the path of a Unix socket and `null`. */
export interface ServerAddress {
  host: string;
  port: number | null;
}

/**
 * The exchange that a scope belongs to.
 *
 * `signal` aborts when the exchange is over before its time, with the reason `ClientDisconnected`,
 * `RequestTimeout` or `ServerShutdown`. Its controller is made on first read.
 */
export interface Exchange {
  readonly signal: AbortSignal;
}

/** The TLS connection under a scope, as the ASGI TLS extension has it. */
export interface TLSExtension {
  /** The server's certificate in PEM form, if it is known. */
  serverCert: string | null;
  /** The client's certificates in PEM form, the leaf first. */
  clientCertChain: readonly string[];
  /** The subject of the client's certificate as an RFC 4514 string. */
  clientCertName: string | null;
  /** Why the client's certificate was not accepted, if it was not. */
  clientCertError: string | null;
  /** The version number on the wire: `0x0304` is TLS 1.3. */
  tlsVersion: number | null;
  /** The IANA number of the cipher suite: `0x1301` is TLS_AES_128_GCM_SHA256. */
  cipherSuite: number | null;
}

/** What a server can do beyond the base: a key is present where its events may be sent. */
export interface Extensions {
  'http.response.pathsend'?: object;
  'http.response.zerocopysend'?: object;
  'http.response.trailers'?: object;
  'http.response.early_hint'?: object;
  'http.response.push'?: object;
  'http.response.debug'?: object;
  'websocket.http.response'?: object;
  tls?: TLSExtension;
  /** What a host of `fetch` has handed over beside the request: `env` and the context on Workers, the server on Bun, the info on Deno. */
  'pullo.platform'?: readonly unknown[];
  [name: string]: object | undefined;
}

interface ConnectionScope {
  asgi: ASGIVersions<'2.5'>;
  /** Of the request; the upgrade's for a WebSocket. */
  httpVersion: '1.0' | '1.1' | '2';
  /** The canonical path (see `canonicalPath`): still percent-encoded, beginning with `rootPath`. */
  path: string;
  /** The path as it was received. */
  rawPath: string;
  /** What follows the `?` of the target, still percent-encoded; empty if there is none. */
  queryString: string;
  /** Where the app is mounted: empty, or a prefix of `path` that ends before a `/`. */
  rootPath: string;
  /** Names in lower case, order and duplicates kept, to be read any number of times. A `HeaderList` from Pullo's own servers. */
  headers: HeaderPairs;
  /** The peer, or `null` where there is none to name (a Unix socket). */
  client: ClientAddress | null;
  /** Where the server listens, or `null` if it is not known. */
  server: ServerAddress | null;
  /** A shallow copy of what lifespan start-up left. */
  state: State;
  /** What the server can do beyond the base, for this exchange. */
  extensions: Extensions;
  /** Tells early that the exchange is over. */
  exchange: Exchange;
}

/**
 * The scope of one HTTP request (ASGI HTTP 2.5). Every field is an own enumerable property,
 * so `{ ...scope, path }` is a faithful copy.
 */
export interface HTTPScope extends ConnectionScope {
  type: 'http';
  /** As sent: methods are case-sensitive (RFC 9110, section 9.1). */
  method: string;
  scheme: 'http' | 'https';
}

/** The scope of one WebSocket session (ASGI WebSocket 2.5). */
export interface WebSocketScope extends ConnectionScope {
  type: 'websocket';
  scheme: 'ws' | 'wss';
  /** The subprotocols that the client offers, its favourite first. */
  subprotocols: readonly string[];
}

/** The scope of the process's start and stop (ASGI lifespan 2.0). What start-up writes into `state` reaches every request. */
export interface LifespanScope {
  type: 'lifespan';
  asgi: ASGIVersions<'2.0'>;
  state: State;
}

/** What an app is called for, told apart by `type`. */
export type Scope = HTTPScope | WebSocketScope | LifespanScope;
