import { LightRequest } from './light-request.js';
import { LightResponse } from './light-response.js';
import { standFor } from './light-rest.js';

let isOn = false;

/** Whether the globals take light requests. */
export function hasLightFetch(): boolean {
  return isOn;
}

/**
 * Puts lighter classes in the place of this process's globals `Request` and `Response`, for apps of Fetch that `fromFetch` serves:
 * an answer that is all there then needs no stream, and a request nothing that the app does not look at. Gives what puts the old ones back.
 *
 * On Node this saves a small answer half of its cost or more; Bun and Deno have fast ones of their own. What the light classes
 * do not do themselves the platform's do, which they are made into: `instanceof`, `clone()`, `new Request(request)`, `fetch(request)` and what
 * is wrong with an argument are as without. Code that has taken hold of the global classes before keeps those.
 *
 * @example
 * ```ts
 * import { fromFetch, useLightFetch } from '@pullo/asgi/fetch';
 *
 * useLightFetch();
 * export default fromFetch(() => new globalThis.Response('Hello\n'));
 * ```
 */
export function useLightFetch(): () => void {
  const { Request: PlatformRequest, Response: PlatformResponse, fetch: platformFetch } = globalThis;
  if (isOn) return () => {};

  /** The platform's, which takes a light request too. */
  class Request extends PlatformRequest {
    constructor(input: RequestInfo | URL, init?: RequestInit) {
      super(LightRequest.unwrap(input), init);
    }
  }
  standFor(Request, PlatformRequest);
  const fetch: typeof platformFetch = (input, init) => platformFetch(LightRequest.unwrap(input), init);

  isOn = true;
  define({ Request, Response: LightResponse, fetch });
  return () => {
    isOn = false;
    define({ Request: PlatformRequest, Response: PlatformResponse, fetch: platformFetch });
  };
}

/** As the platform has them: not enumerable, and to be replaced. */
function define(globals: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, {
      value,
      configurable: true,
      writable: true,
      enumerable: name === 'fetch',
    });
  }
}
