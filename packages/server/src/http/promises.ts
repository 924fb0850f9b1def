/** A rejected promise that nobody has to handle: `send` gives it to apps that do not wait. */
export function handledRejection(error: unknown): Promise<void> {
  const promise = Promise.reject(error);
  promise.catch(ignore);
  return promise;
}

/** What an app has returned, as a promise that tells once how it went, whatever it is; null if the app has come back already. */
export function callOf(result: unknown): Promise<unknown> | null {
  return typeof result === 'object' && result !== null ? Promise.resolve(result) : null;
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
