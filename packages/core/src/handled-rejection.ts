/** A rejection that is no unhandled one where nobody awaits it, as `send` gives it. */
export function handledRejection(error: unknown): Promise<never> {
  const rejection = Promise.reject(error);
  rejection.catch(() => {});
  return rejection;
}
