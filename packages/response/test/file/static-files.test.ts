import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type App, type HTTPScope, UnsupportedScope, validate } from '@pullo/asgi';
import { TextResponse } from '@pullo/response';
import { type StaticFilesOptions, staticFiles } from '@pullo/response/file';
import { describeTransports } from '@pullo/testing/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answer,
  answerOf,
  headersOf,
  httpScope,
  lifespanScope,
  looseAnswerOf,
  noReceive,
  webSocketScope,
} from '../cases/exchange.ts';
import { makeFolder } from '../support/folder.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  folder = await makeFolder({
    'secret.txt': 'secret',
    'site/index.html': 'home',
    'site/404.html': 'lost',
    'site/about.html': 'about',
    'site/a b ä.txt': 'odd name',
    'site/100%.txt': 'percent',
    'site/a+b.txt': 'plus',
    'site/semi;colon.txt': 'semicolon',
    'site/.env': 'hidden',
    'site/.well-known/x': 'hidden too',
    'site/docs/index.html': 'docs',
    'site/docs/guide.html': 'guide',
    'site/docs/index.txt': 'text index',
    'site/bare/file.txt': 'bare',
    'site/both.html': 'both page',
    'site/both/index.html': 'both folder',
    'site/app.js': 'plain',
    'site/app.js.gz': 'zipped',
    'site/con.txt': 'device',
    'site/index.html.d/x': 'x',
  });
  await mkdir(join(folder.path, 'site/empty'));
  await symlink(join(folder.path, 'secret.txt'), join(folder.path, 'site/link.txt'));
  await symlink(folder.path, join(folder.path, 'site/up'));
  await symlink('docs', join(folder.path, 'site/manual'));
  await symlink('app.js', join(folder.path, 'site/inside.js'));
  await symlink('loop', join(folder.path, 'site/loop'));
});
afterAll(() => folder.remove());

function site(options?: StaticFilesOptions): App {
  return staticFiles(join(folder.path, 'site'), options);
}

function ask(path: string, options?: StaticFilesOptions, scope: Partial<HTTPScope> = {}): Promise<Answer> {
  return answerOf(site(options), httpScope({ path, rawPath: path, ...scope }));
}

interface Row {
  path: string;
  options?: StaticFilesOptions;
  status: number;
  body?: string;
  location?: string;
}

const rows: readonly Row[] = [
  { path: '/', status: 200, body: 'home' },
  { path: '/index.html', status: 200, body: 'home' },
  { path: '/docs/', status: 200, body: 'docs' },
  { path: '/docs/guide.html', status: 200, body: 'guide' },
  { path: '/a%20b%20%C3%A4.txt', status: 200, body: 'odd name' },
  { path: '/100%25.txt', status: 200, body: 'percent' },
  { path: '/a+b.txt', status: 200, body: 'plus' },
  { path: '/semi;colon.txt', status: 200, body: 'semicolon' },
  { path: '/docs', status: 308, location: '/docs/' },
  { path: '/manual/', status: 200, body: 'docs' },
  { path: '/manual', status: 308, location: '/manual/' },
  { path: '/inside.js', status: 200, body: 'plain' },
  { path: '/bare', status: 404 },
  { path: '/bare/', status: 404 },
  { path: '/empty/', status: 404 },
  { path: '/about', status: 404 },
  { path: '/missing', status: 404, body: 'Not Found' },
  { path: '/missing/', status: 404 },
  { path: '/index.html/', status: 404 },
  { path: '/index.html/x', status: 404 },
  { path: '//', status: 404 },
  { path: '//docs', status: 404 },
  { path: '//docs/', status: 404 },
  { path: '/docs//guide.html', status: 404 },
  { path: '/.env', status: 404 },
  { path: '/.well-known/x', status: 404 },
  { path: '/link.txt', status: 404 },
  { path: '/up/secret.txt', status: 404 },
  { path: '/up', status: 404 },
  { path: '/up/', status: 404 },
  { path: '/loop', status: 404 },
  { path: '/con.txt', status: 404 },
  { path: `/${'a'.repeat(5000)}`, status: 404 },
  { path: '/.env', options: { dotfiles: 'serve' }, status: 200, body: 'hidden' },
  { path: '/.well-known/x', options: { dotfiles: 'serve' }, status: 200, body: 'hidden too' },
  { path: '/', options: { index: null }, status: 404 },
  { path: '/docs', options: { index: null }, status: 404 },
  { path: '/docs/', options: { index: 'index.txt' }, status: 200, body: 'text index' },
  { path: '/', options: { index: 'index.txt' }, status: 404 },
  { path: '/about', options: { mode: 'html' }, status: 200, body: 'about' },
  { path: '/about.html', options: { mode: 'html' }, status: 200, body: 'about' },
  { path: '/about/', options: { mode: 'html' }, status: 404, body: 'lost' },
  { path: '/docs/guide', options: { mode: 'html' }, status: 200, body: 'guide' },
  { path: '/docs', options: { mode: 'html' }, status: 308, location: '/docs/' },
  { path: '/both', options: { mode: 'html' }, status: 200, body: 'both page' },
  { path: '/both/', options: { mode: 'html' }, status: 200, body: 'both folder' },
  { path: '/missing', options: { mode: 'html' }, status: 404, body: 'lost' },
  { path: '/.env', options: { mode: 'html' }, status: 404, body: 'lost' },
];

