import { type BaseContext, Headers, type Request } from '@pullo/core';
import {
  type AnyUser,
  type Authentication,
  type AuthOptions,
  authentication,
  unauthorized,
  type Verified,
} from '../auth/auth.js';
import { challenge } from '../auth/challenge.js';
import { hasControl } from '../auth/credentials.js';

/** Where the key is: in one place only. Default: the header `x-api-key`. */
export type APIKeyPlace =
  | { header?: string; query?: never; cookie?: never }
  | { header?: never; query: string; cookie?: never }
  | { header?: never; query?: never; cookie: string };

/** Options of `apiKey`. */
export type APIKeyOptions<
  User extends AnyUser,
  Optional extends boolean = false,
  Ctx extends BaseContext = BaseContext,
> = AuthOptions<Optional> &
  APIKeyPlace & {
    /** The user of a key; `undefined` or `null` refuses it. What it throws goes to the error handlers. */
    verify: (key: string, ctx: Ctx) => Verified<User>;
  };

/**
 * Authenticates by a key in a header, a query parameter or a cookie, and provides the `user` that `verify` gives.
 *
 * No key, a refused one, an empty one, and one that comes twice in a query are answered with 401. No scheme is registered for keys; the challenge is
 * `APIKey` with the place of the key. A key in a query ends up in histories and in the logs of proxies; one in a cookie is sent by
 * browsers unasked, so changes need protection against forged requests. With `optional: true` a request without a key goes on, and `user` may be
 * `undefined`; an explicit type argument says so too: `apiKey<User, true>`.
 *
 * Throws `TypeError` for a realm or a place that is not printable ASCII, and for a `header` that is no name of a field.
 *
 * @example
 * ```ts
 * import { Pullo } from '@pullo/core';
 * import { apiKey } from '@pullo/middleware/api-key';
 *
 * const clients = new Map([['f2c4a1d09be84e7c', { name: 'reporting' }]]);
 * const auth = apiKey({ header: 'x-api-key', verify: (key) => clients.get(key) });
 * export const app = new Pullo().use(auth).get('/', ({ user }) => `Hei, ${user.name}!`);
 * ```
 */
export function apiKey<
  User extends AnyUser,
  Optional extends boolean = false,
  Ctx extends BaseContext = BaseContext,
>(options: APIKeyOptions<User, Optional, Ctx>): Authentication<User, Optional, Ctx> {
  const { verify, realm = 'Protected', optional = false } = options;
  const { place, name, keysIn } = placeOf(options);
  const missing = challenge('APIKey', { realm, [place]: name });
  return authentication({
    name: 'apiKey',
    description: 'Authenticates by an API key, and provides the user.',
    read: ({ request }) => {
      const [key, second] = keysIn(request);
      if (key === undefined) return undefined;
      if (key !== '' && second === undefined && !hasControl(key)) return key;
      throw unauthorized(missing, 'The key is malformed.');
    },
    verify,
    challenge: missing,
    refusal: () => unauthorized(missing),
    optional,
  });
}

interface Place {
  readonly place: string;
  readonly name: string;
  /** The keys there. Two are ambiguous: another part of the system may go by the other one. */
  keysIn(request: Request): readonly string[];
}

function placeOf({ query, cookie, header = 'x-api-key' }: APIKeyPlace): Place {
  if (query !== undefined) {
    return { place: 'query', name: query, keysIn: (request) => request.query.getAll(query) };
  }
  if (cookie !== undefined) {
    // Browsers send cookies of one name for several paths: the first is that of the longest.
    const keysIn = (request: Request) => request.cookies.getAll(cookie).slice(0, 1);
    return { place: 'cookie', name: cookie, keysIn };
  }
  // Throws for what is no name of a field: now, and not at every request.
  new Headers().get(header);
  const keysIn = (request: Request) => {
    const key = request.headers.get(header);
    return key === null ? [] : [key];
  };
  return { place: 'header', name: header, keysIn };
}
