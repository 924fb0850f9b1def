import {
  type App,
  ClientDisconnected,
  type HTTPScope,
  type Receive,
  type Send,
  UnsupportedScope,
} from '@pullo/asgi';
import { environOf } from './environ.js';
import type { WSGIApp, WSGIBody } from './wsgi-app.js';
import { WSGIResponse } from './wsgi-response.js';

/** What decoding would turn into a separator, so that a guard above would have seen another path. */
const SEPARATOR = /%2F|%5C/;

/**
 * An app in the manner of WSGI as an app: serve it, or mount it.
 *
 * The body of the request is read before the app is called, up to the server's limit. The iterable is asked for a piece when the server has
 * taken the last, and it is closed in any case: by `return()` if it is not at its end, and by its `close()` if it has one. A path with an
 * encoded slash or backslash is a 404, since `PATH_INFO` is decoded (Apache does the same for CGI).
 *
 * @example
 * ```ts
 * import { fromWSGI, serve } from '@pullo/server';
 *
 * const app = fromWSGI(function* (environ, startResponse) {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']]);
 *   yield `Hello ${environ.QUERY_STRING}\n`;
 * });
 * const server = await serve(app, { port: 0 });
 * await server.close();
 * ```
 */
export function fromWSGI(app: WSGIApp): App {
  if (typeof app !== 'function') throw new TypeError('fromWSGI() takes a function (environ, startResponse).');
  return async (scope, receive, send) => {
    if (scope.type !== 'http') throw new UnsupportedScope(scope);
    if (SEPARATOR.test(scope.path)) return notFound(send);
    await answer(app, scope, receive, send);
  };
}

async function answer(app: WSGIApp, scope: HTTPScope, receive: Receive, send: Send): Promise<void> {
  const environ = environOf(scope, await bodyOf(receive));
  const response = new WSGIResponse(send);
  const body: unknown = await app(environ, response.start);
  try {
    requireBody(body);
    // An array of one is a whole body, whose length is known then.
    if (Array.isArray(body) && body.length === 1) await response.whole(body[0]);
    else await sendPieces(body, response);
  } finally {
    await closed(body);
  }
}

async function sendPieces(body: WSGIBody, response: WSGIResponse): Promise<void> {
  if (Symbol.asyncIterator in body) {
    for await (const piece of body) await response.piece(piece);
  } else {
    for (const piece of body) {
      const taken = response.piece(piece);
      if (taken !== undefined) await taken;
    }
  }
  await response.end();
}

/** A text is an iterable too, of characters, and so are bytes, of numbers. */
function requireBody(body: unknown): asserts body is WSGIBody {
  if (typeof body === 'object' && body !== null && !(body instanceof Uint8Array)) {
    if (Symbol.iterator in body || Symbol.asyncIterator in body) return;
  }
  const found = typeof body === 'string' ? 'a text' : body instanceof Uint8Array ? 'bytes' : String(body);
  throw new TypeError(
    `The WSGI app returned ${found}: make it a generator, or return an iterable of pieces, such as ['text'].`,
  );
}

async function closed(body: unknown): Promise<void> {
  if (typeof body !== 'object' || body === null || !('close' in body)) return;
  if (typeof body.close === 'function') await body.close();
}

async function bodyOf(receive: Receive): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (;;) {
    const event = await receive();
    if (event.type !== 'http.request') throw new ClientDisconnected();
    pieces.push(event.body);
    if (!event.moreBody) return pieces.length === 1 ? event.body : Buffer.concat(pieces);
  }
}

async function notFound(send: Send): Promise<void> {
  const headers = [['content-type', 'text/plain; charset=utf-8']] as const;
  send({ type: 'http.response.start', status: 404, headers });
  await send({
    type: 'http.response.body',
    body: 'Not Found: the path has an encoded slash or backslash.\n',
  });
}
