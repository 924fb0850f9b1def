import type { HTTPScope } from '@pullo/asgi';

/** The extension of a scope that carries what the host of `fetch` has handed over. */
export const PLATFORM = 'pullo.platform';

const NONE: readonly unknown[] = Object.freeze([]);

/** What the host has handed over; nothing on a server that is no host of `fetch`. */
export function platformOf({ extensions }: Pick<HTTPScope, 'extensions'>): readonly unknown[] {
  const platform = extensions[PLATFORM];
  return Array.isArray(platform) ? platform : NONE;
}
