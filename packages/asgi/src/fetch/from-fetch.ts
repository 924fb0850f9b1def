import type { App, Receive, Send } from '../app.js';
import { UnsupportedScope } from '../errors.js';
import { localPath } from '../local-path.js';
import type { HTTPScope } from '../scope.js';
import { hasLightFetch } from './light-fetch.js';
import { LightRequest } from './light-request.js';
import { sendResponse } from './send-response.js';
import { webRequest } from './web-request.js';

/** A handler of Fetch, whatever it wants to be handed after the request. */
export type FetchHandler = (
  request: globalThis.Request,
  ...platform: never[]
) => globalThis.Response | Promise<globalThis.Response>;

/** An object with a handler of Fetch, as Hono and h3 make it, and as Bun, Deno and Workers take it. */
export interface FetchObject {
  fetch: FetchHandler;
}

/** Options of `fromFetch`. */
export interface FromFetchOptions {
  /**
   * The path that the handler sees where it is mounted: `local`, without the prefix of the mount, or `whole`. Default: `local`,
   * as a Pullo app matches its routes.
   */
  path?: 'local' | 'whole';
}

/** What Fetch has no request for, and no server's handler of Fetch gets to see. */
const FORBIDDEN_METHODS = new Set(['CONNECT', 'TRACE', 'TRACK']);
const PlatformResponse = globalThis.Response;
const NOT_SERVED = 'This method is not served here.\n';

/**
 * A handler of Fetch, or an object with one as Hono and h3 make it, as an app: mount it, or serve it.
 *
 * Bodies stream both ways with back-pressure; the request's `signal` is the exchange's, and aborts when the client leaves. What the
 * handler throws, and what it returns that is no response, is thrown to whoever runs the app. After the request it is handed what
 * the host of `fetch` has handed over or, on a server, an object with the client's address in Deno's form: `{ remoteAddr: { transport,
 * hostname, port } }`, which is empty where the client has none.
 *
 * @example
 * ```ts
 * import { fromFetch } from '@pullo/asgi/fetch';
 *
 * const legacy = { fetch: (request: globalThis.Request) => new globalThis.Response(`You asked for ${request.url}\n`) };
 * export default fromFetch(legacy);
 * ```
 */
export function fromFetch(
  target: FetchHandler | FetchObject,
  { path = 'local' }: FromFetchOptions = {},
): App {
  const handler = handlerOf(target);
  return (scope, receive, send) => {
    if (scope.type !== 'http') return Promise.reject(new UnsupportedScope(scope));
    if (FORBIDDEN_METHODS.has(scope.method.toUpperCase())) return refuse(send);
    const request = requestOf(scope, path === 'local' ? localPath(scope) : scope.path, receive);
    const response = handler(request, ...platformOf(scope));
    // What answers at once costs no promise.
    if (isWebResponse(response)) return sendResponse(response, scope, send);
    return sendLater(response, scope, send);
  };
}

function requestOf(scope: HTTPScope, path: string, receive: Receive): globalThis.Request {
  if (!hasLightFetch()) return webRequest(scope, path, receive);
  // A request of the platform to everybody: `borrowRest` sees to it, and what the globals do with it.
  return new LightRequest(scope, path, receive) as unknown as globalThis.Request;
}

async function sendLater(later: unknown, scope: HTTPScope, send: Send): Promise<void> {
  const response = await later;
  if (!isWebResponse(response)) {
    throw new TypeError(`A handler of Fetch returned ${shown(response)}: return a Response.`);
  }
  await sendResponse(response, scope, send);
}

/**
 * Whether a value is an object, or a function, with a method `fetch`.
 *
 * @example
 * ```ts
 * import { isFetchObject } from '@pullo/asgi/fetch';
 *
 * isFetchObject({ fetch: () => new globalThis.Response('x') }); // true
 * ```
 */
export function isFetchObject(value: unknown): value is FetchObject {
  const target = Object(value);
  return 'fetch' in target && typeof target.fetch === 'function';
}

function handlerOf(
  target: FetchHandler | FetchObject,
): (request: globalThis.Request, ...platform: readonly unknown[]) => unknown {
  // What the handler wants of its host only those can know who mount it: the casts take their word for it.
  // An object is asked first: a Pullo app is a function too, of other things.
  if (isFetchObject(target)) return (request, ...platform) => target.fetch(request, ...(platform as never[]));
  if (typeof target === 'function')
    return (request, ...platform) => target(request, ...(platform as never[]));
  throw new TypeError(
    `fromFetch() takes a function of a Request, or an object with fetch, not ${shown(target)}.`,
  );
}

function platformOf({ extensions, client }: HTTPScope): readonly unknown[] {
  const platform = extensions['pullo.platform'];
  if (platform !== undefined) return platform;
  if (client === null) return [{}];
  return [{ remoteAddr: { transport: 'tcp', hostname: client.host, port: client.port } }];
}

async function refuse(send: Send): Promise<void> {
  const headers = [['content-type', 'text/plain; charset=utf-8']] as const;
  send({ type: 'http.response.start', status: 501, headers });
  await send({ type: 'http.response.body', body: NOT_SERVED });
}

/** Also one of another copy of Fetch. */
function isWebResponse(value: unknown): value is globalThis.Response {
  if (value instanceof PlatformResponse) return true;
  return Object.prototype.toString.call(value) === '[object Response]' && 'headers' in Object(value);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 100))}`;
  if (typeof value !== 'object' && typeof value !== 'function') return String(value);
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  return value === null ? 'null' : `${/^[aeiou]/i.test(kind) ? 'an' : 'a'} ${kind}`;
}
