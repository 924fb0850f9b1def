import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
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

/**
 * Sees which files of some folders change, by looking at their times again and again: that works alike on every system, on
 * network folders and those of containers, and nothing is missed while folders come and go.
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
    const snapshot = new Map<string, string>();
    for (const folder of this.#folders) await this.#enter(folder, folder, snapshot);
    return snapshot;
  }

  async #enter(folder: string, root: string, snapshot: Map<string, string>): Promise<void> {
    // A folder that has just gone is one without files.
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(folder, entry.name);
      const name = relative(root, path).replaceAll('\\', '/');
      if (entry.isDirectory()) {
        if (!matches(this.#excludes, `${name}/`)) await this.#enter(path, root, snapshot);
      } else if (matches(this.#includes, name) && !matches(this.#excludes, name)) {
        const found = await stat(path).catch(() => null);
        if (found !== null) snapshot.set(path, `${found.mtimeMs} ${found.size} ${found.ino}`);
      }
    }
  }
}

function matches(patterns: readonly RegExp[], name: string): boolean {
  return patterns.some((pattern) => pattern.test(name));
}

function difference(before: Snapshot, after: Snapshot): string[] {
  const changed = [...after.keys()].filter((path) => before.get(path) !== after.get(path));
  const removed = [...before.keys()].filter((path) => !after.has(path));
  return [...changed, ...removed];
}
