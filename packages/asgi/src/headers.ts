import { HeaderList, type HeadersInit } from './header-list.js';
import { headerName } from './header-rules.js';

/**
 * The Fetch standard's `Headers` as a view of a `HeaderList`: changes through the view are changes of the list.
 *
 * Names are case-insensitive; iteration is sorted by name and combines repeated fields, but for `set-cookie`.
 * Control characters that Fetch lets through and HTTP does not are refused with `InvalidHeader`.
 *
 * @example
 * ```ts
 * import { Headers } from '@pullo/asgi';
 *
 * const headers = new Headers({ 'Content-Type': 'text/plain' });
 * headers.append('vary', 'Accept');
 * headers.append('Vary', 'Origin');
 * headers.get('VARY'); // 'Accept, Origin'
 * ```
 */
export class Headers implements Iterable<[name: string, value: string]> {
  #list: HeaderList;

  constructor(init?: HeadersInit) {
    this.#list = new HeaderList(init);
  }

  /** A view of a list, not a copy: changes through one are seen through the other. */
  static of(list: HeaderList): Headers {
    const headers = new Headers();
    headers.#list = list;
    return headers;
  }

  append(name: string, value: string): void {
    this.#list.append(name, value);
  }

  delete(name: string): void {
    this.#list.delete(name);
  }

  get(name: string): string | null {
    return this.#list.get(headerName(name));
  }

  /** The values of `set-cookie`, each by itself. */
  getSetCookie(): string[] {
    return this.#list.getAll('set-cookie');
  }

  has(name: string): boolean {
    return this.#list.has(headerName(name));
  }

  set(name: string, value: string): void {
    this.#list.set(name, value);
  }

  forEach(callback: (value: string, name: string, parent: Headers) => void, thisArg?: unknown): void {
    for (const [name, value] of this) callback.call(thisArg, value, name, this);
  }

  *entries(): IterableIterator<[name: string, value: string]> {
    const names = [...new Set(Array.from(this.#list, ([name]) => name))].sort();
    for (const name of names) {
      if (name === 'set-cookie') {
        for (const value of this.#list.getAll(name)) yield [name, value];
      } else {
        yield [name, this.#list.get(name) ?? ''];
      }
    }
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this) yield name;
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    return this.entries();
  }
}
