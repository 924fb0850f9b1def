// Runs the servers side by side and writes docs/benchmarks/http.{md,json}, its charts, and the table of the README. Options: --node=24,26,
// --rounds=5, --seconds=0.8 for each measurement, --only=Pullo,Koa for some servers, --case=text,json for some cases (idle is one), --dry to write nothing,
// --check to time nothing either. With these defaults it takes some 25 minutes.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from './ask.mjs';
import { cases, FILES } from './cases.mjs';
import { contenders, versionOf } from './contenders.mjs';
import { idleBytes, RUNS } from './idle.mjs';
import { load } from './load.mjs';
import { median, printed, summarise, write } from './report.mjs';
import { ServerProcess } from './server-process.mjs';

const options = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, '').split('=')));
const rounds = Number(options.rounds ?? 5);
const seconds = Number(options.seconds ?? 0.8);
const nodes = (options.node ?? '24,26').split(',');
const names = options.only ? options.only.split(',') : Object.keys(contenders);
const caseNames = options.case ? options.case.split(',') : [...Object.keys(cases), 'idle'];
const cores = cpus().length;
for (const [given, known] of [
  [names, contenders],
  [caseNames, { ...cases, idle: true }],
]) {
  const unknown = given.filter((name) => !(name in known));
  if (unknown.length > 0) throw new Error(`There is no ${unknown}: choose of ${Object.keys(known)}.`);
}

const installed = (path) => new URL(`../node_modules/${path}`, import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'bench-http-'));
const files = join(folder, 'public');
mkdirSync(files);
for (const [name, bytes] of Object.entries(FILES)) {
  writeFileSync(join(files, name), Buffer.alloc(bytes, 'pullo'));
}

function binary(kind, node) {
  if (kind === 'bun') return installed('bun/bin/bun.exe');
  if (kind === 'deno') return installed('@deno/linux-x64-glibc/deno');
  return node === 'this' ? process.execPath : installed(`node${node}/bin/node`);
}

/** Who has a case, each on every Node; Bun and Deno are there once. */
const entrants = (caseName) =>
  names
    .filter((server) => contenders[server].lacks?.[caseName] === undefined)
    .flatMap((server) =>
      contenders[server].on === 'node' ? nodes.map((node) => ({ server, node })) : [{ server, node: null }],
    );

function launch({ server, node }, app) {
  const { file, on } = contenders[server];
  return new ServerProcess(binary(on, node), on, [file, app, files], cores);
}

const turned = (list, by) => [...list.slice(by), ...list.slice(0, by)];

/** All servers of a case run at once, and are asked one after the other; the others cost nothing meanwhile. */
async function withServers(caseName, body) {
  const { app } = cases[caseName];
  const running = entrants(caseName).map((entrant) => ({
    ...entrant,
    process: launch(entrant, app),
    headers: {},
    rounds: [],
  }));
  try {
    for (const { process } of running) await process.ready();
    return await body(running);
  } finally {
    for (const { process } of running) await process.stop();
  }
}

/** What a request of the case has besides: with `revalidates`, the validators of the answer without them. */
async function fieldsOf({ path, headers = {}, revalidates }, port) {
  if (!revalidates) return headers;
  const answer = await ask(port, path);
  const etag = answer.headers.get('etag');
  const modified = answer.headers.get('last-modified');
  return { ...(etag && { 'if-none-match': etag }), ...(modified && { 'if-modified-since': modified }) };
}

/** Throws if a server answers otherwise than the case says. */
async function check(caseName, { server, process, headers }) {
  const { path, paths = [path], method, body, check: verify, layers = 0 } = cases[caseName];
  for (const each of paths) {
    try {
      const before = await process.tell();
      await verify(await ask(process.port, each, { method, headers, body }));
      const run = (await process.tell()).layers - before.layers;
      if (run !== layers) throw new Error(`${run} of ${layers} middleware have run.`);
    } catch (error) {
      throw new Error(`${server} answers ${method ?? 'GET'} ${each} wrongly.`, { cause: error });
    }
  }
}

/** Makes what is asked of each, and checks what it answers. */
async function prepare(caseName, running) {
  for (const each of running) {
    each.headers = await fieldsOf(cases[caseName], each.process.port);
    await check(caseName, each);
  }
}

/** For each server its rounds: CPU microseconds for a request, and requests in a second. */
const measure = (caseName) =>
  withServers(caseName, async (running) => {
    await prepare(caseName, running);
    // The first round warms up and counts for nothing.
    for (let round = 0; round <= rounds; round++) {
      for (const each of turned(running, round % running.length)) {
        const before = await each.process.tell();
        const setting = { seconds, cores, folder };
        const {
          requests,
          seconds: took,
          ...latency
        } = await load(caseName, each.process.port, each.headers, setting);
        const cpu = (await each.process.tell()).cpu - before.cpu;
        if (round > 0) each.rounds.push({ cpu: cpu / requests, rate: requests / took, ...latency });
      }
    }
    return running.map(({ server, node, rounds }) => ({ server, node, ...summarise(rounds) }));
  });

/** Bytes of memory for an idle connection, of a process that is started for it alone. On a busy machine, where connections time out, up to three times. */
async function idleOf(entrant, tries = 3) {
  const process = launch(entrant, 'plain');
  try {
    await process.ready();
    return await idleBytes(process);
  } catch (error) {
    if (tries === 1) throw error;
  } finally {
    await process.stop();
  }
  return idleOf(entrant, tries - 1);
}

async function measureIdle() {
  const running = entrants('idle').map((entrant) => ({ ...entrant, runs: [] }));
  for (let run = 0; run < RUNS; run++) {
    for (const each of turned(running, run % running.length)) {
      each.runs.push(await idleOf(each));
    }
  }
  return running.map(({ runs, ...each }) => ({ ...each, bytes: median(runs), runs }));
}

async function checkOnly(caseName) {
  if (caseName === 'idle') return;
  await withServers(caseName, (running) => prepare(caseName, running));
  console.log(`${caseName}: as expected from ${entrants(caseName).length} servers`);
}

const results = {};
try {
  for (const caseName of caseNames) {
    if ('check' in options) {
      await checkOnly(caseName);
      continue;
    }
    results[caseName] = caseName === 'idle' ? await measureIdle() : await measure(caseName);
    console.log(printed(caseName, results[caseName]));
  }
} finally {
  rmSync(folder, { recursive: true });
}

if (!('dry' in options || 'check' in options)) {
  const packages = [
    ...nodes.map((node) => `node${node}`),
    ...names.flatMap((name) => contenders[name].packages ?? []),
  ];
  const versions = Object.fromEntries(packages.map((name) => [name, versionOf(name)]));
  write({ machine: cpus()[0].model, cores, rounds, seconds, nodes, versions, results });
}
