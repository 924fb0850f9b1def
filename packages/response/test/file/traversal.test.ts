import { symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { staticFiles } from '@pullo/response/file';
import { type Server, serve } from '@pullo/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpScope, looseAnswerOf } from '../cases/exchange.ts';
import { makeFolder } from '../support/folder.ts';
import { rawGet, statusOf } from '../support/raw.ts';

const SECRET = 'the-secret-of-this-test';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: Server;
let app: ReturnType<typeof staticFiles>;

beforeAll(async () => {
  folder = await makeFolder({
    'secret.txt': SECRET,
    'public-secret/secret.txt': SECRET,
    'public/page.txt': 'page',
    'public/a/b/page.txt': 'page',
    'public/.hidden': SECRET,
    'public/.git/config': SECRET,
    'public/a/.env': SECRET,
    'public/nul': SECRET,
    'public/aux.txt': SECRET,
    'public/com1.log': SECRET,
  });
  const root = join(folder.path, 'public');
  await symlink('../secret.txt', join(root, 'link.txt'));
  // What a link leads to counts, not how it gets there: `/up/public/page.txt` is a file of the root.
  await symlink('..', join(root, 'up'));
  await symlink('/', join(root, 'root'));
  await symlink('../../../secret.txt', join(root, 'a/b/deep.txt'));
  app = staticFiles(root, { index: null, precompressed: ['gzip'] });
  server = await serve(app, { port: 0, logLevel: 'silent' });
});
afterAll(async () => {
  await server.close();
  await folder.remove();
});

/** Ways to write "one directory up" that some decoder, somewhere, has taken for it. */
const UPS = [
  '..',
  '%2e%2e',
  '%2E%2E',
  '.%2e',
  '%2e.',
  '%252e%252e',
  '%25%32%65%25%32%65',
  '%%32%65%%32%65',
  '..%00',
  '..%20',
  '..%09',
  '..;',
  '..;x=1',
  '..%3b',
  '...',
  '....',
  '.%00.',
  '..%c0%af',
  '%c0%ae%c0%ae',
  '%e0%80%ae%e0%80%ae',
  '%uff0e%uff0e',
  '%ef%bc%8e%ef%bc%8e',
  '\u002e\u002e',
  '..%01',
  '..%ff',
] as const;

/** Ways to write a separator. */
const SEPARATORS = [
  '/',
  '%2f',
  '%2F',
  '%5c',
  '\\',
  '%252f',
  '//',
  '/./',
  '%c0%af',
  '%ef%bc%8f',
  '/%2e/',
  '%00/',
] as const;

const systematic = UPS.flatMap((up) =>
  SEPARATORS.flatMap((separator) => [
    `/${up}${separator}secret.txt`,
    `/a/b/${[up, up, up, 'secret.txt'].join(separator)}`,
  ]),
);

const deep = (separator: string) =>
  `/${Array(12).fill('..').join(separator)}${separator}etc${separator}passwd`;

const known = [
  '/.hidden',
  '/.git/config',
  '/%2egit/config',
  '/.git%2fconfig',
  '/a/.env',
  '/a/%2Eenv',
  '/link.txt',
  '/up/secret.txt',
  '/root/etc/passwd',
  '/a/b/deep.txt',
  '/a/b/../../link.txt',
  '/..%2fpublic-secret/secret.txt',
  '/../public-secret/secret.txt',
  '/%2e%2e-secret/secret.txt',
  '/-secret/secret.txt',
  '/nul',
  '/NUL',
  '/aux.txt',
  '/AUX.txt',
  '/com1.log',
  '/a/nul',
  '/nul%20',
  '/aux.txt.',
  '/con',
  '/prn.html',
  '/lpt9',
  '/CONIN$',
  '/com%C2%B9.txt',
  '/page.txt::$DATA',
  '/page.txt%3a%3a$DATA',
  '/C:/windows/win.ini',
  '/C:%5cwindows%5cwin.ini',
  '/c%3a%2fwindows%2fwin.ini',
  '/%5c%5cserver%5cshare%5cx',
  '/\\\\server\\share\\x',
  '/%5c%3f%5cC:%5cx',
  '/file:///etc/passwd',
  '/file:%2f%2f%2fetc%2fpasswd',
  '/etc/passwd',
  '//etc/passwd',
  '/%2fetc%2fpasswd',
  '/%2f%2fetc/passwd',
  '///etc///passwd',
  '/proc/self/environ',
  '/dev/null',
  '/page.txt%00',
  '/page.txt%00.gz',
  '/page.txt%00/../../secret.txt',
  '/page.txt/',
  '/page.txt/..%2f..%2fsecret.txt',
  '/page.txt%2f..%2f..%2fsecret.txt',
  '/page.txt/%2e%2e/%2e%2e/secret.txt',
  '/page.txt%20',
  '/page.txt.',
  '/page.txt%0a',
  '/page.txt%0d%0aset-cookie:%20a=b',
  '/~root/.ssh/id_rsa',
  '/$HOME/secret.txt',
  '/%24%7bHOME%7d/secret.txt',
  '/*',
  '/?',
  '/./',
  '/%',
  '/%zz',
  '/%c3%28',
  '/%ff%fe',
  deep('/'),
  deep('%2f'),
  deep('%5c'),
  deep('\\'),
  deep('//'),
  deep('/./'),
  deep('/x/../'),
  '/a/../../secret.txt',
  '/a/b/../../../secret.txt',
  '/a//../../secret.txt',
  '/a%2f..%2f..%2fsecret.txt',
  '/./../secret.txt',
  '/x/..;/..;/secret.txt',
  '/..?/secret.txt',
  '/..#/secret.txt',
];

const attempts = [...new Set([...systematic, ...known])];

describe(`${attempts.length} attempts to read what is not served`, () => {
  test('there are at least a hundred', () => {
    expect(attempts.length).toBeGreaterThan(100);
  });

  test.each(attempts)('over a socket: %s', async (target) => {
    const answer = await rawGet(server.port, target);
    expect([400, 404]).toContain(statusOf(answer));
    expect(answer).not.toContain(SECRET);
    expect(answer).not.toContain('root:');
    expect(answer.toLowerCase()).not.toContain('\r\nset-cookie');
  });

  test.each(attempts)('on a server that does not make paths canonical: %s', async (target) => {
    const answer = await looseAnswerOf(app, httpScope({ path: target }));
    expect(answer.status).toBe(404);
  });
});

describe('what is served after all', () => {
  test.each([
    '/page.txt',
    '/a/b/page.txt',
    '/a/../page.txt',
    '/%70age.txt',
    '/a/b/../b/page.txt',
    '/up/public/page.txt',
  ])('%s', async (target) => {
    expect(await rawGet(server.port, target)).toMatch(/page$/);
  });

  test('the folder beside the root has a name that begins like it', () => {
    expect(basename(join(folder.path, 'public-secret')).startsWith('public')).toBe(true);
  });
});
