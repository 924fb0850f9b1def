import type { HeaderPairs } from '@pullo/asgi';

interface LookUp {
  get(name: string): string | null;
}

/** Whether one field can be had without making a list of all, as of a `HeaderList` and of what stands for Fetch's `Headers`. */
export function canLookUp(headers: HeaderPairs): headers is HeaderPairs & LookUp {
  // A map knows names as they were written.
  return 'get' in headers && typeof headers.get === 'function' && !(headers instanceof Map);
}
