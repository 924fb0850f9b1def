import { type App, Pullo, TextResponse } from '@pullo/core';
import { client } from '@pullo/testing';
import { describe, expect, test } from 'vitest';

const tell: App = async (scope, receive, send) => {
  if (scope.type !== 'http') throw new Error(`no ${scope.type}`);
  await new TextResponse(`host: ${scope.rootPath}|${scope.path}`)(scope, receive, send);
};

async function ask(app: App, host: string, path = '/'): Promise<string> {
  await using http = client(app, { headers: { host } });
  return (await http.get(path)).text();
}

describe('host()', () => {
  const app = new Pullo()
    .get('/', () => 'the site')
    .mount('/mounted', new TextResponse('mounted'))
    .host('api.example.com', tell)
    .host('[\\:\\:1]', new TextResponse('IPv6'));

  test.each([
    ['api.example.com', 'host: |/'],
    ['API.Example.COM', 'host: |/'],
    ['api.example.com:8080', 'host: |/'],
    ['api.example.com.', 'host: |/'],
    ['[::1]:8000', 'IPv6'],
    ['example.com', 'the site'],
    ['xapi.example.com', 'the site'],
    ['api.example.com.evil.org', 'the site'],
  ])('takes the host %s to where it belongs', async (host, text) => {
    expect(await ask(app, host)).toBe(text);
  });

  test('goes before routes and mounts, and has all paths', async () => {
    expect(await ask(app, 'api.example.com', '/mounted/x')).toBe('host: |/mounted/x');
    expect(await ask(app, 'www.example.com', '/mounted/x')).toBe('mounted');
  });

  test('takes several Host fields, and none, for no host', async () => {
    const twice: App = (scope, receive, send) => {
      const headers = [
        ['host', 'api.example.com'],
        ['host', 'evil.example.com'],
      ] as const;
      return app(scope.type === 'http' ? { ...scope, headers } : scope, receive, send);
    };
    const without: App = (scope, receive, send) =>
      app(scope.type === 'http' ? { ...scope, headers: [] } : scope, receive, send);
    expect(await ask(twice, 'x')).toBe('the site');
    expect(await ask(without, 'x')).toBe('the site');
  });

  test('captures what its pattern names, for the pipeline around it', async () => {
    const seen: unknown[] = [];
    const tenants = new Pullo()
      .use(({ params, route }, next) => {
        seen.push({ ...(params as object) }, route?.kind, route?.pattern);
        return next();
      })
      .host(':tenant.example.com', tell)
      .host('*rest.test', tell);
    await ask(tenants, 'acme.example.com');
    await ask(tenants, 'a.b.test');
    expect(seen).toEqual([
      { tenant: 'acme' },
      'host',
      ':tenant.example.com',
      { rest: 'a.b' },
      'host',
      '*rest.test',
    ]);
  });

  test('has its errors answered by the error handlers of the app', async () => {
    const failing: App = async (_scope, _receive, _send) => {
      throw new RangeError('no');
    };
    const safe = new Pullo().onError(RangeError, () => 'handled').host('a.test', failing);
    expect(await ask(safe, 'a.test')).toBe('handled');
  });

  test('refuses what cannot be: in a group, twice, no app, a middleware after it', () => {
    expect(() => new Pullo().group('/g', (group) => group.host('a.test', tell))).toThrow(
      'host("a.test") stands in the group "/g", but a host has all of its paths: call it on the app.',
    );
    expect(() => new Pullo().host('a.test', tell).host('A.test', tell)).toThrow(
      'serves the same requests as',
    );
    expect(() => new Pullo().host('a.test', {} as never)).toThrow('host("a.test") takes an app');
    expect(() => new Pullo().host('a.test', tell).use((_ctx, next) => next())).toThrow(
      'use(a middleware) comes after the host "a.test"',
    );
    expect(() => new Pullo().host('a..test', tell)).toThrow('An empty label');
  });
});
