// Runs everything and writes docs/benchmarks/router.{md,json,svg}. Options: --processes=5, --turns=60 samples of each router in
// a process, --only=a,b for some routers, --set=x for one set, --dry to write nothing.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { promisify } from 'node:util';
import { chart } from '../chart.mjs';
import { routers } from './routers.mjs';
import { sets } from './sets.mjs';
import { bundleSizes } from './size.mjs';

const execute = promisify(execFile);
const options = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, '').split('=')));
const processes = Number(options.processes ?? 5);
const turns = Number(options.turns ?? 60);
const names = options.only ? options.only.split(',') : Object.keys(routers);
const setNames = options.set ? [options.set] : Object.keys(sets);
const OURS = '@pullo/router';
const NOTHING = 'nothing';

async function sample(job) {
  const worker = new URL('worker.mjs', import.meta.url).pathname;
  const { stdout } = await execute(process.execPath, ['--expose-gc', worker, JSON.stringify(job)]);
  return JSON.parse(stdout);
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const turned = (list, by) => [...list.slice(by), ...list.slice(0, by)];

/** For each router the median over jobs, a process each; undefined if it can't. */
async function measure(jobs) {
  const values = {};
  const failed = new Set();
  for (const job of jobs) {
    for (const [name, { value, error }] of Object.entries(await sample({ warmUp: 150, turns, ...job }))) {
      values[name] ??= [];
      values[name].push(value);
      if (error) failed.add(name);
    }
  }
  return Object.fromEntries(
    Object.entries(values).map(([name, all]) => [name, failed.has(name) ? undefined : median(all)]),
  );
}

/** A process for each router alone, the order turned by one in every round. */
const alone = (task, set, rounds) =>
  Array.from({ length: rounds }, (_, round) =>
    turned(names, round % names.length).map((name) => ({ task, set, routers: [name] })),
  ).flat();

const results = { lookups: {}, registering: {}, memory: {} };
for (const set of setNames) {
  const order = [NOTHING, ...names];
  const jobs = Array.from({ length: processes }, (_, i) => ({
    task: 'lookups',
    set,
    routers: turned(order, (i * 3) % order.length),
  }));
  // What the loop, the slice and the reading cost without a router is taken off.
  const { [NOTHING]: loop, ...own } = await measure(jobs);
  results.lookups[set] = Object.fromEntries(names.map((name) => [name, own[name] && own[name] - loop]));
  print(set, results.lookups[set], 'ns');
}
for (const set of ['github', 'many'].filter((each) => setNames.includes(each))) {
  results.registering[set] = await measure(alone('registering', set, 3));
  print(`registering ${set}`, results.registering[set], 'µs a route');
}
// Of few routes the heap says too little.
if (setNames.includes('many')) results.memory.many = await measure(alone('memory', 'many', 1));
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

Written by \`npm run bench:router\` (${versions}). Every router's answers are checked first. Paths are fresh strings, cut out of a longer
one; values and all parameters are read. In each of ${processes} processes the routers take ${turns} turns of a millisecond, the order rotated, so that
what else the machine does slows them alike; a figure is the median over processes of the median over turns, less what
the loop costs without a router. A dash is a set that a router can't serve.

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

/** The longest bars are six times ours. */
function drawn(lookups) {
  const groups = Object.entries(lookups).map(([set, row]) => ({
    title: `${sets[set].title}: ns a lookup`,
    bars: Object.entries(row)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({ name, value, text: Math.round(value).toLocaleString('en') })),
  }));
  return chart('Time of a lookup on five sets of routes', groups, { ours: OURS, labels: 150, longest: 6 });
}

if (!('dry' in options)) {
  const folder = new URL('../../docs/benchmarks/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('router.json', folder), `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(new URL('router.md', folder), report());
  writeFileSync(new URL('router.svg', folder), drawn(results.lookups));
}
