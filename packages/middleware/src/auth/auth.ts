import { type BaseContext, HTTPError, type Next, named, type Response } from '@pullo/core';
import { isPromiseLike } from './promise-like.js';

/**
 * What a user may be: not a boolean, for a `verify` that answers "no" with `false` would let everybody in, nor a promise, as which the
 * compiler could take the answer of an asynchronous one.
 */
export type AnyUser = (object & { readonly then?: never }) | string | number;

/** What `verify` answers: the user, or `undefined` or `null` for credentials that are refused. */
export type Verified<User> = User | undefined | null | PromiseLike<User | undefined | null>;

/** What is provided as `user`. */
export type Authenticated<User, Optional extends boolean> = true extends Optional ? User | undefined : User;

/** A middleware that provides `user`, on any context that has what its `verify` reads. */
export type Authentication<User, Optional extends boolean, Ctx extends BaseContext> = (
  ctx: Ctx,
  next: Next<{ user: Authenticated<User, Optional> }>,
) => Response | Promise<Response>;

/** What all ways of authentication have in common. */
export interface AuthOptions<Optional extends boolean = false> {
  /** What the credentials are for, shown by browsers: printable ASCII. Default: `Protected`. */
  realm?: string;
  /**
   * Whether requests without credentials go on, with `user: undefined`. Those with wrong ones are refused all the same, so that a client
   * learns of a token that has expired. Default: false.
   */
  optional?: Optional;
}

/** What a way of authentication does with a request. */
interface Scheme<Credentials, User, Ctx> {
  /** What the middleware goes by, in messages and in `describe()`. */
  readonly name: string;
  readonly description: string;
  /** The credentials of a request, `undefined` if it has none of this kind; throws for malformed ones. */
  read(ctx: Ctx): Credentials | undefined;
  verify(credentials: Credentials, ctx: Ctx): Verified<User>;
  /** The `WWW-Authenticate` for requests without credentials. */
  readonly challenge: string;
  /** The answer to credentials that are refused. */
  refusal(): HTTPError;
  readonly optional: boolean;
}

/** The middleware of a scheme. */
export function authentication<Credentials, User, Optional extends boolean, Ctx extends BaseContext>(
  scheme: Scheme<Credentials, User, Ctx>,
): Authentication<User, Optional, Ctx> {
  const authenticate: Authentication<User, Optional, Ctx> = (ctx, next) => {
    const proceed = (user: User | undefined) =>
      // True by the option itself: `undefined` comes here only where it is `true`.
      next({ user: user as Authenticated<User, Optional> });
    const admit = (user: User | undefined | null) => {
      // The type excludes `false`, JavaScript does not.
      if (user === undefined || user === null || (user as unknown) === false) throw scheme.refusal();
      return proceed(user);
    };
    const credentials = scheme.read(ctx);
    if (credentials === undefined) {
      if (!scheme.optional) throw unauthorized(scheme.challenge);
      const response = proceed(undefined);
      return response instanceof Promise
        ? response.then((response) => challenged(response, scheme.challenge))
        : challenged(response, scheme.challenge);
    }
    const verified = scheme.verify(credentials, ctx);
    return isPromiseLike(verified) ? Promise.resolve(verified).then(admit) : admit(verified);
  };
  return named(authenticate, scheme);
}

/** An answer of 401: without credentials, or to ones that are refused. */
export function unauthorized(challenge: string, detail?: string): HTTPError {
  return new HTTPError(401, {
    headers: { 'www-authenticate': challenge },
    ...(detail !== undefined && { detail }),
  });
}

/** A 401 that came from below, such as that of `requireUser`, says how to do better (RFC 9110, section 11.6.1). */
function challenged(response: Response, challenge: string): Response {
  if (response.status === 401 && !response.headers.has('www-authenticate')) {
    response.headers.set('www-authenticate', challenge);
  }
  return response;
}
