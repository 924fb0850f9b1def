import { type CookieOptions, Response, serializeCookie } from '@pullo/response';
import { assertEqual, type Case, thrownBy } from '../../../../conformance/assert.ts';

interface Serialized {
  title: string;
  cookie: [name: string, value: string, options?: CookieOptions];
  text: string;
}

const DEFAULTS = 'Path=/; SameSite=Lax';

const serialized: readonly Serialized[] = [
  { title: 'a cookie is for the whole host and lax', cookie: ['a', 'b'], text: `a=b; ${DEFAULTS}` },
  { title: 'a value may be empty', cookie: ['a', ''], text: `a=; ${DEFAULTS}` },
  { title: 'a value may have "="', cookie: ['a', 'b=c=='], text: `a=b=c==; ${DEFAULTS}` },
  { title: '__proto__ is a name like others', cookie: ['__proto__', 'x'], text: `__proto__=x; ${DEFAULTS}` },
  { title: 'maxAge is in seconds', cookie: ['a', 'b', { maxAge: 60 }], text: `a=b; Max-Age=60; ${DEFAULTS}` },
  { title: 'maxAge may be 0', cookie: ['a', 'b', { maxAge: 0 }], text: `a=b; Max-Age=0; ${DEFAULTS}` },
  {
    title: 'expires is an HTTP date',
    cookie: ['a', 'b', { expires: new Date(784111777000) }],
    text: `a=b; Expires=Sun, 06 Nov 1994 08:49:37 GMT; ${DEFAULTS}`,
  },
  {
    title: 'domain',
    cookie: ['a', 'b', { domain: 'x.example' }],
    text: `a=b; Domain=x.example; ${DEFAULTS}`,
  },
  { title: 'path', cookie: ['a', 'b', { path: '/x y' }], text: 'a=b; Path=/x y; SameSite=Lax' },
  { title: 'secure', cookie: ['a', 'b', { secure: true }], text: 'a=b; Path=/; Secure; SameSite=Lax' },
  { title: 'httpOnly', cookie: ['a', 'b', { httpOnly: true }], text: 'a=b; Path=/; HttpOnly; SameSite=Lax' },
  {
    title: 'sameSite strict',
    cookie: ['a', 'b', { sameSite: 'strict' }],
    text: 'a=b; Path=/; SameSite=Strict',
  },
  {
    title: 'sameSite none, which needs secure',
    cookie: ['a', 'b', { sameSite: 'none', secure: true }],
    text: 'a=b; Path=/; Secure; SameSite=None',
  },
  {
    title: 'partitioned, which needs secure',
    cookie: ['a', 'b', { partitioned: true, secure: true }],
    text: 'a=b; Path=/; Secure; SameSite=Lax; Partitioned',
  },
  { title: 'priority', cookie: ['a', 'b', { priority: 'high' }], text: `a=b; ${DEFAULTS}; Priority=High` },
  {
    title: 'all attributes at once',
    cookie: [
      'a',
      'b',
      {
        maxAge: 1,
        expires: new Date(0),
        domain: 'example.com',
        path: '/p',
        secure: true,
        httpOnly: true,
        sameSite: 'none',
        partitioned: true,
        priority: 'low',
      },
    ],
    text: 'a=b; Max-Age=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Domain=example.com; Path=/p; Secure; HttpOnly; SameSite=None; Partitioned; Priority=Low',
  },
  {
    title: '__Host- with what it needs',
    cookie: ['__Host-a', 'b', { secure: true }],
    text: '__Host-a=b; Path=/; Secure; SameSite=Lax',
  },
  {
    title: '__Secure- with what it needs',
    cookie: ['__Secure-a', 'b', { secure: true, domain: 'example.com', path: '/x' }],
    text: '__Secure-a=b; Domain=example.com; Path=/x; Secure; SameSite=Lax',
  },
  {
    title: '__Http- with what it needs',
    cookie: ['__Http-a', 'b', { secure: true, httpOnly: true, path: '/x' }],
    text: '__Http-a=b; Path=/x; Secure; HttpOnly; SameSite=Lax',
  },
];

