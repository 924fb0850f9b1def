import { type HTTPScope, localPath, type State, type WebSocketScope } from '@pullo/asgi';

type ConnectionScope = HTTPScope | WebSocketScope;

/**
 * The scope of an app mounted below as many segments: `rootPath` moves past them, `path` keeps the whole. A path that a proxy had cut
 * gets its root back, as the contract has it.
 */
export function scopeBelow<S extends ConnectionScope>(scope: S, segments: number, state: State): S {
  const local = localPath(scope);
  const isWhole = local === scope.path ? scope.rootPath === '' : true;
  const path = isWhole ? scope.path : scope.rootPath + scope.path;
  return { ...scope, path, rootPath: scope.rootPath + firstSegments(local, segments), state };
}

/** Still encoded: a rest that the router has decoded would not tell where the prefix ends. */
function firstSegments(path: string, count: number): string {
  let end = 0;
  for (let seen = 0; seen < count; seen++) {
    const slash = path.indexOf('/', end + 1);
    end = slash === -1 ? path.length : slash;
  }
  return path.slice(0, end);
}

/** How many segments a pattern has. A slash in an expression (`:name([^/]+)`) separates none. */
export function countSegments(pattern: string): number {
  let count = 0;
  let depth = 0;
  let isClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === '\\') i += 1;
    else if (isClass) isClass = char !== ']';
    else if (depth > 0 && char === '[') isClass = true;
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (char === '/' && depth === 0) count += 1;
  }
  return count;
}
