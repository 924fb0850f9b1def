export type { Case } from './run.ts';

/** Compares data by content: primitives, arrays, byte arrays and plain objects. */
export function assertEqual(actual: unknown, expected: unknown): void {
  if (isEqual(actual, expected)) return;
  throw new Error(`Expected ${print(expected)}, but got ${print(actual)}`);
}

/** What a function throws; an error if it throws nothing. */
export function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return asError(error);
  }
  throw new Error('Expected an error, but none was thrown');
}

/** What a promise rejects with; an error if it is fulfilled. */
export async function rejectionOf(promise: PromiseLike<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return asError(error);
  }
  throw new Error('Expected a rejection, but the promise was fulfilled');
}

function asError(error: unknown): Error {
  if (error instanceof Error) return error;
  throw new Error(`Expected an Error to be thrown, but got ${print(error)}`);
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isEqual(Reflect.get(a, key), Reflect.get(b, key)));
}

function print(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
