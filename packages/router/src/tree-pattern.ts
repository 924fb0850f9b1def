import { ANY_TEXT } from './convertors.js';
import { inLowerCase, type Pattern, type Segment, segmentKey } from './segment.js';

/** How paths are compared with patterns. */
export interface TreeOptions {
  readonly caseSensitive: boolean;
  readonly ignoreTrailingSlash: boolean;
}

/** A pattern in the form in which a tree compares it with paths. `key` is the same for equal patterns. */
export interface TreePattern {
  readonly segments: readonly Segment[];
  readonly names: readonly string[];
  /** For each name whether its value is the plain text, or undefined if all are. */
  readonly isSpan: readonly boolean[] | undefined;
  readonly key: string;
}

/** The form in which a tree compares a pattern. */
export function treePattern({ segments, names }: Pattern, options: TreeOptions): TreePattern {
  const last = segments.at(-1);
  const isCut =
    options.ignoreTrailingSlash && segments.length > 1 && last?.kind === 'static' && last.literals[0] === '';
  const kept = isCut ? segments.slice(0, -1) : segments;
  const compared = options.caseSensitive ? kept : kept.map(inLowerCase);
  const isSpan = segments.flatMap(({ kind, params }) =>
    params.map(({ constraint }) => kind === 'rest' || (kind === 'param' && constraint === ANY_TEXT)),
  );
  return {
    segments: compared,
    names,
    isSpan: isSpan.includes(false) ? isSpan : undefined,
    key: compared.map(segmentKey).join('/'),
  };
}
