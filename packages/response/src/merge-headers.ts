import { HeaderList, type Headers, type HeadersInit } from '@pullo/asgi';
import { addVary } from './vary.js';

/**
 * Sets the fields of `source` on `target`, as defaults and error handlers do: `set-cookie` is added to what is there, `vary` is joined,
 * everything else is replaced, repeated fields as a whole. Throws `InvalidHeader`.
 *
 * @example
 * ```ts
 * import { mergeHeaders, Response } from '@pullo/response';
 *
 * const response = new Response('Hei!');
 * mergeHeaders(response.headers, { 'cache-control': 'no-store', vary: 'Cookie' });
 * ```
 */
export function mergeHeaders(target: Headers | HeaderList, source: HeadersInit): void {
  const fields = new HeaderList(source);
  const replaced = new Set<string>();
  for (const [name, value] of fields) {
    if (name === 'vary') addVary(target, ...value.split(',').map((text) => text.trim()));
    else if (name === 'set-cookie' || replaced.has(name)) target.append(name, value);
    else target.set(name, value);
    replaced.add(name);
  }
}
