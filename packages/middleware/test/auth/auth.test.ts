// What the three ways of authentication answer, on both transports.
import { HTTPError, Pullo } from '@pullo/core';
import { apiKey } from '@pullo/middleware/api-key';
import { basicAuth } from '@pullo/middleware/basic-auth';
import { bearerAuth } from '@pullo/middleware/bearer-auth';
import { requireUser } from '@pullo/middleware/require-user';
import { timingSafeEqual } from '@pullo/middleware/timing-safe-equal';
import { client } from '@pullo/testing';
import { describeTransports } from '@pullo/testing/vitest';
import { describe, expect, test } from 'vitest';

interface User {
  name: string;
  isAdmin: boolean;
}

const aino: User = { name: 'Aino', isAdmin: true };
const eero: User = { name: 'Eero', isAdmin: false };
const passwords = new Map([
  ['aino', { password: 'secret', user: aino }],
  ['ääkkönen', { password: 'p:ä€', user: eero }],
  ['', { password: 'nameless', user: eero }],
  ['none', { password: '', user: eero }],
]);
const tokens = new Map([
  ['token-of-aino', aino],
  ['dG9rZW4+/w==', eero],
]);

function login({ username, password }: { username: string; password: string }): User | undefined {
  const entry = passwords.get(username);
  return entry !== undefined && timingSafeEqual(password, entry.password) ? entry.user : undefined;
}
const byToken = async (token: string): Promise<User | null> => {
  if (token === 'overloaded') throw new HTTPError(503, { headers: { 'retry-after': '1' } });
  return tokens.get(token) ?? null;
};
const greet = ({ user }: { user: User | undefined }) => `Hei, ${user?.name ?? 'stranger'}!`;

const BASIC = 'Basic realm="Notes", charset="UTF-8"';
const BEARER = 'Bearer realm="Notes"';
const realm = 'Notes';

const app = new Pullo()
  .group('/basic', (group) => {
    group.use(basicAuth({ realm, verify: login })).get('/', greet);
  })
  .group('/bearer', (group) => {
    group.use(bearerAuth({ realm, verify: byToken })).get('/', greet);
  })
  .group('/header', (group) => {
    group.use(apiKey({ realm, verify: byToken })).get('/', greet);
  })
  .group('/query', (group) => {
    group.use(apiKey({ realm, query: 'key', verify: byToken })).get('/', greet);
  })
  .group('/cookie', (group) => {
    group.use(apiKey({ realm, cookie: 'key', verify: byToken })).get('/', greet);
  })
  .group('/optional/basic', (group) => {
    group.use(basicAuth({ realm, optional: true, verify: login })).get('/', greet);
  })
  .group('/optional/bearer', (group) => {
    group.use(bearerAuth({ realm, optional: true, verify: byToken })).get('/', greet);
  })
  .group('/optional/key', (group) => {
    group.use(apiKey({ realm, optional: true, verify: byToken })).get('/', greet);
  })
  .group('/required/bearer', (group) => {
    group
      .use(bearerAuth({ realm, optional: true, verify: byToken }))
      .use(requireUser())
      .get('/', greet);
  })
  .group('/admins', (group) => {
    group
      .use(bearerAuth({ realm, verify: byToken }))
      .use(requireUser((user) => user.isAdmin))
      .get('/', greet);
  })
  .group('/admins/later', (group) => {
    group
      .use(bearerAuth({ realm, optional: true, verify: byToken }))
      .use(requireUser(async (user, { request }) => user.isAdmin && request.method === 'GET'))
      .get('/', greet);
  });

