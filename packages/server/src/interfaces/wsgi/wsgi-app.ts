import type { WSGIInput } from './wsgi-input.js';

/** What a WSGI app gives as its body: pieces, texts as UTF-8. A `close()` of it is called in the end, as PEP 3333 has it. */
export type WSGIBody = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * An app in the manner of Python's WSGI (PEP 3333): a function that begins the response by a call, and gives the body as an iterable,
 * best as a generator. In place of `exc_info` `startResponse` takes the error.
 *
 * @example
 * ```ts
 * import type { WSGIApp } from '@pullo/server';
 *
 * export const app: WSGIApp = function* (environ, startResponse) {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']]);
 *   yield `You asked for ${environ.PATH_INFO}\n`;
 * };
 * ```
 */
export type WSGIApp = (environ: WSGIEnviron, startResponse: StartResponse) => WSGIBody | Promise<WSGIBody>;

/**
 * Begins the response. The head goes out with the first piece of the body that is not empty; until then a call with `error` puts another
 * in its place, and after that it throws that error. A second call without `error` throws. What it gives back sends a piece at
 * once, for code that cannot `yield`.
 *
 * `status` is a number and a reason, `200 OK`, of which the number is sent. Throws `InvalidHeader`, and `TypeError` for a status that
 * is none.
 */
export type StartResponse = (
  status: string,
  headers: Iterable<readonly [name: string, value: string]>,
  error?: unknown,
) => (piece: string | Uint8Array) => void;

/** What a WSGI app is told of its request: the keys of PEP 3333 and of CGI (RFC 3875) that mean something here. */
export interface WSGIEnviron {
  REQUEST_METHOD: string;
  /** Where the app is mounted, decoded; empty, or it begins with a slash. */
  SCRIPT_NAME: string;
  /** The rest of the path, decoded as UTF-8. */
  PATH_INFO: string;
  /** Still encoded. */
  QUERY_STRING: string;
  /** `HTTP/1.1` */
  SERVER_PROTOCOL: string;
  SERVER_NAME: string;
  /** The number as text, as CGI has it. */
  SERVER_PORT: string;
  /** Missing where the client has no address, as on a unix socket. */
  REMOTE_ADDR?: string;
  REMOTE_PORT?: string;
  CONTENT_TYPE?: string;
  /** Of the body as it was received. Missing where there is none. */
  CONTENT_LENGTH?: string;
  /** The other fields: `HTTP_ACCEPT_LANGUAGE`. Several of a name are joined. */
  [field: `HTTP_${string}`]: string | undefined;
  'wsgi.version': readonly [1, 0];
  'wsgi.url_scheme': 'http' | 'https';
  'wsgi.input': WSGIInput;
  'wsgi.errors': WSGIErrors;
  /** Always false: one thread runs an app. */
  'wsgi.multithread': false;
  /** Whether it is one of several workers. */
  'wsgi.multiprocess': boolean;
  'wsgi.run_once': false;
}

/** Where a WSGI app writes what went wrong: standard error. */
export interface WSGIErrors {
  write(text: string): void;
  writelines(lines: Iterable<string>): void;
  flush(): void;
}
