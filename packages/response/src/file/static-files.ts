import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type App,
  HeaderList,
  type HeadersInit,
  type HTTPScope,
  type Receive,
  type Send,
  UnsupportedScope,
} from '@pullo/asgi';
import type { CacheControl } from '../cache-control.js';
import { RedirectResponse } from '../redirect-response.js';
import { TextResponse } from '../text-response.js';
import { FileNotFound } from './errors.js';
import { type FileInit, FileResponse } from './file-response.js';
import { OpenFile } from './open-file.js';
import type { Precompression } from './precompression.js';
import { type Dotfiles, type StaticPath, staticPath } from './static-path.js';

/** How a directory is served. */
export interface StaticFilesOptions {
  /** The file that stands for its directory; `null` for none. Default: `index.html`. */
  index?: string | null;
  /** `html` serves `/about` from `about.html`, and what is not there with `404.html` of the root. Default: `files`. */
  mode?: 'files' | 'html';
  /** Default: `hide`, as if they were not there. */
  dotfiles?: Dotfiles;
  /** What caches may do, for all files or by the path from the root, such as `assets/app.js`. Default: they ask again with the validators. */
  cacheControl?: Caching | ((path: string) => Caching | undefined);
  /** The codings that files may lie beside themselves in, as `.br`, `.zst` and `.gz`. Default: none. */
  precompressed?: readonly Precompression[];
  /** Sent with every file. Default: none. */
  headers?: HeadersInit;
  /** What answers when there is no such file. Default: a 404 as text. */
  notFound?: App;
}

type Caching = string | CacheControl;

const METHODS = 'GET, HEAD';
const methodNotAllowed = new TextResponse('Method Not Allowed', { status: 405, headers: { allow: METHODS } });
const defaultNotFound = new TextResponse('Not Found', { status: 404 });

/**
 * A directory of files as an app; mount it under any prefix.
 *
 * Only what lies in the directory is served, also when links lead out of it. Whatever else a path tries (`..`, encoded separators, NUL,
 * devices of Windows, hidden files) is not found. The path of a directory without its slash is redirected to the one with it, on the same host.
 * Conditional requests and ranges are those of `FileResponse`. Throws `TypeError` if `root` is no directory.
 *
 * @example
 * ```ts
 * import { staticFiles } from '@pullo/response/file';
 *
 * export const app = staticFiles('public', {
 *   mode: 'html',
 *   precompressed: ['br', 'gzip'],
 *   cacheControl: (path) =>
 *     path.startsWith('assets/') ? { visibility: 'public', maxAge: 31_536_000, immutable: true } : undefined,
 * });
 * ```
 */
export function staticFiles(root: string | URL, options: StaticFilesOptions = {}): App {
  const folder = new Folder(directory(root), options);
  return (scope, receive, send) => {
    if (scope.type === 'lifespan') throw new UnsupportedScope(scope);
    if (scope.type === 'websocket') return defaultNotFound(scope, receive, send);
    if (scope.method !== 'GET' && scope.method !== 'HEAD') return methodNotAllowed(scope, receive, send);
    return folder.serve(scope, receive, send);
  };
}

function directory(root: string | URL): string {
  const path = resolve(typeof root === 'string' ? root : fileURLToPath(root));
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new TypeError(`staticFiles: there is no directory at ${JSON.stringify(path)}.`);
}

/** What an app is called with for one request. */
type Call = [scope: HTTPScope, receive: Receive, send: Send];

class Folder {
  readonly #root: string;
  readonly #options: StaticFilesOptions;
  readonly #index: string | null;
  readonly #headers: HeaderList;

  constructor(root: string, options: StaticFilesOptions) {
    this.#root = root;
    this.#options = options;
    this.#index = options.index === undefined ? 'index.html' : options.index;
    this.#headers = new HeaderList(options.headers);
  }

  async serve(...call: Call): Promise<void> {
    const [scope] = call;
    const asked = staticPath(localPath(scope), this.#options.dotfiles ?? 'hide');
    if (asked === null) return this.#notFound(call);
    for (const path of this.#candidates(asked)) {
      if (await this.#send(path, this.#fileInit(path), call)) return;
    }
    // A path that begins with two slashes, which only a mount can have made good, would be another host as a target.
    const mayRedirect = !asked.isDirectory && !scope.path.startsWith('//');
    if (!mayRedirect || !(await this.#hasIndex(asked))) return this.#notFound(call);
    const query = scope.queryString === '' ? '' : `?${scope.queryString}`;
    await new RedirectResponse(`${scope.path}/${query}`, { status: 308 })(...call);
  }

  /** The files that may stand for a path, the first that is there does. */
  #candidates({ names, isDirectory }: StaticPath): string[] {
    const path = names.join('/');
    if (isDirectory) return this.#index === null ? [] : [join(path, this.#index)];
    if (names.length === 0) return [];
    return this.#options.mode === 'html' ? [path, `${path}.html`] : [path];
  }

  /** Whether the file was there. It is looked for by opening it, once, so there is nothing to change in between. */
  async #send(path: string, init: FileInit, call: Call): Promise<boolean> {
    try {
      await new FileResponse(join(this.#root, path), { ...init, root: this.#root })(...call);
      return true;
    } catch (error) {
      if (error instanceof FileNotFound) return false;
      throw error;
    }
  }

  async #hasIndex({ names }: StaticPath): Promise<boolean> {
    if (this.#index === null) return false;
    try {
      const file = await OpenFile.open(join(this.#root, ...names, this.#index), this.#root);
      file.close();
      return true;
    } catch (error) {
      if (error instanceof FileNotFound) return false;
      throw error;
    }
  }

  async #notFound(call: Call): Promise<void> {
    const { mode, notFound = defaultNotFound, precompressed = [] } = this.#options;
    if (mode === 'html') {
      const page: FileInit = { status: 404, precompressed, headers: this.#headers };
      if (await this.#send('404.html', page, call)) return;
    }
    await notFound(...call);
  }

  #fileInit(path: string): FileInit {
    const { cacheControl, precompressed = [] } = this.#options;
    const caching = typeof cacheControl === 'function' ? cacheControl(path) : cacheControl;
    return caching === undefined
      ? { headers: this.#headers, precompressed }
      : { headers: this.#headers, precompressed, cacheControl: caching };
  }
}

/** The path below the mount (ASGI's `rootPath`); one that does not begin with it has been shortened by a proxy. */
function localPath({ path, rootPath }: HTTPScope): string {
  const isBelow =
    path.startsWith(rootPath) && (path.length === rootPath.length || path[rootPath.length] === '/');
  return isBelow ? path.slice(rootPath.length) : path;
}
