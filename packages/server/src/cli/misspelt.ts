import type { OptionTable } from '../option-table.js';
import { variablesBySpelling } from './flags.js';
import { nearest } from './nearest.js';

const PREFIX = 'PULLO_';
/** What is no option: the app, and what a parent tells its workers. */
const OTHERS = ['PULLO_APP', 'PULLO_WORKER_ID', 'PULLO_HELD_ADDRESS'];

/**
 * What to say of variables that look like options and are none: `PULLO_PROT=1` would be passed by without a word. Others that begin
 * with `PULLO_` may be the app's, and are.
 */
export function misspelt<Options>(table: OptionTable<Options>, environment: NodeJS.ProcessEnv): string[] {
  const known = variablesBySpelling(table);
  for (const name of OTHERS) known.set(name, name);
  const stems = new Map([...known].map(([spelt, meant]) => [spelt.slice(PREFIX.length), meant]));
  const warnings: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    const spelling = name.toUpperCase();
    if (!spelling.startsWith(PREFIX) || known.get(name) === name || value === '') continue;
    const stem = nearest(spelling.slice(PREFIX.length), stems.keys());
    if (stem !== null)
      warnings.push(`${name} is not a variable of pullo's: did you mean ${stems.get(stem)}?`);
  }
  return warnings;
}
