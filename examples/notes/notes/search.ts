/**
 * What people type, as an expression of SQLite's FTS5: all the words, each of which may go on.
 *
 * Words are quoted, so that `AND`, `*`, `"` and the rest of that language are searched for and do nothing.
 */
export function matchExpression(query: string): string {
  const words = query.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words
    .slice(0, 12)
    .map((word) => `"${word}"*`)
    .join(' ');
}
