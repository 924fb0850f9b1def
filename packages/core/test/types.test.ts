import {
  type Context,
  type ContextOf,
  type Empty,
  type HandlerResult,
  type Middleware,
  type Next,
  Pullo,
  TextResponse,
} from '@pullo/core';
import { describe, expectTypeOf, test } from 'vitest';

interface User {
  name: string;
}
interface Cart {
  items: string[];
}

const pass: Middleware = (_ctx, next) => next();
const authenticated: Middleware<{ user: User }> = (_ctx, next) => next({ user: { name: 'Aino' } });
const optionalUser: Middleware<{ user: User | undefined }> = (_ctx, next) => next({ user: undefined });
const requireUser: Middleware<{ user: User }, { user: User | undefined }> = (ctx, next) =>
  next({ user: ctx.user ?? { name: 'nobody' } });
const cart: Middleware<{ cart: Cart }, { user: User }> = ({ user }, next) =>
  next({ cart: { items: [user.name] } });
const otherUser: Middleware<{ user: string }> = (_ctx, next) => next({ user: 'Aino' });

describe('params', () => {
  test('have the types of the pattern', () => {
    new Pullo()
      .get('/items/:id(int)', ({ params }) => {
        expectTypeOf(params.id).toEqualTypeOf<number>();
        return null;
      })
      .get('/a/:b/c/:d', ({ params }) => {
        expectTypeOf(params.b).toEqualTypeOf<string>();
        // @ts-expect-error the pattern has no :e
        return params.e;
      })
      .group('/groups/:group(int)', (group) => {
        group.get('/:member', ({ params }) => {
          expectTypeOf(params.group).toEqualTypeOf<number>();
          expectTypeOf(params.member).toEqualTypeOf<string>();
          return null;
        });
      });
  });

  test('know the convertors of the app, and no others', () => {
    const year = { pattern: /\d{4}/, parse: (text: string) => new Date(text) };
    const app = new Pullo({ convertors: { year } });
    app.get('/archive/:y(year)', ({ params }) => {
      expectTypeOf(params.y).toEqualTypeOf<Date>();
      return null;
    });
    const wrong = () => {
      // @ts-expect-error there is no convertor "itn"
      app.get('/items/:id(itn)', () => null);
    };
    expectTypeOf(wrong).toBeFunction();
  });
});

describe('the pipeline', () => {
  test('gives what a middleware provides to what follows', () => {
    const app = new Pullo()
      .use(pass)
      .use(authenticated)
      .use(cart)
      .provide(async ({ user }) => ({ greeting: `Hei, ${user.name}` }));
    app.get('/', ({ user, cart, greeting }) => {
      expectTypeOf(user).toEqualTypeOf<User>();
      expectTypeOf(cart).toEqualTypeOf<Cart>();
      expectTypeOf(greeting).toEqualTypeOf<string>();
      return null;
    });
    expectTypeOf<ContextOf<typeof app, '/x/:id(int)'>['params']['id']>().toEqualTypeOf<number>();
    expectTypeOf<ContextOf<typeof app>['user']>().toEqualTypeOf<User>();
  });

  test('does not compile in the wrong order', () => {
    // @ts-expect-error cart requires user
    new Pullo().use(cart);
    // @ts-expect-error cart requires user
    new Pullo().use(cart).use(authenticated);
    const app = new Pullo();
    app.with(authenticated).use(cart);
    // @ts-expect-error the branch keeps to itself what it was given
    const without: Parameters<typeof app.use<Cart>>[0] = cart;
    expectTypeOf(without).toBeFunction();
  });

  test('leaving out what is provided does not compile, nor does providing silently', () => {
    // @ts-expect-error user is missing
    const forgets: Middleware<{ user: User }> = (_ctx, next) => next();
    // @ts-expect-error an inline middleware has no type that says what it provides
    const silent = (app: Pullo) => app.use((_ctx, next) => next({ user: 1 }));
    expectTypeOf(forgets).toBeFunction();
    expectTypeOf(silent).toBeFunction();
  });

  test('lets a key be provided again only with a narrower type', () => {
    const app = new Pullo().use(optionalUser).use(requireUser);
    expectTypeOf<ContextOf<typeof app>['user']>().toEqualTypeOf<User>();
    const widened = () => {
      // @ts-expect-error user is a User already
      new Pullo().use(authenticated).use(otherUser);
      // @ts-expect-error user is a User already
      new Pullo().use(authenticated).provide(() => ({ user: 'Aino' }));
    };
    expectTypeOf(widened).toBeFunction();
  });

  test('does not let a key of every context be provided', () => {
    const takesOver: Middleware<{ state: number }> = (_ctx, next) => next({ state: 1 });
    const wrong = () => {
      // @ts-expect-error request is a part of every context
      new Pullo().provide(() => ({ request: 1 }));
      // @ts-expect-error state is a part of every context
      new Pullo().use(takesOver);
    };
    expectTypeOf(wrong).toBeFunction();
  });

  test('leaves the responses of a provider out of what it provides', () => {
    new Pullo()
      .provide(async ({ request }) =>
        request.headers.has('x-a') ? { a: 1 } : new TextResponse('no', { status: 400 }),
      )
      .get('/', ({ a }) => {
        expectTypeOf(a).toEqualTypeOf<number>();
        return null;
      });
  });

  test('infers what a function provides from its next()', () => {
    async function locale(_ctx: Context, next: Next<{ locale: string }>) {
      return next({ locale: 'fi' });
    }
    const app = new Pullo().use(locale);
    expectTypeOf<ContextOf<typeof app>['locale']>().toEqualTypeOf<string>();
  });
});

