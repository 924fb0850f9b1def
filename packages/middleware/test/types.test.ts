// What the compiler says of pipelines with authentication in them.
import { type Context, type ContextOf, type Middleware, Pullo } from '@pullo/core';
import { apiKey } from '@pullo/middleware/api-key';
import { basicAuth } from '@pullo/middleware/basic-auth';
import { bearerAuth } from '@pullo/middleware/bearer-auth';
import { requestId } from '@pullo/middleware/request-id';
import { requireUser } from '@pullo/middleware/require-user';
import { describe, expectTypeOf, test } from 'vitest';

interface User {
  name: string;
  isAdmin: boolean;
}
interface Database {
  userOf(key: string): Promise<User | undefined>;
}
type UserOf<App extends Pullo<{ user: unknown }>> = ContextOf<App>['user'];

const find = (_key: string): User | undefined => undefined;
const findLater = async (_key: string): Promise<User | null> => null;

describe('authentication', () => {
  test('provides the user that verify gives, sync or async', () => {
    const basic = new Pullo().use(basicAuth({ verify: ({ username }) => find(username) }));
    const bearer = new Pullo().use(bearerAuth({ verify: findLater }));
    const keyed = new Pullo().use(apiKey({ cookie: 'key', verify: (key) => findLater(key) }));
    expectTypeOf<UserOf<typeof basic>>().toEqualTypeOf<User>();
    expectTypeOf<UserOf<typeof bearer>>().toEqualTypeOf<User>();
    expectTypeOf<UserOf<typeof keyed>>().toEqualTypeOf<User>();
  });

  test('provides a user who may be missing where it is optional', () => {
    const basic = new Pullo().use(basicAuth({ optional: true, verify: ({ username }) => find(username) }));
    const bearer = new Pullo().use(bearerAuth({ verify: findLater, optional: true }));
    const keyed = new Pullo().use(apiKey({ optional: Math.random() > 2, verify: findLater }));
    expectTypeOf<UserOf<typeof basic>>().toEqualTypeOf<User | undefined>();
    expectTypeOf<UserOf<typeof bearer>>().toEqualTypeOf<User | undefined>();
    expectTypeOf<UserOf<typeof keyed>>().toEqualTypeOf<User | undefined>();
  });

  test('takes its types as arguments too', () => {
    const strict: Middleware<{ user: User }> = basicAuth<User>({ verify: () => undefined });
    const lax: Middleware<{ user: User | undefined }> = bearerAuth<User, true>({
      optional: true,
      verify: () => undefined,
    });
    expectTypeOf(strict).toBeFunction();
    expectTypeOf(lax).toBeFunction();
    // @ts-expect-error optional authentication says so in its type
    const silent = () => bearerAuth<User>({ optional: true, verify: find });
    expectTypeOf(silent).toBeFunction();
  });

  test('gives verify the context of the place where it is used', () => {
    const database: Database = { userOf: findLater as Database['userOf'] };
    const app = new Pullo({
      async *lifespan() {
        yield { database };
      },
    })
      .provide(() => ({ tenant: 'fi' }))
      .use(
        bearerAuth({
          verify: (token, { state, tenant }) => {
            expectTypeOf(tenant).toEqualTypeOf<string>();
            return state.database.userOf(token);
          },
        }),
      );
    expectTypeOf<UserOf<typeof app>>().toEqualTypeOf<User>();
  });

  test('whose verify needs what the pipeline does not have does not compile', () => {
    const auth = bearerAuth({
      verify: (token: string, { tenant }: Context<string, { tenant: string }>) => find(token + tenant),
    });
    new Pullo().provide(() => ({ tenant: 'fi' })).use(auth);
    // @ts-expect-error Property 'tenant' is missing
    const forgotten = () => new Pullo().use(auth);
    expectTypeOf(forgotten).toBeFunction();
  });

  test('does not compile with a verify that answers true or false', () => {
    // @ts-expect-error a boolean is no user
    const yes = () => basicAuth({ verify: ({ password }) => password === 'secret' });
    // @ts-expect-error nor is a promise of one
    const later = () => bearerAuth({ verify: async (token) => token === 'secret' });
    expectTypeOf(yes).toBeFunction();
    expectTypeOf(later).toBeFunction();
  });

  test('takes a key from one place only', () => {
    // @ts-expect-error both a header and a query parameter
    const both = () => apiKey({ header: 'x-key', query: 'key', verify: find });
    expectTypeOf(both).toBeFunction();
  });
});

describe('requireUser()', () => {
  const optional = bearerAuth({ optional: true, verify: find });

  test('makes a user who may be missing one who is there', () => {
    const app = new Pullo().use(optional).use(requireUser());
    expectTypeOf<UserOf<typeof app>>().toEqualTypeOf<User>();
    const inline = new Pullo().use(bearerAuth({ optional: true, verify: find })).use(requireUser());
    expectTypeOf<UserOf<typeof inline>>().toEqualTypeOf<User>();
    const required = new Pullo().use(bearerAuth({ verify: find })).use(requireUser());
    expectTypeOf<UserOf<typeof required>>().toEqualTypeOf<User>();
  });

  test('gives its predicate the user of the pipeline', () => {
    const app = new Pullo().use(optional).use(
      requireUser((user, ctx) => {
        expectTypeOf(user).toEqualTypeOf<User>();
        expectTypeOf(ctx.request.path).toEqualTypeOf<string>();
        return user.isAdmin;
      }),
    );
    expectTypeOf<UserOf<typeof app>>().toEqualTypeOf<User>();
    const declared = new Pullo().use(optional).use(requireUser(async (user: User) => user.isAdmin));
    expectTypeOf<UserOf<typeof declared>>().toEqualTypeOf<User>();
  });

  test('does not compile where authentication was forgotten', () => {
    // @ts-expect-error there is no user
    const forgotten = () => new Pullo().use(requireUser());
    // @ts-expect-error nor here
    const withPredicate = () => new Pullo().use(requireUser((user: User) => user.isAdmin));
    expectTypeOf(forgotten).toBeFunction();
    expectTypeOf(withPredicate).toBeFunction();
  });

  test('does not compile with a predicate of other users', () => {
    const robots = requireUser((user: { serial: number }) => user.serial > 0);
    // @ts-expect-error a User has no serial number
    const other = () => new Pullo().use(optional).use(robots);
    expectTypeOf(other).toBeFunction();
  });

  test('works on a branch, in a group, and as a constant', () => {
    const admins: Middleware<{ user: User }, { user: User | undefined }> = requireUser<User>(
      (user) => user.isAdmin,
    );
    const app = new Pullo().use(optional);
    const branch = app.with(requireUser());
    expectTypeOf<UserOf<typeof branch>>().toEqualTypeOf<User>();
    expectTypeOf<UserOf<typeof app>>().toEqualTypeOf<User | undefined>();
    app.group('/admin', (group) => {
      const inside = group.use(admins);
      expectTypeOf<UserOf<typeof inside>>().toEqualTypeOf<User>();
    });
  });
});

describe('requestId()', () => {
  test('provides a string', () => {
    const app = new Pullo().use(requestId());
    expectTypeOf<ContextOf<typeof app>['requestId']>().toEqualTypeOf<string>();
  });
});
