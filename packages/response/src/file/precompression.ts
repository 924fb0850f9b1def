/** A content coding that files may lie beside the original in: `app.js.br`, `app.js.zst`, `app.js.gz`. */
export type Precompression = 'br' | 'zstd' | 'gzip';

/** The ends of their names (RFC 7932, 8878 and 1952). */
export const SUFFIXES: Readonly<Record<Precompression, string>> = { br: '.br', zstd: '.zst', gzip: '.gz' };
