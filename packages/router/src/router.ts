import { Constraints, type Convertors, type ConvertorTypes, type NoConvertors } from './convertors.js';
import { InvalidArgument, NameTaken, RouteConflict, show, UnknownRoute } from './errors.js';
import type { KnownPattern, UnknownParams } from './path-params.js';
import { type Pattern, parsePattern, type Segment, segmentKey } from './pattern.js';
import type { Match, Route, RouteOptions } from './route.js';
import { comparable, Tree } from './tree.js';
import { buildUrl, type UrlOptions } from './url.js';

/** How a router compares paths with patterns. */
export interface RouterOptions<C extends Convertors = NoConvertors> {
  /** Convertors of one's own by name. Default: none but the built-in ones. */
  readonly convertors?: C | undefined;
  /** Whether `/Users` is another path than `/users`; only ASCII letters are compared otherwise. Default: `true`. */
  readonly caseSensitive?: boolean | undefined;
  /** Whether `/users/` is the same path as `/users`. Default: `false`. */
  readonly ignoreTrailingSlash?: boolean | undefined;
}

/** The methods a path serves are in this one if it serves all. */
const ANY = '*';
/** A token of RFC 9110, section 5.6.2. */
const TOKEN = /^[\w!#$%&'*+\-.^`|~]+$/;

/** A route and what was read in its pattern. */
interface Entry<T> {
  readonly route: Route<T>;
  readonly pattern: Pattern;
  readonly segments: readonly Segment[];
  /** The same for all routes that match the same paths. */
  readonly key: string;
}

export class Router<T = unknown, C extends Convertors = NoConvertors> implements Iterable<Route<T>> {
  readonly #constraints: Constraints;
  readonly #options: { readonly caseSensitive: boolean; readonly ignoreTrailingSlash: boolean };
  /** By pattern key and method, in order of registration. */
  readonly #entries = new Map<string, Entry<T>>();
  readonly #names = new Map<string, Entry<T>>();
  /** The routes that serve a method, for each that has routes of its own. Made when first asked for. */
  readonly #trees = new Map<string, Tree<Entry<T>>>();
  #any: Tree<Entry<T>> | undefined = undefined;
  /** How many routes each method has. */
  readonly #methods = new Map<string, number>();

  /** Throws `InvalidArgument` for a convertor that is none or is named like a built-in one. */
  constructor(options: RouterOptions<C> = {}) {
    this.#constraints = new Constraints(options.convertors ?? {});
    this.#options = {
      caseSensitive: options.caseSensitive ?? true,
      ignoreTrailingSlash: options.ignoreTrailingSlash ?? false,
    };
  }

  /** How many routes there are. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Registers a value for the requests with a method whose path matches a pattern, and returns the route.
   *
   * Throws `InvalidPattern`, `RouteConflict` if another route serves the same requests, `NameTaken`, and
   * `InvalidArgument` for a method that is no HTTP token.
   */
  add<const P extends string>(
    method: string,
    pattern: KnownPattern<P, ConvertorTypes<C>>,
    value: T,
    options: RouteOptions = {},
  ): Route<T> {
    return this.#add(method, pattern, value, options);
  }

  /** Removes the route that serves the same requests as `method` and `pattern`, and says whether there was one. */
  remove(method: string, pattern: string): boolean {
    const key = `${method} ${this.#read(pattern).key}`;
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#entries.delete(key);
    this.#count(method, -1);
    const { name } = entry.route;
    if (name !== undefined && this.#names.get(name) === entry) this.#rename(name);
    this.#trees.clear();
    this.#any = undefined;
    return true;
  }

  /** Whether a route serves the very requests that `method` and `pattern` would. */
  has(method: string, pattern: string): boolean {
    return this.#entries.has(`${method} ${this.#read(pattern).key}`);
  }

  /** The first route registered with a name. */
  named(name: string): Route<T> | undefined {
    return this.#names.get(name)?.route;
  }

  /**
   * Registers the routes of another router under a prefix, names and meta included. The prefix may have parameters; a
   * pattern `/` becomes the prefix itself. Throws what `add` throws, before anything is registered.
   */
  merge(prefix: string, router: Router<T, C>): void {
    const routes = [...router].map((route) => ({ ...route, pattern: joinPatterns(prefix, route.pattern) }));
    for (const { method, pattern, value, name, meta } of routes)
      this.#add(method, pattern, value, { name, meta });
  }

  /** The most specific route that serves a request: a method as sent, and a canonical path, still encoded. */
  match(method: string, path: string): Match<T, UnknownParams<ConvertorTypes<C>>> | undefined {
    return this.#matchOf(this.#treeOf(method).find(path));
  }

  /** The most specific route for a path, whatever its method: of several with the same pattern, the one registered first. */
  matchAny(path: string): Match<T, UnknownParams<ConvertorTypes<C>>> | undefined {
    this.#any ??= this.#treeWith(
      () => true,
      () => false,
    );
    return this.#matchOf(this.#any.find(path));
  }

  /** The methods that a path serves, sorted: `HEAD` where `GET` is, `'*'` where a route serves all. */
  allowed(path: string): string[] {
    const allowed = new Set<string>();
    for (const method of this.#methods.keys()) {
      const found = this.#treeOf(method).find(path);
      if (found !== undefined) allowed.add(found.entry.route.method);
    }
    if (allowed.has('GET')) allowed.add('HEAD');
    return [...allowed].sort();
  }

  /**
   * The path of the route with a name, with parameters in their places, and a query. Throws `UnknownRoute`, and
   * `InvalidParam` for a parameter that is missing or that the route would not match.
   */
  url(name: string, params: Readonly<Record<string, unknown>> = {}, options: UrlOptions = {}): string {
    const entry = this.#names.get(name);
    if (entry === undefined) throw new UnknownRoute(name, [...this.#names.keys()]);
    return buildUrl(entry.pattern, params, options);
  }

  /** The routes in order of registration. */
  *[Symbol.iterator](): IterableIterator<Route<T>> {
    for (const { route } of this.#entries.values()) yield route;
  }

  #add(method: string, text: string, value: T, { name, meta = {} }: RouteOptions): Route<T> {
    if (typeof method !== 'string' || !TOKEN.test(method)) {
      throw new InvalidArgument(
        `Method ${show(method)} of ${show(text)} is no HTTP token: write 'GET', or '*' for all.`,
      );
    }
    const { pattern, segments, key } = this.#read(text);
    const entryKey = `${method} ${key}`;
    const existing = this.#entries.get(entryKey);
    if (existing !== undefined) throw new RouteConflict(method, text, existing.route);
    const namesake = name === undefined ? undefined : this.#names.get(name);
    if (name !== undefined && namesake !== undefined && namesake.route.pattern !== text) {
      throw new NameTaken(name, text, namesake.route);
    }

    const route = Object.freeze({ method, pattern: text, value, name, meta });
    const entry = { route, pattern, segments, key };
    this.#entries.set(entryKey, entry);
    if (name !== undefined && namesake === undefined) this.#names.set(name, entry);
    this.#count(method, 1);
    for (const [served, tree] of this.#trees) if (serves(method, served)) tree.add(pattern, segments, entry);
    this.#any?.add(pattern, segments, entry);
    return route;
  }

  #read(text: string): Pick<Entry<T>, 'pattern' | 'segments' | 'key'> {
    if (typeof text !== 'string')
      throw new InvalidArgument(`A pattern must be a string, but it is ${show(text)}.`);
    const { caseSensitive } = this.#options;
    const pattern = parsePattern(text, {
      separator: '/',
      constraints: this.#constraints,
      flags: caseSensitive ? '' : 'i',
    });
    const segments = comparable(pattern.segments, this.#options);
    return { pattern, segments, key: segments.map(segmentKey).join('/') };
  }

  #count(method: string, change: number): void {
    const count = (this.#methods.get(method) ?? 0) + change;
    if (count === 0) this.#methods.delete(method);
    else this.#methods.set(method, count);
  }

  #rename(name: string): void {
    this.#names.delete(name);
    const next = [...this.#entries.values()].find(({ route }) => route.name === name);
    if (next !== undefined) this.#names.set(name, next);
  }

  #matchOf(
    found: { entry: Entry<T>; params: Record<string, unknown> } | undefined,
  ): Match<T, UnknownParams<ConvertorTypes<C>>> | undefined {
    if (found === undefined) return undefined;
    const { route } = found.entry;
    return { value: route.value, params: found.params as UnknownParams<ConvertorTypes<C>>, route };
  }

  #treeOf(method: string): Tree<Entry<T>> {
    const existing = this.#trees.get(method);
    if (existing !== undefined) return existing;
    const own = this.#methods.has(method)
      ? method
      : method === 'HEAD' && this.#methods.has('GET')
        ? 'GET'
        : ANY;
    const tree =
      this.#trees.get(own) ??
      this.#treeWith(
        (route) => serves(route.method, own),
        (route, other) => priority(route.method, own) > priority(other.method, own),
      );
    this.#trees.set(own, tree);
    return tree;
  }

  #treeWith(includes: (route: Route<T>) => boolean, outranks: (route: Route<T>, other: Route<T>) => boolean) {
    const tree = new Tree<Entry<T>>(this.#options, (entry, existing) =>
      outranks(entry.route, existing.route),
    );
    for (const entry of this.#entries.values()) {
      if (includes(entry.route)) tree.add(entry.pattern, entry.segments, entry);
    }
    return tree;
  }
}

/** Whether routes of a method take part in the choice for requests of another. */
function serves(method: string, requested: string): boolean {
  return priority(method, requested) > 0;
}

/** At equal patterns: the own method before `GET` for `HEAD` before `'*'`. */
function priority(method: string, requested: string): number {
  if (method === requested) return 3;
  if (method === 'GET' && requested === 'HEAD') return 2;
  return method === ANY ? 1 : 0;
}

/** A pattern under a prefix: `/api` and `/users` are `/api/users`, `/api` and `/` are `/api`. */
export function joinPatterns(prefix: string, pattern: string): string {
  const base = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  return pattern === '/' && base !== '' ? base : base + pattern;
}
