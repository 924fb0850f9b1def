import type { App } from '@pullo/asgi';
import { CookieJar, client } from '@pullo/testing';
import { describe, expect, test } from 'vitest';

describe('which cookies are sent where', () => {
  const cases: [title: string, setCookie: string, from: string, to: string, sent: string | null][] = [
    ['to the same host', 'a=1', 'http://x.org/', 'http://x.org/any', 'a=1'],
    ['not to another', 'a=1', 'http://x.org/', 'http://y.org/', null],
    ['not to a subdomain', 'a=1', 'http://x.org/', 'http://s.x.org/', null],
    ['to a subdomain with Domain', 'a=1; Domain=.x.org', 'http://x.org/', 'http://s.x.org/', 'a=1'],
    ['not from a foreign Domain', 'a=1; Domain=y.org', 'http://x.org/', 'http://y.org/', null],
    ['not from a Domain that only ends alike', 'a=1; Domain=x.org', 'http://xx.org/', 'http://x.org/', null],
    ['below its path', 'a=1; Path=/p', 'http://x.org/', 'http://x.org/p/q', 'a=1'],
    ['not beside its path', 'a=1; Path=/p', 'http://x.org/', 'http://x.org/pq', null],
    ['below the folder that set it', 'a=1', 'http://x.org/p/q', 'http://x.org/p/r', 'a=1'],
    ['not above it', 'a=1', 'http://x.org/p/q', 'http://x.org/', null],
    ['Secure over https', 'a=1; Secure', 'https://x.org/', 'https://x.org/', 'a=1'],
    ['Secure not over http', 'a=1; Secure', 'https://x.org/', 'http://x.org/', null],
    ['expired: no', 'a=1; Max-Age=0', 'http://x.org/', 'http://x.org/', null],
    [
      'Max-Age before Expires',
      'a=1; Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'http://x.org/',
      'http://x.org/',
      'a=1',
    ],
    [
      'a date of the past: no',
      'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'http://x.org/',
      'http://x.org/',
      null,
    ],
    ['with an equals sign', 'a=b=c', 'http://x.org/', 'http://x.org/', 'a=b=c'],
    ['not without a name', '=x', 'http://x.org/', 'http://x.org/', null],
  ];

  test.each(cases)('%s', (_title, setCookie, from, to, sent) => {
    const jar = new CookieJar();
    jar.store(from, [setCookie]);
    expect(jar.header(to)).toBe(sent);
  });

  test('the longer path first, and one cookie of a name, host and path', () => {
    const jar = new CookieJar();
    jar.store('http://x.org/', ['a=1; Path=/', 'b=2; Path=/p', 'a=3; Path=/']);
    expect(jar.header('http://x.org/p')).toBe('b=2; a=3');
    expect(jar.get('a')).toBe('3');
    jar.delete('a');
    expect([...jar].map(({ name }) => name)).toEqual(['b']);
    jar.clear();
    expect(jar.header('http://x.org/p')).toBeNull();
  });
});

describe('the jar of a client', () => {
  const app: App = async (scope, _receive, send) => {
    if (scope.type !== 'http') throw new Error('only http');
    const cookie = [...scope.headers].find(([name]) => name === 'cookie')?.[1] ?? 'none';
    const isLogin = scope.path === '/login';
    send({
      type: 'http.response.start',
      status: isLogin ? 303 : 200,
      headers: isLogin
        ? [
            ['set-cookie', 'session=abc; Path=/; HttpOnly'],
            ['location', '/'],
          ]
        : [],
    });
    await send({ type: 'http.response.body', body: cookie });
  };

  test('what an answer sets is sent with the next request', async () => {
    await using http = client(app);
    await http.post('/login');
    expect(await (await http.get('/')).text()).toBe('session=abc');
  });

  test('also when a redirect is followed', async () => {
    await using http = client(app);
    const response = await http.post('/login', { redirect: 'follow' });
    expect(await response.text()).toBe('session=abc');
  });

  test('it can be filled before, and shared', async () => {
    await using first = client(app, { cookies: { a: '1', b: '2' } });
    await using second = client(app, { cookies: first.cookies });
    expect(await (await second.get('/')).text()).toBe('a=1; b=2');
  });
});
