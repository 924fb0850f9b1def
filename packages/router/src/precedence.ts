import type { Param, Segment } from './segment.js';

/** Where a parameter without a constraint stands among those with one. */
const UNCONSTRAINED_RANK = 5;

/** Where a parameter stands at its place: `int`, `uuid`, `float`, `slug`, one's own and expressions, any text. */
export function paramRank({ constraint }: Param): number {
  return constraint?.rank ?? UNCONSTRAINED_RANK;
}

/**
 * The order in which mixed segments are tried at one place: the one with more static text, then with the longer text before
 * its first parameter, then with fewer parameters, then by their convertors, then by their texts. So no two of them
 * depend on the order of registration, unless an expression or a convertor of one's own is their only difference.
 */
export function compareMixed(a: Segment, b: Segment): number {
  const byStaticText = b.literals.join('').length - a.literals.join('').length;
  if (byStaticText !== 0) return byStaticText;
  const byPrefix = (b.literals[0] ?? '').length - (a.literals[0] ?? '').length;
  if (byPrefix !== 0) return byPrefix;
  const byCount = a.params.length - b.params.length;
  if (byCount !== 0) return byCount;
  for (const [i, param] of a.params.entries()) {
    const other = b.params[i];
    const byRank = other === undefined ? 0 : paramRank(param) - paramRank(other);
    if (byRank !== 0) return byRank;
  }
  return compareText(a.literals.join('/'), b.literals.join('/'));
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
