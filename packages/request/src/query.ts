/**
 * The query of a request as a read-only `URLSearchParams`: repeated keys keep all their values, in order.
 *
 * Follows the {@link https://url.spec.whatwg.org/#interface-urlsearchparams | URL standard}: `+` is a space, malformed
 * escapes stay as they are, and no name is special.
 *
 * @example
 * ```ts
 * import { Query } from '@pullo/request';
 *
 * const query = new Query('tag=a&tag=b&page=2');
 * query.get('tag'); // 'a'
 * query.getAll('tag'); // ['a', 'b']
 * query.get('sort'); // null
 * ```
 */
export class Query implements Iterable<[name: string, value: string]> {
  readonly #params: URLSearchParams;

  /** `queryString` is what follows the `?` of a URL. */
  constructor(queryString: string) {
    // URLSearchParams drops one leading "?", which would be part of the first name here.
    this.#params = new URLSearchParams(queryString.startsWith('?') ? `?${queryString}` : queryString);
  }

  /** The first value of a name, or `null`. */
  get(name: string): string | null {
    return this.#params.get(name);
  }

  /** All values of a name, in order. */
  getAll(name: string): string[] {
    return this.#params.getAll(name);
  }

  /** Whether there is such a name, or such a name with this value. */
  has(name: string, value?: string): boolean {
    return value === undefined ? this.#params.has(name) : this.#params.getAll(name).includes(value);
  }

  /** How many pairs there are. */
  get size(): number {
    return this.#params.size;
  }

  forEach(callback: (value: string, name: string, query: Query) => void): void {
    for (const [name, value] of this.#params) callback(value, name, this);
  }

  /** The pairs, in order. */
  entries(): IterableIterator<[name: string, value: string]> {
    return this.#params.entries();
  }

  keys(): IterableIterator<string> {
    return this.#params.keys();
  }

  values(): IterableIterator<string> {
    return this.#params.values();
  }

  [Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    return this.#params.entries();
  }

  /** The query, encoded again. */
  toString(): string {
    return this.#params.toString();
  }

  /** How Node's `console.log` and `util.inspect` show it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Query { ${this} }`;
  }
}
