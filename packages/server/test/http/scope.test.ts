import { type App, HeaderList, type HTTPScope } from '@pullo/asgi';
import { describe, expect, it } from 'vitest';
import { type Ask, PROTOCOLS, type Protocol } from '../support/protocols.ts';

/** An app that keeps the scopes it is called with. */
function keeping(): { scopes: HTTPScope[]; app: App } {
  const scopes: HTTPScope[] = [];
  const app: App = (scope, _receive, send) => {
    if (scope.type !== 'http') return;
    scopes.push(scope);
    send({ type: 'http.response.start', status: 204 });
    send({ type: 'http.response.body' });
  };
  return { scopes, app };
}

async function scopeOf({ serving, ask }: Protocol, asked: Ask): Promise<HTTPScope> {
  const { scopes, app } = keeping();
  const { server } = await serving(app);
  const { status } = await ask(server, asked);
  const scope = scopes[0];
  if (scope === undefined) throw new Error(`No scope, but the status ${status}`);
  return scope;
}

describe.each(PROTOCOLS)('the scope of a request in $name', (protocol) => {
  const { serving, client, version, scheme } = protocol;

  it('has every field', async () => {
    const { scopes, app } = keeping();
    const { server } = await serving(app);
    const http = client(server);
    const asked = {
      method: 'PATCH',
      path: '/a%2fb/%7Ec?x=%20&y',
      host: 'h:1',
      lines: ['X-One: 1', 'x-one: 2'],
    };
    await http.open(asked).answer;
    const [scope] = scopes;
    const { headers, exchange, client: peer, extensions, ...rest } = scope as HTTPScope;
    expect(rest).toEqual({
      type: 'http',
      asgi: { version: '3.0', specVersion: '2.5' },
      httpVersion: version,
      method: 'PATCH',
      scheme,
      path: '/a%2Fb/~c',
      rawPath: '/a%2fb/%7Ec',
      queryString: 'x=%20&y',
      rootPath: '',
      server: { host: '127.0.0.1', port: server.port },
      state: {},
    });
    expect(peer).toEqual({ host: '127.0.0.1', port: expect.any(Number) });
    expect(headers).toBeInstanceOf(HeaderList);
    expect([...headers].slice(0, 3)).toEqual([
      ['host', 'h:1'],
      ['x-one', '1'],
      ['x-one', '2'],
    ]);
    expect(Object.keys(extensions)).toEqual([
      'http.response.pathsend',
      'http.response.zerocopysend',
      'http.response.trailers',
      'http.response.early_hint',
      ...(scheme === 'https' ? ['tls'] : []),
    ]);
    expect(exchange.signal.aborted).toBe(false);
  });

  it('is a fresh object for each request of a connection', async () => {
    const { scopes, app } = keeping();
    const { server } = await serving(app);
    const http = client(server);
    for (let i = 0; i < 2; i++) await http.open().answer;
    expect(http.connections).toBe(1);
    expect(scopes[0]).not.toBe(scopes[1]);
    expect(scopes[0]?.state).not.toBe(scopes[1]?.state);
  });

  it('is not reached by what an app does to the scope of the request before', async () => {
    const seen: unknown[] = [];
    const { server } = await serving((scope, _receive, send) => {
      if (scope.type !== 'http') return;
      seen.push([scope.path, scope.state.mark]);
      scope.path = '/changed';
      scope.state.mark = 'left behind';
      send({ type: 'http.response.start', status: 204 });
      send({ type: 'http.response.body' });
    });
    const http = client(server);
    for (let i = 0; i < 2; i++) await http.open({ path: '/a' }).answer;
    expect(http.connections).toBe(1);
    expect(seen).toEqual([
      ['/a', undefined],
      ['/a', undefined],
    ]);
  });

  it('keeps the bytes of header values as Latin-1', async () => {
    const scope = await scopeOf(protocol, { lines: ['X: \xe4\xff'] });
    expect([...scope.headers]).toContainEqual(['x', 'äÿ']);
  });

  it('has all of many header fields', async () => {
    const lines = Array.from({ length: 100 }, (_, i) => `X-${i}: ${i}`);
    const scope = await scopeOf(protocol, { lines });
    expect([...scope.headers].filter(([name]) => name.startsWith('x-'))).toHaveLength(100);
  });

  it.each([
    ['/', '/', '/', ''],
    ['/?', '/', '/', ''],
    ['/a?b?c', '/a', '/a', 'b?c'],
    ['//a//', '//a//', '//a//', ''],
    ['/a/../b/./c', '/b/c', '/a/../b/./c', ''],
    ['/%2e%2e/a', '/a', '/%2e%2e/a', ''],
    ['/a%5cb', '/a%5Cb', '/a%5cb', ''],
  ])(
    'of the target %j has the path %j, the raw path %j and the query %j',
    async (target, path, rawPath, query) => {
      const scope = await scopeOf(protocol, { path: target });
      expect([scope.path, scope.rawPath, scope.queryString]).toEqual([path, rawPath, query]);
    },
  );

  it('of a server-wide OPTIONS has the path *', async () => {
    expect((await scopeOf(protocol, { method: 'OPTIONS', path: '*' })).path).toBe('*');
  });

  it.each(['a', 'a.b:80', 'a:', '[::1]', '[::1]:80', '127.0.0.1', 'x_y', 'a%20b'])(
    'may have the host %j',
    async (host) => {
      expect([...(await scopeOf(protocol, { host })).headers][0]).toEqual(['host', host]);
    },
  );
});
