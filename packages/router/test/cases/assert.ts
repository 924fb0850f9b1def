/** One sentence about behaviour, and a function that throws where it does not hold. */
export interface Case {
  readonly title: string;
  readonly run: () => void;
}

/** Values as text that differs where they do: types, `undefined` and -0 included, prototypes not. */
function print(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(print).join(', ')}]`;
  if (value instanceof Date) return `Date(${value.toISOString()})`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, each]) => `${JSON.stringify(key)}: ${print(each)}`)
      .join(', ')} }`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Throws if two values differ. */
export function equal(actual: unknown, expected: unknown): void {
  if (print(actual) !== print(expected)) throw new Error(`${print(actual)} is not ${print(expected)}`);
}

/** Throws if `run` doesn't throw an error with this code; hands the error back. */
export function throws(run: () => unknown, code: string): Error & { code: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === code)
      return error as Error & { code: string };
    throw new Error(`it threw ${String(error)}, not an error with the code ${code}`);
  }
  throw new Error(`it did not throw an error with the code ${code}`);
}
