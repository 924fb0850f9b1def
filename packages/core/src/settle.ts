/** Goes on with what a promise or thenable gives; what `proceed` throws goes to `recover` too, with one promise less than a `catch` behind. */
export function settle<T>(
  promise: PromiseLike<unknown>,
  proceed: (value: unknown) => T | Promise<T>,
  recover: (error: unknown) => T | Promise<T>,
): Promise<T> {
  return Promise.resolve(promise).then((value) => {
    try {
      return proceed(value);
    } catch (error) {
      return recover(error);
    }
  }, recover);
}

export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    value instanceof Promise ||
    (typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function')
  );
}
