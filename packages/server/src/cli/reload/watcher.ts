import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { glob } from './glob.js';

export interface WatchSettings {
  reloadDirs: readonly string[];
  reloadInclude: readonly string[];
  reloadExclude: readonly string[];
  reloadDelay: number;
}

/** What is compared of a file: by path, its time, size and number, which an editor that renames changes. */
type Snapshot = ReadonlyMap<string, string>;

/** A look at the folders. */
interface Look {
  snapshot: Map<string, string>;
  /** The real paths of the folders to watch ... */
  roots: readonly string[];
  /** ... and of those that links lead to. */
  linked: string[];
}

/**
 * Sees which files of some folders change, by looking at their times again and again: that works alike on every system, on
 * network folders and those of containers, and nothing is missed while folders come and go. Links to folders are followed, but to none
 * that is looked at anyway.
 */
export class Watcher {
  readonly #folders: readonly string[];
  readonly #includes: readonly RegExp[];
  readonly #excludes: readonly RegExp[];
  readonly #delay: number;
  #known: Snapshot = new Map();

  constructor({ reloadDirs, reloadInclude, reloadExclude, reloadDelay }: WatchSettings) {
    this.#folders = reloadDirs.map((folder) => resolve(folder));
    this.#includes = reloadInclude.map(glob);
    this.#excludes = reloadExclude.map(glob);
    this.#delay = reloadDelay;
  }

  /** Takes what is there now for known. */
  async begin(): Promise<void> {
    this.#known = await this.#look();
  }

  /** Resolves with the paths of what has changed since what is known, once no more changes follow. Rejects when aborted. */
  async changes(signal: AbortSignal): Promise<string[]> {
    const before = this.#known;
    for (;;) {
      const startedAt = performance.now();
      const seen = await this.#look();
      const isQuiet = difference(this.#known, seen).length === 0;
      this.#known = seen;
      const changed = difference(before, seen);
      if (isQuiet && changed.length > 0) return changed.map((path) => relative('.', path));
      // A large tree is looked at less often: a tenth of the time goes into it at most.
      const spent = performance.now() - startedAt;
      await sleep(Math.max(this.#delay, 9 * spent), undefined, { signal });
    }
  }

  async #look(): Promise<Snapshot> {
    const roots = await Promise.all(this.#folders.map((folder) => realpath(folder).catch(() => folder)));
    const look: Look = { snapshot: new Map(), roots, linked: [] };
    for (const folder of this.#folders) await this.#enter(folder, folder, look);
    return look.snapshot;
  }

  async #enter(folder: string, root: string, look: Look): Promise<void> {
    // A folder that has just gone is one without files.
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(folder, entry.name);
      const name = relative(root, path).replaceAll('\\', '/');
      const isIncluded = matches(this.#includes, name) && !matches(this.#excludes, name);
      const isFolder = !matches(this.#excludes, `${name}/`) && (await leadsToFolder(entry, path, look));
      if (isFolder) await this.#enter(path, root, look);
      else if (isIncluded && !entry.isDirectory()) await remember(path, look);
    }
  }
}

/**
 * Whether an entry is a folder to enter. One link to a place is enough, and what lies in a watched folder is looked at there; a link
 * to what such a folder lies in would have a look go out into the whole disk.
 */
async function leadsToFolder(entry: Dirent, path: string, { roots, linked }: Look): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() !== true) return false;
  const real = await realpath(path).catch(() => null);
  if (real === null || roots.some((root) => contains(real, root))) return false;
  if ([...roots, ...linked].some((known) => contains(known, real))) return false;
  linked.push(real);
  return true;
}

async function remember(path: string, { snapshot }: Look): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() === true) snapshot.set(path, `${found.mtimeMs} ${found.size} ${found.ino}`);
}

function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function matches(patterns: readonly RegExp[], name: string): boolean {
  return patterns.some((pattern) => pattern.test(name));
}

function difference(before: Snapshot, after: Snapshot): string[] {
  const changed = [...after.keys()].filter((path) => before.get(path) !== after.get(path));
  const removed = [...before.keys()].filter((path) => !after.has(path));
  return [...changed, ...removed];
}
