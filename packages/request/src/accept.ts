/** One element of an `Accept*` header: a range and its weight, 0 to 1. */
interface Weighted {
  readonly range: string;
  readonly parameters: readonly string[];
  readonly q: number;
}

const QVALUE = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** The type that the client likes best (RFC 9110, section 12.5.1). */
export function preferredType<T extends string>(header: string | null, types: readonly T[]): T | null {
  return preferred(header, types, typeSpecificity, () => undefined);
}

/** The coding that the client likes best (RFC 9110, section 12.5.3). */
export function preferredEncoding<T extends string>(
  header: string | null,
  encodings: readonly T[],
): T | null {
  // Without the header any coding would do, but clients that do not send it do not decode: identity is the one to send.
  if (header === null) return encodings.find((encoding) => encoding.toLowerCase() === 'identity') ?? null;
  return preferred(header, encodings, nameSpecificity, (encoding) =>
    encoding === 'identity' ? 0.001 : undefined,
  );
}

/** The language that the client likes best (RFC 9110, section 12.5.4; RFC 4647, section 3.4, lookup in both directions). */
export function preferredLanguage<T extends string>(
  header: string | null,
  languages: readonly T[],
): T | null {
  return preferred(header, languages, languageSpecificity, () => undefined);
}

/**
 * The offer with the highest weight; the earlier one between equals. The weight of an offer is that of the most specific range
 * that fits it, so that `text/html;q=0` excludes HTML although `*` would take it.
 */
function preferred<T extends string>(
  header: string | null,
  offers: readonly T[],
  specificity: (weighted: Weighted, offer: string) => number,
  unmentioned: (offer: string) => number | undefined,
): T | null {
  if (header === null || header.trim() === '') return offers[0] ?? null;
  const ranges = parseWeighted(header);
  let best: T | null = null;
  let bestQ = 0;
  for (const offer of offers) {
    const q = weightOf(offer.toLowerCase(), ranges, specificity) ?? unmentioned(offer.toLowerCase()) ?? 0;
    if (q <= bestQ) continue;
    best = offer;
    bestQ = q;
  }
  return best;
}

function weightOf(
  offer: string,
  ranges: readonly Weighted[],
  specificity: (weighted: Weighted, offer: string) => number,
): number | undefined {
  let q: number | undefined;
  let most = 0;
  for (const weighted of ranges) {
    const specific = specificity(weighted, offer);
    if (specific <= most) continue;
    most = specific;
    q = weighted.q;
  }
  return q;
}

/** 0: does not fit; the higher, the more closely it does. */
function typeSpecificity({ range, parameters }: Weighted, offer: string): number {
  const [essence = '', ...offered] = offer.split(';').map((text) => text.trim());
  if (range === '*/*' || range === '*') return 1;
  if (range.endsWith('/*')) return essence.startsWith(range.slice(0, -1)) ? 2 : 0;
  if (range !== essence) return 0;
  return parameters.every((parameter) => offered.includes(parameter)) ? 3 + parameters.length : 0;
}

function nameSpecificity({ range }: Weighted, offer: string): number {
  if (range === '*') return 1;
  return range === offer || range === `x-${offer}` ? 2 : 0;
}

/** `de` takes `de-AT`; and `de-AT`, less closely, takes an offered `de`, which is better than nothing the reader knows. */
function languageSpecificity({ range }: Weighted, offer: string): number {
  if (range === '*') return 1;
  if (range === offer) return 2 + range.length * 2;
  if (offer.startsWith(`${range}-`)) return 1 + range.length * 2;
  return range.startsWith(`${offer}-`) ? 2 : 0;
}

function parseWeighted(header: string): Weighted[] {
  const all: Weighted[] = [];
  for (const element of header.toLowerCase().split(',')) {
    const [range = '', ...rest] = element.split(';').map((text) => text.trim());
    if (range === '') continue;
    const weight = rest.find((parameter) => parameter.startsWith('q='));
    const parameters = rest.filter((parameter) => parameter !== weight && parameter !== '');
    all.push({ range, parameters, q: weight === undefined ? 1 : parseWeight(weight.slice(2)) });
  }
  return all;
}

/** A weight that cannot be read excludes: what the client meant is not known. */
function parseWeight(text: string): number {
  return QVALUE.test(text) ? Number(text) : 0;
}