interface Refused {
  title: string;
  cookie: [name: string, value: string, options?: CookieOptions];
  says: string;
}

const NAMES = [
  '',
  'a b',
  'a=b',
  'a;b',
  'a,b',
  'a\r\nb',
  'a\0',
  'a"',
  'ä',
  '\u00a0',
  'a\t',
  '(a)',
  'a/b',
  '{a}',
];
const VALUES = ['a b', 'a;b', 'a,b', 'a"b', 'a\\b', 'a\r\nb', 'a\nb', 'a\0b', 'ä', '\u00a0', '\u007f', '€'];
const PATHS = ['', 'x', '/a;b', '/a\r\nb', '/ä', '/\0'];
const DOMAINS = [
  '',
  'a b',
  'a;b',
  'exämple.com',
  'a..b',
  '-a.com',
  'a.com-',
  'a.com\r\n',
  'http://a.com',
  '.',
];

const refused: readonly Refused[] = [
  ...NAMES.map(
    (name): Refused => ({ title: `name ${JSON.stringify(name)}`, cookie: [name, ''], says: 'name' }),
  ),
  ...VALUES.map(
    (value): Refused => ({
      title: `value ${JSON.stringify(value)}`,
      cookie: ['a', value],
      says: 'encodeURIComponent',
    }),
  ),
  ...PATHS.map(
    (path): Refused => ({
      title: `path ${JSON.stringify(path)}`,
      cookie: ['a', 'b', { path }],
      says: 'path',
    }),
  ),
  ...DOMAINS.map(
    (domain): Refused => ({
      title: `domain ${JSON.stringify(domain)}`,
      cookie: ['a', 'b', { domain }],
      says: 'domain',
    }),
  ),
  ...[1.5, Number.NaN, Number.POSITIVE_INFINITY].map(
    (maxAge): Refused => ({ title: `maxAge ${maxAge}`, cookie: ['a', 'b', { maxAge }], says: 'maxAge' }),
  ),
  ...['+275760-09-13T00:00:00Z', '+010000-01-01T00:00:00Z', '1600-12-31T23:59:59Z'].map(
    (text): Refused => ({
      title: `the year of ${text}, which browsers cannot read`,
      cookie: ['a', 'b', { expires: new Date(text) }],
      says: 'expires',
    }),
  ),
  { title: 'an invalid date', cookie: ['a', 'b', { expires: new Date(Number.NaN) }], says: 'expires' },
  { title: 'more than 4,096 bytes', cookie: ['a', 'b'.repeat(4096)], says: '4097 bytes' },
  {
    title: 'a path of more than 1,024 bytes',
    cookie: ['a', 'b', { path: `/${'b'.repeat(1024)}` }],
    says: '1024 bytes',
  },
  {
    title: 'sameSite none without secure',
    cookie: ['a', 'b', { sameSite: 'none' }],
    says: 'needs secure: true',
  },
  {
    title: 'partitioned without secure',
    cookie: ['a', 'b', { partitioned: true }],
    says: 'needs secure: true',
  },
  { title: '__Host- without secure', cookie: ['__Host-a', 'b'], says: 'needs secure: true' },
  { title: '__host- in lower case without secure', cookie: ['__host-a', 'b'], says: 'needs secure: true' },
  {
    title: '__Host- with a domain',
    cookie: ['__Host-a', 'b', { secure: true, domain: 'a.com' }],
    says: 'no domain',
  },
  {
    title: '__Host- with a path',
    cookie: ['__Host-a', 'b', { secure: true, path: '/a' }],
    says: 'path: "/"',
  },
  { title: '__Secure- without secure', cookie: ['__Secure-a', 'b'], says: 'needs secure: true' },
  {
    title: '__Http- without httpOnly',
    cookie: ['__Http-a', 'b', { secure: true }],
    says: 'needs httpOnly: true',
  },
  {
    title: '__Host-Http- without httpOnly',
    cookie: ['__Host-Http-a', 'b', { secure: true }],
    says: 'needs httpOnly: true',
  },
];

