import { sep } from 'node:path';

/** What a path of a URL means among files: the names from the root down, and whether a directory is asked for. */
export interface StaticPath {
  names: readonly string[];
  isDirectory: boolean;
}

/** Names that are devices on Windows, with any extension, in any directory; `$` ends those of the console. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])(?:[. ]|$)/i;
const ON_WINDOWS = sep === '\\';
/** A drive or an alternate data stream, wild cards, and ends that Windows takes off. */
const NO_WINDOWS_NAME = /[:<>"|?*]|[. ]$/;

/** What of files whose names begin with a dot. */
export type Dotfiles = 'hide' | 'serve';

/**
 * Reads the path of a URL, still encoded; `null` where it cannot name a file. Names are decoded once, after the path has been split,
 * so that nothing in a name becomes a separator; and none may go up, or mean something else to the system.
 */
export function staticPath(path: string, dotfiles: Dotfiles): StaticPath | null {
  if (path === '') return { names: [], isDirectory: false };
  const [first, ...segments] = path.split('/');
  const last = segments.pop();
  if (first !== '' || last === undefined) return null;
  const names: string[] = [];
  for (const segment of last === '' ? segments : [...segments, last]) {
    const name = decode(segment);
    if (name === null || !isFileName(name)) return null;
    if (dotfiles === 'hide' && name.startsWith('.')) return null;
    names.push(name);
  }
  return { names, isDirectory: last === '' };
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

function isFileName(name: string): boolean {
  if (name === '' || name === '.' || name === '..') return false;
  if (/[/\\]|\p{Cc}/u.test(name) || DEVICE.test(name)) return false;
  return !ON_WINDOWS || !NO_WINDOWS_NAME.test(name);
}
