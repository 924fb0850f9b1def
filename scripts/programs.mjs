// Some tests need programs that npm does not bring. Where one is missing and apt-get may install it, this does.
import { existsSync } from 'node:fs';
import { step } from './setup.mjs';

/** Each is Debian's, unless its variable names another. */
const PROGRAMS = [
  {
    name: 'Chromium',
    package: 'chromium',
    path: '/usr/bin/chromium',
    variable: 'PULLO_CHROMIUM',
    tests: 'pages',
  },
  {
    name: 'nginx',
    package: 'nginx',
    path: '/usr/sbin/nginx',
    variable: 'PULLO_NGINX',
    tests: 'the server behind a proxy',
  },
  {
    name: 'openssl',
    package: 'openssl',
    path: '/usr/bin/openssl',
    variable: 'PULLO_OPENSSL',
    tests: 'a proxy that speaks TLS',
  },
];

/** Whether all programs that the tests need are there by now; says how to get those that are not. */
export function setUpPrograms() {
  install(PROGRAMS.filter((program) => !isThere(program) && process.env[program.variable] === undefined));
  const missing = PROGRAMS.filter((program) => !isThere(program));
  for (const { name, path, variable, tests } of missing) {
    console.error(
      `\nFAILED: there is no ${name} at ${process.env[variable] ?? path}, which the tests of ${tests} need.`,
    );
    console.error(`Install it and say where it is: ${variable}=/path/to/it npm test`);
  }
  return missing.length === 0;
}

function isThere({ path, variable }) {
  return existsSync(process.env[variable] ?? path);
}

function install(programs) {
  if (programs.length === 0 || !existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return;
  const packages = programs.map((program) => program.package);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  if (!step('package lists', 'apt-get', ['-qq', 'update'], options)) return;
  const args = ['-qq', 'install', '--yes', '--no-install-recommends', ...packages];
  step(`install ${packages.join(', ')}`, 'apt-get', args, options);
}
