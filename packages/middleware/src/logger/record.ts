/** How much attention a request deserves. */
export type LogLevel = 'info' | 'warn' | 'error';

/** What is known of a request when it is over. */
export interface LogRecord {
  readonly method: string;
  /** The canonical path, without the query: queries have secrets in them. */
  readonly path: string;
  readonly status: number;
  /** From the first middleware's `next()` to the last byte, or to the end of a WebSocket session; in milliseconds, to the microsecond. */
  readonly duration: number;
  /** What was sent of the body. */
  readonly bytes: number;
  /** What `requestId()` has provided, before the logger or behind it. */
  readonly requestId?: string;
  /** Those that were asked for, secrets redacted. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the response did not come to its end: the client left, or its source failed. */
  readonly cut?: true;
  /** What was thrown below, also where it has become an answer; or what cut the response. */
  readonly error?: unknown;
}

/**
 * `error` for 500 and above and for responses that failed on the way, `warn` for 400 and above and for clients that left, else `info`. A
 * WebSocket session, which is 101 whatever becomes of it, goes by what it failed with.
 */
export function levelOf(record: LogRecord): LogLevel {
  if (record.status >= 500) return 'error';
  if (record.status === SWITCHING_PROTOCOLS && record.error !== undefined) {
    return isInterruption(record.error) || isClientError(record.error) ? 'warn' : 'error';
  }
  if (record.cut) return isInterruption(record.error) ? 'warn' : 'error';
  return record.status >= 400 ? 'warn' : 'info';
}

/** The status of a WebSocket session that was accepted. */
export const SWITCHING_PROTOCOLS = 101;

/** Whether an error says that it was the client's: an `HTTPError` of 400 to 499, or the like of it. */
function isClientError(error: unknown): boolean {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return false;
  return error.status >= 400 && error.status < 500;
}

const INTERRUPTIONS: ReadonlySet<unknown> = new Set([
  'ERR_CLIENT_DISCONNECTED',
  'ERR_REQUEST_TIMEOUT',
  'ERR_SERVER_SHUTDOWN',
]);

/** Whether it was not the app that failed: the client left, or the server gave up. */
export function isInterruption(error: unknown): boolean {
  return error instanceof Error && 'code' in error && INTERRUPTIONS.has(error.code);
}
