import { type App, HeaderList, type HTTPScope } from '@pullo/asgi';
import { describe, expect, it } from 'vitest';
import { serving } from '../support/serving.ts';
import { ask, head, Wire } from '../support/wire.ts';

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

async function scopeOf(...lines: string[]): Promise<HTTPScope> {
  const { scopes, app } = keeping();
  const { server } = await serving(app);
  const answer = await ask(server, head(...lines, 'Connection: close'));
  const scope = scopes[0];
  if (scope === undefined) throw new Error(`No scope, but the answer ${answer}`);
  return scope;
}

describe('the scope of a request', () => {
  it('has every field', async () => {
    const { scopes, app } = keeping();
    const { server } = await serving(app);
    const wire = new Wire(server);
    wire.write(head('PATCH /a%2fb/%7Ec?x=%20&y HTTP/1.1', 'Host: h:1', 'X-One: 1', 'x-one: 2'));
    await wire.until(/204/);
    const [scope] = scopes;
    const { headers, exchange, ...rest } = scope as HTTPScope;
    expect(rest).toEqual({
      type: 'http',
      asgi: { version: '3.0', specVersion: '2.5' },
      httpVersion: '1.1',
      method: 'PATCH',
      scheme: 'http',
      path: '/a%2Fb/~c',
      rawPath: '/a%2fb/%7Ec',
      queryString: 'x=%20&y',
      rootPath: '',
      client: { host: '127.0.0.1', port: wire.socket.localPort },
      server: { host: '127.0.0.1', port: server.port },
      state: {},
      extensions: {
        'http.response.pathsend': {},
        'http.response.zerocopysend': {},
        'http.response.trailers': {},
        'http.response.early_hint': {},
      },
    });
    expect(headers).toBeInstanceOf(HeaderList);
    expect([...headers]).toEqual([
      ['host', 'h:1'],
      ['x-one', '1'],
      ['x-one', '2'],
    ]);
    expect(exchange.signal.aborted).toBe(false);
  });

  it('of HTTP/1.0 says so, and needs no Host', async () => {
    expect((await scopeOf('GET / HTTP/1.0')).httpVersion).toBe('1.0');
  });

  it.each([
    ['http://example.org/a?b', '/a', '/a', 'b'],
    ['HTTPS://example.org', '/', '/', ''],
    ['http://example.org?b', '/', '/', 'b'],
  ])(
    'of the target %j has the path %j, the raw path %j and the query %j',
    async (target, path, rawPath, query) => {
      const scope = await scopeOf(`GET ${target} HTTP/1.1`, 'Host: a');
      expect([scope.path, scope.rawPath, scope.queryString]).toEqual([path, rawPath, query]);
    },
  );

  it.each(['*', 'http://example.org'])('of a server-wide OPTIONS %s has the path *', async (target) => {
    expect((await scopeOf(`OPTIONS ${target} HTTP/1.1`, 'Host: a')).path).toBe('*');
  });

  it('has the host of an absolute target in place of the Host field', async () => {
    const scope = await scopeOf('GET http://other.example:81/ HTTP/1.1', 'Host: a', 'X: 1');
    expect([...scope.headers]).toEqual([
      ['host', 'other.example:81'],
      ['x', '1'],
      ['connection', 'close'],
    ]);
  });

  it.each(['a', 'a.b:80', 'a:', '[::1]', '[::1]:80', '127.0.0.1', 'x_y', 'a%20b', ''])(
    'may have the host %j',
    async (host) => {
      expect([...(await scopeOf('GET / HTTP/1.1', `Host: ${host}`)).headers][0]).toEqual(['host', host]);
    },
  );

  it('of a request with an Upgrade is that of a plain request, the last of its connection', async () => {
    const { scopes, app } = keeping();
    const { server } = await serving(app);
    const upgrade = head(
      'POST /a HTTP/1.1',
      'Host: a',
      'Connection: Upgrade',
      'Upgrade: h2c',
      'Content-Length: 3',
    );
    const answer = await ask(server, `${upgrade}abc${head('GET /b HTTP/1.1', 'Host: a')}`);
    expect(answer.match(/HTTP\/1.1 \d+|connection: \w+/gi)).toEqual(['HTTP/1.1 204', 'Connection: close']);
    expect(scopes.map(({ path }) => path)).toEqual(['/a']);
  });
});
