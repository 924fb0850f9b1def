import type { HeaderList } from '@pullo/asgi';
import { Refusal } from '../http/refusal.js';

const KEY = /^[A-Za-z0-9+/]{22}==$/;
const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const SUBPROTOCOL = new RegExp(`^${TOKEN}$`);
const PARAMETER = `[ \\t]*;[ \\t]*${TOKEN}(?:[ \\t]*=[ \\t]*(?:${TOKEN}|"${TOKEN}"))?`;
const EXTENSION = new RegExp(`^${TOKEN}(?:${PARAMETER})*$`);
/** More would be no list of extensions, but work. */
const MAX_EXTENSIONS_LENGTH = 1024;

/** What a client asks for when it opens a session. */
export interface Handshake {
  readonly key: string;
  /** The client's favourite first. */
  readonly subprotocols: readonly string[];
  /** As the client wrote them, and empty if it offers none. */
  readonly extensions: string;
}

/** Reads the fields of an opening handshake (RFC 6455, section 4.2.1); throws `Refusal` for one that is not valid. */
export function readHandshake(headers: HeaderList): Handshake {
  if (headers.get('sec-websocket-version') !== '13') {
    throw new Refusal(426, 'This server speaks version 13 of the WebSocket protocol.', [
      ...['Upgrade', 'websocket'],
      ...['Sec-WebSocket-Version', '13'],
    ]);
  }
  const key = headers.get('sec-websocket-key') ?? '';
  if (!KEY.test(key)) throw new Refusal(400, 'The Sec-WebSocket-Key is not valid.');
  const extensions = headers.get('sec-websocket-extensions') ?? '';
  if (!areExtensions(extensions)) throw new Refusal(400, 'The Sec-WebSocket-Extensions are not valid.');
  return { key, subprotocols: subprotocolsOf(headers.get('sec-websocket-protocol')), extensions };
}

/** RFC 6455, section 4.1: tokens, each once. */
function subprotocolsOf(field: string | null): readonly string[] {
  const names = listOf(field ?? '');
  const isValid = names.every((name) => SUBPROTOCOL.test(name)) && new Set(names).size === names.length;
  if (isValid) return names;
  throw new Refusal(400, 'The Sec-WebSocket-Protocol is not a list of different names.');
}

function areExtensions(field: string): boolean {
  return field.length <= MAX_EXTENSIONS_LENGTH && listOf(field).every((each) => EXTENSION.test(each));
}

/** The elements of a list; empty ones do not count (RFC 9110, section 5.6.1). */
function listOf(field: string): string[] {
  return field
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
