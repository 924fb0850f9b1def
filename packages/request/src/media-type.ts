/** A media type with its parameters: names in lower case, quotes taken off the values. */
export interface MediaType {
  /** Such as `text/html`, in lower case. */
  readonly essence: string;
  /** Of a name that stands there twice, the first. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Whether a name stands there twice: the next program may take the other. */
  readonly isAmbiguous: boolean;
}

const ESSENCE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+\/[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** One parameter, at a place: `; name=token` or `; name="quoted"` (RFC 9110, section 5.6.6). The classes do not overlap, so it is linear. */
const PARAMETER = /;[\t ]*(?:([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\t ;"]*)))?[\t ]*/y;

/** The essence alone of a `Content-Type`, for those who need no parameters. */
export function essenceOf(value: string | null): string | null {
  if (value === null || value === 'application/json') return value;
  const semicolon = value.indexOf(';');
  const essence = (semicolon === -1 ? value : value.slice(0, semicolon)).trim().toLowerCase();
  return ESSENCE.test(essence) ? essence : null;
}

/** Reads a `Content-Type` (RFC 9110, section 8.3.1); `null` where it has no type that could be read. */
export function parseMediaType(value: string | null): MediaType | null {
  const essence = essenceOf(value);
  if (value === null || essence === null) return null;
  const semicolon = value.indexOf(';');
  const parameters = new Map<string, string>();
  let isAmbiguous = false;
  PARAMETER.lastIndex = semicolon === -1 ? value.length : semicolon;
  for (let match = PARAMETER.exec(value); match !== null; match = PARAMETER.exec(value)) {
    const name = match[1]?.toLowerCase();
    if (name === undefined) continue;
    if (parameters.has(name)) isAmbiguous = true;
    else parameters.set(name, match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? '');
  }
  return { essence, parameters, isAmbiguous };
}

// Whether an essence is of a kind: text/html, text/*, */* (which would end a doc comment), or a suffix such as +json.
export function matchesMediaType(essence: string, kind: string): boolean {
  const wanted = kind.toLowerCase();
  if (wanted === '*/*') return true;
  if (wanted.startsWith('+')) return essence.endsWith(wanted);
  if (wanted.endsWith('/*')) return essence.startsWith(wanted.slice(0, -1));
  return essence === wanted;
}

/** `application/json` and everything that ends in `+json` (RFC 6839). */
export function isJSON(essence: string): boolean {
  return essence === 'application/json' || essence.endsWith('+json');
}
