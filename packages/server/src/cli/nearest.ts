/**
 * The word that was probably meant: the one that the fewest slips of the fingers away, or null if none is near. A slip is a letter too
 * many, too few, another one, or two that have changed places; a word may have one for each three of its letters.
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let found: string | null = null;
  let least = Math.floor(word.length / 3) + 1;
  for (const candidate of candidates) {
    const slips = distance(word, candidate);
    if (slips >= least) continue;
    found = candidate;
    least = slips;
  }
  return found;
}

/** Optimal string alignment: Levenshtein's distance, with transpositions. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      let slips = Math.min(at(above, column) + 1, at(current, column - 1) + 1);
      slips = Math.min(slips, at(above, column - 1) + (isSame ? 0 : 1));
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (row > 1 && column > 1 && isSwapped) slips = Math.min(slips, at(before, column - 2) + 1);
      current.push(slips);
    }
    before = above;
    above = current;
  }
  return at(above, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
