// One process of measurements: `node worker.mjs NAME sync|async` prints the nanoseconds of a request, by how many layers it goes through.
import { contenders } from './contenders.mjs';

const LAYERS = [0, 1, 3, 10];
const WARM_UP = 150;
const SAMPLES = 9;
const SAMPLE_TIME = 40;
const BATCH = 500;

const [name = '', kind] = process.argv.slice(2);
const figures = {};
const calls = LAYERS.map((count) => contenders[name].make(count, kind));
for (const [index, call] of calls.entries()) await check(call, LAYERS[index]);
for (const call of calls) await measure(call, WARM_UP);
for (const [index, call] of calls.entries()) {
  const samples = [];
  for (let i = 0; i < SAMPLES; i++) samples.push(await measure(call, SAMPLE_TIME));
  figures[LAYERS[index]] = samples.toSorted((a, b) => a - b)[Math.floor(SAMPLES / 2)];
}
console.log(JSON.stringify(figures));

async function check(call, count) {
  const response = await call();
  if (response?.content !== 'hei') throw new Error(`${name} with ${count} layers answers ${response}`);
  if (kind === 'sync' && call() instanceof Promise) throw new Error(`${name} makes a promise`);
}

/** Nanoseconds of a call. A promise is waited for before the next call, as one request waits for nothing of another. */
async function measure(call, time) {
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < time) {
    if (kind === 'sync') for (let i = 0; i < BATCH; i++) call();
    else for (let i = 0; i < BATCH; i++) await call();
    count += BATCH;
  }
  return ((performance.now() - start) * 1e6) / count;
}
