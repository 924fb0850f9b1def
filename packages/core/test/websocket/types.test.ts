import {
  type BaseContext,
  type CloseInfo,
  type Context,
  type Middleware,
  type Next,
  Pullo,
  type Socket,
  TextResponse,
  type WebSocketContext,
  type WebSocketContextOf,
  type WebSocketMessage,
} from '@pullo/core';
import { describe, expectTypeOf, test } from 'vitest';

interface User {
  name: string;
}

const authenticated: Middleware<{ user: User }> = (_ctx, next) => next({ user: { name: 'Aino' } });
const cart: Middleware<{ cart: string[] }, { user: User }> = ({ user }, next) => next({ cart: [user.name] });

describe('the context of a WebSocket handler', () => {
  test('has the parameters of the whole pattern, what is provided, and the state', () => {
    new Pullo({
      async *lifespan() {
        yield { db: 'connection' };
      },
    })
      .use(authenticated)
      .group('/groups/:group(int)', (group) => {
        group.websocket('/rooms/:room', async ({ params, user, state, kind, accept, subprotocols }) => {
          expectTypeOf(params.group).toEqualTypeOf<number>();
          expectTypeOf(params.room).toEqualTypeOf<string>();
          expectTypeOf(user).toEqualTypeOf<User>();
          expectTypeOf(state.db).toEqualTypeOf<string>();
          expectTypeOf(kind).toEqualTypeOf<'websocket'>();
          expectTypeOf(subprotocols).toEqualTypeOf<readonly string[]>();
          expectTypeOf(accept).returns.resolves.toEqualTypeOf<Socket>();
          // @ts-expect-error the pattern has no :seat
          void params.seat;
        });
      });
  });

  test('has what the middleware of the route provides, after options or without', () => {
    new Pullo()
      .websocket('/a', authenticated, async ({ user }) => {
        expectTypeOf(user).toEqualTypeOf<User>();
      })
      .websocket('/b', { name: 'b', origins: '*' }, authenticated, cart, async ({ user, cart }) => {
        expectTypeOf(user).toEqualTypeOf<User>();
        expectTypeOf(cart).toEqualTypeOf<string[]>();
      });
    const wrong = () => {
      // @ts-expect-error cart requires user
      new Pullo().websocket('/', cart, async () => {});
    };
    expectTypeOf(wrong).toBeFunction();
  });

  test('has names', () => {
    const app = new Pullo().use(authenticated);
    const lead = async ({ accept, params, user }: WebSocketContextOf<typeof app, '/rooms/:id(int)'>) => {
      expectTypeOf(params.id).toEqualTypeOf<number>();
      await (await accept()).send(user.name);
    };
    app.websocket('/rooms/:id(int)', lead);
    const wrong = () => {
      // @ts-expect-error there is no user
      new Pullo().websocket('/rooms/:id(int)', lead);
      // @ts-expect-error a request has no session
      app.get('/rooms/:id(int)', (ctx) => lead(ctx));
    };
    expectTypeOf(wrong).toBeFunction();
    expectTypeOf<WebSocketContext<'/:a'>['params']['a']>().toEqualTypeOf<string>();
  });
});

describe('the kind of a context', () => {
  test('is known to handlers, and both to middleware', () => {
    new Pullo()
      .use((ctx, next) => {
        expectTypeOf(ctx.kind).toEqualTypeOf<'http' | 'websocket'>();
        // @ts-expect-error only handlers of sessions accept
        void ctx.accept;
        return next();
      })
      .get('/', ({ kind }) => {
        expectTypeOf(kind).toEqualTypeOf<'http'>();
        return kind;
      })
      .get('/options', { name: 'options' }, ({ kind }) => {
        expectTypeOf(kind).toEqualTypeOf<'http'>();
        return kind;
      });
    new Pullo().route('/')(({ kind }) => {
      expectTypeOf(kind).toEqualTypeOf<'http'>();
      return kind;
    });
    expectTypeOf<BaseContext['kind']>().toEqualTypeOf<'http' | 'websocket'>();
  });

  test('lets a function that takes any context serve both', () => {
    const name = ({ request }: Context) => request.path;
    async function locale(_ctx: Context, next: Next<{ locale: string }>) {
      return next({ locale: 'fi' });
    }
    new Pullo()
      .use(locale)
      .get('/', (ctx) => name(ctx))
      .websocket('/', async (ctx) => {
        expectTypeOf(ctx.locale).toEqualTypeOf<string>();
        await (await ctx.accept()).send(name(ctx));
      });
  });

  test('keeps the parts of a WebSocket context from being provided', () => {
    const wrong = () => {
      // @ts-expect-error accept is a part of a WebSocket's context
      new Pullo().provide(() => ({ accept: 1 }));
    };
    expectTypeOf(wrong).toBeFunction();
  });
});

describe('a WebSocket handler', () => {
  test('returns nothing, or what refuses the session', () => {
    new Pullo()
      .websocket('/a', async () => {})
      .websocket('/b', () => new TextResponse('no', { status: 403 }))
      .websocket('/c', async () => globalThis.Response.json({}));
    const wrong = () => {
      // @ts-expect-error a session is not answered with a text
      new Pullo().websocket('/', async () => 'hello');
      // @ts-expect-error nor with JSON
      new Pullo().websocket('/', () => ({ a: 1 }));
    };
    expectTypeOf(wrong).toBeFunction();
  });
});

describe('a socket', () => {
  test('gives messages, and takes them', () => {
    expectTypeOf<Socket>().toExtend<AsyncIterable<WebSocketMessage>>();
    expectTypeOf<Socket['receive']>().returns.resolves.toEqualTypeOf<string | Uint8Array>();
    expectTypeOf<Socket['closed']>().toEqualTypeOf<CloseInfo | null>();
    expectTypeOf<Parameters<Socket['send']>[0]>().toEqualTypeOf<string | Uint8Array | ArrayBuffer>();
    const typed = async (socket: Socket) => {
      expectTypeOf(await socket.receiveJSON<{ a: number }>()).toEqualTypeOf<{ a: number }>();
      expectTypeOf(await socket.receiveJSON()).toBeUnknown();
      // @ts-expect-error data is sent as JSON
      void socket.send({ a: 1 });
    };
    expectTypeOf(typed).toBeFunction();
  });
});
