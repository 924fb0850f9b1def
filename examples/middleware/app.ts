import { HTTPError, type Middleware, Pullo } from '@pullo/core';

interface User {
  name: string;
}

const users = new Map([['secret-of-aino', { name: 'Aino' }]]);
const carts = new Map([['Aino', ['tea', 'rye bread']]]);

/** Sees every outcome: an error thrown below has become a response by the time `next()` settles. */
export const logger: Middleware = async (ctx, next) => {
  const begin = performance.now();
  const response = await next();
  const duration = (performance.now() - begin).toFixed(1);
  const error = ctx.error === undefined ? '' : ` (${ctx.error})`;
  console.log(`${ctx.request.method} ${ctx.request.path} -> ${response.status} in ${duration} ms${error}`);
};

/** Provides `user`: leaving it out of `next()` does not compile. */
export const authenticated: Middleware<{ user: User }> = (ctx, next) => {
  const token = ctx.request.headers.get('authorization')?.replace(/^Bearer /, '');
  const user = users.get(token ?? '');
  if (user === undefined) {
    throw new HTTPError(401, {
      detail: 'Send the header "authorization: Bearer secret-of-aino".',
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  return next({ user });
};

/** Provides `cart` and requires `user`: used before `authenticated` it does not compile. */
export const cart: Middleware<{ cart: string[] }, { user: User }> = (ctx, next) =>
  next({ cart: carts.get(ctx.user.name) ?? [] });

/** A file of routes says what it needs; an app without a user is refused. */
export function orders(group: Pullo<{ user: User }>) {
  group.get('/', ({ user }) => `No orders of ${user.name} yet.`);
}

const app = new Pullo()
  .use(logger)
  .use(authenticated)
  .use(cart)
  .provide(({ user }) => ({ greeting: `Hei, ${user.name}!` }))
  .get('/', ({ greeting }) => greeting)
  .get('/cart', ({ cart }) => cart)
  .get('/items/:id(int)', ({ params, user }) => ({ id: params.id, for: user.name }))
  .group('/orders', orders);

export default app;
