import { deepStrictEqual } from 'node:assert/strict';
import { cpus } from 'node:os';
import { contenders, versions } from './contenders.mjs';

/**
 * Requests per second through the test clients of several frameworks, one at a time, all in this process: `node testing/run.mjs`.
 *
 * Each is checked before it is timed. The rounds go around the contenders, so that what disturbs the machine disturbs all of them;
 * the figure is the median of the rounds.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 9);
const ROUND_TIME = 250;
const BATCH = 20;
const value = { name: 'Aino', tags: ['a', 'b'], nested: { n: [1, 2, 3] } };

const running = Object.entries(contenders).map(([name, make]) => ({ name, peer: make(), get: [], post: [] }));
for (const { name, peer } of running) await check(name, peer);
for (const { peer } of running) {
  await measure(peer.get);
  await measure(() => peer.post(value));
}

for (let round = 0; round < ROUNDS; round++) {
  for (let i = 0; i < running.length; i++) {
    const contender = running[(round + i) % running.length];
    contender.get.push(await measure(contender.peer.get));
    contender.post.push(await measure(() => contender.peer.post(value)));
  }
}

console.log(
  `Node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown processor'}; ${versions.join(', ')}\n`,
);
console.log('| requests per second | GET, JSON answer | POST of JSON, JSON answer |');
console.log('|---|---:|---:|');
running.sort((a, b) => median(b.get) - median(a.get));
for (const { name, get, post } of running) console.log(`| ${name} | ${show(get)} | ${show(post)} |`);
for (const { peer } of running) await peer.close();

async function check(name, peer) {
  const [status, type, body] = await peer.get();
  const [postStatus, , echoed] = await peer.post(value);
  deepStrictEqual([status, body, postStatus, echoed], [200, { id: 42 }, 200, value], name);
  if (!String(type).startsWith('application/json')) throw new Error(`${name}: the type is ${type}`);
}

/** Requests per second over a round. */
async function measure(send) {
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < ROUND_TIME) {
    for (let i = 0; i < BATCH; i++) await send();
    count += BATCH;
  }
  return (count * 1000) / (performance.now() - start);
}

function median(figures) {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)];
}

function show(figures) {
  return Math.round(median(figures)).toLocaleString('en');
}
