import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { InvalidOption } from '../errors.js';

/** The variables of a file, of which none is set already in `environment`. Throws `InvalidOption` if it cannot be read. */
export function readEnvFile(path: string, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const file = resolve(path);
  try {
    // A byte order mark would become a part of the first name.
    const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
    const variables = Object.entries(parseEnv(text));
    return Object.fromEntries(variables.filter(([name]) => environment[name] === undefined));
  } catch (error) {
    throw new InvalidOption(`Cannot read the env file ${file}: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}