/** What is left in the header after these calls. */
const together: readonly { title: string; change: (response: Response) => void; cookies: string[] }[] = [
  {
    title: 'several cookies are several fields, in order',
    change: (response) => response.setCookie('a', '1').setCookie('b', '2'),
    cookies: [`a=1; ${DEFAULTS}`, `b=2; ${DEFAULTS}`],
  },
  {
    title: 'a cookie of the same name, domain and path is replaced',
    change: (response) => response.setCookie('a', '1').setCookie('b', '2').setCookie('a', '3', { maxAge: 1 }),
    cookies: [`b=2; ${DEFAULTS}`, `a=3; Max-Age=1; ${DEFAULTS}`],
  },
  {
    title: 'a cookie of another path is another cookie',
    change: (response) => response.setCookie('a', '1').setCookie('a', '2', { path: '/x' }),
    cookies: [`a=1; ${DEFAULTS}`, 'a=2; Path=/x; SameSite=Lax'],
  },
  {
    title: 'paths are case-sensitive, domains are not',
    change: (response) =>
      response
        .setCookie('a', '1', { path: '/x' })
        .setCookie('a', '2', { path: '/X' })
        .setCookie('b', '1', { domain: 'a.example' })
        .setCookie('b', '2', { domain: 'A.example' }),
    cookies: [
      'a=1; Path=/x; SameSite=Lax',
      'a=2; Path=/X; SameSite=Lax',
      `b=2; Domain=A.example; ${DEFAULTS}`,
    ],
  },
  {
    title: 'names are case-sensitive',
    change: (response) => response.setCookie('a', '1').setCookie('A', '2'),
    cookies: [`a=1; ${DEFAULTS}`, `A=2; ${DEFAULTS}`],
  },
  {
    title: 'a cookie is deleted by one that has ended',
    change: (response) => response.setCookie('a', '1').deleteCookie('a'),
    cookies: ['a=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; SameSite=Lax'],
  },
  {
    title: 'deleting adds what the prefix needs',
    change: (response) => response.deleteCookie('__Host-a'),
    cookies: ['__Host-a=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; Secure; SameSite=Lax'],
  },
  {
    title: 'deleting names the domain and path',
    change: (response) => response.deleteCookie('a', { path: '/x', domain: 'a.com' }),
    cookies: ['a=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Domain=a.com; Path=/x; SameSite=Lax'],
  },
];

/** What the types refuse already. */
const mistyped: readonly { title: string; make: () => string; says: string }[] = [
  {
    title: 'another sameSite',
    // @ts-expect-error a site is one of three
    make: () => serializeCookie('a', 'b', { sameSite: 'Lax; Secure' }),
    says: 'strict, lax, none',
  },
  {
    title: 'another priority',
    // @ts-expect-error a priority is one of three
    make: () => serializeCookie('a', 'b', { priority: 'toString' }),
    says: 'low, medium, high',
  },
];

export const cases: readonly Case[] = [
  ...serialized.map(({ title, cookie, text }) => ({
    title: `cookie: ${title}`,
    run: () => assertEqual(serializeCookie(...cookie), text),
  })),
  ...[
    ...refused.map(({ title, cookie, says }) => ({ title, make: () => serializeCookie(...cookie), says })),
    ...mistyped,
  ].map(({ title, make, says }) => ({
    title: `refused cookie: ${title}`,
    run: () => {
      const error = thrownBy(make);
      assertEqual(Reflect.get(error, 'code'), 'ERR_INVALID_COOKIE');
      assertEqual(error.message.includes(says) ? says : error.message, says);
    },
  })),
  ...together.map(({ title, change, cookies }) => ({
    title: `cookies: ${title}`,
    run: () => {
      const response = new Response();
      change(response);
      assertEqual(response.headers.getSetCookie(), cookies);
    },
  })),
];
