import { ANY_TEXT, type Constraint } from './convertors.js';
import { MixedSegment } from './mixed-segment.js';
import { compareMixed } from './precedence.js';
import type { Route } from './route.js';
import { type Param, type Segment, segmentKey } from './segment.js';
import type { TreePattern } from './tree-pattern.js';

/** What a lookup ends at: a route, and the names of the parameters it has there. */
export class Leaf<T> {
  readonly route: Route<T>;
  /** That of the route, at hand. */
  readonly value: T;
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
    this.value = route.value;
    this.names = names;
    this.isSpan = isSpan;
    this.emptyRest = emptyRest;
    this.key = key;
    this.rank = rank;
  }
}

/**
 * Up to this length, a text is compared with a path character by character; a longer one by one comparison of strings, which
 * costs as much as five or six characters. Four characters of seven bits are as many as a small integer of V8 has room for.
 */
export const PACKED_LENGTH = 5;

/** One way through a segment with a parameter, and the node after it. */
export interface Branch<T> {
  readonly key: string;
  readonly segment: Segment;
  /** Where static text and parameters are mixed. */
  readonly mixed: MixedSegment | undefined;
  readonly constraint: Constraint;
  readonly after: Node<T>;
}

/**
 * A place in the paths of a tree: within a segment, or where one begins. What is missing is `undefined` and not an empty list, and
 * what most nodes don't have is in an object of its own: among thousands of routes a lookup takes as long as it waits
 * for memory, and so there is less of it to read.
 */
export class Node<T> {
  /** The static text between the parent and this place, ASCII: set by `setText`. */
  text = '';
  /** How long the text is. */
  length = 0;
  /**
   * The characters of the text after the first, seven bits each, the last of `PACKED_LENGTH` highest: a short text is compared
   * without a look at the string, which lies elsewhere in memory (10,000 routes: 190 ns a lookup instead of 205).
   */
  packed = 0;
  /** Where a path that ends here ends. */
  leaf: Leaf<T> | undefined = undefined;
  /** What else than static text may follow. */
  dynamic: Dynamic<T> | undefined = undefined;
  firstCode = 0;
  /** The only node after this one, if there is one only: `firstCode` is that of the first character of its text. */
  onlyChild: Node<T> | undefined = undefined;
  /** The nodes after this one if there are several, each at the code of the first character of its text less `firstCode`. */
  children: (Node<T> | undefined)[] | undefined = undefined;

  constructor(text: string) {
    this.setText(text);
  }

  setText(text: string): void {
    this.text = text;
    this.length = text.length;
    this.packed = 0;
    for (let i = Math.min(text.length, PACKED_LENGTH) - 1; i > 0; i--) {
      this.packed = (this.packed << 7) | text.charCodeAt(i);
    }
  }
}

/** What else than static text may follow where a segment begins. */
export class Dynamic<T> {
  /** How many parameters there are before this place. */
  readonly index: number;
  /** Mixed segments and parameters with a constraint, in the order in which they are tried. */
  branches: Branch<T>[] | undefined = undefined;
  /** After a parameter that may be anything. */
  plain: Node<T> | undefined = undefined;
  /** Optional last segments, in the order in which they are tried. Their leaves are those of the nodes after them. */
  optional: Branch<T>[] | undefined = undefined;
  rest: Leaf<T> | undefined = undefined;
  /** Whether there is anything but a rest. */
  isParameter = false;

  constructor(index: number) {
    this.index = index;
  }
}

/** The node that static text leads to, made if there is none. */
export function addText<T>(from: Node<T>, text: string): Node<T> {
  if (text === '') return from;
  const child = childAt(from, text.charCodeAt(0));
  if (child === undefined) {
    const created = new Node<T>(text);
    setChild(from, created);
    return created;
  }
  let shared = 1;
  while (shared < text.length && shared < child.text.length && text[shared] === child.text[shared])
    shared += 1;
  if (shared === child.text.length) return addText(child, text.slice(shared));
  const between = new Node<T>(text.slice(0, shared));
  setChild(from, between);
  child.setText(child.text.slice(shared));
  setChild(between, child);
  return addText(between, text.slice(shared));
}

/** The node after a segment with a parameter, made if there is none; `param` is its first one, `index` how many there are before it. */
export function addSegment<T>(
  from: Node<T>,
  segment: Segment,
  { constraint }: Param,
  index: number,
): Node<T> {
  from.dynamic ??= new Dynamic(index);
  const { dynamic } = from;
  dynamic.isParameter = true;
  if (segment.kind === 'param' && constraint === ANY_TEXT) {
    dynamic.plain ??= new Node<T>('');
    return dynamic.plain;
  }
  const branches = branchesFor(dynamic, segment);
  const key = segmentKey(segment);
  const existing = branches.find((branch) => branch.key === key);
  if (existing !== undefined) return existing.after;
  const mixed = segment.kind === 'mixed' ? new MixedSegment(segment) : undefined;
  const after = new Node<T>('');
  branches.push({ key, segment, mixed, constraint, after });
  branches.sort(compareBranches);
  return after;
}

function branchesFor<T>(dynamic: Dynamic<T>, { kind }: Segment): Branch<T>[] {
  if (kind === 'optional') {
    dynamic.optional ??= [];
    return dynamic.optional;
  }
  dynamic.branches ??= [];
  return dynamic.branches;
}

function compareBranches(a: Branch<unknown>, b: Branch<unknown>): number {
  if (a.mixed && b.mixed) return compareMixed(a.segment, b.segment);
  if (a.mixed || b.mixed) return a.mixed ? -1 : 1;
  return a.constraint.rank - b.constraint.rank;
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
  const { onlyChild, children, firstCode } = node;
  if (children === undefined && (onlyChild === undefined || firstCode === code)) {
    node.onlyChild = child;
    node.firstCode = code;
    return;
  }
  node.children = withChild(children ?? [onlyChild], code - firstCode, child);
  node.firstCode = Math.min(firstCode, code);
  node.onlyChild = undefined;
}

/** The children with one more at an index, which may be outside; exactly as long as need be. */
function withChild<C>(children: readonly (C | undefined)[], at: number, child: C): (C | undefined)[] {
  const shift = Math.max(0, -at);
  const all = new Array<C | undefined>(Math.max(children.length + shift, at + 1)).fill(undefined);
  for (const [i, each] of children.entries()) all[i + shift] = each;
  all[at + shift] = child;
  return all;
}
