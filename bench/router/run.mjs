// Runs everything and writes docs/benchmarks/router.{md,json,svg}. Options: --rounds=5, --milliseconds=150 for a sample,
// --only=a,b for some routers, --set=x for one set, --dry to write nothing.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { promisify } from 'node:util';
import { chart } from './chart.mjs';
import { routers } from './routers.mjs';
import { sets } from './sets.mjs';
import { bundleSizes } from './size.mjs';

const execute = promisify(execFile);
const options = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, '').split('=')));
const rounds = Number(options.rounds ?? 5);
const milliseconds = Number(options.milliseconds ?? 150);
const names = options.only ? options.only.split(',') : Object.keys(routers);
const setNames = options.set ? [options.set] : Object.keys(sets);
const OURS = '@pullo/router';

async function sample(job) {
  const { stdout } = await execute(process.execPath, [
    '--expose-gc',
    new URL('worker.mjs', import.meta.url).pathname,
    JSON.stringify(job),
  ]);
  return JSON.parse(stdout);
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** For each router the median over rounds of fresh processes, with the order turned by one in every round. */
async function measure(task, set, unit, competitors, count) {
  const values = Object.fromEntries(competitors.map((name) => [name, []]));
  const errors = {};
  for (let round = 0; round < count; round++) {
    for (let i = 0; i < competitors.length; i++) {
      const name = competitors[(i + round) % competitors.length];
      if (errors[name]) continue;
      const result = await sample({ task, router: name, set, milliseconds });
      if (result.error) errors[name] = result.error;
      else values[name].push(result[unit]);
    }
  }
  return Object.fromEntries(
    competitors.map((name) => [name, errors[name] ? undefined : median(values[name])]),
  );
}

const results = { lookups: {}, registering: {}, memory: {} };
for (const set of setNames) {
  const all = await measure('lookups', set, 'nanoseconds', ['nothing', ...names], rounds);
  // What the loop, the slice and the reading cost without a router is taken off.
  const { nothing, ...own } = all;
  results.lookups[set] = Object.fromEntries(
    Object.entries(own).map(([name, value]) => [name, value && value - nothing]),
  );
  print(set, results.lookups[set], 'ns');
}
for (const set of ['github', 'many'].filter((each) => setNames.includes(each))) {
  results.registering[set] = await measure('registering', set, 'microseconds', names, 3);
  print(`registering ${set}`, results.registering[set], 'µs a route');
}
// Of few routes the heap says too little.
if (setNames.includes('many')) results.memory.many = await measure('memory', 'many', 'bytes', names, 3);
results.sizes = await bundleSizes();

function print(title, row, unit) {
  const ours = row[OURS];
  console.log(`\n${title}`);
  for (const [name, value] of Object.entries(row).sort((a, b) => (a[1] ?? Infinity) - (b[1] ?? Infinity))) {
    const text =
      value === undefined ? 'can’t' : `${value.toFixed(1)} ${unit}  ${ours ? (value / ours).toFixed(2) : ''}`;
    console.log(`  ${name.padEnd(20)} ${text}`);
  }
}

const cell = (value, digits = 0) => (value === undefined ? '–' : value.toFixed(digits));

function table(columns, value) {
  const head = `| | ${columns.join(' | ')} |\n|---|${columns.map(() => '--:|').join('')}`;
  const rows = names.map(
    (name) =>
      `| ${name === OURS ? `**${name}**` : name} | ${columns.map((column) => value(name, column)).join(' | ')} |`,
  );
  return [head, ...rows].join('\n');
}

function report() {
  const versions = `Node ${process.versions.node}, ${cpus()[0].model.trim()}`;
  return `# Routers side by side

Written by \`npm run bench:router\` (${versions}; ${rounds} rounds of fresh processes, order rotated; the median of what was the fastest
of 41 samples in each process). Every
router's answers are checked first. Paths are fresh strings, cut out of a longer one; values and all parameters are read. The cost of the
loop itself is taken off. A dash is a set that a router can't serve.

![Time of a lookup on five sets of routes](router.svg)

## A lookup, in nanoseconds

${setNames.map((set) => `- **${set}**: ${sets[set].title}`).join('\n')}

${table(setNames, (name, set) => cell(results.lookups[set][name]))}

## Registering, in microseconds a route, with the first lookup

${table(Object.keys(results.registering), (name, set) => cell(results.registering[set][name], 1))}

## Memory, in kilobytes per 1,000 routes, after lookups

${table(Object.keys(results.memory), (name, set) => cell(results.memory[set][name]))}

## Size, in bytes

${Object.entries(results.sizes)
  .map(
    ([name, { minified, gzipped }]) =>
      `| ${name} | ${minified.toLocaleString('en')} | ${gzipped.toLocaleString('en')} |`,
  )
  .reduce((text, line) => `${text}\n${line}`, '| | minified | gzipped |\n|---|--:|--:|')}

"rou3 compiled" and "find-my-way" make code of text (\`new Function\`); the others don't.
`;
}

if (!('dry' in options)) {
  const folder = new URL('../../docs/benchmarks/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('router.json', folder), `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(new URL('router.md', folder), report());
  writeFileSync(new URL('router.svg', folder), chart(results.lookups, sets, OURS));
}
