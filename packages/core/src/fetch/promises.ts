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

/** Whether a promise settles in time, which is in milliseconds. It must not reject. */
export async function settlesWithin(promise: Promise<unknown>, timeout: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, timeout, false);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

function ignore(): void {}
