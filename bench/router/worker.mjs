// One process of measurements: `node worker.mjs '{ "task", "set", "routers" }'` prints one JSON object, by router.
import { strictEqual } from 'node:assert';
import { routers } from './routers.mjs';
import { sets } from './sets.mjs';

const job = JSON.parse(process.argv[2]);
const { routes, requests } = sets[job.set];
const NOTHING = 'nothing';

/** A router with its routes, once its answers and parameters have been compared with what the set says. */
async function checked(name) {
  const adapter = await routers[name]();
  const find = adapter.create(routes);
  for (const { method, path, id, params } of requests) {
    const found = find(method, path);
    strictEqual(found ? adapter.idOf(found) : undefined, id, `${name}: ${method} ${path}`);
    for (const [param, value] of Object.entries(params)) {
      if (param === '*' && adapter.hasWildcardValue === false) continue;
      strictEqual(adapter.param(found, param), value, `${name}: ${param} of ${method} ${path}`);
    }
  }
  return { find, idOf: adapter.idOf, param: adapter.param };
}

/** What the loop costs without a router. */
const nothing = {
  find: (_method, path) => (path.length === 0 ? path : undefined),
  idOf: () => '',
  param: () => '',
};

async function prepare(name) {
  const { lookUp, freshPaths } = await import(`./loop.mjs?${encodeURIComponent(name)}`);
  const router = name === NOTHING ? nothing : await checked(name);
  const paths = freshPaths(requests);
  const run = (rounds) => lookUp(router, paths, rounds);
  // A sample is about a millisecond, at least one round.
  let rounds = 1;
  const deadline = performance.now() + job.warmUp;
  while (performance.now() < deadline) {
    const each = run(rounds);
    if (rounds * each * requests.length < 1e6) rounds *= 2;
  }
  return { name, samples: [], sample: () => run(rounds) };
}

/** All routers in turn, the order turned by one each time: what else the machine does slows them all alike. */
async function lookups() {
  const results = {};
  const ready = [];
  for (const name of job.routers) {
    try {
      ready.push(await prepare(name));
    } catch (error) {
      results[name] = { error: String(error.message).split('\n')[0] };
    }
  }
  for (let turn = 0; turn < job.turns; turn++) {
    for (let i = 0; i < ready.length; i++) {
      const each = ready[(i + turn) % ready.length];
      // Slow routers have said what they have to say after a few samples.
      if (each.samples.length < 5 || each.samples[0] < 1e4) each.samples.push(each.sample());
    }
  }
  for (const { name, samples } of ready) results[name] = { value: median(samples) };
  return results;
}

async function registering() {
  const [name] = job.routers;
  const { create } = await routers[name]();
  const samples = Array.from({ length: 9 }, () => {
    const start = process.hrtime.bigint();
    const find = create(routes);
    find(requests[0].method, requests[0].path);
    return Number(process.hrtime.bigint() - start) / 1e3 / routes.length;
  });
  return { [name]: { value: median(samples) } };
}

/** Bytes of heap a route, of three routers that have been asked. */
async function memory() {
  const [name] = job.routers;
  const { create } = await routers[name]();
  const kept = [];
  const keep = () => {
    const find = create(routes);
    for (const { method, path } of requests) find(method, path);
    kept.push(find);
  };
  const used = () => {
    for (let i = 0; i < 4; i++) globalThis.gc();
    return process.memoryUsage().heapUsed;
  };
  keep();
  const before = used();
  for (let i = 0; i < 3; i++) keep();
  return { [name]: { value: (used() - before) / 3 / routes.length } };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

const tasks = { lookups, registering, memory };
try {
  console.log(JSON.stringify(await tasks[job.task]()));
} catch (error) {
  console.log(JSON.stringify({ [job.routers[0]]: { error: String(error.message).split('\n')[0] } }));
}
