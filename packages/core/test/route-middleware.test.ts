import { HTTPError, type Middleware, Pullo, TextResponse } from '@pullo/core';
import { client } from '@pullo/testing';
import { describe, expect, expectTypeOf, test } from 'vitest';

interface User {
  name: string;
}

const authenticated: Middleware<{ user: User }> = (_ctx, next) => next({ user: { name: 'Aino' } });
const cart: Middleware<{ cart: string[] }, { user: User }> = ({ user }, next) =>
  next({ cart: [`what ${user.name} likes`] });

/** A middleware that writes down when it runs. */
function trace(seen: string[], name: string): Middleware {
  return async (_ctx, next) => {
    seen.push(`> ${name}`);
    await next();
    seen.push(`< ${name}`);
  };
}

const verbs = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head', 'all', 'route'] as const;

describe('middleware before a handler', () => {
  test.each(verbs)('runs in order inside the pipeline, for %s()', async (verb) => {
    const seen: string[] = [];
    const app = new Pullo().use(trace(seen, 'app'));
    // They have the same signatures, but the compiler resolves none of a union.
    app[verb as 'get']('/', trace(seen, 'first'), trace(seen, 'second'), () => {
      seen.push('handler');
      return null;
    });
    await using http = client(app);
    const method = verb === 'all' || verb === 'route' ? 'GET' : verb.toUpperCase();
    expect((await http.request(method, '/')).status).toBe(204);
    expect(seen).toEqual(['> app', '> first', '> second', 'handler', '< second', '< first', '< app']);
  });

  test('gives the handler what it provides, in this route alone', async () => {
    const app = new Pullo()
      .get('/cart', { name: 'cart' }, authenticated, cart, ({ user, cart, route }) => {
        expectTypeOf(user).toEqualTypeOf<User>();
        return { name: user.name, cart, route: route?.name ?? null };
      })
      .get('/other', (ctx) => ['user' in ctx, 'cart' in ctx]);
    await using http = client(app);
    expect(await (await http.get('/cart')).json()).toEqual({
      name: 'Aino',
      cart: ['what Aino likes'],
      route: 'cart',
    });
    expect(await (await http.get('/other')).json()).toEqual([false, false]);
  });

  test('may answer in the place of the handler', async () => {
    const app = new Pullo().get(
      '/',
      () => new TextResponse('closed', { status: 503 }),
      () => 'open',
    );
    await using http = client(app);
    expect((await http.get('/')).status).toBe(503);
  });

  test('may stand before a response that stands for the handler', async () => {
    const constant = new TextResponse('constant');
    const app = new Pullo().get(
      '/',
      async (_ctx, next) => {
        const response = await next();
        response.headers.append('x-seen', 'yes');
        return response;
      },
      constant,
    );
    await using http = client(app);
    expect((await http.get('/')).headers.get('x-seen')).toBe('yes');
    expect((await http.get('/')).headers.get('x-seen')).toBe('yes');
    expect(constant.headers.has('x-seen')).toBe(false);
  });

  test('has the error handlers of its app or group', async () => {
    const app = new Pullo().group('/group', (group) => {
      group
        .onError(401, () => 'in the group')
        .get(
          '/',
          () => {
            throw new HTTPError(401);
          },
          () => 'never',
        );
    });
    await using http = client(app);
    expect(await (await http.get('/group')).text()).toBe('in the group');
  });

  test('runs for 405, OPTIONS and slash redirects of the first route of the pattern', async () => {
    const seen: string[] = [];
    const app = new Pullo()
      .get('/a', trace(seen, 'get'), () => 'a')
      .post('/a', trace(seen, 'post'), () => 'a');
    await using http = client(app);
    expect((await http.delete('/a')).status).toBe(405);
    expect((await http.options('/a')).status).toBe(204);
    expect((await http.get('/a/')).status).toBe(308);
    expect(seen).toEqual(['> get', '< get', '> get', '< get', '> get', '< get']);
  });

  test('is named in what goes wrong', async () => {
    const app = new Pullo().get(
      '/',
      function forgets() {},
      () => 'never',
    );
    await using http = client(app);
    await expect(http.get('/')).rejects.toThrow('The middleware "forgets" returned nothing');
  });

  test('stands before a decorated method by way of with()', async () => {
    const app = new Pullo();
    class Account {
      @(app.with(authenticated).with(cart).route('/account'))
      show({ cart: items }: { cart: string[] }) {
        return items;
      }
    }
    new Account();
    await using http = client(app);
    expect(await (await http.get('/account')).json()).toEqual(['what Aino likes']);
  });

  test('may be more than the compiler counts, by way of with()', async () => {
    const seen: string[] = [];
    const app = new Pullo();
    app
      .with(trace(seen, '1'))
      .get(
        '/',
        trace(seen, '2'),
        trace(seen, '3'),
        trace(seen, '4'),
        trace(seen, '5'),
        trace(seen, '6'),
        () => null,
      );
    await using http = client(app);
    await http.get('/');
    expect(seen.slice(0, 6)).toEqual(['> 1', '> 2', '> 3', '> 4', '> 5', '> 6']);
  });
});
