import { quote } from '../errors.js';
import { headerNameProblem, headerValueProblem } from '../header-rules.js';
import { ContractViolation, type Side } from './violation.js';

/**
 * The fields of a scope or an event, read with their checks: each method throws the violation of `side` that names
 * the field, its value, and what it must be.
 */
export class Fields {
  /** The type of the event, or what else the fields belong to. */
  readonly type: string;
  readonly #side: Side;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(side: Side, type: string, values: object) {
    this.#side = side;
    this.type = type;
    this.#values = values as Readonly<Record<string, unknown>>;
  }

  /** The fields of an object in a field of this one. */
  inside(name: string): Fields {
    return new Fields(this.#side, `${this.type}.${name}`, this.object(name));
  }

  /** Whether the field is there: `undefined` counts as left out. */
  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  names(): string[] {
    return Object.keys(this.#values);
  }

  get(name: string): unknown {
    return this.#values[name];
  }

  string(name: string): string {
    const value = this.#values[name];
    return typeof value === 'string' ? value : this.mustBe(name, 'a string');
  }

  boolean(name: string): boolean {
    const value = this.#values[name];
    return typeof value === 'boolean' ? value : this.mustBe(name, 'true or false');
  }

  integer(name: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.#values[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    return this.mustBe(name, `an integer ${range}`);
  }

  oneOf(name: string, known: readonly string[]): void {
    const value = this.#values[name];
    if (typeof value === 'string' && known.includes(value)) return;
    this.mustBe(name, known.map(quote).join(' or '));
  }

  object(name: string): object {
    const value = this.#values[name];
    return typeof value === 'object' && value !== null ? value : this.mustBe(name, 'an object');
  }

  bytes(name: string): Uint8Array {
    const value = this.#values[name];
    return value instanceof Uint8Array ? value : this.mustBe(name, 'a Uint8Array');
  }

  /** Any iterable but a string, read to its end. */
  list(name: string, of: string): unknown[] {
    const value = this.#values[name];
    return isIterableObject(value) ? [...value] : this.mustBe(name, `an iterable of ${of}`);
  }

  strings(name: string): string[] {
    const items = this.list(name, 'strings');
    const wrong = items.findIndex((item) => typeof item !== 'string');
    if (wrong !== -1)
      this.fail(`${this.label(name)}[${wrong}] is ${show(items[wrong])}, but must be a string`);
    return items as string[];
  }

  /** Header fields: pairs of a token and a value that HTTP allows. */
  headers(name = 'headers'): [name: string, value: string][] {
    const pairs = this.list(name, '[name, value] pairs: an array, a HeaderList, or Object.entries(...)');
    for (const [index, pair] of pairs.entries()) this.#headerPair(`${this.label(name)}[${index}]`, pair);
    return pairs as [string, string][];
  }

  /** Refuses a value that could not stand in a header. */
  headerValue(name: string, value: string): void {
    const problem = headerValueProblem(name, value);
    if (problem !== undefined) this.fail(`${this.label(name)}: ${problem}`);
  }

  #headerPair(label: string, pair: unknown): void {
    if (!Array.isArray(pair) || pair.length !== 2) {
      this.fail(`${label} is ${show(pair)}, but must be a [name, value] pair`);
    }
    const [name, value] = pair as [unknown, unknown];
    if (typeof name !== 'string') this.fail(`${label} has the name ${show(name)}, but it must be a string`);
    if (typeof value !== 'string') {
      this.fail(`${label} has the value ${show(value)} for ${quote(name)}, but it must be a string`);
    }
    const problem = headerNameProblem(name) ?? headerValueProblem(name, value);
    if (problem !== undefined) this.fail(`${label}: ${problem}`);
  }

  label(name: string): string {
    return `${this.type}.${name}`;
  }

  mustBe(name: string, what: string): never {
    const value = this.#values[name];
    if (value === undefined) this.fail(`${this.label(name)} is missing: it must be ${what}`);
    this.fail(`${this.label(name)} is ${show(value)}, but must be ${what}`);
  }

  fail(problem: string): never {
    throw new ContractViolation(this.#side, problem);
  }
}

/** A value as it stands in a message: short, and on one line. */
export function show(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object'
    ? `an instance of ${name}`
    : 'an object';
}

function isIterableObject(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
