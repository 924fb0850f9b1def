import { closeSync, constants, open, readlinkSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { FileNotFound } from './errors.js';

/** Without `O_NONBLOCK` opening a FIFO would keep a thread of the pool for ever. Windows has neither. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const WITHOUT_LINK = FLAGS | (constants.O_NOFOLLOW ?? 0);

/** Directories that have been reached without links where the system tells paths of open files, up to `MAX_FOLDERS` of them. */
const folders = new Set<string>();
const MAX_FOLDERS = 1000;

/** Opens what is at a path, links followed. Throws what the system says. */
export function openDescriptor(path: string): Promise<number> {
  return openWith(path, FLAGS);
}

/**
 * Opens what is at a path if that lies in `root` once links have been followed. Both are absolute. Throws `FileNotFound` if it lies outside of it, else
 * what the system says.
 *
 * Each turn through the thread pool costs some 15 µs, so a path is resolved beforehand only in a directory that is new: in one that was reached without
 * links before, the file is opened and its path, which the system knows by then, is compared.
 */
export async function openInside(path: string, root: string): Promise<number> {
  const folder = dirname(path);
  if (folders.has(folder) && isInside(root, path)) {
    const descriptor = await openPlain(path);
    if (descriptor !== null) return descriptor;
  }
  const realPath = await realpath(path);
  // A path without links has none in its root, which need not be looked at then.
  const isPlain = realPath === path && isInside(root, path);
  const realRoot = isPlain ? root : await realpath(root);
  if (!isInside(realRoot, realPath)) throw new FileNotFound(path, 'missing');
  const descriptor = await openWith(realPath, WITHOUT_LINK);
  // A directory on the way may have become a link in between. A file removed by now has its path with a word behind it.
  const actual = pathOf(descriptor);
  if (actual !== null && !isInside(realRoot, actual)) {
    closeSync(descriptor);
    throw new FileNotFound(path, 'missing');
  }
  if (actual === path && isPlain) remember(folder);
  return descriptor;
}

/** `null` if there is a link on the way. */
async function openPlain(path: string): Promise<number | null> {
  let descriptor: number;
  try {
    descriptor = await openWith(path, WITHOUT_LINK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOOP') return null;
    throw error;
  }
  if (pathOf(descriptor) === path) return descriptor;
  closeSync(descriptor);
  folders.delete(dirname(path));
  return null;
}

/** The path that an open file has; `null` where the system does not tell: other systems than Linux, and where `/proc` is not to be read. */
function pathOf(descriptor: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return null;
  }
}

function remember(folder: string): void {
  if (folders.size >= MAX_FOLDERS) folders.clear();
  folders.add(folder);
}

/** Both are absolute, without links. */
function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function openWith(path: string, flags: number): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, flags, (error, descriptor) => (error === null ? resolve(descriptor) : reject(error)));
  });
}
