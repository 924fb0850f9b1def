/** Fields as the platform's `Response` takes them. A plain object costs half of what `Headers` does, but has no room for two fields of a name. */
export function webFields(flat: readonly string[]): Record<string, string> | globalThis.Headers {
  const fields: Record<string, string> = {};
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string;
    // Also for a name such as `constructor`, which every object has.
    if (name in fields) return webHeaders(flat);
    fields[name] = flat[i + 1] as string;
  }
  return fields;
}

function webHeaders(flat: readonly string[]): globalThis.Headers {
  const headers = new globalThis.Headers();
  for (let i = 0; i < flat.length; i += 2) headers.append(flat[i] as string, flat[i + 1] as string);
  return headers;
}
