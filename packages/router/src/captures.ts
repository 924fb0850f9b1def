/**
 * What a walk has captured, by the index of the parameter. A later try at the same place overwrites what an earlier one left, so
 * that nothing has to be taken back.
 */
export class Captures {
  /** Where the text of a parameter without a constraint begins and ends, at twice its index: it is cut out and decoded once, at the end. */
  readonly spans: number[] = [];
  /** The values of other parameters. */
  readonly values: unknown[] = [];
  /** Whether a text that can't be decoded is refused at once, and not at the end. */
  isStrict = false;
}

/** The decoded text between two places of a path, or undefined where its escapes are no UTF-8. */
export function decodedText(path: string, start: number, end: number): string | undefined {
  const text = path.slice(start, end);
  return text.includes('%') ? decode(text) : text;
}

export function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
