import type { Receive } from '../app.js';
import { HeaderList } from '../header-list.js';
import type { Exchange, HTTPScope } from '../scope.js';
import { platformHeaders } from './light-headers.js';
import { bodyStream } from './request-body.js';
import { requestURL } from './request-url.js';

/** The methods that Fetch writes in capitals however they were sent. */
const NORMALIZED = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);

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

// A loop over a request sees it, as it does the platform's.
Object.defineProperty(WebRequest.prototype, 'signal', { enumerable: true });

/** Makes the request; `path` is what the handler sees of the scope's. */
export function webRequest(scope: HTTPScope, path: string, receive: Receive): globalThis.Request {
  const method = fetchMethod(scope.method);
  const headers = platformHeaders(fieldsOf(scope));
  const init: WebRequestInit = { method, headers };
  if (method !== 'GET' && method !== 'HEAD') {
    init.body = bodyStream(receive);
    init.duplex = 'half';
  }
  return new WebRequest(requestURL(scope, path), init, scope.exchange);
}

/** A method as Fetch has it. */
export function fetchMethod(method: string): string {
  if (method === 'GET' || method === 'POST') return method;
  const upper = method.toUpperCase();
  return NORMALIZED.has(upper) ? upper : method;
}

/** The fields of a scope, to look up one in. */
export function fieldsOf({ headers }: HTTPScope): HeaderList {
  return headers instanceof HeaderList ? headers : new HeaderList(headers);
}
