import type { ReceiveEvent, SendEvent } from '../events.js';
import { type Rules, receivedType, sentType } from './rules.js';

/** A scope type beyond ASGI's three: all that is known is that an app which does not serve it throws. */
export class UnknownRules implements Rules {
  readonly #type: string;
  #takesPart = false;

  constructor(type: string) {
    this.#type = type;
  }

  lastEvent(): undefined {}

  unfinished(): string | undefined {
    if (this.#takesPart) return undefined;
    return `it returned from a scope of type ${JSON.stringify(this.#type)} that it does nothing with: throw new UnsupportedScope(scope)`;
  }

  received(event: ReceiveEvent): void {
    receivedType(event);
    this.#takesPart = true;
  }

  sent(event: SendEvent): SendEvent {
    sentType(event);
    this.#takesPart = true;
    return event;
  }
}
