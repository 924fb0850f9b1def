import {
  type Constraint,
  type Convertors,
  type ConvertorTypes,
  constraintsByName,
  type NoConvertors,
} from './convertors.js';
import { InvalidArgument, NameTaken, RouteConflict, show, UnknownRoute } from './errors.js';
import type { NamedRouter } from './named-router.js';
import type { KnownPattern, KnownPatterns, UnknownParams } from './path-params.js';
import { parsePattern } from './pattern.js';
import type { Match, Route, RouteOptions } from './route.js';
import { ANY, RouteTable } from './route-table.js';
import type { Pattern } from './segment.js';
import { type TreeOptions, type TreePattern, treePattern } from './tree-pattern.js';
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

/** A token of RFC 9110, section 5.6.2. */
const TOKEN = /^[\w!#$%&'*+\-.^`|~]+$/;
/** Those that somebody may have written in lower case. */
const VERB = /^(get|head|post|put|patch|delete|options)$/i;

/**
 * Maps a method and a path to a value of any type.
 *
 * Patterns are static text, `:name`, `:name(int)` with a convertor, `:name(fi|en)` with an expression, several of these in a
 * segment, `:name?` as the last segment, and `*name` or `*` for the rest. The order of registration does not matter: at every
 * segment static text is tried before text mixed with parameters, that before `int`, `uuid`, `float`, `slug`, then convertors
 * of one's own and expressions (these in order of registration), then `:name`, `:name?` and the rest, going back where that
 * leads nowhere. Only routes that serve the method take part: its own, `GET` for `HEAD`, and `'*'`.
 *
 * Paths are canonical and still percent-encoded (RFC 3986, section 6.2.2), as `canonicalPath` of `@pullo/asgi` and, but for
 * escapes of characters that need none and for `[ ] ^ |`, the `pathname` of a `URL` are. They are split first and each value is
 * decoded once, so that `%2F` stays in its parameter.
 *
 * @example
 * ```ts
 * import { Router } from '@pullo/router';
 *
 * const router = new Router<() => string>();
 * router.add('GET', '/users/:id(int)', () => 'a user', { name: 'user' });
 *
 * router.match('GET', '/users/42')?.params; // { id: 42 }
 * router.match('GET', '/users/x'); // undefined
 * router.allowed('/users/42'); // ['GET', 'HEAD']
 * router.url('user', { id: 42 }); // '/users/42'
 * ```
 */
export class Router<T = unknown, C extends Convertors = NoConvertors> implements Iterable<Route<T>> {
  /**
   * A router whose values are the names of patterns, for any method: `match` says which one it was with the type of its
   * parameters, and `url` checks names and parameters. Throws what `add` throws.
   *
   * @example
   * ```ts
   * import { Router } from '@pullo/router';
   *
   * const pages = Router.from({ home: '/', user: '/users/:id(int)' });
   * pages.url('user', { id: 42 }); // '/users/42'
   *
   * const match = pages.match('GET', '/users/42');
   * if (match?.value === 'user') match.params.id.toFixed(); // a number
   * ```
   */
  static from<const Patterns extends Readonly<Record<string, string>>, C extends Convertors = NoConvertors>(
    patterns: Patterns & KnownPatterns<Patterns, ConvertorTypes<C>>,
    options: RouterOptions<C> = {},
  ): NamedRouter<Patterns, C> {
    const router = new Router<string, C>(options);
    for (const [name, pattern] of Object.entries<string>(patterns)) router.#add(ANY, pattern, name, { name });
    // Only the types differ: names and parameters are known to be those of the patterns.
    return router as unknown as NamedRouter<Patterns, C>;
  }

  readonly #constraints: ReadonlyMap<string, Constraint>;
  readonly #options: TreeOptions;
  readonly #table: RouteTable<T>;
  /** The first route of each name, and its pattern. */
  readonly #names = new Map<string, { readonly route: Route<T>; readonly pattern: Pattern }>();

  /** Throws `InvalidArgument` for a convertor that is none or is named like a built-in one. */
  constructor(options: RouterOptions<C> = {}) {
    this.#constraints = constraintsByName(options.convertors ?? {});
    this.#options = {
      caseSensitive: options.caseSensitive ?? true,
      ignoreTrailingSlash: options.ignoreTrailingSlash ?? false,
    };
    this.#table = new RouteTable(this.#options);
  }

  /** How many routes there are. */
  get size(): number {
    return this.#table.size;
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
    const { key } = this.#read(pattern).treePattern;
    const route = this.#table.get(method, key);
    if (route === undefined) return false;
    this.#table.remove(method, key);
    if (route.name !== undefined && this.#names.get(route.name)?.route === route) this.#nameNext(route.name);
    return true;
  }

  /** Whether a route serves the very requests that `method` and `pattern` would. */
  has(method: string, pattern: string): boolean {
    return this.#table.get(method, this.#read(pattern).treePattern.key) !== undefined;
  }

  /** The first route registered with a name. */
  named(name: string): Route<T> | undefined {
    return this.#names.get(name)?.route;
  }

  /**
   * Registers the routes of another router under a prefix, with their names and meta. The prefix may have parameters; the
   * pattern `/` becomes the prefix itself. Throws what `add` throws, and registers all of them or none.
   */
  merge(prefix: string, router: Router<T, C>): void {
    const added: Route<T>[] = [];
    try {
      for (const { method, pattern, value, name, meta } of [...router]) {
        added.push(this.#add(method, joinPatterns(prefix, pattern), value, { name, meta }));
      }
    } catch (error) {
      for (const { method, pattern } of added.reverse()) this.remove(method, pattern);
      throw error;
    }
  }

  /** The most specific route that serves a request: a method as sent, and a canonical path, still encoded. */
  match(method: string, path: string): Match<T, UnknownParams<ConvertorTypes<C>>> | undefined {
    // What the trees call unknown values are those that the constraints made of the texts.
    return this.#table.find(method, path) as Match<T, UnknownParams<ConvertorTypes<C>>> | undefined;
  }

  /** The most specific route for a path, whatever its method: of several with the same pattern, the one registered first. */
  matchAny(path: string): Match<T, UnknownParams<ConvertorTypes<C>>> | undefined {
    // As above.
    return this.#table.findAny(path) as Match<T, UnknownParams<ConvertorTypes<C>>> | undefined;
  }

  /** The methods that a path is served with, sorted: `HEAD` where `GET` is, `'*'` where a route serves all. */
  allowed(path: string): string[] {
    const methods = this.#table.methodsOf(path);
    if (methods.has('GET')) methods.add('HEAD');
    return [...methods].sort();
  }

  /**
   * The path of the first route with a name, its parameters encoded in their places, and a query. Parameters that the pattern
   * does not have are left out. Throws `UnknownRoute`, and
   * `InvalidParam` for a parameter that is missing or that the route would not match.
   */
  url(name: string, params: Readonly<Record<string, unknown>> = {}, options: UrlOptions = {}): string {
    const entry = this.#names.get(name);
    if (entry === undefined) throw new UnknownRoute(name, [...this.#names.keys()]);
    return buildUrl(entry.pattern, params, options, this.#options);
  }

  /** The routes in order of registration. */
  *[Symbol.iterator](): IterableIterator<Route<T>> {
    for (const { route } of this.#table.entries()) yield route;
  }

  #add(method: string, text: string, value: T, { name, meta = {} }: RouteOptions): Route<T> {
    if (typeof method !== 'string' || !TOKEN.test(method)) {
      throw new InvalidArgument(
        `Method ${show(method)} of ${show(text)} is no HTTP token: write 'GET', or '*' for all.`,
      );
    }
    if (VERB.test(method) && method !== method.toUpperCase()) {
      throw new InvalidArgument(
        `Method ${show(method)} of ${show(text)} is not what clients send, as methods are case-sensitive: write '${method.toUpperCase()}'.`,
      );
    }
    const { pattern, treePattern } = this.#read(text);
    const existing = this.#table.get(method, treePattern.key);
    if (existing !== undefined) throw new RouteConflict(method, text, existing);
    const namesake = name === undefined ? undefined : this.#names.get(name)?.route;
    if (name !== undefined && namesake !== undefined && namesake.pattern !== text) {
      throw new NameTaken(name, text, namesake);
    }
    const route: Route<T> = Object.freeze({ method, pattern: text, value, name, meta });
    this.#table.add({ route, treePattern });
    if (name !== undefined && namesake === undefined) this.#names.set(name, { route, pattern });
    return route;
  }

  #read(text: string): { readonly pattern: Pattern; readonly treePattern: TreePattern } {
    if (typeof text !== 'string')
      throw new InvalidArgument(`A pattern must be a string, but it is ${show(text)}.`);
    const flags = this.#options.caseSensitive ? '' : 'i';
    const pattern = parsePattern(text, {
      separator: '/',
      open: 'last',
      constraints: this.#constraints,
      flags,
    });
    return { pattern, treePattern: treePattern(pattern, this.#options) };
  }

  /** Gives a name to the next route that has it. */
  #nameNext(name: string): void {
    this.#names.delete(name);
    for (const route of this) {
      if (route.name !== name) continue;
      this.#names.set(name, { route, pattern: this.#read(route.pattern).pattern });
      return;
    }
  }
}

/** A pattern under a prefix: `/api` and `/users` are `/api/users`, `/api` and `/` are `/api`. */
export function joinPatterns(prefix: string, pattern: string): string {
  const base = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  return pattern === '/' && base !== '' ? base : base + pattern;
}
