import cluster from 'node:cluster';
import { HeaderList, type HTTPScope, localPath } from '@pullo/asgi';
import type { WSGIEnviron, WSGIErrors } from './wsgi-app.js';
import { WSGIInput } from './wsgi-input.js';

const VERSION = Object.freeze([1, 0] as const);
/**
 * Fields with names of their own, or that must not be seen: the body's framing is undone by then, and `HTTP_PROXY` is a variable that
 * libraries believe (CVE-2016-5387).
 */
const NOT_HTTP: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'transfer-encoding',
  'proxy',
]);

const ERRORS: WSGIErrors = Object.freeze({
  write: (text: string) => void process.stderr.write(text),
  writelines: (lines: Iterable<string>) => void process.stderr.write([...lines].join('')),
  flush: () => {},
});

/** The environ of a request whose body has been read. */
export function environOf(scope: HTTPScope, body: Uint8Array): WSGIEnviron {
  const headers = scope.headers instanceof HeaderList ? scope.headers : new HeaderList(scope.headers);
  const local = localPath(scope);
  const environ: WSGIEnviron = {
    REQUEST_METHOD: scope.method,
    SCRIPT_NAME: local === scope.path ? '' : decodeURIComponent(scope.rootPath),
    // The canonical path has no malformed escapes.
    PATH_INFO: decodeURIComponent(local),
    QUERY_STRING: scope.queryString,
    SERVER_PROTOCOL: `HTTP/${scope.httpVersion}`,
    SERVER_NAME: scope.server?.host ?? 'localhost',
    SERVER_PORT: String(scope.server?.port ?? (scope.scheme === 'https' ? 443 : 80)),
    'wsgi.version': VERSION,
    'wsgi.url_scheme': scope.scheme,
    'wsgi.input': new WSGIInput(body),
    'wsgi.errors': ERRORS,
    'wsgi.multithread': false,
    'wsgi.multiprocess': cluster.isWorker,
    'wsgi.run_once': false,
  };
  if (scope.client !== null) {
    environ.REMOTE_ADDR = scope.client.host;
    environ.REMOTE_PORT = String(scope.client.port);
  }
  const type = headers.get('content-type');
  if (type !== null) environ.CONTENT_TYPE = type;
  if (body.byteLength > 0 || headers.has('content-length')) environ.CONTENT_LENGTH = String(body.byteLength);
  addFields(environ, headers);
  return environ;
}

/** A name with `_` is left out: it would pass for one with `-`, which a proxy may have checked or set. */
function addFields(environ: WSGIEnviron, headers: HeaderList): void {
  for (const [name, value] of headers) {
    if (NOT_HTTP.has(name) || name.includes('_')) continue;
    const key = `HTTP_${name.replaceAll('-', '_').toUpperCase()}` as const;
    const before = environ[key];
    environ[key] = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
}
