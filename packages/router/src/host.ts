import {
  type Constraint,
  type Convertors,
  type ConvertorTypes,
  constraintsByName,
  type NoConvertors,
} from './convertors.js';
import { InvalidPattern, RouteConflict } from './errors.js';
import type { KnownPattern, UnknownParams } from './path-params.js';
import { PatternReader, type Syntax } from './pattern.js';
import type { Match, Route, RouteOptions } from './route.js';
import { ANY, RouteTable } from './route-table.js';
import { lowerCase, type Pattern, type Segment } from './segment.js';
import { type TreePattern, treePattern } from './tree-pattern.js';

/** What a host router knows beside its routes. */
export interface HostRouterOptions<C extends Convertors = NoConvertors> {
  /** Convertors of one's own by name. Default: none but the built-in ones. */
  readonly convertors?: C | undefined;
}

const OPTIONS = { caseSensitive: false, ignoreTrailingSlash: false };
const PORT = /:\d*$/;
/** Names and IPv4 addresses, or an IPv6 address in brackets (RFC 3986, section 3.2.2), in lower case. */
const HOST = /^(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])$/;

/**
 * Maps a host name to a value of any type, by the rules that `Router` has for paths, read from the right: the labels of a
 * host are its segments. `*.example.com` and `*sub.example.com` match one label or more before `example.com`, `:name?` may only
 * be the first label. Letters match in either case, a port and a dot at the end are ignored, and names beyond
 * ASCII match their encoded form (`xn--`).
 *
 * @example
 * ```ts
 * import { HostRouter } from '@pullo/router/host';
 *
 * const hosts = new HostRouter<string>();
 * hosts.add('www.example.com', 'the site');
 * hosts.add(':tenant.example.com', 'a tenant');
 *
 * hosts.match('acme.example.com:8000')?.params; // { tenant: 'acme' }
 * hosts.match('WWW.example.com')?.value; // 'the site'
 * ```
 */
export class HostRouter<T = unknown, C extends Convertors = NoConvertors> implements Iterable<Route<T>> {
  readonly #constraints: ReadonlyMap<string, Constraint>;
  readonly #table = new RouteTable<T>(OPTIONS);
  /** The names of rests, whose labels are turned round. */
  readonly #rests = new Map<Route<T>, string>();

  /** Throws `InvalidArgument` for a convertor that is none or is named like a built-in one. */
  constructor(options: HostRouterOptions<C> = {}) {
    this.#constraints = constraintsByName(options.convertors ?? {});
  }

  /** How many routes there are. */
  get size(): number {
    return this.#table.size;
  }

  /** Registers a value for the hosts that match a pattern. Throws `InvalidPattern`, and `RouteConflict` for equal ones. */
  add<const P extends string>(
    pattern: KnownPattern<P, ConvertorTypes<C>>,
    value: T,
    { name, meta = {} }: RouteOptions = {},
  ): Route<T> {
    const read = this.#read(pattern);
    const existing = this.#table.get(ANY, read.treePattern.key);
    if (existing !== undefined) throw new RouteConflict(ANY, pattern, existing);
    const route: Route<T> = Object.freeze({ method: ANY, pattern, value, name, meta });
    this.#table.add({ route, treePattern: read.treePattern });
    if (read.rest !== undefined) this.#rests.set(route, read.rest);
    return route;
  }

  /** Removes the route for the same hosts as `pattern`, and says whether there was one. */
  remove(pattern: string): boolean {
    const { key } = this.#read(pattern).treePattern;
    const route = this.#table.get(ANY, key);
    if (route === undefined) return false;
    this.#table.remove(ANY, key);
    this.#rests.delete(route);
    return true;
  }

  /** Whether there is a route for the very hosts that `pattern` would match. */
  has(pattern: string): boolean {
    return this.#table.get(ANY, this.#read(pattern).treePattern.key) !== undefined;
  }

  /** The most specific route for a host as it stands in a `Host` header, with or without a port. */
  match(host: string): Match<T, UnknownParams<ConvertorTypes<C>>> | undefined {
    const name = lowerCase(host).replace(PORT, '').replace(/\.$/, '');
    if (!HOST.test(name)) return undefined;
    const found = this.#table.find(ANY, pathOf(name));
    if (found === undefined) return undefined;
    const rest = this.#rests.get(found.route);
    const params = rest === undefined ? found.params : withRestOf(found.params, rest);
    // What the trees call unknown values are those that the constraints made of the texts.
    return { ...found, params: params as UnknownParams<ConvertorTypes<C>> };
  }

  /** The routes in order of registration. */
  *[Symbol.iterator](): IterableIterator<Route<T>> {
    for (const { route } of this.#table.entries()) yield route;
  }

  #read(text: string): { readonly treePattern: TreePattern; readonly rest: string | undefined } {
    const pattern = parseHostPattern(text, this.#constraints);
    const last = pattern.segments.at(-1);
    return {
      treePattern: treePattern(pattern, OPTIONS),
      rest: last?.kind === 'rest' ? last.params[0]?.name : undefined,
    };
  }
}

/** Reads a host pattern: its segments come from right to left, as a tree compares them. Throws `InvalidPattern`. */
function parseHostPattern(text: string, constraints: Syntax['constraints']): Pattern {
  const reader = new PatternReader(text, { separator: '.', open: 'first', constraints, flags: 'i' });
  const segments: Segment[] = [];
  for (let at = 0; at <= text.length; at = reader.at + 1) {
    const segment = reader.segment(at);
    const length = reader.at - at;
    if (length === 0) throw new InvalidPattern(text, at, 1, 'An empty label', 'write one name between dots');
    segments.unshift({
      ...segment,
      literals: segment.literals.map((literal) => label(text, at, length, literal)),
    });
  }
  return { text, segments, names: segments.flatMap(({ params }) => params.map(({ name }) => name)) };
}

/** Static text in the form that it has in a host: names beyond ASCII as browsers send them. */
function label(pattern: string, at: number, length: number, literal: string): string {
  if (!literal.includes('%') || literal.startsWith('%5B')) return literal;
  const ascii = asciiHost(decodeURIComponent(literal));
  if (ascii !== undefined && !ascii.includes('%')) return ascii;
  throw new InvalidPattern(pattern, at, length, 'A character that no host name has', 'leave it out');
}

function asciiHost(text: string): string | undefined {
  try {
    return new URL(`http://${text}`).hostname;
  } catch {
    return undefined;
  }
}

/** The labels of a host from right to left, as a path. */
function pathOf(host: string): string {
  if (host.startsWith('[')) return `/${encodeURIComponent(host).replaceAll('%3A', ':')}`;
  return `/${host.split('.').reverse().join('/')}`;
}

function withRestOf(
  params: Readonly<Record<string, unknown>>,
  rest: string,
): Readonly<Record<string, unknown>> {
  const turned: Record<string, unknown> = Object.assign(Object.create(null), params);
  turned[rest] = String(params[rest]).split('/').reverse().join('.');
  return turned;
}
