import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LoadFailed } from './load-failed.js';

const INSTALL = 'npm install --save-dev tsx';

export function isTypeScript(file: string): boolean {
  return ['.ts', '.mts', '.cts'].includes(extname(file));
}

/**
 * Makes `import` take TypeScript: with `tsx` where the app has it, which knows decorators and enums too, else with what Node
 * does by itself. Modules are loaded into the one graph of the process, so that a package is not there twice.
 */
export async function enableTypeScript(file: string): Promise<void> {
  const tsx = resolveTsx(file);
  if (tsx !== null) {
    await import(pathToFileURL(tsx).href);
    return;
  }
  if (stripsTypes()) return;
  throw new LoadFailed(
    `Cannot load ${file}: Node ${process.versions.node} does not run TypeScript by itself. Install tsx where the app is: ${INSTALL}`,
  );
}

/** What to add to the message of a module that did not load. */
export function explainTypeScript(error: unknown, file: string): string {
  if (resolveTsx(file) !== null || !(error instanceof SyntaxError)) return '';
  return ` with the TypeScript of Node itself, which only strips types (decorators and enums need tsx: ${INSTALL})`;
}

/** What `node --import tsx` loads, resolved as the app would, or null. */
function resolveTsx(file: string): string | null {
  try {
    return createRequire(file).resolve('tsx');
  } catch {
    return null;
  }
}

function stripsTypes(): boolean {
  return 'typescript' in process.features && Boolean(process.features.typescript);
}
