/** What callers without types get wrong, said at once. */
export function checkTarget(target: unknown): void {
  if (typeof target === 'function') return;
  if (typeof target === 'object' && target !== null && 'url' in target) return;
  const found = target instanceof Promise ? 'a promise: await it first' : describe(target);
  throw new TypeError(`A client needs an app, or a server with a url, but got ${found}.`);
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object without a url' : String(value);
}

/** The URL that paths are relative to. */
export function baseURL(given: string | URL): URL {
  const parsed = URL.canParse(String(given)) ? new URL(given) : null;
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return parsed;
  throw new TypeError(`Invalid baseURL "${given}": it must be a whole URL, as http://testserver.`);
}
