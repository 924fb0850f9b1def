import { type BaseContext, HTTPError, type Next, named, type Response } from '@pullo/core';
import { isPromiseLike } from '../auth/promise-like.js';

/** A middleware that needs a `user` who may be missing, and provides one who is there. */
export type UserRequirement<User> = (
  ctx: BaseContext & { readonly user: User | undefined },
  next: Next<{ user: User }>,
) => Response | Promise<Response>;

/**
 * Lets only users in, and of them only those of whom `predicate` says yes: 401 without a user, 403 where it says no.
 *
 * It requires what authentication provides: an app that has forgotten it does not compile. After optional authentication `user`
 * is no longer `undefined`, and a 401 has the challenge of that authentication.
 *
 * @example
 * ```ts
 * import { Pullo } from '@pullo/core';
 * import { bearerAuth } from '@pullo/middleware/bearer-auth';
 * import { requireUser } from '@pullo/middleware/require-user';
 *
 * const users = new Map([['f2c4a1d09be84e7c', { name: 'Aino', isAdmin: true }]]);
 *
 * export const app = new Pullo()
 *   .use(bearerAuth({ optional: true, verify: (token) => users.get(token) }))
 *   .get('/', ({ user }) => `Hei, ${user?.name ?? 'stranger'}!`)
 *   .group('/admin', (group) => {
 *     group.use(requireUser((user) => user.isAdmin)).get('/', ({ user }) => `Hei, ${user.name}!`);
 *   });
 * ```
 */
export function requireUser<User>(
  predicate?: (user: User, ctx: BaseContext) => boolean | PromiseLike<boolean>,
): UserRequirement<User> {
  const middleware: UserRequirement<User> = (ctx, next) => {
    const { user } = ctx;
    if (user === undefined || user === null) throw new HTTPError(401);
    const decide = (allowed: boolean) => {
      if (!allowed) throw new HTTPError(403);
      return next({ user });
    };
    if (predicate === undefined) return next({ user });
    const allowed = predicate(user, ctx);
    return isPromiseLike(allowed) ? Promise.resolve(allowed).then(decide) : decide(allowed);
  };
  return named(middleware, { name: 'requireUser', description: 'Lets only users in.' });
}
