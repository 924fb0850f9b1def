import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ClientAddress, HeaderList, ServerAddress, TLSExtension } from '@pullo/asgi';
import type { Service } from '../http/service.js';
import type { Forwarding } from '../proxy/proxy-headers.js';
import { tlsExtensionOf } from '../tls/tls-extension.js';
import { address, label } from './address.js';

/** The two ends of a connection, as scopes and the log tell them. */
export class Peer {
  readonly client: ClientAddress | null;
  readonly server: ServerAddress | null;
  /** Null where there is no TLS. */
  readonly tls: TLSExtension | null;
  readonly #service: Service;
  /** Whether the client is a proxy whose word counts. */
  readonly #isProxy: boolean;

  constructor(service: Service, socket: Socket) {
    this.#service = service;
    this.client = address(socket.remoteAddress, socket.remotePort);
    this.server = address(socket.localAddress, socket.localPort) ?? service.path;
    this.tls = socket instanceof TLSSocket ? tlsExtensionOf(socket) : null;
    this.#isProxy = service.proxies?.trusts(this.client) ?? false;
  }

  /** `host:port` of the client for the log. */
  get label(): string {
    return this.client === null ? '' : label(this.client);
  }

  /** What a proxy says of a request, or null if it came from its client. */
  forwarding(headers: HeaderList): Forwarding | null {
    return this.#isProxy ? (this.#service.proxies?.read(headers, this.client) ?? null) : null;
  }
}
