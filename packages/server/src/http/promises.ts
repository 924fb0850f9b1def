/** A rejected promise that nobody has to handle: `send` gives it to apps that do not wait. */
export function handledRejection(error: unknown): Promise<void> {
  const promise = Promise.reject(error);
  promise.catch(ignore);
  return promise;
}

export function isThenable(value: unknown): value is PromiseLike<void> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function ignore(): void {}

/** A promise to settle from outside, whose rejection nobody has to handle. (`Promise.withResolvers` came with Node 22.) */
export class Deferred {
  readonly promise: Promise<void>;
  resolve: () => void = ignore;
  reject: (error: unknown) => void = ignore;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(ignore);
  }
}
