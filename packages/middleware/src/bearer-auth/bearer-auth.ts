import { type BaseContext, HTTPError } from '@pullo/core';
import {
  type AnyUser,
  type Authentication,
  type AuthOptions,
  authentication,
  unauthorized,
  type Verified,
} from '../auth/auth.js';
import { challenge } from '../auth/challenge.js';
import { credentialsOf } from '../auth/credentials.js';

/** Options of `bearerAuth`. */
export interface BearerAuthOptions<
  User extends AnyUser,
  Optional extends boolean = false,
  Ctx extends BaseContext = BaseContext,
> extends AuthOptions<Optional> {
  /** The user of a token; `undefined` or `null` refuses it. What it throws goes to the error handlers. */
  verify: (token: string, ctx: Ctx) => Verified<User>;
}

/** b64token of RFC 6750, section 2.1. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * Authenticates by a token in `Authorization: Bearer` (RFC 6750) and provides the `user` that `verify` gives.
 *
 * No token is answered with 401, a refused one with 401 and `invalid_token`, a malformed one with 400 and `invalid_request`. Tokens in a query or a body are
 * not taken: they end up in logs and histories (RFC 9700, section 4.3.2). With `optional: true` a request without a token goes on, and `user` may be
 * `undefined`; an explicit type argument says so too: `bearerAuth<User, true>`.
 *
 * Throws `TypeError` for a realm that is not printable ASCII.
 *
 * @example
 * ```ts
 * import { Pullo } from '@pullo/core';
 * import { bearerAuth } from '@pullo/middleware/bearer-auth';
 *
 * const sessions = new Map([['f2c4a1d09be84e7c', { name: 'Aino' }]]);
 * const auth = bearerAuth({ verify: (token) => sessions.get(token) });
 * export const app = new Pullo().use(auth).get('/', ({ user }) => `Hei, ${user.name}!`);
 * ```
 */
export function bearerAuth<
  User extends AnyUser,
  Optional extends boolean = false,
  Ctx extends BaseContext = BaseContext,
>(options: BearerAuthOptions<User, Optional, Ctx>): Authentication<User, Optional, Ctx> {
  const { verify, realm = 'Protected', optional = false } = options;
  const invalidToken = challenge('Bearer', { realm, error: 'invalid_token' });
  const invalidRequest = challenge('Bearer', { realm, error: 'invalid_request' });
  return authentication({
    name: 'bearerAuth',
    description: 'Authenticates by a bearer token (RFC 6750), and provides the user.',
    read: ({ request }) => {
      const token = credentialsOf(request.headers.get('authorization'), 'Bearer');
      if (token === undefined || TOKEN.test(token)) return token;
      throw new HTTPError(400, {
        detail: 'The token is malformed.',
        headers: { 'www-authenticate': invalidRequest },
      });
    },
    verify,
    // "... SHOULD NOT include an error code", section 3.1: the client may not know that it needs a token.
    challenge: challenge('Bearer', { realm }),
    refusal: () => unauthorized(invalidToken),
    optional,
  });
}
