/**
 * Whether a value is to be waited for. Not `instanceof Promise`: the query of a database library is often a thenable of its own, and
 * would be taken for a user, or for a yes.
 */
export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
