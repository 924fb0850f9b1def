import { LightRequest } from './light-request.js';
import { LightResponse } from './light-response.js';
import { borrowRest, standFor } from './light-rest.js';

interface Process {
  readonly versions?: Readonly<Record<string, string | undefined>>;
}

const NAMES = ['Request', 'Response', 'fetch'] as const;

let isOn = false;

/** Whether the globals take light requests. */
export function hasLightFetch(): boolean {
  return isOn;
}

/**
 * Puts lighter classes in the place of this process's globals `Request` and `Response`, for apps of Fetch that `fromFetch` serves:
 * an answer that is all there then needs no stream, and a request nothing that the app does not look at. Gives what puts the old ones back.
 *
 * On Node this saves a small answer half of its cost or more. Bun, Deno and Workers have fast ones of their own, and nothing is replaced
 * there. What the light classes do not do themselves the platform's do, which they are made into: `instanceof`, `clone()`,
 * `new Request(request)`, `fetch(request)` and what is wrong with an argument are as without. Code that has taken hold of the global
 * classes before keeps those.
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
  if (isOn || !isNode()) return () => {};

  /** The platform's, which takes a light request too. */
  class Request extends PlatformRequest {
    constructor(input: RequestInfo | URL, init?: RequestInit) {
      super(LightRequest.unwrap(input), init);
    }
  }
  borrowRest(Request.prototype, PlatformRequest.prototype, {
    isLight: LightRequest.is,
    realOf: LightRequest.real,
  });
  standFor(Request, PlatformRequest);
  const fetch: typeof platformFetch = (input, init) => platformFetch(LightRequest.unwrap(input), init);

  const light = { Request, Response: LightResponse, fetch };
  const platform = { Request: PlatformRequest, Response: PlatformResponse, fetch: platformFetch };
  isOn = true;
  for (const name of NAMES) define(name, light[name]);
  return () => {
    isOn = false;
    // What somebody else has put there since is theirs to take away.
    for (const name of NAMES) if (globalThis[name] === light[name]) define(name, platform[name]);
  };
}

/** As the platform has them: classes are not enumerable, and all are to be replaced. */
function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: name === 'fetch',
  });
}

/** The servers of Bun, Deno and Workers look into their own classes, and take no others. */
function isNode(): boolean {
  const process: Process | undefined = Reflect.get(globalThis, 'process');
  const versions = process?.versions;
  if (versions?.node === undefined || versions.bun !== undefined || versions.deno !== undefined) return false;
  // Workers have a process too, on demand; their classes are in native code.
  return !Function.prototype.toString.call(globalThis.Response).includes('[native code]');
}
