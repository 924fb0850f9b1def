import { type App, type HTTPScope, UnsupportedScope } from '@pullo/asgi';
import { Request } from '@pullo/request';
import { Response, TextResponse } from '@pullo/response';
import { describeValue } from '../describe.js';
import { platformOf } from '../platform.js';
import { localPath } from '../root-path.js';
import { isWebResponse } from '../to-response.js';

/** A handler of Fetch, whatever it wants to be handed after the request. */
export type FetchHandler = (
  request: globalThis.Request,
  ...platform: never[]
) => globalThis.Response | Promise<globalThis.Response>;

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

/**
 * A handler of Fetch, or an object with one as Hono and h3 make it, as an app: mount it, or serve it.
 *
 * Bodies stream both ways with back-pressure; the request's `signal` aborts when the client leaves. What the handler throws, and
 * what it returns that is no response, is thrown to whoever runs the app. On a host of `fetch` it is handed what that has handed over.
 *
 * @example
 * ```ts
 * import { fromFetch } from '@pullo/core/adapters';
 *
 * const legacy = { fetch: (request: globalThis.Request) => new globalThis.Response(`You asked for ${request.url}\n`) };
 * export default fromFetch(legacy);
 * ```
 */
export function fromFetch(
  target: FetchHandler | { fetch: FetchHandler },
  { path = 'local' }: FromFetchOptions = {},
): App {
  const handler = handlerOf(target);
  return async (scope, receive, send) => {
    if (scope.type !== 'http') throw new UnsupportedScope(scope);
    if (FORBIDDEN_METHODS.has(scope.method.toUpperCase())) {
      const refusal = new TextResponse('This method is not served here.\n', { status: 501 });
      return refusal(scope, receive, send);
    }
    const request = new Request(path === 'local' ? unmounted(scope) : scope, receive);
    const response = await handler(request.toWeb(), ...platformOf(scope));
    if (!isWebResponse(response)) {
      throw new TypeError(`A handler of Fetch returned ${describeValue(response)}: return a Response.`);
    }
    await Response.from(response)(scope, receive, send);
  };
}

function handlerOf(
  target: FetchHandler | { fetch: FetchHandler },
): (request: globalThis.Request, ...platform: readonly unknown[]) => unknown {
  // What the handler wants of its host only those can know who mount it: the casts take their word for it.
  // An object is asked first: a Pullo app is a function too, of other things.
  if (hasFetch(target)) return (request, ...platform) => target.fetch(request, ...(platform as never[]));
  if (typeof target === 'function')
    return (request, ...platform) => target(request, ...(platform as never[]));
  throw new TypeError(
    `fromFetch() takes a function of a Request, or an object with fetch, not ${describeValue(target)}.`,
  );
}

function hasFetch(target: FetchHandler | { fetch: FetchHandler }): target is { fetch: FetchHandler } {
  return 'fetch' in Object(target) && typeof (target as { fetch: unknown }).fetch === 'function';
}

/** The scope as if the app were not mounted: without the prefix. */
function unmounted(scope: HTTPScope): HTTPScope {
  return scope.rootPath === '' ? scope : { ...scope, path: localPath(scope), rootPath: '' };
}
