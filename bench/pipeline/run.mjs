import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { versions } from './contenders.mjs';

/**
 * Nanoseconds of a request through 0, 1, 3 and 10 layers that do nothing: `node pipeline/run.mjs`.
 *
 * Each contender has a process of its own, anew for each round; the rounds go around the contenders. The figure is the median
 * of the rounds, of which each gives the best of its samples.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const LAYERS = [0, 1, 3, 10];
const worker = fileURLToPath(new URL('worker.mjs', import.meta.url));
const tables = { sync: ['Pullo', 'h3'], async: ['Pullo', 'h3', 'Hono', 'koa-compose'] };

console.log(
  `Node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown processor'}; ${versions.join(', ')}`,
);
for (const [kind, names] of Object.entries(tables)) {
  const rows = names.map((name) => ({ name, rounds: [] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[(round + i) % rows.length];
      row.rounds.push(
        JSON.parse(execFileSync(process.execPath, [worker, row.name, kind], { encoding: 'utf8' })),
      );
    }
  }
  console.log(`\n| ${kind} middleware, ns | per layer | 0 layers | 1 | 3 | 10 |`);
  console.log('|---|---:|---:|---:|---:|---:|');
  const perLayer = ({ rounds }) => median(rounds.map((round) => (round[10] - round[0]) / 10));
  for (const row of rows.toSorted((a, b) => perLayer(a) - perLayer(b))) {
    const figures = [
      perLayer(row),
      ...LAYERS.map((count) => median(row.rounds.map((round) => round[count]))),
    ];
    console.log(`| ${row.name} | ${figures.map((figure) => Math.round(figure)).join(' | ')} |`);
  }
}

function median(figures) {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)];
}
