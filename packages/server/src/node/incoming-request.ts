import { IncomingMessage } from 'node:http';
import { HeadFields } from '../http/head-fields.js';

/** Where `node:http` notes whether its parser takes a request for an upgrade. */
const IS_UPGRADE = Symbol('isUpgrade');
const WEBSOCKET = /(?:^|,)[ \t]*websocket[ \t]*(?:,|$)/i;

/** A request of `node:http` that does not build an object of all its headers. */
export class IncomingRequest extends IncomingMessage {
  declare [IS_UPGRADE]: boolean | null;
  /** Whether the connection leaves HTTP with this request. */
  declare readonly upgrade: boolean;
  #fields: HeadFields | null = null;

  /** The fields of the head that the server looks at. */
  get fields(): HeadFields {
    this.#fields ??= new HeadFields(this.rawHeaders);
    return this.#fields;
  }

  /**
   * Whether the client asks for a WebSocket session in the words of RFC 6455, section 4.1: the rest of the head may still be wrong. One with a
   * body is a plain request, whose bytes nobody can take for frames.
   */
  get isHandshake(): boolean {
    const { upgrade, bodyLength } = this.fields;
    return (
      upgrade !== undefined &&
      WEBSOCKET.test(upgrade) &&
      this.method === 'GET' &&
      this.httpVersionMinor === 1 &&
      bodyLength === 0
    );
  }
}

// node:http reads `headers.expect` of every request, for which its own getter makes an object of all headers (5 to 10 % of
// the cost of a small exchange). It is a property to TypeScript, so the class above cannot override it as an accessor.
Object.defineProperty(IncomingRequest.prototype, 'headers', {
  configurable: true,
  get(this: IncomingRequest): HeadFields {
    return this.fields;
  },
});

// With a listener for 'upgrade', node:http gives every request there that asks for one, without its body. This leaves it those for
// WebSocket, and all others are plain requests: RFC 9110, section 7.8, lets a server ignore the field. The parser has seen to it that
// Connection names it.
Object.defineProperty(IncomingRequest.prototype, 'upgrade', {
  configurable: true,
  get(this: IncomingRequest): boolean {
    return this[IS_UPGRADE] === true && (this.method === 'CONNECT' || this.isHandshake);
  },
  set(this: IncomingRequest, value: boolean | null) {
    this[IS_UPGRADE] = value;
  },
});
