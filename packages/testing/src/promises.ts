/** A rejection that nobody needs to wait for: what `send` gives to apps that do not wait. */
export function handled(error: unknown): Promise<void> {
  const rejected = Promise.reject(error);
  rejected.catch(() => {});
  return rejected;
}
