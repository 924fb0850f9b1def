/** Adds the fields for every response to those of the app, which win by name. Both are flat. */
export function addDefaults(headers: string[], defaults: readonly string[]): void {
  const own = headers.length;
  for (let i = 0; i < defaults.length; i += 2) {
    const name = defaults[i] as string;
    if (!hasName(headers, own, name)) headers.push(name, defaults[i + 1] as string);
  }
}

function hasName(headers: readonly string[], end: number, name: string): boolean {
  for (let i = 0; i < end; i += 2) {
    if ((headers[i] as string).toLowerCase() === name) return true;
  }
  return false;
}