const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');
const basic = (text: string | Uint8Array) => ({ authorization: `Basic ${base64(text)}` });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describeTransports(app, (http) => {
  describe('basicAuth()', () => {
    test.each([
      ['a name and a password', basic('aino:secret'), 'Hei, Aino!'],
      ['a scheme in other letters', { authorization: `bASIC ${base64('aino:secret')}` }, 'Hei, Aino!'],
      ['several spaces', { authorization: `Basic   ${base64('aino:secret')}` }, 'Hei, Aino!'],
      ['UTF-8, and a colon in the password', basic('ääkkönen:p:ä€'), 'Hei, Eero!'],
      ['an empty name', basic(':nameless'), 'Hei, Eero!'],
      ['an empty password', basic('none:'), 'Hei, Eero!'],
    ])('takes %s', async (_title, headers, text) => {
      const response = await http.get('/basic', { headers });
      expect([response.status, await response.text()]).toEqual([200, text]);
    });

    test.each<[string, Record<string, string>]>([
      ['no credentials', {}],
      ['another scheme', bearer('token-of-aino')],
      ['a scheme that begins alike', { authorization: `Basically ${base64('aino:secret')}` }],
      ['a wrong password', basic('aino:wrong')],
      ['a longer password', basic('aino:secretsecret')],
      ['an unknown name', basic('nobody:secret')],
      ['nothing after the scheme', { authorization: 'Basic' }],
      ['what is not base64', { authorization: 'Basic *****' }],
      ['base64 with spaces in it', { authorization: `Basic ${base64('aino:secret').split('').join(' ')}` }],
      ['no colon', basic('aino')],
      ['a NUL', basic('aino:secret\0')],
      ['a control', basic('ai\nno:secret')],
      ['a control of Latin-1', basic('aino:secret\u0085')],
      ['bytes that are not UTF-8', basic(Uint8Array.of(0xe4, 0x3a, 0xe4))],
      ['two in one', { authorization: `${basic('aino:secret').authorization}, Basic eA==` }],
    ])('refuses %s with its challenge', async (_title, headers) => {
      const response = await http.get('/basic', { headers });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, BASIC]);
    });

    test('says nothing of the credentials that it refuses', async () => {
      for (const text of ['aino:hunter2', 'hunter2', 'aino:hunter2\0']) {
        const response = await http.get('/basic', { headers: basic(text) });
        const all = `${await response.text()}${JSON.stringify([...response.headers])}`;
        expect(all).not.toContain('hunter2');
        expect(all).not.toContain(base64(text));
      }
    });

    test('that is optional lets those pass who send none, and no others', async () => {
      const texts = async (headers: Record<string, string>) => {
        const response = await http.get('/optional/basic', { headers });
        return response.ok ? response.text() : response.headers.get('www-authenticate');
      };
      expect(await texts({})).toBe('Hei, stranger!');
      expect(await texts(bearer('of another layer'))).toBe('Hei, stranger!');
      expect(await texts(basic('aino:secret'))).toBe('Hei, Aino!');
      expect(await texts(basic('aino:wrong'))).toBe(BASIC);
      expect(await texts(basic('malformed'))).toBe(BASIC);
    });
  });

  describe('bearerAuth()', () => {
    test.each([
      ['a token', bearer('token-of-aino'), 'Hei, Aino!'],
      ['a scheme in other letters', { authorization: 'bEARER token-of-aino' }, 'Hei, Aino!'],
      ['every character of a token', bearer('dG9rZW4+/w=='), 'Hei, Eero!'],
    ])('takes %s', async (_title, headers, text) => {
      const response = await http.get('/bearer', { headers });
      expect([response.status, await response.text()]).toEqual([200, text]);
    });

    test.each<[string, Record<string, string>, number, string]>([
      ['no token: without an error code', {}, 401, BEARER],
      ['another scheme: the same', basic('aino:secret'), 401, BEARER],
      ['a token that is refused', bearer('unknown'), 401, `${BEARER}, error="invalid_token"`],
      ['nothing after the scheme', { authorization: 'Bearer' }, 400, `${BEARER}, error="invalid_request"`],
      ['two words', bearer('one two'), 400, `${BEARER}, error="invalid_request"`],
      ['characters that no token has', bearer('tökén'), 400, `${BEARER}, error="invalid_request"`],
      ['padding within', bearer('a=b'), 400, `${BEARER}, error="invalid_request"`],
      ['two tokens', { authorization: 'Bearer a, Bearer b' }, 400, `${BEARER}, error="invalid_request"`],
    ])('refuses %s', async (_title, headers, status, challenge) => {
      const response = await http.get('/bearer', { headers });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([status, challenge]);
    });

    test('does not look for tokens in the query', async () => {
      const response = await http.get('/bearer', { query: { access_token: 'token-of-aino' } });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, BEARER]);
    });

    test('passes on what verify throws', async () => {
      const response = await http.get('/bearer', { headers: bearer('overloaded') });
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    });

    test('that is optional lets those pass who send none, and no others', async () => {
      const status = async (headers: Record<string, string>) => {
        const response = await http.get('/optional/bearer', { headers });
        return response.ok ? response.text() : response.status;
      };
      expect(await status({})).toBe('Hei, stranger!');
      expect(await status(basic('aino:secret'))).toBe('Hei, stranger!');
      expect(await status(bearer('token-of-aino'))).toBe('Hei, Aino!');
      expect(await status(bearer('expired'))).toBe(401);
      expect(await status(bearer('one two'))).toBe(400);
    });
  });

  describe('apiKey()', () => {
    const challenge = (place: string) => `APIKey realm="Notes", ${place}`;
    const inHeader = challenge('header="x-api-key"');
    const inQuery = challenge('query="key"');
    const inCookie = challenge('cookie="key"');

    test.each<[string, string, Record<string, string>]>([
      ['in a header', '/header', { 'x-api-key': 'token-of-aino' }],
      ['in a query', '/query?key=token-of-aino', {}],
      ['in a cookie', '/cookie', { cookie: 'other=1; key=token-of-aino' }],
      ['in a cookie of the nearer path', '/cookie', { cookie: 'key=token-of-aino; key=old' }],
    ])('takes a key %s', async (_title, path, headers) => {
      const response = await http.get(path, { headers });
      expect([response.status, await response.text()]).toEqual([200, 'Hei, Aino!']);
    });

    test.each<[string, string, Record<string, string>, string]>([
      ['no key', '/header', {}, inHeader],
      ['no key', '/query', {}, inQuery],
      ['no key', '/cookie', {}, inCookie],
      ['a key in another place', '/header?key=token-of-aino', { cookie: 'key=token-of-aino' }, inHeader],
      ['a wrong key', '/header', { 'x-api-key': 'wrong' }, inHeader],
      ['an empty key', '/query?key=', {}, inQuery],
      ['two keys', '/query?key=token-of-aino&key=token-of-aino', {}, inQuery],
      ['a key with a NUL', '/query?key=token-of-aino%00', {}, inQuery],
      ['a key with a control', '/cookie', { cookie: 'key=token-of-aino%0a' }, inCookie],
    ])('refuses %s: %s', async (_title, path, headers, expected) => {
      const response = await http.get(path, { headers });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, expected]);
    });

    test('that is optional lets those pass who send none, and no others', async () => {
      const status = async (headers: Record<string, string>) => {
        const response = await http.get('/optional/key', { headers });
        return response.ok ? response.text() : response.status;
      };
      expect(await status({})).toBe('Hei, stranger!');
      expect(await status({ 'x-api-key': 'token-of-aino' })).toBe('Hei, Aino!');
      expect(await status({ 'x-api-key': 'wrong' })).toBe(401);
    });
  });

  describe('requireUser()', () => {
    test.each<[string, string, Record<string, string>, number, string | null]>([
      ['a user', '/required/bearer', bearer('token-of-aino'), 200, null],
      ['nobody, with the challenge of the authentication', '/required/bearer', {}, 401, BEARER],
      ['a user of whom the predicate says yes', '/admins', bearer('token-of-aino'), 200, null],
      ['a user of whom it says no', '/admins', bearer('dG9rZW4+/w=='), 403, null],
      ['a user of whom it says yes later', '/admins/later', bearer('token-of-aino'), 200, null],
      ['a user of whom it says no later', '/admins/later', bearer('dG9rZW4+/w=='), 403, null],
      ['nobody, whom it is not asked about', '/admins/later', {}, 401, BEARER],
    ])('answers %s', async (_title, path, headers, status, challenge) => {
      const response = await http.get(path, { headers });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([status, challenge]);
    });

    test('guards paths without a route too', async () => {
      expect((await http.get('/required/bearer/nope')).status).toBe(401);
      expect((await http.get('/required/bearer/nope', { headers: bearer('token-of-aino') })).status).toBe(
        404,
      );
    });
  });
});

