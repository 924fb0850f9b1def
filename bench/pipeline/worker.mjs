// One process of measurements: `node worker.mjs NAME sync|async` prints the nanoseconds of a request, by how many layers it goes through.
import { contenders } from './contenders.mjs';

const LAYERS = [0, 1, 3, 10];
const WARM_UP = 250;
const SAMPLES = 40;
const SAMPLE_TIME = 8;
const BATCH = 200;

const [name = '', kind] = process.argv.slice(2);
const figures = {};
const calls = LAYERS.map((count) => contenders[name].make(count, kind));
for (const [index, call] of calls.entries()) await check(call, LAYERS[index]);
for (const call of calls) await measure(call, WARM_UP);
for (const [index, call] of calls.entries()) {
  // The best: whatever else the machine does can only add to it.
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < SAMPLES; i++) best = Math.min(best, await measure(call, SAMPLE_TIME));
  figures[LAYERS[index]] = best;
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