describe('a route file', () => {
  function orders(group: Pullo<{ user: User }>) {
    group.get('/', ({ user }) => user.name);
  }

  test('is refused by an app without what it needs, and taken by one with that and more', () => {
    // @ts-expect-error there is no user
    new Pullo().group('/orders', orders);
    new Pullo().use(authenticated).group('/orders', orders);
    new Pullo().use(authenticated).use(cart).group('/orders/:id(int)', orders);
    expectTypeOf<Pullo<{ user: User; cart: Cart }>>().toExtend<Pullo<{ user: User }>>();
    expectTypeOf<Pullo<{ user: User }>>().not.toExtend<Pullo<{ user: User; cart: Cart }>>();
  });
});

describe('a handler', () => {
  test('may return what becomes a response', () => {
    interface Item {
      id: number;
    }
    expectTypeOf<Item>().toExtend<HandlerResult>();
    expectTypeOf<Item[]>().toExtend<HandlerResult>();
    expectTypeOf<TextResponse>().toExtend<HandlerResult>();
    expectTypeOf<globalThis.Response>().toExtend<HandlerResult>();
    expectTypeOf<Uint8Array>().toExtend<HandlerResult>();
    expectTypeOf<null>().toExtend<HandlerResult>();
    new Pullo().get('/', new TextResponse('constant'));
  });

  test('may not return nothing, a function, a symbol or a bigint', () => {
    expectTypeOf<undefined>().not.toExtend<HandlerResult>();
    expectTypeOf<() => void>().not.toExtend<HandlerResult>();
    expectTypeOf<symbol>().not.toExtend<HandlerResult>();
    expectTypeOf<bigint>().not.toExtend<HandlerResult>();
    const wrong = (app: Pullo) => {
      // @ts-expect-error nothing is returned
      app.get('/', () => {});
      // @ts-expect-error nothing is returned, later
      app.get('/', async () => {});
    };
    expectTypeOf(wrong).toBeFunction();
  });
});

describe('a lifespan', () => {
  test('types ctx.state', () => {
    const app = new Pullo({
      async *lifespan() {
        yield { db: 'connection' };
      },
    });
    expectTypeOf<ContextOf<typeof app>['state']>().toEqualTypeOf<{ db: string }>();
    expectTypeOf<ContextOf<Pullo>['state']>().toEqualTypeOf<Empty>();
  });

  test('is given the app', () => {
    const app = new Pullo({
      async *lifespan(app) {
        yield { count: app.routes.length };
      },
    });
    expectTypeOf<ContextOf<typeof app>['state']>().toEqualTypeOf<{ count: number }>();
  });

  test('without a yield does not compile', () => {
    // @ts-expect-error it must yield
    const app = () => new Pullo({ async *lifespan() {} });
    expectTypeOf(app).toBeFunction();
  });
});
