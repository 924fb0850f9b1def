/**
 * A script: `node --experimental-vm-modules find-syntax-error.js file` parses a module and those that it imports by their paths, and
 * runs none of them. The first that does not parse ends it, with the place that Node shows for errors that nobody catches.
 */
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SourceTextModule } from 'node:vm';

const seen = new Set<string>();

function parse(url: URL): void {
  const file = fileURLToPath(url);
  if (seen.has(file) || !['.js', '.mjs'].includes(extname(file))) return;
  seen.add(file);
  const { dependencySpecifiers } = new SourceTextModule(readFileSync(file, 'utf8'), { identifier: file });
  for (const specifier of dependencySpecifiers) {
    if (/^\.{0,2}\//.test(specifier)) parse(new URL(specifier, url));
  }
}

parse(pathToFileURL(process.argv[2] ?? ''));