describe('a challenge', () => {
  test('has quotes and backslashes of the realm escaped', async () => {
    const app = new Pullo().use(basicAuth({ realm: 'a "b" \\c', verify: login })).get('/', greet);
    await using http = client(app);
    const response = await http.get('/');
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="a \\"b\\" \\\\c", charset="UTF-8"');
  });

  test.each(['', 'two words', 'key"', 'a:b'])('is not made for a key in the header %j', (header) => {
    expect(() => apiKey({ header, verify: byToken })).toThrow(TypeError);
  });

  test.each(['line\nbreak', 'käyttäjät', 'del\x7f'])('is not made of the realm %j', (realm) => {
    expect(() => basicAuth({ realm, verify: login })).toThrow(TypeError);
    expect(() => bearerAuth({ realm, verify: byToken })).toThrow(JSON.stringify(realm));
  });
});

test('a verify that answers false in spite of its type refuses', async () => {
  const verify = (() => false) as unknown as () => undefined;
  const app = new Pullo().use(basicAuth<User>({ verify })).get('/', greet);
  await using http = client(app);
  expect((await http.get('/', { headers: basic('aino:secret') })).status).toBe(401);
});

test('authentication is sync where verify is', async () => {
  const results: unknown[] = [];
  const app = new Pullo()
    .use((_ctx, next) => {
      const result = next();
      results.push(result instanceof Promise);
      return result;
    })
    .use(basicAuth({ optional: true, verify: login }))
    .use(requireUser((user) => user.isAdmin))
    .get('/', greet);
  await using http = client(app);
  await http.get('/', { headers: basic('aino:secret') });
  await http.get('/');
  expect(results).toEqual([false, false]);
});

test('what is a promise in all but its class is waited for, as the queries of many database libraries are', async () => {
  class Query<T> implements PromiseLike<T> {
    readonly #rows: Promise<T>;
    constructor(result: T) {
      this.#rows = Promise.resolve(result);
    }
    // biome-ignore lint/suspicious/noThenProperty: that is what is tested
    get then() {
      return this.#rows.then.bind(this.#rows);
    }
  }
  const app = new Pullo()
    .use(bearerAuth({ verify: (token) => new Query(tokens.get(token)) }))
    .use(requireUser((user) => new Query(user.isAdmin)))
    .get('/', greet);
  await using http = client(app);
  const status = async (token: string) => (await http.get('/', { headers: bearer(token) })).status;
  expect(await status('token-of-aino')).toBe(200);
  expect(await status('dG9rZW4+/w==')).toBe(403);
  expect(await status('unknown')).toBe(401);
});
