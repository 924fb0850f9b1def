import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds the packages of Pullo: `node_modules/@pullo`, or that of the workspace. */
const PACKAGES = fileURLToPath(new URL('../../../', import.meta.url));

/** Sources, and nothing else that a crafted stack could name. */
const SOURCE = /\.[cm]?[jt]sx?$/;

/** Whether a file is one that the developer writes: no package's, none of Pullo's, none of Node's. */
export function isOwnCode(file: string | undefined): file is string {
  if (file === undefined || !SOURCE.test(file) || !/^(?:[A-Za-z]:)?[\\/]/.test(file)) return false;
  const parts = file.split(/[\\/]/);
  if (parts.includes('node_modules')) return false;
  const [, folder] = relative(PACKAGES, file).split(sep);
  return !file.startsWith(PACKAGES) || !['dist', 'src', 'bin'].includes(folder ?? '');
}

/** A path as it is shown: from the working directory where it is below it. */
export function shownPath(file: string): string {
  const local = relative(process.cwd(), file);
  return file.startsWith('node:') || local.startsWith('..') ? file : local;
}
