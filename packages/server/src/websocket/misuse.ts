import {
  type ContractViolation,
  HeaderList,
  type WebSocketAcceptEvent,
  type WebSocketCloseEvent,
  type WebSocketSendEvent,
} from '@pullo/asgi';
import { checkField } from '../http/check-field.js';
import { violation } from '../http/misuse.js';

/** The most that a close frame has room for (RFC 6455, section 5.5). */
const MAX_REASON_BYTES = 123;
const HOP = /^(?:connection|content-length|keep-alive|trailer|transfer-encoding|upgrade)$/;
const HANDSHAKE = /^sec-websocket-(?:accept|extensions|key|version)$/;

/** The subprotocol of an accept; throws `ContractViolation` for one that the client has not offered, as it would fail the connection. */
export function subprotocolOf(
  { subprotocol }: WebSocketAcceptEvent,
  offered: readonly string[],
): string | null {
  if (subprotocol === undefined || subprotocol === null) return null;
  if (offered.includes(subprotocol)) return subprotocol;
  const known = offered.length === 0 ? 'none' : offered.map((name) => JSON.stringify(name)).join(', ');
  throw violation(
    `websocket.accept has the subprotocol ${JSON.stringify(subprotocol)}, but the client has offered ${known}`,
  );
}

/** The fields of an accept, flat, without those of the connection. Throws `InvalidHeader` and `ContractViolation`. */
export function acceptFields({ headers }: WebSocketAcceptEvent): string[] {
  const fields: string[] = [];
  const { flat } = headers instanceof HeaderList ? headers : new HeaderList(headers ?? []);
  for (let i = 0; i < flat.length; i += 2) {
    checkField(flat[i] as string, flat[i + 1] as string);
    const name = (flat[i] as string).toLowerCase();
    if (name === 'sec-websocket-protocol') {
      throw violation('websocket.accept has a sec-websocket-protocol header: that is the field subprotocol');
    }
    if (HANDSHAKE.test(name))
      throw violation(`websocket.accept has the header ${name}, which is the server's`);
    if (!HOP.test(name)) fields.push(name, flat[i + 1] as string);
  }
  return fields;
}

/** The message of a send: exactly one of `text` and `bytes`. */
export function messageOf({ text, bytes }: WebSocketSendEvent): string | Uint8Array {
  const hasText = text !== undefined && text !== null;
  const hasBytes = bytes !== undefined && bytes !== null;
  if (hasText === hasBytes) {
    const what = hasText ? 'both bytes and text' : 'neither bytes nor text';
    throw violation(`websocket.send has ${what}: give exactly one`);
  }
  if (hasText && typeof text !== 'string') throw violation('websocket.send has a text that is no string');
  if (hasBytes && !(bytes instanceof Uint8Array))
    throw violation('websocket.send has bytes that are no Uint8Array');
  return (text ?? bytes) as string | Uint8Array;
}

/** The code and the reason of a close. */
export function closeOf({ code = 1000, reason = '' }: WebSocketCloseEvent): { code: number; reason: string } {
  if (!isSendable(code)) {
    throw violation(
      `websocket.close.code is ${String(code)}, but must be 1000 to 1003, 1007 to 1014, or 3000 to 4999`,
    );
  }
  if (typeof reason !== 'string') throw violation('websocket.close has a reason that is no string');
  const size = Buffer.byteLength(reason);
  if (size <= MAX_REASON_BYTES) return { code, reason };
  throw violation(
    `websocket.close.reason has ${size} bytes, but a close frame has room for ${MAX_REASON_BYTES}`,
  );
}

/** The codes that an endpoint may put on the wire (RFC 6455, section 7.4, and the IANA registry). */
function isSendable(code: unknown): boolean {
  if (typeof code !== 'number' || !Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/** What is wrong with an event that came where it has no place. */
export function outOfPlace(
  type: string,
  phase: 'connecting' | 'denying' | 'open' | 'closing',
): ContractViolation {
  switch (phase) {
    case 'connecting':
      return violation(
        type === 'websocket.http.response.body'
          ? `${type} was sent before websocket.http.response.start: that comes first`
          : `${type} was sent before websocket.accept`,
      );
    case 'denying':
      return violation(`${type} was sent after the session was refused`);
    case 'open':
      return violation(`${type} was sent after websocket.accept: a session is opened once`);
    case 'closing':
      return violation(`${type} was sent after websocket.close: that is the last event of a session`);
  }
}

export function unknownEvent(type: unknown): ContractViolation {
  return violation(
    typeof type === 'string'
      ? `${JSON.stringify(type)} is not an event to send on a websocket scope`
      : 'what it sent has no type: an event is an object such as { type: "websocket.accept" }',
  );
}

export const UNANSWERED =
  'it returned without an answer to websocket.connect: send websocket.accept or websocket.close, or throw';
