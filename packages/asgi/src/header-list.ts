import { quote } from './errors.js';
import { headerName, headerValue } from './header-rules.js';
import { type Inspect, inspectCustom } from './inspect.js';

/** Header fields as pairs, in order, duplicates kept: arrays, generators, `Map`, `Headers` and `HeaderList` all fit. */
export type HeaderPairs = Iterable<readonly [name: string, value: string]>;

/** What headers can be made of: pairs, or a plain object whose values are strings. */
export type HeadersInit = HeaderPairs | Readonly<Record<string, string>>;

/** Spares a list that is given its array an array of its own: there are two such lists to each exchange. */
const TO_BE_SET: never[] = [];

/**
 * Header fields in one flat array, `[name, value, name, value, ...]`, in order, duplicates kept.
 *
 * It is what scopes and responses carry. Iterating gives pairs with lower-case names; names are looked up in any case. What
 * is added is checked and can be sent as it is: `InvalidHeader`, a `TypeError`, says what is wrong with a name or value
 * (RFC 9110, section 5). `HeaderList.raw` takes what a parser has already checked.
 *
 * @example
 * ```ts
 * import { HeaderList } from '@pullo/asgi';
 *
 * const list = new HeaderList([['Vary', 'Accept'], ['vary', 'Origin']]);
 * list.get('vary'); // 'Accept, Origin'
 * [...list]; // [['vary', 'Accept'], ['vary', 'Origin']]
 * ```
 */
export class HeaderList implements Iterable<[name: string, value: string]> {
  #flat: string[];

  constructor(init?: HeadersInit) {
    if (init === TO_BE_SET) {
      this.#flat = TO_BE_SET;
      return;
    }
    this.#flat = [];
    if (init !== undefined) this.#fill(init);
  }

  /** Takes over a flat array that a parser has checked, such as `rawHeaders` of `node:http`, without looking at it. */
  static raw(flat: string[]): HeaderList {
    const list = new HeaderList(TO_BE_SET);
    list.#flat = flat;
    return list;
  }

  /** The fields as one flat array. Names may be in any case. Do not change it. */
  get flat(): readonly string[] {
    return this.#flat;
  }

  /** The value of a field: several are combined with `, ` (`; ` for `cookie`); `null` if there is none. */
  get(name: string): string | null {
    const flat = this.#flat;
    let value: string | null = null;
    for (let i = 0; i < flat.length; i += 2) {
      if (!sameName(flat[i] as string, name)) continue;
      if (value === null) value = flat[i + 1] as string;
      else value += (sameName(name, 'cookie') ? '; ' : ', ') + flat[i + 1];
    }
    return value;
  }

  /** All values of a field, in order. */
  getAll(name: string): string[] {
    const values: string[] = [];
    for (let i = 0; i < this.#flat.length; i += 2) {
      if (sameName(this.#flat[i] as string, name)) values.push(this.#flat[i + 1] as string);
    }
    return values;
  }

  /** Whether there is a field of this name. */
  has(name: string): boolean {
    const flat = this.#flat;
    for (let i = 0; i < flat.length; i += 2) {
      if (sameName(flat[i] as string, name)) return true;
    }
    return false;
  }

  /** Adds a field at the end. Throws `InvalidHeader`. */
  append(name: string, value: string): void {
    this.#flat.push(headerName(name), headerValue(name, value));
  }

  /** Gives a field one value: the first of its name is replaced in place, the others are removed. Throws `InvalidHeader`. */
  set(name: string, value: string): void {
    const key = headerName(name);
    const checked = headerValue(name, value);
    const at = this.#indexOf(key);
    if (at === -1) {
      this.#flat.push(key, checked);
      return;
    }
    this.#flat[at + 1] = checked;
    this.#removeFrom(at + 2, key);
  }

  /** Removes every field of a name. */
  delete(name: string): void {
    this.#removeFrom(0, headerName(name));
  }

  /** An independent copy. */
  clone(): HeaderList {
    return HeaderList.raw(this.#flat.slice());
  }

  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    for (let i = 0; i < this.#flat.length; i += 2) {
      yield [(this.#flat[i] as string).toLowerCase(), this.#flat[i + 1] as string];
    }
  }

  get [Symbol.toStringTag](): string {
    return 'HeaderList';
  }

  /** How Node's `console.log` and `util.inspect` show it: the pairs, in order. */
  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    return `HeaderList ${inspect([...this], options)}`;
  }

  #fill(init: HeadersInit): void {
    if (init instanceof HeaderList) {
      this.#flat = init.#flat.slice();
    } else if (isPairs(init)) {
      for (const pair of init) this.append(...checkedPair(pair));
    } else {
      for (const name of Object.keys(init)) this.append(name, init[name] as string);
    }
  }

  #indexOf(key: string): number {
    for (let i = 0; i < this.#flat.length; i += 2) {
      if (sameName(this.#flat[i] as string, key)) return i;
    }
    return -1;
  }

  #removeFrom(start: number, key: string): void {
    const flat = this.#flat;
    let kept = start;
    for (let i = start; i < flat.length; i += 2) {
      if (sameName(flat[i] as string, key)) continue;
      flat[kept++] = flat[i] as string;
      flat[kept++] = flat[i + 1] as string;
    }
    flat.length = kept;
  }
}

function isPairs(init: HeadersInit): init is HeaderPairs {
  if (typeof init !== 'object' || init === null) {
    throw new TypeError(
      `Headers are made of [name, value] pairs or of an object, not of ${typeof init === 'string' ? quote(init) : String(init)}.`,
    );
  }
  return Symbol.iterator in init;
}

function checkedPair(pair: Iterable<string>): [name: string, value: string] {
  const items = typeof pair === 'object' && pair !== null && Symbol.iterator in pair ? [...pair] : [];
  if (items.length === 2) return items as [string, string];
  const shown = typeof pair === 'object' ? `an item of ${items.length}` : String(pair);
  throw new TypeError(`Headers are made of [name, value] pairs, but one is ${shown}.`);
}

/**
 * Names are ASCII, so equal length and equal lower case is equality. Most fields fail on the length or the first letter,
 * which makes a scan cheaper than an index for all but dozens of look-ups (docs/decisions/headers.md has the figures).
 */
function sameName(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  return a === b || (sameLetter(a.charCodeAt(0), b.charCodeAt(0)) && a.toLowerCase() === b.toLowerCase());
}

/** Whether two codes differ at most in the bit that tells upper from lower case. */
function sameLetter(a: number, b: number): boolean {
  return (a | 0x20) === (b | 0x20);
}
