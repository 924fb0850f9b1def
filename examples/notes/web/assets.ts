import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** The style sheets, the script and the icon. */
export const ASSETS = new URL('../assets/', import.meta.url);

const hashes = new Map(readdirSync(ASSETS).map((name) => [name, hashOf(name)]));

/** The URL of a file in `assets/`. It changes with what is in the file, so that browsers may keep it for ever. */
export function asset(name: string): string {
  const hash = hashes.get(name);
  if (hash === undefined) throw new Error(`There is no ${name} in assets/.`);
  return `/assets/${name}?v=${hash}`;
}

function hashOf(name: string): string {
  return createHash('sha256')
    .update(readFileSync(new URL(name, ASSETS)))
    .digest('hex')
    .slice(0, 12);
}
