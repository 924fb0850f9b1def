// The tests of pages need a browser. Where there is none and apt-get may install one, it does.
import { existsSync } from 'node:fs';
import { step } from './setup.mjs';

const DEBIANS = '/usr/bin/chromium';

/** Whether there is a Chromium for the tests: the one that PULLO_CHROMIUM names, or Debian's. */
export function setUpBrowser() {
  const { PULLO_CHROMIUM } = process.env;
  if (existsSync(PULLO_CHROMIUM ?? DEBIANS)) return true;
  if (PULLO_CHROMIUM === undefined && existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    const update = ['-qq', 'update'];
    const install = ['-qq', 'install', '--yes', '--no-install-recommends', 'chromium'];
    const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    return (
      step('package lists', 'apt-get', update, options) &&
      step('install Chromium', 'apt-get', install, options)
    );
  }
  console.error(
    `\nFAILED: there is no Chromium at ${PULLO_CHROMIUM ?? DEBIANS}, which the tests of pages need.`,
  );
  console.error('Install one and say where it is: PULLO_CHROMIUM=/path/to/chromium npm test');
  return false;
}
