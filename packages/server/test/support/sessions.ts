import type { App, Receive, Send, WebSocketScope } from '@pullo/asgi';
import type { Server } from '@pullo/server';
import { client, WebSocketDenied, type WebSocketSession } from '@pullo/testing';
import { onTestFinished } from 'vitest';
import { Wire } from './wire.ts';

export type Lead = (scope: WebSocketScope, receive: Receive, send: Send) => Promise<void> | void;

/** An app of sessions: `lead` is called when the client has asked. Plain requests are answered with their path. */
export function sessions(lead: Lead): App {
  return async (scope, receive, send) => {
    if (scope.type === 'websocket') {
      await receive();
      return lead(scope, receive, send);
    }
    send({ type: 'http.response.start', status: 200 });
    send({ type: 'http.response.body', body: scope.type === 'http' ? scope.path : '' });
  };
}

/** Sends back what it gets. */
export const echo: Lead = async (_scope, receive, send) => {
  send({ type: 'websocket.accept' });
  for (;;) {
    const event = await receive();
    if (event.type !== 'websocket.receive') return;
    await send({ ...event, type: 'websocket.send' });
  }
};

interface OpenOptions {
  subprotocols?: string[];
  headers?: Record<string, string>;
}

/** Opens a session for one test. */
export async function open(server: Server, path = '/', options: OpenOptions = {}): Promise<WebSocketSession> {
  const http = client(server);
  const session = await http.websocket(path, options);
  onTestFinished(() => {
    session.terminate();
    return http.close();
  });
  return session;
}

/** The response to a handshake that is refused. */
export async function denial(server: Server, path = '/', options: OpenOptions = {}) {
  await using http = client(server);
  const error = await http.websocket(path, options).catch((error: unknown) => error);
  if (!(error instanceof WebSocketDenied)) throw new Error('it was not refused', { cause: error });
  const { response } = error;
  return { status: response.status, headers: response.headers, body: await response.text() };
}

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
export const ACCEPTED = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** The lines of a handshake; those of `instead` take the place of the ones with their names, or come after; an empty value leaves one out. */
export function handshake(instead: Record<string, string> = {}, target = '/'): string {
  const fields: Record<string, string> = {
    Host: 'a',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': KEY,
    'Sec-WebSocket-Version': '13',
    ...instead,
  };
  const lines = Object.entries(fields)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${target} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** A frame as a client sends it: its first byte, and a mask of 1, 2, 3, 4. */
export function frame(first: number, payload: string | Uint8Array = ''): Buffer {
  const bytes = Buffer.from(payload);
  const size = bytes.length;
  const length =
    size < 126
      ? [size]
      : size < 0x10000
        ? [126, size >> 8, size & 0xff]
        : [127, 0, 0, 0, 0, 0, size >> 16, (size >> 8) & 0xff, size & 0xff];
  const masked = bytes.map((byte, i) => byte ^ ((i % 4) + 1));
  const [short = 0, ...extended] = length;
  return Buffer.concat([Buffer.from([first, 0x80 | short, ...extended, 1, 2, 3, 4]), masked]);
}

/** What a server has sent, frame by frame: `text hei`, `bytes 00ff`, `close 1000 reason`, `pong ...`. */
export function framesOf(text: string): string[] {
  const frames: string[] = [];
  let bytes = Buffer.from(text, 'latin1');
  while (bytes.length >= 2) {
    const short = bytes.readUInt8(1);
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < start) break;
    const size =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    frames.push(frameText(bytes.readUInt8(0), bytes.subarray(start, start + size)));
    bytes = bytes.subarray(start + size);
  }
  return frames;
}

const NAMES: Record<number, string> = { 129: 'text', 130: 'bytes', 136: 'close', 137: 'ping', 138: 'pong' };

function frameText(first: number, payload: Buffer): string {
  const name = NAMES[first] ?? `0x${first.toString(16)}`;
  if (name === 'bytes') return `bytes ${payload.toString('hex')}`.trim();
  if (name !== 'close') return `${name} ${payload.toString()}`.trim();
  if (payload.length === 0) return 'close';
  return `close ${payload.readUInt16BE(0)} ${payload.subarray(2)}`.trim();
}

/** A session over bytes. */
export class WireSession extends Wire {
  /** Waits until the session is open. */
  static async open(server: Server, fields: Record<string, string> = {}): Promise<WireSession> {
    const wire = new WireSession(server);
    wire.write(handshake(fields));
    await wire.until(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\n/);
    return wire;
  }

  /** The frames that have come. */
  get frames(): string[] {
    return framesOf(this.text.slice(this.text.indexOf('\r\n\r\n') + 4));
  }

  /** All frames up to the end of the connection. */
  async allFrames(): Promise<string[]> {
    await this.ended;
    return this.frames;
  }
}
