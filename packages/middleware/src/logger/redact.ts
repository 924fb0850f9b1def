import type { Headers } from '@pullo/core';

/** Fields that hold credentials: never shown, whatever is asked for. */
const SECRET = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key'];

/** Picks the fields of a request that a log may have. */
export type HeaderPicker = (headers: Headers) => Readonly<Record<string, string>>;

/** A picker of the fields named, or of all; those of `secret` and the ones that always hold credentials are there as `[redacted]`. */
export function headerPicker(names: readonly string[] | 'all', secret: readonly string[]): HeaderPicker {
  const hidden = new Set([...SECRET, ...secret.map((name) => name.toLowerCase())]);
  const show = (name: string, value: string) => (hidden.has(name) ? '[redacted]' : value);
  if (names === 'all') {
    return (headers) => Object.fromEntries(Array.from(headers, ([name, value]) => [name, show(name, value)]));
  }
  const wanted = names.map((name) => name.toLowerCase());
  return (headers) =>
    Object.fromEntries(
      wanted.flatMap((name) => {
        const value = headers.get(name);
        return value === null ? [] : [[name, show(name, value)]];
      }),
    );
}
