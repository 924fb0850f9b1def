const PRINTABLE = /^[\x20-\x7e]*$/;

/** A challenge of `WWW-Authenticate`: a scheme and its parameters as quoted strings (RFC 9110, section 11.6.1). Throws `TypeError`. */
export function challenge(scheme: string, params: Readonly<Record<string, string>>): string {
  const list = Object.entries(params).map(([name, value]) => `${name}=${quoted(name, value)}`);
  return `${scheme} ${list.join(', ')}`;
}

function quoted(name: string, value: string): string {
  if (PRINTABLE.test(value)) return `"${value.replace(/["\\]/g, '\\$&')}"`;
  throw new TypeError(
    `Invalid ${name} ${JSON.stringify(value)}: it goes into a header, so write it in printable ASCII.`,
  );
}
