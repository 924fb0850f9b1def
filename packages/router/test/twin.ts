// The rules of the router, written down as plainly as can be: every route is tried, every way to read a segment is tried, and
// the matches are compared segment by segment. It shares no code with the router and reads no pattern text.

export interface TwinParam {
  readonly name: string;
  readonly constraint?: string;
}

/** A literal text (decoded, of characters that need no escape or are not ASCII) or a parameter. */
export type TwinPart = string | TwinParam;

export type TwinSegment =
  | { readonly kind: 'parts'; readonly parts: readonly TwinPart[] }
  | { readonly kind: 'optional'; readonly param: TwinParam }
  | { readonly kind: 'rest'; readonly name: string };

export interface TwinRoute {
  readonly method: string;
  readonly segments: readonly TwinSegment[];
}

const KINDS: Readonly<Record<string, { rank: number; test: RegExp; value: (text: string) => unknown }>> = {
  int: { rank: 0, test: /^-?\d{1,15}$/, value: (text) => Number(text) + 0 },
  float: { rank: 2, test: /^-?\d+(\.\d+)?$/, value: (text) => Number(text) + 0 },
  slug: { rank: 3, test: /^[A-Za-z0-9_-]+$/, value: (text) => text },
  'a.*': { rank: 4, test: /^(?:a.*)$/u, value: (text) => text },
  '.*b': { rank: 4, test: /^(?:.*b)$/u, value: (text) => text },
};
const PLAIN_RANK = 5;

/** How the pattern of a route is written. */
export function patternText(segments: readonly TwinSegment[]): string {
  return segments.map((segment) => `/${segmentText(segment)}`).join('');
}

function segmentText(segment: TwinSegment): string {
  if (segment.kind === 'rest') return segment.name === '*' ? '*' : `*${segment.name}`;
  if (segment.kind === 'optional') return `${paramText(segment.param)}?`;
  return segment.parts
    .map((part, i) => {
      if (typeof part !== 'string') return paramText(part);
      // So that the text is not taken for more of the name before it.
      return i > 0 ? `\\${part}` : part;
    })
    .join('');
}

function paramText({ name, constraint }: TwinParam): string {
  return constraint === undefined ? `:${name}` : `:${name}(${constraint})`;
}

/** What is the same for segments that match the same texts. */
export function segmentIdentity(segment: TwinSegment): string {
  if (segment.kind === 'rest') return 'rest';
  if (segment.kind === 'optional') return `optional ${segment.param.constraint ?? ''}`;
  return JSON.stringify(
    segment.parts.map((part) => (typeof part === 'string' ? part : [part.constraint ?? ''])),
  );
}