describe('what is served for a path', () => {
  test.each(rows)('$path with $options is a $status', async ({ path, options, status, body, location }) => {
    const answer = await ask(path, options);
    expect(answer.status).toBe(status);
    if (body !== undefined) expect(answer.body).toBe(body);
    expect(headersOf(answer).location).toBe(location);
  });

  test.each(['/%2Eenv', '/.', '/..', '/docs/..', '/docs/.', 'index.html', '*', ''])(
    '%j, which no server of ours would give, is a 404 or the redirect of the root',
    async (path) => {
      const app = site({ dotfiles: 'serve' });
      const { status } = await looseAnswerOf(app, httpScope({ path }));
      expect(status).toBe(path === '' ? 308 : path === '/%2Eenv' ? 200 : 404);
    },
  );

  test.each([
    ['//docs', '/'],
    ['//evil.example/docs', '//evil.example'],
  ])('%s under %s, which would be another host, is not redirected', async (path, rootPath) => {
    const answer = await looseAnswerOf(site(), httpScope({ path, rootPath }));
    expect([answer.status, headersOf(answer).location]).toEqual([404, undefined]);
  });

  test('a redirect keeps the query', async () => {
    expect(headersOf(await ask('/docs', {}, { queryString: 'a=b&c' })).location).toBe('/docs/?a=b&c');
  });

  test.each([
    ['/static/docs/guide.html', '/static', 200],
    ['/static/', '/static', 200],
    ['/docs/', '/static', 200],
    ['/staticdocs/', '/static', 404],
  ])('%s under %s is a %i', async (path, rootPath, status) => {
    expect((await looseAnswerOf(site(), httpScope({ path, rootPath }))).status).toBe(status);
  });

  test.each([
    ['/static', '/static', '/static/'],
    ['/static/docs', '/static', '/static/docs/'],
  ])('%s under %s is redirected below the mount', async (path, rootPath, location) => {
    const answer = await ask(path, {}, { rootPath });
    expect([answer.status, headersOf(answer).location]).toEqual([308, location]);
  });
});

describe('methods and scopes', () => {
  test('HEAD has the head of GET', async () => {
    const [head, get] = [await ask('/about.html', {}, { method: 'HEAD' }), await ask('/about.html')];
    expect([head.body, head.headers]).toEqual(['', get.headers]);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'get', 'TRACE'])('%s is a 405', async (method) => {
    const answer = await ask('/about.html', {}, { method });
    expect([answer.status, headersOf(answer).allow]).toEqual([405, 'GET, HEAD']);
  });

  test('a WebSocket session is refused', async () => {
    expect((await answerOf(site(), webSocketScope({ 'websocket.http.response': {} }))).status).toBe(404);
  });

  test('a lifespan scope is refused', () => {
    expect(() => site()(lifespanScope, noReceive, () => {})).toThrow(UnsupportedScope);
  });
});

describe('options', () => {
  test('files have validators and ranges', async () => {
    const headers = [['range', 'bytes=0-1']] as const;
    const answer = await ask('/about.html', {}, { headers });
    expect([answer.status, answer.body]).toEqual([206, 'ab']);
    const { etag = '' } = headersOf(answer);
    expect((await ask('/about.html', {}, { headers: [['if-none-match', etag]] })).status).toBe(304);
  });

  test('precompressed files are served', async () => {
    const headers = [['accept-encoding', 'gzip']] as const;
    const answer = await ask('/app.js', { precompressed: ['br', 'gzip'] }, { headers });
    expect([answer.body, headersOf(answer)['content-encoding']]).toEqual(['zipped', 'gzip']);
  });

  test('headers are sent with each file, also when they can be read once only', async () => {
    function* pairs(): Generator<[string, string]> {
      yield ['x-content-type-options', 'nosniff'];
    }
    const app = site({ headers: pairs() });
    for (const path of ['/about.html', '/app.js']) {
      const answer = await answerOf(app, httpScope({ path }));
      expect(headersOf(answer)['x-content-type-options']).toBe('nosniff');
    }
  });

  test('cacheControl may be one for all', async () => {
    expect(headersOf(await ask('/app.js', { cacheControl: 'no-cache' }))['cache-control']).toBe('no-cache');
  });

  test('cacheControl may depend on the path from the root', async () => {
    const seen: string[] = [];
    const options: StaticFilesOptions = {
      cacheControl: (path) => {
        seen.push(path);
        return path.endsWith('.js') ? { maxAge: 60 } : undefined;
      },
    };
    expect(headersOf(await ask('/app.js', options))['cache-control']).toBe('max-age=60');
    expect(headersOf(await ask('/docs/guide.html', options))['cache-control']).toBeUndefined();
    expect(seen).toEqual(['app.js', 'docs/guide.html']);
  });

  test('the page for what is missing is not cached like a file', async () => {
    const answer = await ask('/missing', { mode: 'html', cacheControl: { maxAge: 60 } });
    expect([answer.status, headersOf(answer)['cache-control']]).toEqual([404, undefined]);
  });

  test('notFound answers what is not there', async () => {
    const notFound = new TextResponse('elsewhere', { status: 410 });
    const answer = await ask('/missing', { notFound });
    expect([answer.status, answer.body]).toEqual([410, 'elsewhere']);
  });

  test('the root may be a file URL', async () => {
    const app = staticFiles(pathToFileURL(join(folder.path, 'site/')));
    expect((await answerOf(app, httpScope())).body).toBe('home');
  });

  test.each(['missing', 'site/index.html'])('a root that is no directory (%s) is a clear error', (name) => {
    expect(() => staticFiles(join(folder.path, name))).toThrow(
      `there is no directory at "${join(folder.path, name)}"`,
    );
  });
});

describeTransports(
  (scope, receive, send) => validate(site({ mode: 'html' }))(scope, receive, send),
  (client) => {
    test('a site is served', async () => {
      expect(await (await client.get('/')).text()).toBe('home');
      expect(await (await client.get('/docs', { redirect: 'follow' })).text()).toBe('docs');
      const missing = await client.get('/missing');
      expect([missing.status, await missing.text()]).toEqual([404, 'lost']);
    });
  },
);
