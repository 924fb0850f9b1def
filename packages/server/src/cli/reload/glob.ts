const SPECIALS = /[.+^${}()|[\]\\]/g;

/**
 * A test of paths relative to a watched folder, with `/` between their parts. In a pattern `*` and `?` stay within a part and
 * `**` does not; one without a slash is of the last part, and one that ends in a slash is of folders.
 */
export function glob(pattern: string): RegExp {
  const body = pattern.replace(/\/$/, '');
  const source = body
    .replace(SPECIALS, '\\$&')
    .replace(/\*\*\/|\*\*|\*|\?/g, (star) => TRANSLATIONS[star] ?? star);
  const start = body.includes('/') ? '^' : '(?:^|/)';
  return new RegExp(`${start}${source}${pattern.endsWith('/') ? '/' : '/?'}$`);
}

const TRANSLATIONS: Record<string, string> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };
