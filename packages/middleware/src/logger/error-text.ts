/** Stands for an error that cannot be read: the request that it came from is logged all the same. */
export const UNREADABLE = '(an error that cannot be read)';

/** An error on one line of text. An object without a prototype has no text, and a `toString` of one's own may fail. */
export function errorText(error: unknown): string {
  try {
    return String(error);
  } catch {
    return UNREADABLE;
  }
}
