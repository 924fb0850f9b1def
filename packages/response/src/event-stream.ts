import { InvalidContent } from './errors.js';
import { type ServerSentEvent, serializeEvent } from './server-sent-event.js';
import { type Pull, Stream, type StreamTraits, traits } from './stream.js';

/** Where events come from: an async generator mostly; a plain string is an event with that data. */
export type EventSourceContent<Event extends ServerSentEvent | string> =
  | AsyncIterable<Event>
  | Iterable<Event>;

/** How long a stream of events waits, in milliseconds. */
export interface Pauses {
  /** For the first event, before the browser is told that the stream is open. */
  opening: number;
  /** For any other, before a comment keeps the connection alive; `Infinity` for no comments. */
  heartbeat: number;
}

const OPENING = ':\n\n';
const HEARTBEAT = ': keep-alive\n\n';

type Result = IteratorResult<string, undefined>;

/** The text of a stream of events, with comments in it while the source has nothing to say. */
export class EventStream implements AsyncIterable<string> {
  readonly [traits]: StreamTraits = { endsOnShutdown: true };
  readonly #source: Stream<ServerSentEvent | string>;
  readonly #pauses: Pauses;

  constructor(source: EventSourceContent<ServerSentEvent | string>, pauses: Pauses) {
    this.#source = new Stream(source);
    this.#pauses = pauses;
  }

  [Symbol.asyncIterator](): AsyncIterator<string, undefined> {
    return new EventIterator(this.#source.open(), this.#pauses);
  }
}

class EventIterator implements AsyncIterator<string, undefined> {
  readonly #source: Pull;
  readonly #pauses: Pauses;
  /** The event that is being waited for: it stays the same while comments go out. */
  #pending: Promise<Result> | undefined;
  #arrived: (() => void) | undefined;
  #isFirst = true;

  constructor(source: Pull, pauses: Pauses) {
    this.#source = source;
    this.#pauses = pauses;
  }

  async next(): Promise<Result> {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const event = this.#expect();
    const isLate = await this.#isLate(isFirst ? this.#pauses.opening : this.#pauses.heartbeat);
    if (isLate) return { done: false, value: isFirst ? OPENING : HEARTBEAT };
    this.#pending = undefined;
    return event;
  }

  /** Reaches the source at once, also while an event is being waited for. */
  async return(): Promise<Result> {
    this.#arrived?.();
    await this.#source.stop(undefined);
    return { done: true, value: undefined };
  }

  #expect(): Promise<Result> {
    if (this.#pending !== undefined) return this.#pending;
    const event = this.#nextEvent();
    const arrived = () => this.#arrived?.();
    event.then(arrived, arrived);
    this.#pending = event;
    return event;
  }

  async #nextEvent(): Promise<Result> {
    const step = await this.#source.next();
    if (step.done) return { done: true, value: undefined };
    try {
      return { done: false, value: serializeEvent(eventOf(step.value)) };
    } catch (error) {
      await this.#source.stop(error);
      throw error;
    }
  }

  #isLate(pause: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = pause === Infinity ? undefined : setTimeout(() => resolve(true), pause);
      this.#arrived = () => {
        clearTimeout(timer);
        resolve(false);
      };
    });
  }
}

function eventOf(value: unknown): ServerSentEvent | string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) return value;
  throw new InvalidContent(
    `A stream of events gave a ${typeof value}: give { data, event, id, retry, comment } or a string.`,
  );
}
