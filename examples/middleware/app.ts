import { type Middleware, Pullo } from '@pullo/core';
import { bearerAuth } from '@pullo/middleware/bearer-auth';
import { logger } from '@pullo/middleware/logger';
import { requestId } from '@pullo/middleware/request-id';
import { requireUser } from '@pullo/middleware/require-user';

interface User {
  name: string;
  isAdmin: boolean;
}

const users = new Map<string, User>([
  ['secret-of-aino', { name: 'Aino', isAdmin: true }],
  ['secret-of-eero', { name: 'Eero', isAdmin: false }],
]);
const carts = new Map([
  ['Aino', ['tea', 'rye bread']],
  ['Eero', ['coffee']],
]);

/** Written by hand: sees every outcome, for an error thrown below has become a response by the time `next()` settles. */
export const timing: Middleware = async (_ctx, next) => {
  const begin = performance.now();
  const response = await next();
  response.headers.set('server-timing', `app;dur=${(performance.now() - begin).toFixed(1)}`);
  return response;
};

/** Provides `user`: verify gives it its type. */
export const authenticated = bearerAuth({ realm: 'Carts', verify: (token) => users.get(token) });

/** Written by hand: provides `cart` and requires `user`. Used before `authenticated` it does not compile. */
export const cart: Middleware<{ cart: string[] }, { user: User }> = (ctx, next) =>
  next({ cart: carts.get(ctx.user.name) ?? [] });

/** A file of routes says what it needs; an app without a user is refused. */
export function orders(group: Pullo<{ user: User }>) {
  group.get('/', ({ user }) => `No orders of ${user.name} yet.`);
}

const app = new Pullo()
  .use(logger())
  .use(requestId())
  .use(timing)
  .use(authenticated)
  .use(cart)
  .provide(({ user }) => ({ greeting: `Hei, ${user.name}!` }))
  .get('/', ({ greeting }) => greeting)
  .get('/cart', ({ cart }) => cart)
  .get('/items/:id(int)', ({ params, user }) => ({ id: params.id, for: user.name }))
  .group('/orders', orders)
  .group('/admin', (group) => {
    group.use(requireUser((user) => user.isAdmin)).get('/', () => `There are ${carts.size} carts.`);
  });

export default app;
