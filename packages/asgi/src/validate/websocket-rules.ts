import type { ReceiveEvent, SendEvent } from '../events.js';
import type { WebSocketScope } from '../scope.js';
import { Fields, show } from './fields.js';
import {
  bodySize,
  checkedHeaders,
  hasExtension,
  needExtension,
  type Rules,
  receivedType,
  sentType,
  utf8Length,
} from './rules.js';
import { ContractViolation } from './violation.js';

/** How far the session has come, as the app made it: `denying` is between the start and the end of a denial response. */
type Phase = 'connecting' | 'open' | 'denying' | 'closed';

/** The most that a close frame has room for (RFC 6455, section 5.5). */
const MAX_REASON_BYTES = 123;
const DENIAL = 'websocket.http.response';

/** The rules of a WebSocket session (ASGI WebSocket 2.5). */
export class WebSocketRules implements Rules {
  readonly #scope: WebSocketScope;
  #phase: Phase = 'connecting';
  #wasAccepted = false;
  #connectGiven = false;
  #disconnected = false;

  constructor(scope: WebSocketScope) {
    this.#scope = scope;
  }

  /** Messages that came before the close may still be read after it, so only a refusal is the end. */
  lastEvent(): string | undefined {
    return this.#phase === 'closed' && !this.#wasAccepted ? 'websocket.disconnect' : undefined;
  }

