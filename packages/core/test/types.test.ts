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

describe('what is provided stays where it is provided', () => {
  test('with() gives it neither to the app nor to another branch', () => {
    const app = new Pullo();
    const branch = app.with(authenticated);
    branch.get('/mine', ({ user }) => {
      expectTypeOf(user).toEqualTypeOf<User>();
      return null;
    });
    expectTypeOf<keyof ContextOf<typeof branch>>().toEqualTypeOf<keyof Context | 'user'>();
    expectTypeOf<keyof ContextOf<typeof app>>().toEqualTypeOf<keyof Context>();
    app.with(pass).get('/sibling', (ctx) => {
      expectTypeOf(ctx).not.toHaveProperty('user');
      return null;
    });
  });

  test('group() gives it neither to the app nor to the next group', () => {
    const app = new Pullo()
      .use(authenticated)
      .group('/a', (group) => {
        const inner = group.use(cart);
        inner.get('/', ({ user, cart }) => {
          expectTypeOf(user).toEqualTypeOf<User>();
          expectTypeOf(cart).toEqualTypeOf<Cart>();
          return null;
        });
      })
      .group('/b', (group) => {
        group.get('/', (ctx) => {
          expectTypeOf(ctx).not.toHaveProperty('cart');
          return null;
        });
      });
    expectTypeOf<keyof ContextOf<typeof app>>().toEqualTypeOf<keyof Context | 'user'>();
  });
});

describe('middleware before a handler', () => {
  const year = { pattern: /\d{4}/, parse: (text: string) => new Date(text) };

  test('provides for those after it and for the handler, which has the params of the whole pattern', () => {
    new Pullo({ convertors: { year } }).group('/archive/:y(year)', (group) => {
      group.get(
        '/:id(int)',
        { name: 'entry' },
        authenticated,
        (ctx, next) => {
          expectTypeOf(ctx.user).toEqualTypeOf<User>();
          expectTypeOf(ctx.params.y).toEqualTypeOf<Date>();
          return next();
        },
        cart,
        ({ user, cart, params }) => {
          expectTypeOf(user).toEqualTypeOf<User>();
          expectTypeOf(cart).toEqualTypeOf<Cart>();
          expectTypeOf(params.y).toEqualTypeOf<Date>();
          expectTypeOf(params.id).toEqualTypeOf<number>();
          return null;
        },
      );
    });
  });

  test('may be given for every verb, and may be written in place if it provides nothing', () => {
    const app = new Pullo();
    const handler = ({ user }: Context<string, { user: User }>) => user.name;
    app.get('/', authenticated, handler).head('/', authenticated, handler);
    app.post('/', authenticated, handler).put('/', authenticated, handler);
    app.patch('/', authenticated, handler).delete('/', authenticated, handler);
    app.options('/', authenticated, handler).all('/*', authenticated, handler);
    app.route('/r', authenticated, handler);
    app.route('/s', { methods: ['GET', 'POST'] }, authenticated, handler);
    app.get(
      '/inline',
      async ({ request }, next) => {
        expectTypeOf(request.path).toEqualTypeOf<string>();
        await next();
      },
      () => new TextResponse('closed'),
      () => null,
    );
    const silent = () => {
      app.get(
        '/',
        // @ts-expect-error an inline middleware has no type that says what it provides
        (_ctx, next) => next({ user: 1 }),
        () => null,
      );
    };
    expectTypeOf(silent).toBeFunction();
  });

  test('narrows what the app provides', () => {
    new Pullo().use(optionalUser).get('/', requireUser, ({ user }) => {
      expectTypeOf(user).toEqualTypeOf<User>();
      return null;
    });
  });

  test('is checked: order, keys of the context, types of keys, and what the handler returns', () => {
    const takesOver: Middleware<{ params: number }> = (_ctx, next) => next({ params: 1 });
    const wrong = (app: Pullo) => {
      // @ts-expect-error cart requires user
      app.get('/', cart, () => null);
      // @ts-expect-error cart requires user
      app.get('/', cart, authenticated, () => null);
      // @ts-expect-error cart requires user, which the options do not provide
      app.get('/', {}, cart, () => null);
      // @ts-expect-error params is a part of every context
      app.get('/', takesOver, () => null);
      // @ts-expect-error user is a User already
      app.get('/', authenticated, otherUser, () => null);
      // @ts-expect-error the handler returns nothing
      app.get('/', authenticated, () => {});
      // @ts-expect-error there is no handler
      app.get('/', authenticated);
      app.get(
        '/',
        authenticated,
        // @ts-expect-error a middleware returns a response
        () => 'text',
        () => null,
      );
      // @ts-expect-error options come first
      app.get('/', authenticated, { name: 'late' }, () => null);
      // @ts-expect-error a handler has no next
      app.get('/', (_ctx, next) => next());
    };
    expectTypeOf(wrong).toBeFunction();
  });
});

describe('a decorated method', () => {
  test('is typed by its pattern and by what the pipeline provides, instance, static and private', () => {
    const app = new Pullo();
    const branch = app.with(authenticated);
    class Greetings {
      #greeting = 'Hei';
      static count = 0;

      @app.route('/greet/:name')
      greet({ params }: ContextOf<typeof app, '/greet/:name'>) {
        return `${this.#greeting}, ${params.name}!`;
      }

      @branch.route('/me', { methods: ['GET', 'POST'] })
      #me({ user }: ContextOf<typeof branch>) {
        return `${this.#greeting}, ${user.name}!`;
      }

      @app.route('/count')
      static counted() {
        return Greetings.count;
      }

      called() {
        return this.#me;
      }
    }
    expectTypeOf<Greetings['greet']>().returns.toEqualTypeOf<string>();
    expectTypeOf<typeof Greetings.counted>().returns.toEqualTypeOf<number>();
    const wrong = () => {
      class Wrong {
        // @ts-expect-error the app has no user
        @app.route('/wrong')
        me({ user }: ContextOf<typeof branch>) {
          return user.name;
        }

        // @ts-expect-error nothing is returned
        @app.route('/nothing')
        nothing() {}
      }
      return Wrong;
    };
    expectTypeOf(wrong).toBeFunction();
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

  test('may be a promise that is rejected at once', () => {
    const right = (app: Pullo) => app.get('/', () => Promise.reject(new Error('later')));
    expectTypeOf(right).toBeFunction();
  });
});

describe('an error handler', () => {
  test('may find what the pipeline provides, or not', () => {
    const app = new Pullo().use(authenticated).onError(Error, (error, { user }) => {
      expectTypeOf(error).toEqualTypeOf<Error>();
      expectTypeOf(user).toEqualTypeOf<User | undefined>();
      // @ts-expect-error the error may have come before
      return user.name;
    });
    expectTypeOf(app).toEqualTypeOf<Pullo<Empty & { user: User }>>();
    const routes = (group: Pullo<{ user: User }>) =>
      group.onError(404, (_error, { user }) => user?.name ?? '');
    new Pullo().use(authenticated).use(cart).group('/orders', routes);
    // @ts-expect-error nothing provides a user
    new Pullo().group('/orders', routes);
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
