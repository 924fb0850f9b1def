import type { ReceiveEvent, SendEvent } from '../events.js';
import { HeaderList } from '../header-list.js';
import { type Fields, show } from './fields.js';
import { ContractViolation, type Side } from './violation.js';

/** The rules of one exchange and how far it has come. The methods throw `ContractViolation`. */
export interface Rules {
  /** Checks an event for the app. */
  received(event: ReceiveEvent): void;
  /** Checks an event from the app; hands back the one for the server, whose iterables can be read again. */
  sent(event: SendEvent): SendEvent;
  /** The one event that is left to receive once the app has sent the last of its own; `undefined` before that. */
  lastEvent(): string | undefined;
  /** What an app that returns now has left undone, if anything. */
  unfinished(): string | undefined;
}

/** Reads the `type` of what the app gave to `send()`, whatever that is. */
export function sentType(event: unknown): string {
  return typeOf(event, 'app', 'send() was called with');
}

/** Reads the `type` of what the server gave from `receive()`, whatever that is. */
export function receivedType(event: unknown): string {
  return typeOf(event, 'server', 'receive() gave');
}

function typeOf(event: unknown, side: Side, deed: string): string {
  if (typeof event !== 'object' || event === null) {
    throw new ContractViolation(side, `${deed} ${show(event)}, but an event is an object`);
  }
  const type: unknown = 'type' in event ? event.type : undefined;
  if (typeof type === 'string') return type;
  const problem = type === undefined ? 'without a type' : `whose type is ${show(type)}`;
  throw new ContractViolation(side, `${deed} an event ${problem}: type must be a string`);
}

/** Whether an event belongs to an extension that the scope names: `a.b` covers `a.b` and `a.b.c`. */
export function hasExtension(extensions: object, type: string): boolean {
  return Object.entries(extensions).some(
    ([name, value]) => value !== undefined && (type === name || type.startsWith(`${name}.`)),
  );
}

/** Refuses an event of an extension that the scope does not name. */
export function needExtension(extensions: object, name: string, type: string): void {
  if (Reflect.get(extensions, name) !== undefined) return;
  throw new ContractViolation(
    'app',
    `${type} was sent, but the server does not have that extension: look for ${JSON.stringify(name)} in scope.extensions first`,
  );
}

/** The event with what can be read only once (a generator) replaced by what was read from it. */
export function materialized<Event extends SendEvent>(event: Event, field: string, items: unknown[]): Event {
  const given: unknown = Reflect.get(event, field);
  const isReadable = given === undefined || Array.isArray(given) || given instanceof HeaderList;
  return isReadable ? event : { ...event, [field]: items };
}

/** The checks of `headers` that every event with them shares. */
export function checkedHeaders<Event extends SendEvent>(event: Event, fields: Fields): Event {
  return fields.has('headers') ? materialized(event, 'headers', fields.headers()) : event;
}

/** The size of a body event in bytes, and the checks of its fields. */
export function bodySize(fields: Fields): number {
  if (fields.has('moreBody')) fields.boolean('moreBody');
  if (!fields.has('body')) return 0;
  const body = fields.get('body');
  if (typeof body === 'string') return utf8Length(body);
  if (body instanceof Uint8Array) return body.byteLength;
  return fields.mustBe('body', 'a string or a Uint8Array');
}

/** The number of bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  return encoder.encode(text).byteLength;
}

const encoder = new TextEncoder();
