import { NO_MATCH } from './convertors.js';
import { MixedSegment } from './mixed-segment.js';
import { inLowerCase, lowerCase, type Param, type Pattern, type Segment, segmentKey } from './pattern.js';
import { compareMixed, compareParams } from './precedence.js';
import { readValue } from './values.js';

/** How paths are compared with patterns. */
export interface TreeOptions {
  readonly caseSensitive: boolean;
  readonly ignoreTrailingSlash: boolean;
}

/** What was registered for a path, with the parameters of its pattern in the path. */
export interface Found<E> {
  readonly entry: E;
  readonly params: Record<string, unknown>;
}

/** What a lookup ends at: something registered, and the names of the parameters it has there. */
interface Leaf<E> {
  readonly entry: E;
  readonly names: readonly string[];
}

/** What can follow a place in a path. */
interface Node<E> {
  /** For a path that ends here. */
  leaf: Leaf<E> | undefined;
  readonly statics: Map<string, Node<E>>;
  readonly mixed: { readonly mixed: MixedSegment; readonly key: string; readonly node: Node<E> }[];
  /** The node after a parameter, those with a constraint first. */
  readonly params: { readonly param: Param; readonly key: string; readonly node: Node<E> }[];
  /** Optional last segments, and what there is without them. */
  readonly optional: { readonly param: Param; readonly key: string; leaf: Leaf<E>; absent: Leaf<E> }[];
  rest: Leaf<E> | undefined;
}

/** What a lookup is about. */
interface Lookup {
  readonly path: string;
  /** The path as static text is compared with it. */
  readonly text: string;
  /** Where the last segment ends. */
  readonly end: number;
  readonly values: unknown[];
}

/** Registered things by pattern, each pattern once. `outranks` decides between two of them for the same pattern. */
export class Tree<E> {
  readonly #root: Node<E> = createNode();
  readonly #options: TreeOptions;
  readonly #outranks: (entry: E, existing: E) => boolean;

  constructor(options: TreeOptions, outranks: (entry: E, existing: E) => boolean) {
    this.#options = options;
    this.#outranks = outranks;
  }

  /** Registers an entry for the paths of a pattern. */
  add({ names }: Pattern, segments: readonly Segment[], entry: E): void {
    const leaf = { entry, names };
    let node = this.#root;
    for (const segment of segments) {
      if (segment.kind === 'rest') {
        node.rest = this.#better(leaf, node.rest);
        return;
      }
      if (segment.kind === 'optional') {
        this.#addOptional(node, segment, leaf);
        return;
      }
      node = next(node, segment);
    }
    node.leaf = this.#better(leaf, node.leaf);
  }

  /** The entry of the most specific pattern that matches a canonical path. */
  find(path: string): Found<E> | undefined {
    if (path[0] !== '/') return undefined;
    const { caseSensitive, ignoreTrailingSlash } = this.#options;
    const isCut = ignoreTrailingSlash && path.length > 1 && path.endsWith('/');
    const text = caseSensitive ? path : lowerCase(path);
    const values: unknown[] = [];
    const leaf = this.#walk(this.#root, { path, text, end: path.length - (isCut ? 1 : 0), values }, 1);
    return leaf === undefined ? undefined : { entry: leaf.entry, params: collect(leaf.names, values) };
  }

  #walk(node: Node<E>, lookup: Lookup, start: number): Leaf<E> | undefined {
    const { text, end, path, values } = lookup;
    if (start > end) {
      const leaf = node.leaf ?? node.optional[0]?.absent;
      return leaf ?? (this.#options.ignoreTrailingSlash ? this.#rest(node, lookup, start) : undefined);
    }
    const slash = text.indexOf('/', start);
    const stop = slash === -1 || slash > end ? end : slash;
    const after = node.statics.get(text.slice(start, stop));
    const found = after && this.#walk(after, lookup, stop + 1);
    if (found !== undefined) return found;

    const length = values.length;
    for (const branch of node.mixed) {
      const leaf =
        branch.mixed.read(path, text, start, stop, values) && this.#walk(branch.node, lookup, stop + 1);
      if (leaf) return leaf;
      values.length = length;
    }
    for (const branch of stop > start ? node.params : []) {
      const leaf = take(branch.param, lookup, start, stop) && this.#walk(branch.node, lookup, stop + 1);
      if (leaf) return leaf;
      values.length = length;
    }
    for (const branch of stop > start && stop === end ? node.optional : []) {
      if (take(branch.param, lookup, start, stop)) return branch.leaf;
    }
    if (end === 1 && node.optional[0] !== undefined) return node.optional[0].absent;
    return this.#rest(node, lookup, start);
  }

  #rest(node: Node<E>, { path, values }: Lookup, start: number): Leaf<E> | undefined {
    if (node.rest === undefined) return undefined;
    const value = readValue(path, start, path.length, undefined);
    if (value === NO_MATCH) return undefined;
    values.push(value);
    return node.rest;
  }

  #addOptional(node: Node<E>, segment: Segment, leaf: Leaf<E>): void {
    const key = segmentKey(segment);
    const absent = { entry: leaf.entry, names: leaf.names.slice(0, -1) };
    const existing = node.optional.find((branch) => branch.key === key);
    const [param] = segment.params;
    if (existing === undefined && param !== undefined) {
      node.optional.push({ param, key, leaf, absent });
      node.optional.sort((a, b) => compareParams(a.param, b.param));
    } else if (existing !== undefined && this.#outranks(leaf.entry, existing.leaf.entry)) {
      existing.leaf = leaf;
      existing.absent = absent;
    }
  }

  #better(leaf: Leaf<E>, existing: Leaf<E> | undefined): Leaf<E> {
    return existing === undefined || this.#outranks(leaf.entry, existing.entry) ? leaf : existing;
  }
}

/** The segments of a pattern in the form in which a tree compares them. */
export function comparable(segments: readonly Segment[], options: TreeOptions): readonly Segment[] {
  const last = segments.at(-1);
  const isCut =
    options.ignoreTrailingSlash && segments.length > 1 && last?.kind === 'static' && last.literals[0] === '';
  const kept = isCut ? segments.slice(0, -1) : segments;
  return options.caseSensitive ? kept : kept.map(inLowerCase);
}

function createNode<E>(): Node<E> {
  return { leaf: undefined, statics: new Map(), mixed: [], params: [], optional: [], rest: undefined };
}

/** The node after a segment, made if there is none. */
function next<E>(node: Node<E>, segment: Segment): Node<E> {
  const key = segmentKey(segment);
  const [param] = segment.params;
  if (param === undefined) {
    const after = node.statics.get(key) ?? createNode<E>();
    node.statics.set(key, after);
    return after;
  }
  const existing = [...node.mixed, ...node.params].find((branch) => branch.key === key);
  if (existing !== undefined) return existing.node;
  const after = createNode<E>();
  if (segment.kind === 'mixed') {
    node.mixed.push({ mixed: new MixedSegment(segment), key, node: after });
    node.mixed.sort((a, b) => compareMixed(a.mixed.segment, b.mixed.segment));
  } else {
    node.params.push({ param, key, node: after });
    node.params.sort((a, b) => compareParams(a.param, b.param));
  }
  return after;
}

function take({ constraint }: Param, { path, values }: Lookup, start: number, stop: number): boolean {
  const value = readValue(path, start, stop, constraint);
  if (value === NO_MATCH) return false;
  values.push(value);
  return true;
}

/** Parameters by name, in an object that inherits nothing. */
function collect(names: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const params: Record<string, unknown> = Object.create(null);
  for (const [i, name] of names.entries()) params[name] = values[i];
  return params;
}
