/** How much is logged, the most talkative first. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** One answered request, as the access log has it. */
export interface AccessRecord {
  /** `host:port` of the client, or an empty string where it has no address. */
  client: string;
  method: string;
  /** The canonical path and the query, safe to print. */
  target: string;
  httpVersion: string;
  /** 101 for a session that was opened. */
  status: number;
  /** Only there where the request asks for a session. */
  protocol?: 'websocket';
  /** Only where `accessLogFormat` is `json`: such a record comes when the response, or the session, has ended, others when it begins. */
  detail?: AccessDetail;
}

/** What is known of a request once it has been answered. */
export interface AccessDetail {
  /** From the end of the head to the last of the response, in milliseconds. */
  duration: number;
  /** How many bytes of body were sent, without their framing. */
  bytes: number;
  /** Whether the response came to its end; false if the app failed or the client left in the middle. */
  isComplete: boolean;
  /** The `X-Request-Id` of the response. */
  requestId: string | null;
  userAgent: string | null;
  /** Only of a session: the code that it ended with, 1006 if the connection was lost. */
  closeCode?: number;
}

/**
 * Where a server's log goes.
 *
 * @example
 * ```ts
 * import type { Logger } from '@pullo/server';
 *
 * export const logger: Logger = {
 *   log: (level, message, error) => console.error(JSON.stringify({ level, message, error: String(error) })),
 *   access: (record) => console.log(JSON.stringify(record)),
 * };
 * ```
 */
export interface Logger {
  /** A line of the server's life, or an error, of an app say, with what was thrown. */
  log(level: LogLevel, message: string, error?: unknown): void;
  /** An answered request. Not called when the access log is off. */
  access(record: AccessRecord): void;
  /** Writes out what is buffered, when the server has stopped. */
  flush?(): void;
}
