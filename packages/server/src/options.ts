import { HTTP_OPTIONS, type HTTPOptions } from './http-options.js';
import { HTTP2_OPTIONS, type HTTP2Options } from './http2-options.js';
import type { InterfaceName } from './interfaces/app-of.js';
import type { Logger, LogLevel } from './logger.js';
import {
  boundedBytes,
  bytes,
  fileMode,
  host,
  integer,
  type Kind,
  milliseconds,
  oneOf,
  text,
  yesOrNo,
  yesOrNoOr,
} from './option-kinds.js';
import { inProgram, type NameOf } from './option-names.js';
import { fill, type OptionTable } from './option-table.js';
import { requireWholeTLS, TLS_OPTIONS, type TLSOptions } from './tls-options.js';
import { WEBSOCKET_OPTIONS, type WebSocketOptions } from './websocket-options.js';

/** What to do about the lifespan of an app. */
export type LifespanMode = 'auto' | 'on' | 'off';

/** The options of `serve`. Times are in milliseconds, sizes in bytes; `Infinity` lifts a limit. */
export interface ServeOptions extends HTTPOptions, WebSocketOptions, TLSOptions, HTTP2Options {
  /** The address to listen on. Default: `127.0.0.1`, this machine only; `0.0.0.0` or `::` for all networks. */
  host?: string;
  /** The port; 0 picks a free one. Default: 8000. */
  port?: number;
  /** The path of a unix socket to listen on in place of host and port. One that a dead server left is taken over. */
  uds?: string | undefined;
  /** The permissions of the unix socket. Default: 0o666, all users of this machine, as with 127.0.0.1. */
  udsMode?: number;
  /** The number of an open socket to listen on, handed on by the one who started the program, in place of host and port. */
  fd?: number | undefined;
  /** How many connections may wait to be accepted; the system may have a lower limit of its own. Default: 2048. */
  backlog?: number;
  /**
   * `auto`: run it, and go on if the app throws or returns before its first `receive()`, since it does not speak
   * lifespan then. `on`: an app that does not speak it does not start. `off`: never run it. Default: `auto`.
   */
  lifespan?: LifespanMode;
  /**
   * What shape the app has. `asgi`: a function of the contract; `fetch`: a handler of Fetch, or an object with one; `node`: a listener of
   * `node:http`, as Express and Koa make; `wsgi`: a function `(environ, startResponse)`. Default: `auto`, which tells the first two by themselves.
   */
  interface?: InterfaceName;
  /**
   * Whether lighter classes stand in the place of the process's globals `Request` and `Response`, which makes apps of Fetch (Hono, h3)
   * two to three times as fast: see `useLightFetch` of `@pullo/asgi/fetch`. Default: false.
   */
  lightFetch?: boolean;
  /** Whether answered requests are logged. Default: true. */
  accessLog?: boolean;
  /** The least that is logged; `silent` logs nothing. Default: `info`. */
  logLevel?: LogLevel | 'silent';
  /** Whether the log has colours; `auto` where it goes to a terminal that has them. Default: `auto`. */
  colors?: boolean | 'auto';
  /** Takes the log in place of standard output and standard error. `colors` has no meaning then. */
  logger?: Logger | undefined;
  /** Whether SIGINT, SIGTERM and SIGHUP stop the server gracefully, and a second one at once. Default: false. */
  handleSignals?: boolean;
  /** How long a stopping server waits for exchanges and background work before it cuts them. Default: 30 s. */
  gracefulTimeout?: number;
  /** How long a connection may stay idle between requests. Default: 5 s. */
  keepAliveTimeout?: number;
  /** How long the head of a request may take to arrive, else 408. Default: 20 s, or `requestTimeout` if that is less. */
  headersTimeout?: number;
  /** How long a whole request may take to arrive, else 408. Default: 300 s. */
  requestTimeout?: number;
  /** The longest head of a request, else 431. Default: 16 KiB. */
  maxHeaderBytes?: number;
  /** The most header fields of a request, else 431. Default: 128. */
  maxHeaderCount?: number;
  /** The longest target of a request: path and query, else 414. Default: 8 KiB. */
  maxTargetBytes?: number;
  /** The longest body of a request, else 413. Default: 64 MiB. */
  maxBodyBytes?: number;
}

/** All options with their defaults, and what each is called in messages. */
export interface Settings extends Required<ServeOptions> {
  readonly nameOf: NameOf;
}

const KIB = 1024;
const SECOND = 1000;

const logger: Kind<Logger> = {
  expected: 'an object with the methods log(level, message, error) and access(record)',
  accepts: (value): value is Logger =>
    typeof value === 'object' &&
    value !== null &&
    'log' in value &&
    typeof value.log === 'function' &&
    'access' in value &&
    typeof value.access === 'function',
  form: null,
};

