import type { HTTPScope } from '@pullo/asgi';
import { Request } from '@pullo/request';
import { assertEqual, type Case } from '../../../../conformance/assert.ts';
import { host, hostValid } from './fetch-support.ts';

/** What an app sees of a request, and how it is answered. */
async function see<T>(request: globalThis.Request, look: (scope: HTTPScope) => T, ...platform: unknown[]) {
  let seen: T | undefined;
  const { fetch, errors } = hostValid((scope, _receive, send) => {
    seen = look(scope);
    send({ type: 'http.response.start', status: 200 });
    send({ type: 'http.response.body' });
  });
  const { status } = await fetch(request, ...platform);
  return { seen, status, errors };
}

/** Hosts make requests whose URL is what they have received, which the standard's own would have put in order. */
function received(url: string): globalThis.Request {
  const request = new globalThis.Request('http://test.example/');
  return new Proxy(request, {
    get: (target, key) => {
      if (key === 'url') return url;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const targets: readonly [url: string, path: string, rawPath: string, queryString: string][] = [
  ['http://a', '/', '/', ''],
  ['http://a/', '/', '/', ''],
  ['http://a?', '/', '/', ''],
  ['http://a?q=/x', '/', '/', 'q=/x'],
  ['http://a/b?c=d?e', '/b', '/b', 'c=d?e'],
  ['http://a/b#c?d', '/b', '/b', ''],
  ['http://a/b?c#d/e', '/b', '/b', 'c'],
  ['http://a//b//', '//b//', '//b//', ''],
  ['http://a/%7euser/a%2fb', '/~user/a%2Fb', '/%7euser/a%2fb', ''],
  ['http://a/x/../y/%2e%2e/z', '/z', '/x/../y/%2e%2e/z', ''],
  ['http://a/x\\y', '/x%5Cy', '/x\\y', ''],
  ['http://a/ä/€?ö=😀', '/%C3%A4/%E2%82%AC', '/%C3%A4/%E2%82%AC', '%C3%B6=%F0%9F%98%80'],
  ['http://a/\ud800', '/%EF%BF%BD', '/%EF%BF%BD', ''],
];

const servers: readonly [url: string, scheme: string, host: string, port: number][] = [
  ['http://test.example/', 'http', 'test.example', 80],
  ['https://test.example/', 'https', 'test.example', 443],
  ['http://test.example:8080/x', 'http', 'test.example', 8080],
  ['http://[::1]/', 'http', '::1', 80],
  ['https://[::1]:8443?x', 'https', '::1', 8443],
  ['http://test.example:8080', 'http', 'test.example', 8080],
];

const clients: readonly [title: string, platform: unknown, client: unknown][] = [
  [
    "Bun's server",
    { requestIP: () => ({ address: '10.0.0.1', port: 1234, family: 'IPv4' }) },
    { host: '10.0.0.1', port: 1234 },
  ],
  ["Bun's server on a Unix socket", { requestIP: () => null }, null],
  [
    "Deno's info",
    { remoteAddr: { transport: 'tcp', hostname: '::1', port: 5 }, completed: Promise.resolve() },
    { host: '::1', port: 5 },
  ],
  ["Deno's info on a Unix socket", { remoteAddr: { transport: 'unix', path: '/x' } }, null],
  ["a Worker's env", { KEY: 'value' }, null],
  ['text', 'x', null],
];

export const cases: readonly Case[] = [
  ...targets.map(([url, ...expected]) => ({
    title: `${JSON.stringify(url)} has the path ${expected[0]}`,
    run: async () => {
      const { seen } = await see(received(url), ({ path, rawPath, queryString }) => [
        path,
        rawPath,
        queryString,
      ]);
      assertEqual(seen, expected);
    },
  })),
  ...['http://a/%zz', 'http://a/%ff', 'http://a/a%00b', 'http://a/%'].map((url) => ({
    title: `${url} is a 400 that no app sees`,
    run: async () => {
      const { seen, status, errors } = await see(received(url), () => 'seen');
      assertEqual([seen, status, errors], [undefined, 400, []]);
    },
  })),
  ...servers.map(([url, ...expected]) => ({
    title: `${url} is served by ${expected[1]}, port ${expected[2]}`,
    run: async () => {
      const request = received(url);
      const { seen } = await see(request, ({ scheme, server }) => [scheme, server?.host, server?.port]);
      assertEqual(seen, expected);
    },
  })),
  ...clients.map(([title, platform, client]) => ({
    title: `of ${title} the client is ${JSON.stringify(client)}`,
    run: async () => {
      const request = new globalThis.Request('http://a/', { headers: { 'cf-connecting-ip': '6.6.6.6' } });
      assertEqual((await see(request, (scope) => scope.client, platform)).seen, client);
    },
  })),
  {
    title: 'headers are pairs that can be read again, with the host that a made request lacks',
    run: async () => {
      const request = new globalThis.Request('http://test.example:81/', { headers: { 'X-One': '1' } });
      const { seen } = await see(request, ({ headers }) => {
        const own = (pairs: typeof headers) =>
          [...pairs].filter(([name]) => name === 'host' || name === 'x-one').map((pair) => [...pair]);
        return [own(headers), own(headers)];
      });
      const expected = [
        ['host', 'test.example:81'],
        ['x-one', '1'],
      ];
      assertEqual(seen, [expected, expected]);
    },
  },
  {
    title: 'Request has the whole URL of a scope',
    run: async () => {
      let url: URL | undefined;
      const { fetch } = host((scope, receive, send) => {
        ({ url } = new Request(scope, receive));
        send({ type: 'http.response.start', status: 200 });
        send({ type: 'http.response.body' });
      });
      await fetch(new globalThis.Request('https://test.example:8443/a%20b?c=d'));
      assertEqual(url?.href, 'https://test.example:8443/a%20b?c=d');
    },
  },
  {
    title: 'an extension tells what the host has handed over; no event of an extension is offered',
    run: async () => {
      const { seen } = await see(
        new globalThis.Request('http://a/'),
        ({ extensions }) => extensions,
        'env',
        'context',
      );
      assertEqual(seen, { 'pullo.platform': ['env', 'context'] });
    },
  },
  {
    title: 'the handshake of a WebSocket is told that this host has none',
    run: async () => {
      // A request of Fetch must not name this field in browsers; hosts do.
      const headers = new globalThis.Headers({ upgrade: 'WebSocket' });
      const request = new Proxy(new globalThis.Request('http://a/'), {
        get: (target, key) => (key === 'headers' ? headers : Reflect.get(target, key, target)),
      });
      const { seen, status } = await see(request, () => 'seen');
      assertEqual([seen, status], [undefined, 501]);
    },
  },
  {
    title: 'what is no request is an error that says so',
    run: () => {
      const { fetch } = host(() => {});
      let message = '';
      try {
        void fetch('/x' as unknown as globalThis.Request);
      } catch (error) {
        message = String(error);
      }
      assertEqual(message, 'TypeError: fetch() takes a Request, not the text "/x": new Request(url, init).');
    },
  },
];
