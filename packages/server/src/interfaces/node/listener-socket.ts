import { Duplex } from 'node:stream';
import type { HTTPScope } from '@pullo/asgi';

/**
 * What a listener sees as the socket of its request: the addresses, and a way to cut the connection. It carries no bytes, and its
 * time-outs are the server's.
 */
export class ListenerSocket extends Duplex {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly remoteFamily: string | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  /** As a TLS socket has it; others have nothing there. */
  readonly encrypted: true | undefined;
  readonly #onDestroy: (error: Error | null) => void;

  constructor({ client, server, scheme }: HTTPScope, onDestroy: (error: Error | null) => void) {
    super();
    this.remoteAddress = client?.host;
    this.remotePort = client?.port;
    this.remoteFamily = client === null ? undefined : client.host.includes(':') ? 'IPv6' : 'IPv4';
    this.localAddress = server === null || server.port === null ? undefined : server.host;
    this.localPort = server?.port ?? undefined;
    this.encrypted = scheme === 'https' ? true : undefined;
    this.#onDestroy = onDestroy;
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  override _read(): void {}

  override _write(_chunk: unknown, _encoding: BufferEncoding, callback: () => void): void {
    this.destroy(new Error('The listener wrote to the socket of its request: write to the response.'));
    callback();
  }

  /** The error goes to whoever runs the app: as an event it would end the process where nobody listens. */
  override _destroy(error: Error | null, callback: () => void): void {
    this.#onDestroy(error);
    callback();
  }
}
