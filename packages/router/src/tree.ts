import { Captures, decode } from './captures.js';
import { addSegment, addText, Dynamic, Leaf, Node } from './node.js';
import type { Match, Route } from './route.js';
import { lowerCase, type Param } from './segment.js';
import type { TreeOptions, TreePattern } from './tree-pattern.js';
import { walk } from './walk.js';

type Params = Readonly<Record<string, unknown>>;

const SLASH = 0x2f;
/** What a rest without its slash is behind everything else that ends at the place. */
const EMPTY_REST_RANK = 10;
/** What the path "/" is to a pattern with an optional first segment is behind what it is to one with an empty segment. */
const ABSENT_FIRST_RANK = 20;
const NO_PARAMS: Params = Object.freeze(Object.create(null));

/** The class of params objects: they inherit nothing, and unlike those of `Object.create(null)` V8 gives them shapes. */
const ParamsObject = function Params() {} as unknown as new () => Record<string, unknown>;
ParamsObject.prototype = NO_PARAMS;

/** Routes by pattern. Of two with equal patterns, `outranks` decides which one is found. */
export class Tree<T> {
  readonly #root = new Node<T>('/');
  readonly #caseSensitive: boolean;
  readonly #ignoreTrailingSlash: boolean;
  readonly #outranks: (route: Route<T>, existing: Route<T>) => boolean;
  /** What walks capture: kept for the next one, unless a convertor of one's own could look something up meanwhile. */
  #captures: Captures | undefined = new Captures();

  constructor(options: TreeOptions, outranks: (route: Route<T>, existing: Route<T>) => boolean) {
    this.#caseSensitive = options.caseSensitive;
    this.#ignoreTrailingSlash = options.ignoreTrailingSlash;
    this.#outranks = outranks;
  }

  add(pattern: TreePattern, route: Route<T>): void {
    let node = this.#root;
    let index = 0;
    // Static text is added run by run, across segments: that makes the fewest nodes.
    let text = '';
    for (const [i, segment] of pattern.segments.entries()) {
      if (i > 0) text += '/';
      const [param] = segment.params;
      if (param === undefined) {
        text += segment.literals[0] ?? '';
        continue;
      }
      if (segment.kind === 'rest') {
        this.#addRest(node, text, index, pattern, route);
        return;
      }
      if (segment.kind === 'optional') this.#addAbsent(node, text, param, pattern, route);
      if (segment.params.some(({ constraint }) => constraint.isForeign)) this.#captures = undefined;
      node = addSegment(addText(node, text), segment, param, index);
      index += segment.params.length;
      text = '';
    }
    this.#setLeaf(addText(node, text), new Leaf(route, pattern, pattern.names, 0, undefined));
  }

  /** The most specific route that matches a canonical path. */
  find(path: string): Match<T, Params> | undefined {
    if (path.charCodeAt(0) !== SLASH) return undefined;
    const captures = this.#captures ?? new Captures();
    const leaf = this.#walk(path, captures);
    if (leaf === undefined) return undefined;
    const params = collect(leaf, path, captures);
    if (params === undefined) return this.#findStrictly(path, captures);
    return { value: leaf.value, params, route: leaf.route };
  }

  /** For paths with escapes that are no UTF-8: a parameter that has one does not match, so there may be another way. */
  #findStrictly(path: string, captures: Captures): Match<T, Params> | undefined {
    captures.isStrict = true;
    const leaf = this.#walk(path, captures);
    captures.isStrict = false;
    const params = leaf && collect(leaf, path, captures);
    return leaf && params && { value: leaf.value, params, route: leaf.route };
  }

  #walk(path: string, captures: Captures): Leaf<T> | undefined {
    const text = this.#caseSensitive ? path : lowerCase(path);
    const isCut = this.#ignoreTrailingSlash && path.length > 1 && path.endsWith('/');
    return walk(this.#root, 1, isCut ? path.length - 1 : path.length, text, path, captures);
  }

  #addRest(node: Node<T>, text: string, index: number, pattern: TreePattern, route: Route<T>): void {
    const { names } = pattern;
    const place = addText(node, text);
    place.dynamic ??= new Dynamic(index);
    place.dynamic.rest = this.#better(new Leaf(route, pattern, names, 0, undefined), place.dynamic.rest);
    if (!this.#ignoreTrailingSlash || text === '') return;
    const before = addText(node, text.slice(0, -1));
    this.#setLeaf(before, new Leaf(route, pattern, names.slice(0, -1), EMPTY_REST_RANK, names.at(-1)));
  }

  /** What there is without an optional segment: behind a pattern that ends there, before those of lower kinds of parameters. */
  #addAbsent(node: Node<T>, text: string, param: Param, pattern: TreePattern, route: Route<T>): void {
    const isFirst = text === '' && node === this.#root;
    const rank = (isFirst ? ABSENT_FIRST_RANK : 1) + param.constraint.rank;
    const before = addText(node, text.slice(0, -1));
    this.#setLeaf(before, new Leaf(route, pattern, pattern.names.slice(0, -1), rank, undefined));
  }

  #setLeaf(node: Node<T>, leaf: Leaf<T>): void {
    node.leaf = this.#better(leaf, node.leaf);
  }

  #better(leaf: Leaf<T>, existing: Leaf<T> | undefined): Leaf<T> {
    if (existing === undefined) return leaf;
    const isBetter =
      leaf.key === existing.key ? this.#outranks(leaf.route, existing.route) : leaf.rank < existing.rank;
    return isBetter ? leaf : existing;
  }
}

/** The parameters of a leaf by name, or undefined if a text can't be decoded. */
function collect<T>(leaf: Leaf<T>, path: string, { spans, values }: Captures): Params | undefined {
  const { names, isSpan, emptyRest } = leaf;
  if (names.length === 0 && emptyRest === undefined) return NO_PARAMS;
  const hasEscapes = path.includes('%');
  const params = new ParamsObject();
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (isSpan !== undefined && !isSpan[i]) {
      params[name] = values[i];
      continue;
    }
    const text = path.slice(spans[2 * i], spans[2 * i + 1]);
    const decoded = hasEscapes ? decode(text) : text;
    if (decoded === undefined) return undefined;
    params[name] = decoded;
  }
  if (emptyRest !== undefined) params[emptyRest] = '';
  return params;
}
