import type { HeaderList, Headers } from '@pullo/asgi';

/**
 * Adds names to `vary`, each once, whatever its case: what a cache must compare besides the URL (RFC 9110, section 12.5.5).
 *
 * @example
 * ```ts
 * import { addVary, Response } from '@pullo/response';
 *
 * const response = new Response('Hei!', { headers: { vary: 'Accept-Encoding' } });
 * addVary(response.headers, 'Accept-Language');
 * response.headers.get('vary'); // 'Accept-Encoding, Accept-Language'
 * ```
 */
export function addVary(headers: Headers | HeaderList, ...names: readonly string[]): void {
  const present = namesIn(headers.get('vary') ?? '');
  const all = new Map(present.map((name) => [name.toLowerCase(), name]));
  if (all.has('*')) return;
  for (const name of names) {
    if (!all.has(name.toLowerCase())) all.set(name.toLowerCase(), name);
  }
  headers.set('vary', all.has('*') ? '*' : [...all.values()].join(', '));
}

function namesIn(value: string): string[] {
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
