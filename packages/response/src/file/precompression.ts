/** A content coding that files may lie beside the original in: `app.js.br`, `app.js.zst`, `app.js.gz`. */
export type Precompression = 'br' | 'zstd' | 'gzip';

/** The ends of their names (RFC 7932, 8878 and 1952). */
export const SUFFIXES: Readonly<Record<Precompression, string>> = { br: '.br', zstd: '.zst', gzip: '.gz' };

const QVALUE = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** Those of `offered` that the client takes, the one it likes best first, then in the order offered (RFC 9110, section 12.5.3). */
export function acceptable(header: string | null, offered: readonly Precompression[]): Precompression[] {
  if (header === null || offered.length === 0) return [];
  const weights = parseWeights(header);
  const weightOf = (coding: Precompression) =>
    weights.get(coding) ?? weights.get(`x-${coding}`) ?? weights.get('*') ?? 0;
  return offered.filter((coding) => weightOf(coding) > 0).sort((a, b) => weightOf(b) - weightOf(a));
}

function parseWeights(header: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const element of header.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = element.split(';').map((text) => text.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    // A weight that cannot be read excludes: what the client meant is not known.
    weights.set(coding, QVALUE.test(weight) ? Number(weight) : 0);
  }
  return weights;
}
