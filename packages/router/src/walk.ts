import { type Captures, decodedText } from './captures.js';
import { NO_MATCH } from './convertors.js';
import { type Branch, childAt, type Leaf, type Node, PACKED_LENGTH } from './node.js';

/**
 * The leaf of the most specific way from a node through the rest of a path. `path` is the path as given, `text` the same in
 * the form that static text is compared with, and `end` where its last segment ends.
 *
 * It goes forward in a loop as long as there is one way, and calls itself where there are several.
 */
export function walk<T>(
  from: Node<T>,
  start: number,
  end: number,
  text: string,
  path: string,
  captures: Captures,
): Leaf<T> | undefined {
  let node = from;
  let at = start;
  for (;;) {
    if (at === end) {
      if (node.leaf !== undefined) return node.leaf;
    } else {
      const child = childAt(node, text.charCodeAt(at));
      if (child !== undefined && isTextAt(child, text, at, end)) {
        const after = at + child.length;
        if (node.dynamic === undefined) {
          node = child;
          at = after;
          continue;
        }
        const leaf = walk(child, after, end, text, path, captures);
        if (leaf !== undefined) return leaf;
      }
    }
    const { dynamic } = node;
    if (dynamic === undefined) return undefined;

    const { index, rest } = dynamic;
    if (dynamic.isParameter) {
      const slash = text.indexOf('/', at);
      const stop = slash === -1 || slash > end ? end : slash;
      const { branches, plain, optional } = dynamic;
      if (branches !== undefined && stop > at) {
        const leaf = walkBranches(branches, index, at, stop, end, text, path, captures);
        if (leaf !== undefined) return leaf;
      }
      if (plain !== undefined && stop > at && capture(captures, index, path, at, stop)) {
        if (rest === undefined && optional === undefined) {
          node = plain;
          at = stop;
          continue;
        }
        const leaf = walk(plain, stop, end, text, path, captures);
        if (leaf !== undefined) return leaf;
      }
      if (optional !== undefined && stop > at && stop === end) {
        const leaf = walkBranches(optional, index, at, stop, end, text, path, captures);
        if (leaf !== undefined) return leaf;
      }
    }
    return rest !== undefined && capture(captures, index, path, at, path.length) ? rest : undefined;
  }
}

function walkBranches<T>(
  branches: readonly Branch<T>[],
  index: number,
  start: number,
  stop: number,
  end: number,
  text: string,
  path: string,
  captures: Captures,
): Leaf<T> | undefined {
  for (const { mixed, constraint, after } of branches) {
    if (mixed !== undefined) {
      if (!mixed.read(path, text, start, stop, captures.values, index)) continue;
    } else {
      const decoded = decodedText(path, start, stop);
      const value = decoded === undefined ? NO_MATCH : constraint.read(decoded);
      if (value === NO_MATCH) continue;
      captures.values[index] = value;
    }
    const leaf = walk(after, stop, end, text, path, captures);
    if (leaf !== undefined) return leaf;
  }
  return undefined;
}

/** Notes where the text of a parameter is, and says whether it may be one. */
function capture(captures: Captures, index: number, path: string, start: number, stop: number): boolean {
  if (captures.isStrict && decodedText(path, start, stop) === undefined) return false;
  captures.spans[2 * index] = start;
  captures.spans[2 * index + 1] = stop;
  return true;
}

/** Whether the text of a node, whose first character is known to be there, is what `text` has at `at`. */
function isTextAt<T>(node: Node<T>, text: string, at: number, end: number): boolean {
  const { length } = node;
  if (at + length > end) return false;
  if (length > PACKED_LENGTH) return text.slice(at, at + length) === node.text;
  let { packed } = node;
  for (let i = 1; i < length; i++) {
    if ((packed & 0x7f) !== text.charCodeAt(at + i)) return false;
    packed >>= 7;
  }
  return true;
}
