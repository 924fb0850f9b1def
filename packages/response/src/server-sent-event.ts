import { InvalidContent } from './errors.js';

/**
 * An event as the browser's `EventSource` gets it. What is left out is not sent; an event without `data` reaches no listener.
 *
 * The types tell which data goes with which event: `ServerSentEvent<'price', number> | ServerSentEvent<'news', Article>`.
 */
export interface ServerSentEvent<Name extends string = string, Data = unknown> {
  /** A string goes as it is, anything else as JSON. */
  data?: Data;
  /** Which listeners get it. Default: those of `message`. */
  event?: Name;
  /** What the browser sends back as `Last-Event-ID` when it connects again. */
  id?: string;
  /** How long the browser waits before it connects again, in milliseconds. */
  retry?: number;
  /** For people who read the stream: no listener gets it. */
  comment?: string;
}

const LINE_END = /\r\n|\r|\n/;
const UNSAFE_IN_FIELD = /[\r\n\0]+/g;

/**
 * An event as text (HTML standard, section 9.2.6). Line ends cannot break out of any field: data and comments become several lines,
 * elsewhere they become a space. Throws `InvalidContent` for data without a JSON form, a `retry`
 * that is not a whole number, and other fields that are not strings.
 *
 * @example
 * ```ts
 * import { serializeEvent } from '@pullo/response';
 *
 * serializeEvent({ event: 'price', data: { eur: 12 }, id: '7' }); // 'event: price\nid: 7\ndata: {"eur":12}\n\n'
 * ```
 */
export function serializeEvent(event: ServerSentEvent | string): string {
  if (typeof event === 'string') return `${lines('data: ', event)}\n`;
  let text = '';
  if (event.comment !== undefined) text += lines(': ', checkText('comment', event.comment));
  if (event.event !== undefined) text += `event: ${inOneLine('event', event.event)}\n`;
  if (event.id !== undefined) text += `id: ${inOneLine('id', event.id)}\n`;
  if (event.retry !== undefined) text += `retry: ${milliseconds(event.retry)}\n`;
  if (event.data !== undefined) text += lines('data: ', dataText(event.data));
  return `${text}\n`;
}

function lines(prefix: string, text: string): string {
  return text
    .split(LINE_END)
    .map((line) => `${prefix}${line}\n`)
    .join('');
}

function inOneLine(field: string, text: string): string {
  return checkText(field, text).replace(UNSAFE_IN_FIELD, ' ');
}

function checkText(field: string, text: unknown): string {
  if (typeof text === 'string') return text;
  throw new InvalidContent(`Invalid ${field} ${String(text)} of an event: it is a string.`);
}

function milliseconds(retry: number): number {
  if (Number.isSafeInteger(retry) && retry >= 0) return retry;
  throw new InvalidContent(
    `Invalid retry ${String(retry)} of an event: it is a whole number of milliseconds.`,
  );
}

function dataText(data: unknown): string {
  if (typeof data === 'string') return data;
  const text: string | undefined = JSON.stringify(data);
  if (text === undefined)
    throw new InvalidContent(`The data of an event is a ${typeof data}, which has no JSON form.`);
  return text;
}
