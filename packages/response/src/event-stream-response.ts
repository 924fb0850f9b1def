import type { HeaderPairs } from '@pullo/asgi';
import { type EventSourceContent, EventStream } from './event-stream.js';
import { Response, type ResponseInit } from './response.js';
import type { ServerSentEvent } from './server-sent-event.js';

/** What a stream of events has besides the events. */
export interface EventStreamInit extends Omit<ResponseInit, 'mediaType'> {
  /** Milliseconds of silence after which a comment keeps proxies from closing the connection; `false` for none. Default: 15,000. */
  heartbeat?: number | false;
}

/** A source that fails within this time is still answered with a 500. In milliseconds. */
const OPENING = 50;
/** The longest delay that timers can have. */
const MAX_DELAY = 2 ** 31 - 1;
const HEADERS = [
  ['cache-control', 'no-store'],
  // nginx would keep the events until its buffer is full.
  ['x-accel-buffering', 'no'],
] as const;

/**
 * A stream of events for the browser's `EventSource` (HTML standard, section 9.2).
 *
 * The source is asked for the next event when the last has been taken. It is told once, by `return()`, that the client has left. When the server
 * is stopping the stream ends in good order, and the browser connects again, to whoever listens then.
 * Throws `RangeError` for a `heartbeat` that is no time.
 *
 * @example
 * ```ts
 * import { EventStreamResponse, type ServerSentEvent } from '@pullo/response';
 *
 * async function* prices(): AsyncGenerator<ServerSentEvent<'price', { eur: number }>> {
 *   yield { event: 'price', id: '1', data: { eur: 12 } };
 * }
 * export const response = new EventStreamResponse(prices());
 * ```
 */
export class EventStreamResponse<
  Event extends ServerSentEvent | string = ServerSentEvent | string,
> extends Response {
  static override readonly mediaType: string = 'text/event-stream';

  constructor(events: EventSourceContent<Event>, init: EventStreamInit = {}) {
    const { heartbeat = 15_000, ...rest } = init;
    super(new EventStream(events, { opening: OPENING, heartbeat: checkHeartbeat(heartbeat) }), rest);
    for (const [name, value] of HEADERS) {
      if (!this.headerList.has(name)) this.headerList.append(name, value);
    }
  }
}

function checkHeartbeat(heartbeat: number | false): number {
  if (heartbeat === false) return Infinity;
  if (heartbeat > 0 && heartbeat <= MAX_DELAY) return heartbeat;
  throw new RangeError(`Invalid heartbeat ${String(heartbeat)}: it is in milliseconds, above 0, or false.`);
}

/**
 * The `id` of the last event that a browser got before it connected again, or `null`: where to go on. Takes a scope or a request.
 *
 * @example
 * ```ts
 * import type { HTTPScope } from '@pullo/asgi';
 * import { lastEventId } from '@pullo/response';
 *
 * export const resumeAt = (scope: HTTPScope) => Number(lastEventId(scope) ?? 0) + 1;
 * ```
 */
export function lastEventId(from: { readonly headers: HeaderPairs }): string | null {
  for (const [name, value] of from.headers) {
    if (name.toLowerCase() === 'last-event-id') return fromLatin1(value);
  }
  return null;
}

/** Browsers send the id as UTF-8, and header values are the Latin-1 strings of their bytes. */
function fromLatin1(value: string): string {
  return new TextDecoder().decode(Uint8Array.from(value, (char) => char.charCodeAt(0)));
}
