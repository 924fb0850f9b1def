import type { BaseContext } from '@pullo/core';
import {
  type AnyUser,
  type Authentication,
  type AuthOptions,
  authentication,
  unauthorized,
  type Verified,
} from '../auth/auth.js';
import { challenge } from '../auth/challenge.js';
import { credentialsOf, hasControl } from '../auth/credentials.js';

/** What a client has sent. */
export interface BasicCredentials {
  /** May be empty; never has a colon. */
  readonly username: string;
  readonly password: string;
}

/** Options of `basicAuth`. */
export interface BasicAuthOptions<
  User extends AnyUser,
  Optional extends boolean = false,
  Ctx extends BaseContext = BaseContext,
> extends AuthOptions<Optional> {
  /** The user of a name and a password; `undefined` or `null` refuses them. What it throws goes to the error handlers. */
  verify: (credentials: BasicCredentials, ctx: Ctx) => Verified<User>;
}

/** RFC 4648, section 4. `atob` lets white space pass, and a proxy in front that does not would see other credentials. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Authenticates by name and password (RFC 7617) and provides the `user` that `verify` gives.
 *
 * No, malformed or refused credentials are answered with 401. With `optional: true` a request without credentials goes on, and `user` may be
 * `undefined`; an explicit type argument says so too: `basicAuth<User, true>`. Use it over TLS only: anybody on the way can read a password.
 *
 * Throws `TypeError` for a realm that is not printable ASCII.
 *
 * @example
 * ```ts
 * import { Pullo } from '@pullo/core';
 * import { basicAuth } from '@pullo/middleware/basic-auth';
 * import { timingSafeEqual } from '@pullo/middleware/timing-safe-equal';
 *
 * const auth = basicAuth({
 *   realm: 'Statistics',
 *   verify: ({ username, password }) =>
 *     username === 'aino' && timingSafeEqual(password, 'f2c4a1d09be84e7c') ? { name: 'Aino' } : undefined,
 * });
 * export const app = new Pullo().use(auth).get('/', ({ user }) => `Hei, ${user.name}!`);
 * ```
 */
export function basicAuth<
  User extends AnyUser,
  Optional extends boolean = false,
  Ctx extends BaseContext = BaseContext,
>(options: BasicAuthOptions<User, Optional, Ctx>): Authentication<User, Optional, Ctx> {
  const { verify, realm = 'Protected', optional = false } = options;
  const basic = challenge('Basic', { realm, charset: 'UTF-8' });
  return authentication({
    name: 'basicAuth',
    description: 'Authenticates by name and password (RFC 7617), and provides the user.',
    read: ({ request }) => {
      const encoded = credentialsOf(request.headers.get('authorization'), 'Basic');
      if (encoded === undefined) return undefined;
      const credentials = parse(encoded);
      if (credentials === undefined) throw unauthorized(basic, 'The credentials are malformed.');
      return credentials;
    },
    verify,
    challenge: basic,
    refusal: () => unauthorized(basic),
    optional,
  });
}

/** Base64 of UTF-8, a colon between name and password, no controls; `undefined` where it is anything else. */
function parse(encoded: string): BasicCredentials | undefined {
  const text = decode(encoded);
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon === -1 || hasControl(text)) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function decode(encoded: string): string | undefined {
  if (!BASE64.test(encoded)) return undefined;
  try {
    return UTF8.decode(Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
