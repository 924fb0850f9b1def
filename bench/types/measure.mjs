import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { typedApp } from './app.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = createRequire(join(root, 'package.json')).resolve('typescript/package.json');

/** Checks the types of a generated app on one thread, and answers what the compiler says of it. Throws if the app does not compile. */
export function measureTypes(size) {
  // Inside the workspace, so that its packages are found.
  const parent = join(root, '.snippets-run');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'scale-'));
  try {
    writeFileSync(join(folder, 'app.ts'), typedApp(size));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
    const args = [measureTypes.compiler, '-p', folder, '--singleThreaded', '--extendedDiagnostics'];
    const output = execFileSync(process.execPath, args, { encoding: 'utf8' });
    return {
      checkTime: figure(output, 'Check time'),
      instantiations: figure(output, 'Instantiations'),
      types: figure(output, 'Types'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The compiler of the workspace. */
measureTypes.compiler = join(dirname(manifest), 'bin/tsc');

const project = {
  extends: '../../tsconfig.base.json',
  compilerOptions: {
    noEmit: true,
    lib: ['ES2023', 'ES2024.String', 'ESNext.Disposable', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
  },
  include: ['app.ts'],
};

function figure(output, name) {
  const found = new RegExp(`^${name}:\\s+([\\d.]+)s?$`, 'm').exec(output);
  if (found === null) throw new Error(`The compiler does not say "${name}":\n${output}`);
  return Number(found[1]);
}
