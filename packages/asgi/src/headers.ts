import { HeaderList, type HeadersInit } from './header-list.js';
import { headerName } from './header-rules.js';
import { type Inspect, inspectCustom } from './inspect.js';

/** Spares a view a list of its own. */
const TO_BE_SET: never[] = [];
const NO_LIST = new HeaderList();

/**
 * The Fetch standard's `Headers` as a view of a `HeaderList`: changes through the view are changes of the list.
 *
 * Names are case-insensitive; iteration is sorted by name and combines repeated fields, but for `set-cookie`. It can be made
 * of the platform's `Headers`, and stand where that is wanted. It is stricter in two things: control characters that
 * HTTP does not allow, and values that are not strings, are refused with `InvalidHeader`, a `TypeError`.
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
    this.#list = init === TO_BE_SET ? NO_LIST : new HeaderList(init);
  }

  /** A view of a list, not a copy: changes through one are seen through the other. */
  static of(list: HeaderList): Headers {
    const headers = new Headers(TO_BE_SET);
    headers.#list = list;
    return headers;
  }

  /** Adds a field; one of the same name stays. */
  append(name: string, value: string): void {
    this.#list.append(name, value);
  }

  /** Removes every field of a name. */
  delete(name: string): void {
    this.#list.delete(name);
  }

  /** The value of a field: several are combined with `, ` (`; ` for `cookie`); `null` if there is none. */
  get(name: string): string | null {
    return this.#list.get(headerName(name));
  }

  /** The values of `set-cookie`, each by itself. */
  getSetCookie(): string[] {
    return this.#list.getAll('set-cookie');
  }

  /** Whether there is a field of this name. */
  has(name: string): boolean {
    return this.#list.has(headerName(name));
  }

  /** Gives a field one value, in place of all that it had. */
  set(name: string, value: string): void {
    this.#list.set(name, value);
  }

  /** Calls back for each field as iteration gives it. */
  forEach(callback: (value: string, name: string, parent: Headers) => void, thisArg?: unknown): void {
    if (typeof callback !== 'function') throw new TypeError('Headers.forEach() needs a function.');
    for (const [name, value] of this) callback.call(thisArg, value, name, this);
  }

  /**
   * The fields sorted by name. As in Fetch, what changes during the iteration shows in it: an iterator is a place in the
   * sorted list, whatever that holds by then.
   */
  *entries(): Generator<[name: string, value: string], undefined> {
    let known: readonly string[] = [];
    let sorted: [string, string][] = [];
    for (let place = 0; ; place++) {
      const { flat } = this.#list;
      if (!hasSameItems(flat, known)) {
        known = flat.slice();
        sorted = sortAndCombine(this.#list);
      }
      const pair = sorted[place];
      if (pair === undefined) return undefined;
      yield pair;
    }
  }

  /** The names as iteration gives them: sorted, `set-cookie` as often as it is there. */
  *keys(): Generator<string, undefined> {
    for (const [name] of this) yield name;
    return undefined;
  }

  /** The values as iteration gives them. */
  *values(): Generator<string, undefined> {
    for (const [, value] of this) yield value;
    return undefined;
  }

  /** The same as `entries`. */
  [Symbol.iterator](): Generator<[name: string, value: string], undefined> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return 'Headers';
  }

  /** How Node's `console.log` and `util.inspect` show it: an object of what `get` gives. */
  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    const names = new Set(this.keys());
    return `Headers ${inspect(Object.fromEntries(Array.from(names, (name) => [name, this.get(name)])), options)}`;
  }
}

/** Fetch, "sort and combine". */
function sortAndCombine(list: HeaderList): [name: string, value: string][] {
  const valuesOf = new Map<string, string[]>();
  for (const [name, value] of list) {
    const values = valuesOf.get(name);
    if (values === undefined) valuesOf.set(name, [value]);
    else values.push(value);
  }
  const names = [...valuesOf.keys()].sort();
  return names.flatMap((name): [string, string][] => {
    const values = valuesOf.get(name) ?? [];
    if (name === 'set-cookie') return values.map((value) => [name, value]);
    return [[name, values.join(name === 'cookie' ? '; ' : ', ')]];
  });
}

function hasSameItems(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((item, index) => item === others[index]);
}
