import type { Constraint } from './convertors.js';

/** One parameter of a pattern. */
export interface Param {
  readonly name: string;
  /** What its text must be. */
  readonly constraint: Constraint;
}

/**
 * One segment of a pattern. `literals` has one text more than there are parameters: what stands before, between and after
 * them. A segment without parameters is its one literal.
 */
export interface Segment {
  readonly kind: 'static' | 'mixed' | 'param' | 'optional' | 'rest';
  readonly literals: readonly string[];
  readonly params: readonly Param[];
}

/** A pattern that has been read: its segments, and the names of its parameters in their order. */
export interface Pattern {
  readonly text: string;
  readonly segments: readonly Segment[];
  readonly names: readonly string[];
}

/** The segment with its literals in lower case, as far as ASCII goes, so that lengths stay. */
export function inLowerCase(segment: Segment): Segment {
  return { ...segment, literals: segment.literals.map(lowerCase) };
}

/** In lower case, as far as ASCII goes. */
export function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** A text that is the same for segments which match the same texts. Braces never stand in canonical static text. */
export function segmentKey({ kind, literals, params }: Segment): string {
  let key = kind === 'optional' ? '{?}' : kind === 'rest' ? '{*}' : '';
  for (const [i, literal] of literals.entries()) {
    const param = params[i];
    key += literal;
    if (param !== undefined) key += `{${JSON.stringify(param.constraint.label)}}`;
  }
  return key;
}
