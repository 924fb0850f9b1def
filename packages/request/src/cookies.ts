import { trimWhiteSpace } from './white-space.js';

/**
 * The cookies of a request: a read-only map from a name to its first value.
 *
 * Pairs are read the way browsers write them ({@link https://datatracker.ietf.org/doc/draft-ietf-httpbis-rfc6265bis/ | RFC 6265bis}):
 * split at `;`, name and value at the first `=`, white space around them dropped; a pair without `=` is the value of the
 * nameless cookie, `''`. Quotes around a value are dropped and its percent-escapes decoded, unless they are malformed:
 * then the value stays as it came. Names are never decoded, so that no other spelling of `__Host-` is taken for it. What
 * cannot be read never hides the pairs after it.
 *
 * @example
 * ```ts
 * import { Cookies } from '@pullo/request';
 *
 * const cookies = new Cookies('theme=dark; session=abc; session=old');
 * cookies.get('session'); // 'abc': browsers send the cookie of the longest path first
 * cookies.getAll('session'); // ['abc', 'old']
 * cookies.get('language'); // undefined
 * ```
 */
export class Cookies implements Iterable<[name: string, value: string]> {
  readonly #values = new Map<string, string[]>();

  /** `header` is the value of `Cookie`; several fields are joined with `; `. */
  constructor(header: string | null) {
    if (header === null) return;
    for (const pair of header.split(';')) {
      const equals = pair.indexOf('=');
      const name = trimWhiteSpace(pair.slice(0, Math.max(equals, 0)));
      const value = trimWhiteSpace(pair.slice(equals + 1));
      if (name !== '' || value !== '') this.#add(name, value);
    }
  }

  #add(name: string, raw: string): void {
    const values = this.#values.get(name);
    if (values === undefined) this.#values.set(name, [decode(raw)]);
    else values.push(decode(raw));
  }

  /** The first value of a name, or `undefined`. */
  get(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  /** All values of a name, in the order in which they came. */
  getAll(name: string): string[] {
    return this.#values.get(name)?.slice() ?? [];
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** How many names there are. */
  get size(): number {
    return this.#values.size;
  }

  forEach(callback: (value: string, name: string, cookies: Cookies) => void): void {
    for (const [name, value] of this) callback(value, name, this);
  }

  keys(): IterableIterator<string> {
    return this.#values.keys();
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this) yield value;
  }

  *entries(): IterableIterator<[name: string, value: string]> {
    for (const [name, values] of this.#values) yield [name, values[0] as string];
  }

  [Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    return this.entries();
  }

  /** How Node's `console.log` and `util.inspect` show it: by name, for values are secrets. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Cookies { ${[...this.keys()].join(', ')} }`;
  }
}

function decode(raw: string): string {
  const quoted = raw.length >= 2 && raw.startsWith('"') && raw.endsWith('"');
  const value = quoted ? raw.slice(1, -1) : raw;
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
