/** Whether an app has said that it does not serve what it was called for; also by the error of another copy of the contract's package. */
export function isUnsupportedScope(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_UNSUPPORTED_SCOPE';
}
