import type { HTTPScope, WebSocketScope } from './scope.js';

/**
 * The path below where an app is mounted: `path` without `rootPath`, and `/` for the mount itself. A path that is not below it
 * stands as it is, since a proxy has cut it already.
 *
 * @example
 * ```ts
 * import { localPath } from '@pullo/asgi';
 *
 * localPath({ path: '/api/users', rootPath: '/api' }); // '/users'
 * localPath({ path: '/api', rootPath: '/api' }); // '/'
 * localPath({ path: '/apis', rootPath: '/api' }); // '/apis'
 * ```
 */
export function localPath({ path, rootPath }: Pick<HTTPScope | WebSocketScope, 'path' | 'rootPath'>): string {
  if (rootPath === '' || !path.startsWith(rootPath)) return path;
  const local = path.slice(rootPath.length);
  if (local === '') return '/';
  return local.startsWith('/') ? local : path;
}
