/** One element of an `Accept*` header: a range and its weight, 0 to 1. */
interface Weighted {
  readonly range: string;
  readonly parameters: readonly string[];
  readonly q: number;
}

/** How closely a range fits an offer, which is in lower case: 0 if not at all. */
type Specificity = (weighted: Weighted, offer: string) => number;

const QVALUE = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;
/** Less than any weight that a client can give. */
const LAST = 0.0001;

/**
 * The media types of `offers` that the client takes, the one it likes best first; between equals the order of `offers` counts
 * (RFC 9110, section 12.5.1). Without the header, all.
 *
 * @example
 * ```ts
 * import { acceptedTypes } from '@pullo/asgi/http';
 *
 * acceptedTypes('text/*;q=0.5, application/json', ['text/html', 'application/json']); // ['application/json', 'text/html']
 * ```
 */
export function acceptedTypes<const T extends string>(header: string | null, offers: readonly T[]): T[] {
  return ranked(orAny(header), offers, typeSpecificity);
}

/**
 * The content codings of `offers` that the client takes, the one it likes best first; between equals the order of `offers` counts
 * (RFC 9110, section 12.5.3). `identity` comes last where it is neither named nor excluded.
 *
 * Without the header only `identity` is taken: the RFC would allow any coding, but clients that do not send it do not decode.
 *
 * @example
 * ```ts
 * import { acceptedEncodings } from '@pullo/asgi/http';
 *
 * acceptedEncodings('gzip, br;q=0.5', ['br', 'gzip', 'identity']); // ['gzip', 'br', 'identity']
 * ```
 */
export function acceptedEncodings<const T extends string>(header: string | null, offers: readonly T[]): T[] {
  return ranked(header ?? '', offers, codingSpecificity, (coding) => (coding === 'identity' ? LAST : 0));
}

/**
 * The languages of `offers` that the client takes, the one it likes best first; between equals the order of `offers` counts
 * (RFC 9110, section 12.5.4; RFC 4647, section 3.4, lookup in both directions). Without the header, all.
 *
 * @example
 * ```ts
 * import { acceptedLanguages } from '@pullo/asgi/http';
 *
 * acceptedLanguages('de-AT, en;q=0.5', ['en', 'fi', 'de']); // ['de', 'en']
 * ```
 */
export function acceptedLanguages<const T extends string>(header: string | null, offers: readonly T[]): T[] {
  return ranked(orAny(header), offers, languageSpecificity);
}

function orAny(header: string | null): string {
  return header === null || header.trim() === '' ? '*' : header;
}

/**
 * The offers by their weight. The weight of an offer is that of the most specific range that fits it, so that
 * `text/html;q=0` excludes HTML although `*` would take it.
 */
function ranked<T extends string>(
  header: string,
  offers: readonly T[],
  specificity: Specificity,
  unmentioned: (offer: string) => number = () => 0,
): T[] {
  const ranges = parseWeighted(header);
  const weighted = offers.map((offer) => {
    const key = offer.toLowerCase();
    return { offer, q: weightOf(key, ranges, specificity) ?? unmentioned(key) };
  });
  const taken = weighted.filter(({ q }) => q > 0).sort((a, b) => b.q - a.q);
  return taken.map(({ offer }) => offer);
}

function weightOf(offer: string, ranges: readonly Weighted[], specificity: Specificity): number | undefined {
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

function typeSpecificity({ range, parameters }: Weighted, offer: string): number {
  const [essence = '', ...offered] = offer.split(';').map((text) => text.trim());
  if (range === '*/*' || range === '*') return 1;
  if (range.endsWith('/*')) return essence.startsWith(range.slice(0, -1)) ? 2 : 0;
  if (range !== essence) return 0;
  return parameters.every((parameter) => offered.includes(parameter)) ? 3 + parameters.length : 0;
}

function codingSpecificity({ range }: Weighted, offer: string): number {
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
