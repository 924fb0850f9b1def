import type { Param, Segment } from './pattern.js';

/** Where a parameter without a constraint stands among those with one. */
const UNCONSTRAINED_RANK = 5;

/** The order in which parameters are tried at one place: `int`, `uuid`, `float`, `slug`, one's own and expressions, any text. */
export function compareParams(a: Param, b: Param): number {
  return rank(a) - rank(b);
}

/**
 * The order in which mixed segments are tried at one place: the one with more static text, then the one with the longer text
 * before its first parameter, then by convertors, then by their texts, so that no two patterns depend on the order of registration
 * (except where their only difference is an expression or a convertor of one's own).
 */
export function compareMixed(a: Segment, b: Segment): number {
  const [aText, bText] = [a.literals.join(''), b.literals.join('')];
  if (aText.length !== bText.length) return bText.length - aText.length;
  const byPrefix = (b.literals[0] ?? '').length - (a.literals[0] ?? '').length;
  if (byPrefix !== 0) return byPrefix;
  const byCount = a.params.length - b.params.length;
  if (byCount !== 0) return byCount;
  for (const [i, param] of a.params.entries()) {
    const other = b.params[i];
    const byRank = other === undefined ? 0 : compareParams(param, other);
    if (byRank !== 0) return byRank;
  }
  const [aKey, bKey] = [a.literals.join('/'), b.literals.join('/')];
  return aKey < bKey ? -1 : aKey > bKey ? 1 : 0;
}

function rank({ constraint }: Param): number {
  return constraint?.rank ?? UNCONSTRAINED_RANK;
}
