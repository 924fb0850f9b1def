import { MAX_DELAY } from './option-kinds.js';

/** A timer, unless the time is without limit. */
export function timeout(milliseconds: number, callback: () => void): NodeJS.Timeout | undefined {
  if (milliseconds === Number.POSITIVE_INFINITY) return undefined;
  return setTimeout(callback, Math.min(milliseconds, MAX_DELAY));
}
