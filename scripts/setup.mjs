// What every command of the workspace begins with: install what the lockfile says, and build. Quick the second time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const { config } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Nothing but Node and npm need be there: npx brings pnpm. */
export const packageManager = `pnpm@${config.pnpm}`;

/** Where the workspace keeps what it can make again. */
export const cache = join(root, 'node_modules/.cache/pullo');

/** Runs a step to its end with its output on the terminal; answers whether it succeeded, and says so if it did not. */
export function step(title, command, args, options = {}) {
  console.log(`\n> ${title}`);
  const started = performance.now();
  const { status, error, signal } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (status === 0) {
    console.log(`  done in ${seconds} s`);
    return true;
  }
  const why = error?.message ?? (signal === null ? `exit code ${status}` : `signal ${signal}`);
  console.error(`\nFAILED: ${title} (${[command, ...args].join(' ')}: ${why})`);
  return false;
}

/** Runs a tool that the workspace has installed. */
export function tool(title, name, args, options) {
  return step(title, join(root, 'node_modules/.bin', name), args, options);
}

/** Installs and builds; ends the process where that fails. */
export function setUp() {
  if (!install() || !tool('build', 'tsc', ['-b'])) process.exit(1);
}

/** pnpm is not asked again while the lockfile and all manifests are those that it has installed. */
function install() {
  const stamp = join(cache, 'installed');
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return true;
  if (!step('install', 'npx', ['--yes', packageManager, 'install', '--frozen-lockfile'])) return false;
  mkdirSync(cache, { recursive: true });
  writeFileSync(stamp, wanted);
  return true;
}

function fingerprint() {
  const hash = createHash('sha256');
  const manifests = ['packages', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name, 'package.json')),
  );
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests]) {
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}
