/** Whether a value is a response of the Fetch standard, of this realm or a polyfill. */
export function isWebResponse(value: unknown): value is globalThis.Response {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.prototype.toString.call(value) === '[object Response]' &&
    'headers' in value
  );
}
