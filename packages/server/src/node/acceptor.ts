import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Settings } from '../options.js';
import type { Handshake } from '../websocket/handshake.js';

/**
 * How long a client has to answer a close before the connection is cut, in milliseconds, and how many pings it may send if it takes
 * none of the answers. (The types of `ws` do not know these options yet.)
 */
const PATIENCE = { closeTimeout: 10_000, maxPendingAutoPongs: 60 };
/** Shorter messages are not worth compressing. */
const MIN_COMPRESSED_BYTES = 1024;

/** What of a request `ws` looks at, and the fields that the answer has beside those of `ws`. */
class HandshakeRequest extends IncomingMessage {
  readonly fields: readonly string[];

  constructor(socket: Socket, headers: Record<string, string>, fields: readonly string[]) {
    super(socket);
    this.method = 'GET';
    this.headers = { upgrade: 'websocket', 'sec-websocket-version': '13', ...headers };
    this.fields = fields;
  }
}

/** Opens sessions on sockets that have left `node:http`; from the answer to the handshake on they are those of `ws`. */
export class Acceptor {
  readonly #server: WebSocketServer;

  constructor({ wsMaxMessageBytes, wsPerMessageDeflate }: Settings) {
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: wsMaxMessageBytes,
      ...PATIENCE,
      // What a session keeps between two messages would be some 100 KiB for each.
      perMessageDeflate: wsPerMessageDeflate && {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        threshold: MIN_COMPRESSED_BYTES,
      },
    });
    this.#server.on('headers', (lines, request) => {
      const { fields } = request as HandshakeRequest;
      for (let i = 0; i < fields.length; i += 2) lines.push(`${fields[i]}: ${fields[i + 1]}`);
    });
    // It has been checked before: only an offer of extensions can be one that cannot be met, and it is then declined.
    this.#server.on('wsClientError', () => {});
  }

  /** Answers the handshake; null if the client has left. `fields` are flat, `head` is what came after the handshake. */
  accept(
    socket: Socket,
    head: Buffer,
    { key, extensions }: Handshake,
    subprotocol: string | null,
    fields: readonly string[],
  ): WebSocket | null {
    const required = {
      'sec-websocket-key': key,
      ...(subprotocol === null ? {} : { 'sec-websocket-protocol': subprotocol }),
    };
    const offer = { ...required, 'sec-websocket-extensions': extensions };
    return (
      this.#upgrade(socket, head, new HandshakeRequest(socket, offer, fields)) ??
      this.#upgrade(socket, head, new HandshakeRequest(socket, required, fields))
    );
  }

  /** `ws` calls back at once or not at all. */
  #upgrade(socket: Socket, head: Buffer, request: HandshakeRequest): WebSocket | null {
    let opened: WebSocket | null = null;
    // Fields are Latin-1 on the wire.
    socket.setDefaultEncoding('latin1');
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      opened = webSocket;
    });
    socket.setDefaultEncoding('utf8');
    return opened;
  }
}
