import { type BaseContext, type Middleware, named, type Response } from '@pullo/core';
import { Delivery, type Outcome } from './delivery.js';
import { escapeControls } from './escape.js';
import { jsonLine } from './json-line.js';
import { ObservedResponse } from './observed-response.js';
import { isInterruption, type LogLevel, type LogRecord, levelOf } from './record.js';
import { type HeaderPicker, headerPicker } from './redact.js';
import { isTerminal, wantsColour } from './terminal.js';
import { colouredLine, textLine } from './text-line.js';

export type { LogLevel, LogRecord } from './record.js';

/** A logger of yours: pino, Fastify's, and others that take an object and a message. */
export type LevelLogger = Readonly<Record<LogLevel, (record: object, message: string) => void>>;

/** Options of `logger`. */
export interface LoggerOptions {
  /** `text` for people, `json` for programs. Default: `text` where standard output is a terminal, else `json`. */
  format?: 'text' | 'json';
  /** Whether text has colours. Default: on a terminal, unless the environment has `NO_COLOR`. */
  colour?: boolean;
  /** Takes each line, without a line break. Default: `console.log`. */
  write?: (line: string) => void;
  /**
   * Takes the records in place of lines, by level: `error` for 500 and above and for responses that failed on the way, `warn` for 400
   * and above and for clients that left, `info` for all others. An error that was thrown is `err` there, as pino has it.
   */
  logger?: LevelLogger;
  /** Header fields of the request to log. Default: none. Those with credentials are there as `[redacted]`. */
  headers?: readonly string[] | 'all';
  /** More fields to redact than those whose names have to do with authorization, cookies, tokens, sessions, passwords, secrets and API keys. */
  redact?: readonly string[];
  /** Says which requests are not logged; it is asked when they come in. */
  skip?: (ctx: BaseContext) => boolean;
}

/** nginx's status for a client that has left before there was an answer. */
const CLIENT_CLOSED_REQUEST = 499;

/**
 * Logs one line for each request, when its outcome is known: method, path, status, duration, bytes of the body, request id, error.
 *
 * A stream or a file is logged when it has been sent, or cut, with what was sent of it; a WebSocket session when it has ended, as 101 and its
 * duration, or as the status that refused it. Use it first, so that it sees what the other
 * layers make of the response. What is in a request cannot forge a line: controls are escaped. The query is not logged, as it
 * may hold secrets. A `write` or `logger` that throws does not spoil the answer: its error comes out of the app, for the server to log.
 *
 * @example
 * ```ts
 * import { Pullo } from '@pullo/core';
 * import { logger } from '@pullo/middleware/logger';
 *
 * export const app = new Pullo()
 *   .use(logger({ skip: ({ request }) => request.path === '/health' }))
 *   .get('/health', () => 'up')
 *   .get('/', () => 'Saying hi from home.');
 * // GET / 200 0.3 ms 20 B
 * ```
 */
export function logger(options: LoggerOptions = {}): Middleware {
  const { skip, headers, redact = [] } = options;
  const log = options.logger === undefined ? lineLog(options) : levelLog(options.logger);
  const pick = headers === undefined ? undefined : headerPicker(headers, redact);
  const middleware: Middleware = (ctx, next) => {
    if (skip?.(ctx)) return next();
    const begin = performance.now();
    const tell = (outcome: Outcome) => {
      try {
        log(recordOf(ctx, outcome, performance.now() - begin, pick));
      } catch (error) {
        ctx.waitUntil(Promise.reject(error));
      }
    };
    const finish = (response: Response) => {
      const bytes = plainBytes(response, ctx.request.method);
      if (bytes === undefined) return new ObservedResponse(response, new Delivery(tell));
      tell({ status: response.status, bytes, cut: undefined });
      return response;
    };
    const response = next();
    return response instanceof Promise ? response.then(finish) : finish(response);
  };
  return named(middleware, { name: 'logger', description: 'Logs one line for each request.' });
}

type Log = (record: LogRecord) => void;

function lineLog({ format = isTerminal() ? 'text' : 'json', colour, write = toConsole }: LoggerOptions): Log {
  if (format === 'json') return (record) => write(jsonLine(record));
  const isColoured = colour ?? (isTerminal() && wantsColour());
  const line = isColoured ? colouredLine : textLine;
  return (record) => write(line(record));
}

function toConsole(line: string): void {
  console.log(line);
}

function levelLog(logger: LevelLogger): Log {
  return (record) => {
    const { error, ...rest } = record;
    const message = escapeControls(`${record.method} ${record.path} ${record.status}`);
    logger[levelOf(record)](error === undefined ? rest : { ...rest, err: error }, message);
  };
}

function recordOf(
  ctx: BaseContext,
  { status, bytes, cut }: Outcome,
  duration: number,
  pick: HeaderPicker | undefined,
): LogRecord {
  const { request } = ctx;
  const error = cut?.reason ?? ctx.error;
  const requestId = 'requestId' in ctx ? ctx.requestId : undefined;
  return {
    method: request.method,
    path: request.path,
    // Without a head a server answers what was thrown with 500.
    status: status ?? (isInterruption(error) ? CLIENT_CLOSED_REQUEST : 500),
    duration: Math.round(duration * 1000) / 1000,
    bytes,
    ...(typeof requestId === 'string' && { requestId }),
    ...(pick !== undefined && { headers: pick(request.headers) }),
    ...(cut !== undefined && { cut: true }),
    ...(error !== undefined && { error }),
  };
}

/** The length of a body that is there as a whole; `undefined` for one that comes in pieces, which may end before its end. */
function plainBytes(response: Response, method: string): number | undefined {
  const { content, status } = response;
  if (content === null) return 0;
  if (typeof content !== 'string' && !(content instanceof Uint8Array)) return undefined;
  if (method === 'HEAD' || status < 200 || status === 204 || status === 205 || status === 304) return 0;
  if (typeof content !== 'string') return content.byteLength;
  const declared = response.headerList.get('content-length');
  return declared === null ? new TextEncoder().encode(content).byteLength : Number(declared);
}
