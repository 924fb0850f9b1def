import { MixedSegment } from './mixed-segment.js';
import { type Param, type Segment, segmentKey } from './pattern.js';
import { compareMixed, paramRank } from './precedence.js';
import type { Route } from './route.js';
import type { TreePattern } from './tree-pattern.js';

/** What a lookup ends at: a route, and the names of the parameters it has there. */
export class Leaf<T> {
  readonly route: Route<T>;
  readonly names: readonly string[];
  /** For each name whether its value is captured as a span, or undefined if all are. */
  readonly isSpan: readonly boolean[] | undefined;
  /** The name of a rest that is empty because its slash was left out. */
  readonly emptyRest: string | undefined;
  /** Leaves of the same key are of equal patterns. */
  readonly key: string;
  /** Among leaves of one place with different keys, the lower is better. */
  readonly rank: number;

  constructor(
    route: Route<T>,
    { isSpan, key }: TreePattern,
    names: readonly string[],
    rank: number,
    emptyRest: string | undefined,
  ) {
    this.route = route;
    this.names = names;
    this.isSpan = isSpan;
    this.emptyRest = emptyRest;
    this.key = key;
    this.rank = rank;
  }
}

/** One way through a segment with a parameter, and the node after it. */
export interface Branch<T> {
  readonly key: string;
  readonly segment: Segment;
  /** Where static text and parameters are mixed. */
  readonly mixed: MixedSegment | undefined;
  readonly param: Param;
  readonly after: Node<T>;
}

/**
 * A place in the paths of a tree: within a segment, or where one begins. What is missing is `undefined` and not an empty list:
 * among thousands of routes a lookup takes as long as it waits for memory, and this leaves less of it to read.
 */
export class Node<T> {
  /** The static text between the parent and this place. */
  text: string;
  /** How many parameters there are before this place. */
  readonly index: number;
  /** Where a path that ends here ends. */
  leaf: Leaf<T> | undefined = undefined;
  /** The only node after this one, if there is one only. */
  onlyChild: Node<T> | undefined = undefined;
  /** The nodes after this one if there are several, each at the code of the first character of its text less `firstCode`. */
  children: (Node<T> | undefined)[] | undefined = undefined;
  firstCode = 0;
  /** Whether anything but static text may follow, which can be so only where a segment begins. */
  isDynamic = false;
  /** Whether any of the following three is there. */
  isParameter = false;
  /** Mixed segments and parameters with a constraint, in the order in which they are tried. */
  branches: Branch<T>[] | undefined = undefined;
  /** After a parameter that may be anything. */
  plain: Node<T> | undefined = undefined;
  /** Optional last segments, in the order in which they are tried. Their leaves are those of the nodes after them. */
  optional: Branch<T>[] | undefined = undefined;
  rest: Leaf<T> | undefined = undefined;

  constructor(text: string, index: number) {
    this.text = text;
    this.index = index;
  }
}

/** The node that static text leads to, made if there is none. */
export function addText<T>(from: Node<T>, text: string): Node<T> {
  if (text === '') return from;
  const child = childAt(from, text.charCodeAt(0));
  if (child === undefined) {
    const created = new Node<T>(text, from.index);
    setChild(from, created);
    return created;
  }
  let shared = 1;
  while (shared < text.length && shared < child.text.length && text[shared] === child.text[shared])
    shared += 1;
  if (shared === child.text.length) return addText(child, text.slice(shared));
  const between = new Node<T>(text.slice(0, shared), from.index);
  setChild(from, between);
  child.text = child.text.slice(shared);
  setChild(between, child);
  return addText(between, text.slice(shared));
}

/** The node after a segment with a parameter, made if there is none. */
export function addSegment<T>(from: Node<T>, segment: Segment): Node<T> {
  const [param] = segment.params;
  if (param === undefined) throw new TypeError('never: a segment without parameters is added as text');
  const index = from.index + segment.params.length;
  from.isDynamic = true;
  from.isParameter = true;
  if (segment.kind === 'param' && param.constraint === undefined) {
    from.plain ??= new Node<T>('', index);
    return from.plain;
  }
  const branches = branchesFor(from, segment);
  const key = segmentKey(segment);
  const existing = branches.find((branch) => branch.key === key);
  if (existing !== undefined) return existing.after;
  const mixed = segment.kind === 'mixed' ? new MixedSegment(segment) : undefined;
  const after = new Node<T>('', index);
  branches.push({ key, segment, mixed, param, after });
  branches.sort(compareBranches);
  return after;
}

function branchesFor<T>(node: Node<T>, { kind }: Segment): Branch<T>[] {
  if (kind === 'optional') {
    node.optional ??= [];
    return node.optional;
  }
  node.branches ??= [];
  return node.branches;
}

function compareBranches(a: Branch<unknown>, b: Branch<unknown>): number {
  if (a.mixed !== undefined && b.mixed !== undefined) return compareMixed(a.segment, b.segment);
  if (a.mixed !== undefined || b.mixed !== undefined) return a.mixed === undefined ? 1 : -1;
  return paramRank(a.param) - paramRank(b.param);
}

/** The child whose text begins with a character. */
export function childAt<T>(node: Node<T>, code: number): Node<T> | undefined {
  const { onlyChild, children } = node;
  if (onlyChild !== undefined) return node.firstCode === code ? onlyChild : undefined;
  if (children === undefined) return undefined;
  const at = code - node.firstCode;
  return at >= 0 && at < children.length ? children[at] : undefined;
}

function setChild<T>(node: Node<T>, child: Node<T>): void {
  const code = child.text.charCodeAt(0);
  const { onlyChild, children } = node;
  if (children !== undefined) {
    node.children = withChild(children, code - node.firstCode, child);
    node.firstCode = Math.min(node.firstCode, code);
  } else if (onlyChild === undefined || node.firstCode === code) {
    node.onlyChild = child;
    node.firstCode = code;
  } else {
    node.children = withChild([onlyChild], code - node.firstCode, child);
    node.firstCode = Math.min(node.firstCode, code);
    node.onlyChild = undefined;
  }
}

/** The children with one more at an index, which may be outside; exactly as long as need be. */
function withChild<C>(children: readonly (C | undefined)[], at: number, child: C): (C | undefined)[] {
  const shift = Math.max(0, -at);
  const all = new Array<C | undefined>(Math.max(children.length + shift, at + 1)).fill(undefined);
  for (const [i, each] of children.entries()) all[i + shift] = each;
  all[at + shift] = child;
  return all;
}