/** Each option of `serve` once: what it takes, its default, and its flag. */
export const SERVE_OPTIONS: OptionTable<Required<ServeOptions>> = {
  host: {
    kind: host,
    default: '127.0.0.1',
    flag: {
      group: 'Address',
      value: 'address',
      help: 'address to listen on; 0.0.0.0 or :: for all networks',
    },
  },
  port: {
    kind: integer(0, 65535),
    default: 8000,
    flag: { group: 'Address', help: 'port to listen on; 0 picks a free one' },
  },
  uds: {
    kind: text('the path of a unix socket'),
    default: undefined,
    flag: { group: 'Address', value: 'path', help: 'unix socket to listen on in place of host and port' },
  },
  udsMode: {
    kind: fileMode,
    default: 0o666,
    flag: { group: 'Address', help: 'permissions of the unix socket' },
  },
  fd: {
    kind: integer(0, 2 ** 31 - 1),
    default: undefined,
    flag: { group: 'Address', help: 'open socket to listen on; that of systemd is found by itself' },
  },
  backlog: {
    kind: integer(1, 65_535),
    default: 2048,
    flag: { group: 'Address', help: 'connections that may wait to be accepted' },
  },
  lifespan: {
    kind: oneOf('auto', 'on', 'off'),
    default: 'auto',
    flag: {
      group: 'App',
      value: 'mode',
      help: 'auto: run it if the app speaks it; on: the app must; off: never',
    },
  },
  interface: {
    kind: oneOf('auto', 'asgi', 'wsgi', 'fetch', 'node'),
    default: 'auto',
    flag: {
      group: 'App',
      value: 'name',
      help: 'shape of the app: asgi, wsgi, fetch, node (Express, Koa), or auto: asgi or fetch',
    },
  },
  lightFetch: {
    kind: yesOrNo,
    default: false,
    flag: { group: 'App', help: 'replace the globals Request and Response by lighter ones, for Hono and h3' },
  },
  logLevel: {
    kind: oneOf('debug', 'info', 'warning', 'error', 'silent'),
    default: 'info',
    flag: { group: 'Log', value: 'level', help: 'debug, info, warning, error or silent' },
  },
  accessLog: {
    kind: yesOrNo,
    default: true,
    flag: { group: 'Log', help: 'log answered requests' },
  },
  colors: {
    kind: yesOrNoOr('auto'),
    default: 'auto',
    flag: { group: 'Log', help: 'colours in the log', fallback: 'if it goes to a terminal' },
  },
  logger: { kind: logger, default: undefined },
  handleSignals: { kind: yesOrNo, default: false },
  gracefulTimeout: {
    kind: milliseconds(0),
    default: 30 * SECOND,
    flag: { group: 'Timeouts', help: 'how long to wait for what runs when stopping' },
  },
  keepAliveTimeout: {
    kind: milliseconds(1),
    default: 5 * SECOND,
    flag: { group: 'Timeouts', help: 'how long a connection may stay idle' },
  },
  headersTimeout: {
    kind: milliseconds(1),
    default: 20 * SECOND,
    flag: { group: 'Timeouts', help: 'how long the head of a request may take' },
  },
  requestTimeout: {
    kind: milliseconds(1),
    default: 300 * SECOND,
    flag: { group: 'Timeouts', help: 'how long a whole request may take to arrive' },
  },
  maxHeaderBytes: {
    kind: boundedBytes(256, 16 * KIB * KIB),
    default: 16 * KIB,
    flag: { group: 'Limits', help: 'longest head of a request' },
  },
  maxHeaderCount: {
    kind: integer(1, 10_000),
    default: 128,
    flag: { group: 'Limits', help: 'most header fields of a request' },
  },
  maxTargetBytes: {
    kind: boundedBytes(1, 16 * KIB * KIB),
    default: 8 * KIB,
    flag: { group: 'Limits', help: 'longest path and query' },
  },
  maxBodyBytes: {
    kind: bytes,
    default: 64 * KIB * KIB,
    flag: { group: 'Limits', help: 'longest body of a request' },
  },
  ...HTTP_OPTIONS,
  ...WEBSOCKET_OPTIONS,
  ...TLS_OPTIONS,
  ...HTTP2_OPTIONS,
};

/** Checks the options of `serve` and fills in the defaults; throws `InvalidOption`. */
export function settle(options: ServeOptions, nameOf = inProgram): Settings {
  const settings = { ...fill(SERVE_OPTIONS, options), nameOf };
  requireWholeTLS(settings);
  // The head is a part of the request, and node:http refuses a longer time for the part.
  settings.headersTimeout = Math.min(settings.headersTimeout, settings.requestTimeout);
  return settings;
}
