import type { ReceiveEvent, SendEvent } from '../events.js';
import { Fields } from './fields.js';
import { type Rules, receivedType, sentType } from './rules.js';
import { ContractViolation } from './violation.js';

/** What the app does: it waits for an event, works on it, or has answered it. In the order they come in. */
const PHASES = ['before startup', 'starting', 'started', 'stopping', 'ended'] as const;
type Phase = (typeof PHASES)[number];

/** The rules of the lifespan protocol (ASGI lifespan 2.0). */
export class LifespanRules implements Rules {
  #phase: Phase = 'before startup';

  lastEvent(): undefined {}

  /** An app that returns before its first `receive()` leaves lifespan unsupported, as one that throws does. */
  unfinished(): string | undefined {
    if (this.#phase === 'starting') {
      return 'it returned without an answer to lifespan.startup: send lifespan.startup.complete or lifespan.startup.failed, or throw';
    }
    if (this.#phase === 'stopping') {
      return 'it returned without an answer to lifespan.shutdown: send lifespan.shutdown.complete or lifespan.shutdown.failed, or throw';
    }
    return undefined;
  }

  received(event: ReceiveEvent): void {
    const type = receivedType(event);
    const fields = new Fields('server', type, event);
    if (type === 'lifespan.startup') {
      if (this.#phase !== 'before startup') fields.fail('receive() gave lifespan.startup a second time');
      this.#phase = 'starting';
    } else if (type === 'lifespan.shutdown') {
      if (this.#phase !== 'started') fields.fail(`receive() gave lifespan.shutdown ${this.#whyNoShutdown()}`);
      this.#phase = 'stopping';
    } else {
      fields.fail(`receive() gave ${JSON.stringify(type)}, which is not an event of a lifespan scope`);
    }
  }

  #whyNoShutdown(): string {
    if (this.#phase === 'stopping') return 'a second time';
    if (this.#phase === 'ended') return 'after the app had ended its lifespan';
    return 'before the app sent lifespan.startup.complete';
  }

  sent(event: SendEvent): SendEvent {
    const type = sentType(event);
    const fields = new Fields('app', type, event);
    switch (event.type) {
      case 'lifespan.startup.complete':
      case 'lifespan.startup.failed':
        this.#answer(fields, 'starting', 'lifespan.startup');
        this.#phase = event.type === 'lifespan.startup.complete' ? 'started' : 'ended';
        break;
      case 'lifespan.shutdown.complete':
      case 'lifespan.shutdown.failed':
        this.#answer(fields, 'stopping', 'lifespan.shutdown');
        this.#phase = 'ended';
        break;
      default:
        throw new ContractViolation(
          'app',
          `${JSON.stringify(type)} is not an event to send on a lifespan scope`,
        );
    }
    return event;
  }

  #answer(fields: Fields, phase: Phase, question: string): void {
    if (fields.has('message')) fields.string('message');
    if (this.#phase === phase) return;
    if (PHASES.indexOf(this.#phase) < PHASES.indexOf(phase)) {
      fields.fail(`${fields.type} was sent before ${question} was received: it is the answer to that`);
    }
    fields.fail(
      this.#phase === 'ended'
        ? `${fields.type} was sent after the lifespan had ended`
        : `${fields.type} was sent when ${question} had been answered already`,
    );
  }
}
