import type { Receive } from '../app.js';
import { ClientDisconnected } from '../errors.js';
import { HeaderList } from '../header-list.js';
import type { Exchange, HTTPScope } from '../scope.js';
import { requestURL, serverAuthority } from './request-url.js';

interface WebRequestInit extends RequestInit {
  duplex?: 'half';
}

/**
 * Fetch's request over a scope: one of the platform's, but for `signal`, which is that of the exchange.
 *
 * Handing the signal to the constructor would cost two to three times as much as all the rest of it, as that makes a second one
 * which follows the first; and most handlers do not look at it.
 */
export class WebRequest extends globalThis.Request {
  readonly #exchange: Exchange;

  constructor(url: string, init: WebRequestInit, exchange: Exchange) {
    super(url, init);
    this.#exchange = exchange;
  }

  override get signal(): AbortSignal {
    return this.#exchange.signal;
  }
}

/** Makes the request; `path` is what the handler sees of the scope's. */
export function webRequest(scope: HTTPScope, path: string, receive: Receive): globalThis.Request {
  const { method } = scope;
  const headers = new globalThis.Headers();
  const hosts: string[] = [];
  for (const [name, value] of scope.headers) {
    if (name === 'host') hosts.push(value);
    headers.append(name, value);
  }
  joinCookies(headers, scope);
  const init: WebRequestInit = { method, headers };
  if (method !== 'GET' && method !== 'HEAD') {
    init.body = bodyStream(receive);
    init.duplex = 'half';
  }
  const host = hosts.length === 1 ? (hosts[0] as string) : null;
  try {
    return new WebRequest(requestURL(scope, path, host), init, scope.exchange);
  } catch (error) {
    if (host === null) throw error;
    // What looks like a host may be none to the URL parser: 1.2.3.999, or port 70000.
    return new WebRequest(requestURL(scope, path, serverAuthority(scope)), init, scope.exchange);
  }
}

/** Several `cookie` fields, as HTTP/2 has them, are one with `; ` (RFC 9113, section 8.2.3), where `append` writes a comma. */
function joinCookies(headers: globalThis.Headers, scope: HTTPScope): void {
  if (!headers.get('cookie')?.includes(',')) return;
  const cookies = new HeaderList(scope.headers).get('cookie');
  if (cookies !== null) headers.set('cookie', cookies);
}

/** The body in the pieces in which it arrives; one is asked for when somebody reads. */
function bodyStream(receive: Receive): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        for (;;) {
          const event = await receive();
          if (event.type !== 'http.request') throw new ClientDisconnected();
          // The cast drops only `SharedArrayBuffer` from the type: bytes of a request never lie in shared memory.
          if (event.body.byteLength > 0) controller.enqueue(event.body as Uint8Array<ArrayBuffer>);
          if (!event.moreBody) return controller.close();
          if (event.body.byteLength > 0) return;
        }
      },
    },
    { highWaterMark: 0 },
  );
}
