import {
  ClientDisconnected,
  canonicalPath,
  type Exchange,
  HeaderList,
  type HTTPScope,
  type Receive,
} from '@pullo/asgi';
import type { Request } from './request.js';

const EMPTY = new Uint8Array();

/** Fetch's request over one of ours. */
export function toWebRequest(request: Request): globalThis.Request {
  const { method } = request;
  // Our Headers joins repeated cookies with "; ", where Fetch's own append would write a comma into them.
  const init: RequestInit & { duplex?: 'half' } = {
    method,
    headers: [...request.headers],
    signal: request.signal,
  };
  if (method !== 'GET' && method !== 'HEAD') {
    // The cast drops only `SharedArrayBuffer` from the type: bytes of a request never lie in shared memory.
    init.body = request.body as ReadableStream<Uint8Array<ArrayBuffer>>;
    init.duplex = 'half';
  }
  return new globalThis.Request(request.url, init);
}

/** A scope and its `receive` over Fetch's request. */
export function fromWebRequest(request: globalThis.Request): { scope: HTTPScope; receive: Receive } {
  const url = new URL(request.url);
  const isSecure = url.protocol === 'https:';
  const path = canonicalPath(url.pathname);
  const scope: HTTPScope = {
    type: 'http',
    asgi: { version: '3.0', specVersion: '2.5' },
    httpVersion: '1.1',
    method: request.method,
    scheme: isSecure ? 'https' : 'http',
    path,
    rawPath: url.pathname,
    queryString: url.search.slice(1),
    rootPath: '',
    headers: headerList(request, url),
    client: null,
    server: { host: url.hostname, port: Number(url.port || (isSecure ? 443 : 80)) },
    state: {},
    extensions: {},
    exchange: new WebExchange(request),
  };
  return { scope, receive: receiveFrom(request) };
}

/** Runtimes leave `Host` out of the headers of a request that was made, not received. */
function headerList(request: globalThis.Request, url: URL): HeaderList {
  const flat = [...request.headers].flat();
  if (!request.headers.has('host')) flat.unshift('host', url.host);
  return HeaderList.raw(flat);
}

function receiveFrom(request: globalThis.Request): Receive {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let complete = false;
  return async () => {
    if (complete) return aborted(request.signal);
    try {
      reader ??= request.body?.getReader();
      const result = await reader?.read();
      complete = result === undefined || result.done;
      return { type: 'http.request', body: result?.value ?? EMPTY, moreBody: !complete };
    } catch {
      // A body that fails is a client that has left; what went wrong beneath has no other name in the contract.
      complete = true;
      return { type: 'http.disconnect' };
    }
  };
}

/** Settles when the request is aborted: until then nothing is left to receive. */
function aborted(signal: AbortSignal): Promise<{ type: 'http.disconnect' }> {
  return new Promise((resolve) => {
    const disconnect = () => resolve({ type: 'http.disconnect' });
    if (signal.aborted) disconnect();
    else signal.addEventListener('abort', disconnect, { once: true });
  });
}

/** Gives the abort of Fetch's request the reason that apps know. */
class WebExchange implements Exchange {
  readonly #request: globalThis.Request;
  #controller: AbortController | undefined;

  constructor(request: globalThis.Request) {
    this.#request = request;
  }

  get signal(): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    const controller = new AbortController();
    const source = this.#request.signal;
    const abort = () => controller.abort(new ClientDisconnected(undefined, { cause: source.reason }));
    if (source.aborted) abort();
    else source.addEventListener('abort', abort, { once: true });
    this.#controller = controller;
    return controller.signal;
  }
}
