import { createHash } from 'node:crypto';
import { HeaderList, type WebSocketScope } from '@pullo/asgi';
import type { RequestHead } from './request-head.js';
import { httpScope, type ScopeBase } from './scope.js';
import { Refusal } from './target.js';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY = /^[A-Za-z0-9+/]{22}==$/;
const EXTENSIONS = Object.freeze({ 'websocket.http.response': {} });

/** The value of `sec-websocket-accept` that answers a key (RFC 6455, section 4.2.2). */
export function acceptKey(key: string): string {
  return createHash('sha1').update(`${key}${GUID}`).digest('base64');
}

/** The scope of a session. Throws `Refusal` if the request is no handshake of RFC 6455, section 4.2.1. */
export function webSocketScope(head: RequestHead, base: ScopeBase): WebSocketScope {
  const { method, scheme, ...shared } = httpScope(head, base);
  const headers = HeaderList.raw(head.fields);
  if (method !== 'GET') throw new Refusal('The handshake of a WebSocket must be a GET.');
  if (!KEY.test(headers.get('sec-websocket-key') ?? ''))
    throw new Refusal('The Sec-WebSocket-Key is not valid.');
  if (headers.get('sec-websocket-version') !== '13')
    throw new Refusal('The Sec-WebSocket-Version must be 13.');
  const offered = headers.get('sec-websocket-protocol')?.split(',') ?? [];
  return {
    ...shared,
    type: 'websocket',
    scheme: scheme === 'https' ? 'wss' : 'ws',
    subprotocols: offered.map((name) => name.trim()).filter((name) => name !== ''),
    extensions: EXTENSIONS,
  };
}
