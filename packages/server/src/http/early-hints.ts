import { HeaderList } from '@pullo/asgi';
import { violation } from './misuse.js';

/** A link has a target, and may have parameters after it (RFC 8288, section 3). */
const LINK = /^<[^<>\s]+>\s*(?:;|,|$)/;

/** The fields of a 103 with these links, flat. Throws `InvalidHeader` and `ContractViolation`. */
export function linkFields(links: Iterable<string>): string[] {
  if (typeof links === 'string' || typeof links?.[Symbol.iterator] !== 'function') {
    throw violation('http.response.early_hint.links must be an array of strings');
  }
  const list = new HeaderList();
  for (const link of links) {
    list.append('link', link);
    if (LINK.test(link)) continue;
    throw violation(
      `http.response.early_hint has the link ${JSON.stringify(link)}: it must be such as "</style.css>; rel=preload"`,
    );
  }
  return [...list.flat];
}
