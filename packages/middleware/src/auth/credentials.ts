/** Those of ASCII, and those that UTF-8 brings along. */
const CONTROL = /\p{Cc}/u;

/** No name, password or key has them: what does is an attempt to confuse something behind. */
export function hasControl(text: string): boolean {
  return CONTROL.test(text);
}

/**
 * What follows the scheme in `Authorization`, white space aside; `undefined` where the scheme is another one. Schemes are
 * case-insensitive (RFC 9110, section 11.1).
 */
export function credentialsOf(authorization: string | null, scheme: string): string | undefined {
  if (authorization === null) return undefined;
  const end = authorization.indexOf(' ');
  const name = end === -1 ? authorization : authorization.slice(0, end);
  if (name.toLowerCase() !== scheme.toLowerCase()) return undefined;
  return end === -1 ? '' : authorization.slice(end).trim();
}
