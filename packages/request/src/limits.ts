const KiB = 1024;
const MiB = 1024 * KiB;

/** The limit of a reader that keeps the whole body in memory. */
export interface BodyLimits {
  /** The most bytes that the body may have. Default: 1 MiB. `Number.POSITIVE_INFINITY` leaves it to the server's limit. */
  maxBytes?: number | undefined;
}

export const DEFAULT_MAX_BYTES = 1 * MiB;

/** Mebibytes read better than bytes in a message, where the number is round. */
export function sizeText(bytes: number): string {
  if (bytes >= MiB && bytes % MiB === 0) return `${bytes / MiB} MiB`;
  if (bytes >= KiB && bytes % KiB === 0) return `${bytes / KiB} KiB`;
  return `${bytes} bytes`;
}
