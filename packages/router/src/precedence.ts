import type { Segment } from './segment.js';

/**
 * The order in which mixed segments are tried at one place: the one with more static text, then with the longer text before
 * its first parameter, then with fewer parameters, then by their convertors, then by their texts. So no two of them
 * depend on the order of registration, unless an expression or a convertor of one's own is their only difference.
 */
export function compareMixed(a: Segment, b: Segment): number {
  const [first, second] = [weights(a), weights(b)];
  const different = first.findIndex((weight, i) => weight !== second[i]);
  if (different !== -1) return (first[different] ?? 0) - (second[different] ?? 0);
  const [text, other] = [a.literals.join('/'), b.literals.join('/')];
  return text < other ? -1 : Number(text > other);
}

function weights({ literals, params }: Segment): number[] {
  return [
    -literals.join('').length,
    -(literals[0] ?? '').length,
    params.length,
    ...params.map(({ constraint }) => constraint.rank),
  ];
}
