/** One element of a `Forwarded` field: what one proxy says of the request that came to it. Names are in lower case. */
export type ForwardedElement = ReadonlyMap<string, string>;

const PAIR = /[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]+))[ \t]*/y;
const SEPARATOR = /[ \t]*[,;][ \t]*/y;

/** The elements of a `Forwarded` field (RFC 7239, section 4), or null if it cannot be read to its end. */
export function parseForwarded(value: string): ForwardedElement[] | null {
  const elements: ForwardedElement[] = [];
  let element = new Map<string, string>();
  let position = 0;
  while (position < value.length) {
    PAIR.lastIndex = position;
    const pair = PAIR.exec(value);
    if (pair !== null) {
      const name = (pair[1] as string).toLowerCase();
      if (element.has(name)) return null;
      element.set(name, pair[2]?.replace(/\\(.)/g, '$1') ?? (pair[3] as string));
      position = PAIR.lastIndex;
      if (position === value.length) break;
    }
    SEPARATOR.lastIndex = position;
    const separator = SEPARATOR.exec(value);
    if (separator === null) return null;
    position = SEPARATOR.lastIndex;
    if (separator[0].includes(',')) {
      if (element.size > 0) elements.push(element);
      element = new Map();
    }
  }
  if (element.size > 0) elements.push(element);
  return elements;
}
