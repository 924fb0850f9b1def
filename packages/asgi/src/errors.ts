import type { Scope } from './scope.js';

/**
 * The client has left. Servers reject `send` with it, and swallow it silently when it comes out of an app.
 */
export class ClientDisconnected extends Error {
  override readonly name = 'ClientDisconnected';
  readonly code = 'ERR_CLIENT_DISCONNECTED';

  constructor(message = 'The client has disconnected.', options?: ErrorOptions) {
    super(message, options);
  }
}

/** The reason of `exchange.signal` when the request took longer than the server allows. */
export class RequestTimeout extends Error {
  override readonly name = 'RequestTimeout';
  readonly code = 'ERR_REQUEST_TIMEOUT';

  constructor(message = 'The request took longer than the server allows.', options?: ErrorOptions) {
    super(message, options);
  }
}

/** The reason of `exchange.signal` when the server is stopping: finish soon, the connection will be cut. */
export class ServerShutdown extends Error {
  override readonly name = 'ServerShutdown';
  readonly code = 'ERR_SERVER_SHUTDOWN';

  constructor(message = 'The server is shutting down.', options?: ErrorOptions) {
    super(message, options);
  }
}

/** A request path that has no canonical form: answer with 400. Thrown by `canonicalPath`. */
export class BadPath extends Error {
  override readonly name = 'BadPath';
  readonly code = 'ERR_BAD_PATH';
  /** The path as it was given. */
  readonly path: string;
  /** What is wrong with it, without the path: fit for an answer to the client. */
  readonly problem: string;

  constructor(path: string, problem: string) {
    super(`Bad path ${quote(path)}: ${problem}.`);
    this.path = path;
    this.problem = problem;
  }
}

/** What an app throws when it is called with a scope whose type it does not serve. */
export class UnsupportedScope extends Error {
  override readonly name = 'UnsupportedScope';
  readonly code = 'ERR_UNSUPPORTED_SCOPE';

  constructor(scope: Pick<Scope, 'type'>) {
    super(`This app does not serve scopes of type ${quote(String(scope.type))}.`);
  }
}

/** A header name or value that HTTP does not allow (RFC 9110, section 5). */
export class InvalidHeader extends TypeError {
  override readonly name = 'InvalidHeader';
  readonly code = 'ERR_INVALID_HEADER';
}

/** Whether an error is a `ClientDisconnected`, also one of another copy of this package. */
export function isClientDisconnected(error: unknown): error is ClientDisconnected {
  try {
    return error instanceof Error && 'code' in error && error.code === 'ERR_CLIENT_DISCONNECTED';
  } catch {
    // Anything can be thrown: a revoked Proxy, an error whose code is a getter that throws.
    return false;
  }
}

/**
 * Text that somebody else wrote as it may stand in a message or a log: in quotes, escaped, on one line, cut after 200 characters.
 *
 * @example
 * ```ts
 * import { quote } from '@pullo/asgi/http';
 *
 * quote('a\nb'); // '"a\\nb"'
 * ```
 */
export function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