export interface TwinMatch {
  readonly route: TwinRoute;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The route that must be found. */
export function twinMatch(routes: readonly TwinRoute[], method: string, path: string): TwinMatch | undefined {
  const serving = routes.filter((route) => priority(route.method, method) > 0);
  const matches = serving.flatMap((route) => {
    const params = matchRoute(route.segments, path);
    return params === undefined ? [] : [{ route, params }];
  });
  const depth = path.split('/').length - 1;
  return matches.sort((a, b) => compareRoutes(a.route, b.route, serving, method, depth))[0];
}

function priority(own: string, requested: string): number {
  if (own === requested) return 3;
  if (own === 'GET' && requested === 'HEAD') return 2;
  return own === '*' ? 1 : 0;
}

function matchRoute(segments: readonly TwinSegment[], path: string): Record<string, unknown> | undefined {
  const texts = path.split('/').slice(1);
  const params: [string, unknown][] = [];
  for (const [i, segment] of segments.entries()) {
    const text = texts[i];
    if (segment.kind === 'rest') {
      if (text === undefined) return undefined;
      return fromEntries([...params, [segment.name, decodeURIComponent(texts.slice(i).join('/'))]]);
    }
    const isAbsent = text === undefined || (text === '' && path === '/');
    if (segment.kind === 'optional' && isAbsent) return fromEntries(params);
    if (text === undefined) return undefined;
    const parts = segment.kind === 'optional' ? [segment.param] : segment.parts;
    const values = matchParts(parts, unitsOf(text));
    if (values === undefined) return undefined;
    params.push(...values);
  }
  return texts.length > segments.length ? undefined : fromEntries(params);
}

function fromEntries(entries: readonly [string, unknown][]): Record<string, unknown> {
  return Object.fromEntries(entries);
}

/** The characters of an encoded text, each with its escapes; `!` before those that were escaped without need to be. */
function unitsOf(text: string): readonly string[] {
  return text.match(/(?:%[C-F].(?:%[89AB].)+)|%..|[^%]/g) ?? [];
}

/** The first way to cut a segment, each parameter as short as can be before the next. */
function matchParts(parts: readonly TwinPart[], units: readonly string[]): [string, unknown][] | undefined {
  const [part, ...others] = parts;
  if (part === undefined) return units.length === 0 ? [] : undefined;
  if (typeof part === 'string') {
    const encoded = [...part].map((char) => encodeURIComponent(char));
    if (encoded.some((unit, i) => units[i] !== unit)) return undefined;
    return matchParts(others, units.slice(encoded.length));
  }
  for (let length = 1; length <= units.length; length++) {
    const value = valueIn(part, decodeURIComponent(units.slice(0, length).join('')));
    const rest = value === undefined ? undefined : matchParts(others, units.slice(length));
    if (rest !== undefined) return [[part.name, value], ...rest];
  }
  return undefined;
}

function valueIn({ constraint }: TwinParam, text: string): unknown {
  if (constraint === undefined) return text;
  const kind = KINDS[constraint];
  return kind?.test.test(text) ? kind.value(text) : undefined;
}

/** Below 0 if `a` is to be found before `b`. */
function compareRoutes(
  a: TwinRoute,
  b: TwinRoute,
  serving: readonly TwinRoute[],
  method: string,
  depth: number,
): number {
  for (let i = 0; i <= depth; i++) {
    const bySegment = compareSegments(a, b, i, serving);
    if (bySegment !== 0) return bySegment;
  }
  return priority(b.method, method) - priority(a.method, method);
}

function compareSegments(a: TwinRoute, b: TwinRoute, i: number, serving: readonly TwinRoute[]): number {
  const [aRanks, bRanks] = [ranks(a.segments[i]), ranks(b.segments[i])];
  for (let r = 0; r < Math.max(aRanks.length, bRanks.length); r++) {
    const [x, y] = [aRanks[r] ?? -1, bRanks[r] ?? -1];
    if (x !== y) return x < y ? -1 : 1;
  }
  return firstWith(a, i, serving) - firstWith(b, i, serving);
}

/** Of routes that begin with the same segments, the first to be registered speaks for them all. */
function firstWith(route: TwinRoute, i: number, serving: readonly TwinRoute[]): number {
  const identity = route.segments
    .slice(0, i + 1)
    .map(segmentIdentity)
    .join('/');
  return serving.findIndex(
    (other) =>
      other.segments
        .slice(0, i + 1)
        .map(segmentIdentity)
        .join('/') === identity,
  );
}

/** What a segment is compared by, the lower first. */
function ranks(segment: TwinSegment | undefined): readonly (number | string)[] {
  if (segment === undefined) return [0];
  if (segment.kind === 'rest') return [6];
  const rank = ({ constraint }: TwinParam) =>
    constraint === undefined ? PLAIN_RANK : (KINDS[constraint]?.rank ?? 0);
  if (segment.kind === 'optional') return [4, rank(segment.param)];
  const params = segment.parts.filter((part) => typeof part !== 'string');
  const literals = literalsOf(segment.parts);
  const [only] = params;
  if (only === undefined) return [0];
  if (segment.parts.length === 1) return only.constraint === undefined ? [3] : [2, rank(only)];
  return [
    1,
    -literals.join('').length,
    -(literals[0] ?? '').length,
    params.length,
    ...params.map(rank),
    literals.join('/'),
  ];
}

/** The encoded texts before, between and after the parameters. */
function literalsOf(parts: readonly TwinPart[]): readonly string[] {
  const literals = [''];
  for (const part of parts) {
    if (typeof part === 'string') literals[literals.length - 1] += encodeURIComponent(part);
    else literals.push('');
  }
  return literals;
}
