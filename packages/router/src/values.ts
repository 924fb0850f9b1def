import { type Constraint, NO_MATCH } from './convertors.js';

/** The value of the encoded text between two places of a path, or `NO_MATCH`. Decodes it, once. */
export function readValue(
  path: string,
  start: number,
  end: number,
  constraint: Constraint | undefined,
): unknown {
  const text = path.slice(start, end);
  const decoded = text.includes('%') ? decode(text) : text;
  if (decoded === undefined) return NO_MATCH;
  return constraint === undefined ? decoded : constraint.read(decoded);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
