import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { measureTypes } from './measure.mjs';

/**
 * What the compiler does for an app of typed routes: `node types/run.mjs`. It checks one module on one thread, with what it imports; the row
 * with one route is what the imports cost. The time is the median of the rounds; the other figures are the same each time.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const APPS = [
  { routes: 1, middleware: 1 },
  { routes: 100, middleware: 20 },
  { routes: 1000, middleware: 1 },
  { routes: 1000, middleware: 20 },
  { routes: 2000, middleware: 20 },
];

const rows = APPS.map((app) => ({ ...app, times: [], instantiations: 0, types: 0 }));
for (let round = 0; round < ROUNDS; round++) {
  for (const row of rows) {
    const { checkTime, instantiations, types } = measureTypes(row);
    row.times.push(checkTime);
    Object.assign(row, { instantiations, types });
  }
}

const compiler = execFileSync(process.execPath, [measureTypes.compiler, '--version'], { encoding: 'utf8' });
console.log(
  `Node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown processor'}; TypeScript ${compiler.trim().replace('Version ', '')}\n`,
);
console.log('| routes | middleware | check time | instantiations | types |');
console.log('|---:|---:|---:|---:|---:|');
for (const { routes, middleware, times, instantiations, types } of rows) {
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
  const figures = [routes, middleware, `${median.toFixed(2)} s`, instantiations, types];
  console.log(`| ${figures.map((figure) => figure.toLocaleString('en')).join(' | ')} |`);
}