  unfinished(): string | undefined {
    if (this.#disconnected) return undefined;
    if (this.#phase === 'connecting') {
      return 'it returned without an answer to websocket.connect: send websocket.accept or websocket.close, or throw';
    }
    if (this.#phase === 'denying') {
      return 'it returned before its denial was complete: send a last websocket.http.response.body whose moreBody is false';
    }
    return undefined;
  }

  received(event: ReceiveEvent): void {
    const type = receivedType(event);
    const fields = new Fields('server', type, event);
    if (type === 'websocket.disconnect') {
      fields.integer('code', 1000, 4999);
      fields.string('reason');
      this.#disconnected = true;
      return;
    }
    if (hasExtension(this.#scope.extensions, type)) return;
    if (type !== 'websocket.connect' && type !== 'websocket.receive') {
      fields.fail(`receive() gave ${JSON.stringify(type)}, which is not an event of a websocket scope`);
    }
    if (this.#disconnected) fields.fail(`receive() gave ${type} after websocket.disconnect`);

    if (type === 'websocket.connect') this.#receivedConnect(fields);
    else this.#receivedMessage(fields);
  }

  #receivedConnect(fields: Fields): void {
    if (this.#connectGiven) fields.fail('receive() gave websocket.connect a second time');
    this.#connectGiven = true;
  }

  #receivedMessage(fields: Fields): void {
    if (!this.#connectGiven) fields.fail('receive() gave websocket.receive before websocket.connect');
    if (!this.#wasAccepted)
      fields.fail('receive() gave websocket.receive before the app sent websocket.accept');
    const hasBytes = isBytesOrNull(fields, fields.get('bytes'));
    const hasText = isTextOrNull(fields, fields.get('text'));
    if (hasBytes === hasText)
      fields.fail(`websocket.receive has ${both(hasBytes)}: one must be null, the other not`);
  }

  sent(event: SendEvent): SendEvent {
    const type = sentType(event);
    const fields = new Fields('app', type, event);
    switch (event.type) {
      case 'websocket.accept':
        return this.#sentAccept(event, fields);
      case 'websocket.send':
        this.#sentMessage(fields);
        return event;
      case 'websocket.close':
        this.#sentClose(fields);
        return event;
      case 'websocket.http.response.start':
        return this.#sentDenial(event, fields);
      case 'websocket.http.response.body':
        this.#sentDenialBody(fields);
        return event;
      default:
        if (hasExtension(this.#scope.extensions, type)) return event;
        throw new ContractViolation(
          'app',
          `${JSON.stringify(type)} is not an event to send on a websocket scope`,
        );
    }
  }

  #sentAccept(event: SendEvent, fields: Fields): SendEvent {
    if (this.#wasAccepted) fields.fail('websocket.accept was sent a second time');
    if (this.#phase !== 'connecting') fields.fail('websocket.accept was sent after the session was refused');
    if (fields.has('subprotocol') && fields.get('subprotocol') !== null) this.#checkSubprotocol(fields);
    if (fields.has('headers')) {
      const names = fields.headers().map(([name]) => name.toLowerCase());
      if (names.includes('sec-websocket-protocol')) {
        fields.fail('websocket.accept has a sec-websocket-protocol header: that is the field subprotocol');
      }
    }
    this.#phase = 'open';
    this.#wasAccepted = true;
    return event;
  }

  /** The server must choose one that the client offered (RFC 6455, section 4.2.2), or the client fails the connection. */
  #checkSubprotocol(fields: Fields): void {
    const chosen = fields.string('subprotocol');
    const offered = this.#scope.subprotocols;
    if (offered.includes(chosen)) return;
    const known =
      offered.length === 0
        ? 'null: the client offered none'
        : `one the client offered: ${offered.join(', ')}`;
    fields.mustBe('subprotocol', known);
  }

  #sentMessage(fields: Fields): void {
    this.#needOpen(fields);
    const hasBytes = isBytesOrNull(fields, fields.get('bytes') ?? null);
    const hasText = isTextOrNull(fields, fields.get('text') ?? null);
    if (hasBytes === hasText) fields.fail(`websocket.send has ${both(hasBytes)}: give exactly one`);
  }

  #sentClose(fields: Fields): void {
    if (this.#phase === 'closed') fields.fail('websocket.close was sent after the session had ended');
    if (this.#phase === 'denying')
      fields.fail('websocket.close was sent after websocket.http.response.start');
    if (fields.has('code')) checkCloseCode(fields);
    if (fields.has('reason')) {
      const size = utf8Length(fields.string('reason'));
      if (size > MAX_REASON_BYTES) {
        fields.fail(
          `websocket.close.reason has ${size} bytes, but a close frame has room for ${MAX_REASON_BYTES}`,
        );
      }
    }
    this.#phase = 'closed';
  }

  #sentDenial(event: SendEvent, fields: Fields): SendEvent {
    needExtension(this.#scope.extensions, DENIAL, fields.type);
    if (this.#phase !== 'connecting') {
      const where = this.#wasAccepted ? 'websocket.accept' : 'the session was refused';
      fields.fail(`websocket.http.response.start was sent after ${where}`);
    }
    fields.integer('status', 200, 599);
    const checked = checkedHeaders(event, fields);
    this.#phase = 'denying';
    return checked;
  }

  #sentDenialBody(fields: Fields): void {
    needExtension(this.#scope.extensions, DENIAL, fields.type);
    if (this.#phase === 'closed') {
      fields.fail('websocket.http.response.body was sent after the session had ended');
    }
    if (this.#phase !== 'denying') {
      fields.fail('websocket.http.response.body was sent before websocket.http.response.start');
    }
    bodySize(fields);
    if (fields.get('moreBody') !== true) this.#phase = 'closed';
  }

  #needOpen(fields: Fields): void {
    if (this.#phase === 'open') return;
    fields.fail(
      this.#phase === 'connecting'
        ? `${fields.type} was sent before websocket.accept`
        : `${fields.type} was sent after the session had ended`,
    );
  }
}

function isBytesOrNull(fields: Fields, value: unknown): boolean {
  if (value === null) return false;
  return value instanceof Uint8Array || fields.mustBe('bytes', 'a Uint8Array or null');
}

function isTextOrNull(fields: Fields, value: unknown): boolean {
  if (value === null) return false;
  return typeof value === 'string' || fields.mustBe('text', 'a string or null');
}

function both(areThere: boolean): string {
  return areThere ? 'both bytes and text' : 'neither bytes nor text';
}

/** The codes an endpoint may put on the wire (RFC 6455, section 7.4, and the IANA registry). */
function checkCloseCode(fields: Fields): void {
  const code = fields.get('code');
  const isSendable =
    typeof code === 'number' &&
    Number.isInteger(code) &&
    ((code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999));
  if (isSendable) return;
  fields.fail(
    `websocket.close.code is ${show(code)}, but must be 1000 to 1003, 1007 to 1014, or 3000 to 4999`,
  );
}
