import type { Headers } from '@pullo/core';

/** Names of fields that hold credentials, those of proxies among them (`x-amz-security-token`): never shown, whatever is asked for. */
const SECRET = /authorization|cookie|token|secret|passw|credential|session|jwt|api[-_]?key/;

/** Picks the fields of a request that a log may have. */
export type HeaderPicker = (headers: Headers) => Readonly<Record<string, string>>;

/**
 * A picker of the fields named, or of all; those of `secret` and the ones that always hold credentials are there as `[redacted]`. The
 * query of the page that a request comes from is left out, as its own is.
 */
export function headerPicker(names: readonly string[] | 'all', secret: readonly string[]): HeaderPicker {
  const hidden = new Set(secret.map((name) => name.toLowerCase()));
  const show = (name: string, value: string) => {
    if (SECRET.test(name) || hidden.has(name)) return '[redacted]';
    return name === 'referer' ? value.replace(/[?#].*$/s, '?[redacted]') : value;
  };
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
