const KiB = 1024;
const MiB = 1024 * KiB;

/** The limit of a reader that keeps the whole body in memory. */
export interface BodyLimits {
  /** The most bytes that the body may have. Default: 1 MiB. `Number.POSITIVE_INFINITY` leaves it to the server's limit. */
  maxBytes?: number | undefined;
}

/** The limits of forms: each that is passed is a `ContentTooLarge`, a 413, that names it. */
export interface FormLimits {
  /** The most bytes that the whole body may have. Default: 32 MiB. */
  maxBytes?: number | undefined;
  /** The most bytes that one file may have. Default: 16 MiB. */
  maxFileBytes?: number | undefined;
  /** How many bytes of a file are kept in memory before it is spilled; without a file store, the most it may have. Default: 1 MiB. */
  maxFileMemoryBytes?: number | undefined;
  /** The most files. Default: 1,000. */
  maxFiles?: number | undefined;
  /** The most fields that are not files. Default: 1,000. */
  maxFields?: number | undefined;
  /** The most bytes that one field may have, its name not counted. Default: 1 MiB. */
  maxFieldBytes?: number | undefined;
  /** The most bytes that the headers of one part may have. Default: 16 KiB. */
  maxHeaderBytes?: number | undefined;
}

/** `FormLimits` with all its members. */
export type EffectiveFormLimits = { readonly [Name in keyof FormLimits]-?: number };

const FORM_DEFAULTS: EffectiveFormLimits = {
  maxBytes: 32 * MiB,
  maxFileBytes: 16 * MiB,
  maxFileMemoryBytes: 1 * MiB,
  maxFiles: 1000,
  maxFields: 1000,
  maxFieldBytes: 1 * MiB,
  maxHeaderBytes: 16 * KiB,
};

/** The limits of a call over those of the instance over the defaults. */
export function formLimits(
  call: FormLimits | undefined,
  instance: FormLimits | undefined,
): EffectiveFormLimits {
  const pick = (name: keyof FormLimits) => call?.[name] ?? instance?.[name] ?? FORM_DEFAULTS[name];
  return {
    maxBytes: pick('maxBytes'),
    maxFileBytes: pick('maxFileBytes'),
    maxFileMemoryBytes: pick('maxFileMemoryBytes'),
    maxFiles: pick('maxFiles'),
    maxFields: pick('maxFields'),
    maxFieldBytes: pick('maxFieldBytes'),
    maxHeaderBytes: pick('maxHeaderBytes'),
  };
}

export const DEFAULT_MAX_BYTES = 1 * MiB;

/** Mebibytes read better than bytes in a message, where the number is round. */
export function sizeText(bytes: number): string {
  if (bytes >= MiB && bytes % MiB === 0) return `${bytes / MiB} MiB`;
  if (bytes >= KiB && bytes % KiB === 0) return `${bytes / KiB} KiB`;
  return `${bytes} bytes`;
}
