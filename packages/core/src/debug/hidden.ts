/** What stands in place of a value that is not shown. */
export const HIDDEN = '(hidden)';

/** Parts of names whose values open something. */
const TELLING =
  /token|secret|passw|pwd|passphrase|credential|api[-_]?key|authori[sz]ation|cookie|session|jwt/i;

/** Words of names that say so only where they stand alone: there are monkeys and zip codes. */
const WORDS: ReadonlySet<string> = new Set(['key', 'auth', 'sig', 'signature', 'code', 'pin', 'otp', 'sid']);

/** Answers whether the value of a header or of a parameter of the query is a secret. */
export type IsSecret = (name: string) => boolean;

/** The rule for names: Pullo's own, and those that the app adds, whatever their case. */
export function secretNames(more: readonly (string | RegExp)[] = []): IsSecret {
  const names = new Set(more.flatMap((name) => (typeof name === 'string' ? [name.toLowerCase()] : [])));
  const patterns = more.filter((name) => name instanceof RegExp);
  return (name) =>
    TELLING.test(name) ||
    wordsOf(name).some((word) => WORDS.has(word)) ||
    names.has(name.toLowerCase()) ||
    // `search` does not depend on what a global expression has matched before.
    patterns.some((pattern) => name.search(pattern) >= 0);
}

/** `sharedKey`, `shared_key` and `shared-key` are two words. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
}
