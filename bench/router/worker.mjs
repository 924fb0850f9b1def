// One sample, in a process of its own so that routers don't share feedback: `node worker.mjs '{ "task", "router", "set" }'`.
// Prints one JSON object.
import { strictEqual } from 'node:assert';
import { routers } from './routers.mjs';
import { sets } from './sets.mjs';

const { task, router: name, set: setName, milliseconds = 300 } = JSON.parse(process.argv[2]);
const { routes, requests } = sets[setName];
const adapter = name === 'nothing' ? undefined : await routers[name]();

/** Every request's answer and parameters, against what the set says. */
function check(find) {
  for (const { method, path, id, params } of requests) {
    const found = find(method, path);
    strictEqual(found ? adapter.idOf(found) : undefined, id, `${name}: ${method} ${path}`);
    for (const [param, value] of Object.entries(params)) {
      if (param === '*' && adapter.hasWildcardValue === false) continue;
      strictEqual(adapter.param(found, param), value, `${name}: ${param} of ${method} ${path}`);
    }
  }
}

/** The paths as one long text and where each lies in it, so that every lookup gets a string that nobody has seen. */
function freshPaths() {
  let text = '';
  const places = requests.map(({ method, path, params }) => {
    const start = text.length;
    text += path;
    return { method, start, end: text.length, names: Object.keys(params) };
  });
  return { text: Buffer.from(text).toString('latin1'), places };
}

function lookUp(find, rounds) {
  const { text, places } = freshPaths();
  const { idOf, param } = adapter ?? { idOf: () => '', param: () => '' };
  let consumed = 0;
  const start = process.hrtime.bigint();
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < places.length; i++) {
      const { method, start, end, names } = places[i];
      const found = find(method, text.slice(start, end));
      if (found === undefined || found === null) continue;
      consumed += idOf(found).length;
      for (let n = 0; n < names.length; n++) consumed += param(found, names[n])?.length ?? 0;
    }
  }
  const nanoseconds = Number(process.hrtime.bigint() - start);
  if (consumed === -1) throw new Error('never: it keeps the results from being optimized away');
  return nanoseconds / (rounds * places.length);
}

function timeLookups() {
  const find =
    adapter === undefined
      ? (_method, path) => (path.length === 0 ? path : undefined)
      : adapter.create(routes);
  if (adapter !== undefined) check(find);
  let rounds = 1;
  let each = lookUp(find, rounds);
  // Warm up for about the time of all samples, until a sample is a fortieth of it.
  const deadline = performance.now() + milliseconds / 2;
  while (performance.now() < deadline) {
    each = lookUp(find, rounds);
    if (rounds * each * requests.length < milliseconds * 2.5e4) rounds *= 2;
  }
  // One round of a slow router may be longer than all samples of a fast one.
  const count = rounds * each * requests.length > milliseconds * 1e5 ? 3 : 41;
  const samples = Array.from({ length: count }, () => lookUp(find, rounds)).sort((a, b) => a - b);
  // The fastest, since what is slower has waited for other programs.
  return { nanoseconds: samples[0] };
}

function timeRegistering() {
  const samples = Array.from({ length: 9 }, () => {
    const start = process.hrtime.bigint();
    const find = adapter.create(routes);
    find(requests[0].method, requests[0].path);
    return Number(process.hrtime.bigint() - start) / 1e3 / routes.length;
  }).sort((a, b) => a - b);
  return { microseconds: samples[0] };
}

function measureMemory() {
  const kept = [adapter.create(routes)];
  const used = () => {
    for (let i = 0; i < 4; i++) globalThis.gc();
    return process.memoryUsage().heapUsed;
  };
  for (const find of kept) for (const { method, path } of requests) find(method, path);
  const before = used();
  for (let i = 0; i < 3; i++) {
    const find = adapter.create(routes);
    for (const { method, path } of requests) find(method, path);
    kept.push(find);
  }
  return { bytes: (used() - before) / 3 / routes.length };
}

const tasks = { lookups: timeLookups, registering: timeRegistering, memory: measureMemory };
try {
  console.log(JSON.stringify(tasks[task]()));
} catch (error) {
  console.log(JSON.stringify({ error: String(error.message).split('\n')[0] }));
}
