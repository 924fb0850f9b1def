import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTLS } from 'node:tls';
import type { Server } from '@pullo/server';
import { onTestFinished } from 'vitest';

/** A client that writes bytes, reads bytes, and knows nothing of HTTP. */
export class Wire {
  readonly socket: Socket;
  /** How the connection ended, once it has. */
  readonly ended: Promise<'end' | 'reset'>;
  #text = '';
  #isEnded = false;
  #wake: () => void = () => {};

  /** With `tls` it speaks TLS below. */
  constructor(server: Server, tls: ConnectionOptions | null = null) {
    const to = { host: server.host, port: server.port };
    this.socket = tls === null ? connect(to) : connectTLS({ ...to, ...tls });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (chunk: string) => {
      this.#text += chunk;
      this.#wake();
    });
    let failed = false;
    this.socket.on('error', () => {
      failed = true;
    });
    this.ended = new Promise((resolve) => {
      this.socket.on('close', () => {
        this.#isEnded = true;
        this.#wake();
        resolve(failed ? 'reset' : 'end');
      });
    });
    onTestFinished(() => {
      this.socket.destroy();
    });
  }

  /** What has arrived, as Latin-1. */
  get text(): string {
    return this.#text;
  }

  write(bytes: string | Uint8Array): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this;
  }

  /** Waits until something has arrived, and gives all that has. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text)) {
      if (this.#isEnded)
        throw new Error(`The connection ended before ${pattern}: ${JSON.stringify(this.#text)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#text;
  }

  /** All that the server sends up to the end of the connection. */
  async all(): Promise<string> {
    await this.ended;
    return this.#text;
  }
}

/** Sends bytes and gives all that comes back up to the end of the connection. */
export function ask(server: Server, bytes: string): Promise<string> {
  return new Wire(server).write(bytes).all();
}

/** A GET on a connection of its own, with more header lines if need be. */
export function get(server: Server, target = '/', ...lines: string[]): Promise<string> {
  return ask(server, head(`GET ${target} HTTP/1.1`, 'Host: a', 'Connection: close', ...lines));
}

/** Lines as the head of a request. */
export function head(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** The status line, the fields by lower-case name, and the bytes after the head. */
export function parse(answer: string): { status: number; fields: Map<string, string>; body: string } {
  const [top = '', ...rest] = answer.split('\r\n\r\n');
  const [line = '', ...lines] = top.split('\r\n');
  const fields = new Map<string, string>();
  for (const field of lines) {
    const colon = field.indexOf(': ');
    const name = field.slice(0, colon).toLowerCase();
    const value = field.slice(colon + 2);
    fields.set(name, fields.has(name) ? `${fields.get(name)}, ${value}` : value);
  }
  return { status: Number(line.split(' ')[1]), fields, body: rest.join('\r\n\r\n') };
}
