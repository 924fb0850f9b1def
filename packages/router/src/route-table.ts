import type { Match, Route } from './route.js';
import { Tree } from './tree.js';
import type { TreeOptions, TreePattern } from './tree-pattern.js';

/** The method of routes that serve every one. */
export const ANY = '*';

type Params = Readonly<Record<string, unknown>>;

/** A route and the form of its pattern that is compared with paths. */
export interface TableEntry<T> {
  readonly route: Route<T>;
  readonly treePattern: TreePattern;
}

/**
 * Routes by method and pattern: for each method a tree of all routes that serve it, so that the method is decided by one
 * lookup. Requests can't add trees: methods that no route has share one.
 */
export class RouteTable<T> {
  readonly #options: TreeOptions;
  /** By method and key of the pattern, in order of registration. */
  readonly #entries = new Map<string, TableEntry<T>>();
  /** For each method that routes have; that of `'*'` is for methods that none has. */
  readonly #trees = new Map<string, Tree<T>>();
  /**
   * One list for all patterns with the same names, so that lookups among thousands of routes find it in the processor's
   * cache (10,000 routes: 190 ns a lookup instead of 245).
   */
  readonly #nameLists = new Map<string, readonly string[]>();
  /** Whether a route has been removed since the trees were made: they are made for being added to, not for being taken apart. */
  #isStale = false;
  /** Of all routes, whatever their methods. Made when first asked for. */
  #all: Tree<T> | undefined = undefined;

  constructor(options: TreeOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  entries(): IterableIterator<TableEntry<T>> {
    return this.#entries.values();
  }

  /** The route of a method whose pattern equals the one with this key. */
  get(method: string, key: string): Route<T> | undefined {
    return this.#entries.get(`${method} ${key}`)?.route;
  }

  add(given: TableEntry<T>): void {
    const { route, treePattern } = given;
    const entry = { route, treePattern: { ...treePattern, names: this.#shared(treePattern.names) } };
    // Stale trees are made anew by the next lookup, once for all that has been added and removed until then.
    if (!this.#isStale) this.#addToTrees(entry);
    this.#entries.set(`${route.method} ${treePattern.key}`, entry);
  }

  remove(method: string, key: string): void {
    this.#entries.delete(`${method} ${key}`);
    this.#isStale = true;
  }

  /** The most specific route that serves a method and a path. */
  find(method: string, path: string): Match<T, Params> | undefined {
    if (this.#isStale) this.#makeTrees();
    const tree = this.#trees.get(method) ?? this.#otherTree(method);
    return tree?.find(path);
  }

  /** The most specific route for a path, whatever its method. */
  findAny(path: string): Match<T, Params> | undefined {
    if (this.#isStale) this.#makeTrees();
    this.#all ??= this.#treeWith(() => 1);
    return this.#all.find(path);
  }

  /** The methods of the routes that a path would be served by. */
  methodsOf(path: string): Set<string> {
    if (this.#isStale) this.#makeTrees();
    const methods = new Set<string>();
    for (const tree of this.#trees.values()) {
      const match = tree.find(path);
      if (match !== undefined) methods.add(match.route.method);
    }
    return methods;
  }

  #shared(names: readonly string[]): readonly string[] {
    const key = names.join(' ');
    const known = this.#nameLists.get(key);
    if (known === undefined) this.#nameLists.set(key, names);
    return known ?? names;
  }

  #makeTrees(): void {
    this.#isStale = false;
    this.#trees.clear();
    this.#all = undefined;
    for (const { route } of this.#entries.values()) this.#addTree(route.method);
  }

  #addToTrees({ route, treePattern }: TableEntry<T>): void {
    const { method } = route;
    this.#addTree(method);
    for (const [served, tree] of this.#trees) {
      if (priority(method, served) > 0) tree.add(treePattern, route);
    }
    this.#all?.add(treePattern, route);
  }

  /** Sees to it that a method has a tree. */
  #addTree(method: string): void {
    if (this.#trees.has(method)) return;
    this.#trees.set(
      method,
      this.#treeWith((route) => priority(route.method, method)),
    );
  }

  #otherTree(method: string): Tree<T> | undefined {
    return (method === 'HEAD' ? this.#trees.get('GET') : undefined) ?? this.#trees.get(ANY);
  }

  #treeWith(priorityOf: (route: Route<T>) => number): Tree<T> {
    const tree = new Tree<T>(this.#options, (route, existing) => priorityOf(route) > priorityOf(existing));
    for (const { route, treePattern } of this.#entries.values()) {
      if (priorityOf(route) > 0) tree.add(treePattern, route);
    }
    return tree;
  }
}

/** How well a route's method serves a requested one: its own, then `GET` for `HEAD`, then `'*'`; 0 is not at all. */
function priority(method: string, requested: string): number {
  if (method === requested) return 3;
  if (method === 'GET' && requested === 'HEAD') return 2;
  return method === ANY ? 1 : 0;
}
