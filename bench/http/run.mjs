// Runs the servers side by side and writes docs/benchmarks/http.{md,json,svg} and the table of the README. Options: --node=24,26,
// --rounds=5, --seconds=1 for each measurement, --only=Pullo,Koa for some servers, --case=text,json for some cases, --dry to write nothing.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cases, FILE_BYTES } from './cases.mjs';
import { BASE, contenders, versionOf } from './contenders.mjs';
import { idle, load } from './load.mjs';
import { summarise, table, write } from './report.mjs';
import { ServerProcess } from './server-process.mjs';

const options = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, '').split('=')));
const rounds = Number(options.rounds ?? 5);
const seconds = Number(options.seconds ?? 1);
const nodes = (options.node ?? '24,26').split(',');
const names = options.only ? options.only.split(',') : Object.keys(contenders);
const caseNames = options.case ? options.case.split(',') : [...Object.keys(cases), 'idle'];
const cores = cpus().length;
const IDLE_CONNECTIONS = 1000;

const installed = (path) => new URL(`../node_modules/${path}`, import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'bench-http-'));
mkdirSync(join(folder, 'public'));
const file = join(folder, 'public', 'file.bin');
writeFileSync(file, Buffer.alloc(FILE_BYTES, 'pullo'));

function binary(kind, node) {
  if (kind === 'bun') return installed('bun/bin/bun.exe');
  if (kind === 'deno') return installed('@deno/linux-x64-glibc/deno');
  return node === 'this' ? process.execPath : installed(`node${node}/bin/node`);
}

/** Whether a server has a case: node:net parses nothing, Deno.serve has no routes. */
function has(name, caseName) {
  const { only, cases: some } = contenders[name];
  const { app } = cases[caseName] ?? { app: 'plain' };
  return (some?.includes(caseName) ?? true) && (only?.includes(app) ?? true);
}

const turned = (list, by) => [...list.slice(by), ...list.slice(0, by)];

/** All servers of a case run at once, and are asked one after the other; the others cost nothing meanwhile. */
async function withServers(caseName, node, body) {
  const app = cases[caseName]?.app ?? 'plain';
  const servers = new Map();
  try {
    for (const name of names.filter((candidate) => has(candidate, caseName))) {
      const { file: module, on } = contenders[name];
      servers.set(name, new ServerProcess(binary(on, node), on, [module, app, file], cores));
    }
    for (const server of servers.values()) await server.ready();
    return await body(servers);
  } finally {
    for (const server of servers.values()) await server.stop();
  }
}

async function check(name, caseName, port) {
  const { path, paths = [path], method, headers, body, check: verify } = cases[caseName];
  for (const each of paths) {
    try {
      await verify(await fetch(`http://127.0.0.1:${port}${each}`, { method, headers, body }));
    } catch (error) {
      throw new Error(`${name} answers ${method ?? 'GET'} ${each} wrongly.`, { cause: error });
    }
  }
}

/** For each server its rounds: CPU microseconds for a request, and requests in a second. */
const measure = (caseName, node) =>
  withServers(caseName, node, async (servers) => {
    for (const [name, { port }] of servers) await check(name, caseName, port);
    const results = Object.fromEntries([...servers.keys()].map((name) => [name, []]));
    // The first round warms up and counts for nothing.
    for (let round = 0; round <= rounds; round++) {
      for (const [name, server] of turned([...servers], round % servers.size)) {
        const before = await server.cpu();
        const {
          requests,
          seconds: took,
          p50,
          p99,
        } = await load(caseName, server.port, seconds, cores, folder);
        const cpu = (await server.cpu()) - before;
        if (round > 0) results[name].push({ cpu: cpu / requests, rate: requests / took, p50, p99 });
      }
    }
    return Object.fromEntries(Object.entries(results).map(([name, all]) => [name, summarise(all)]));
  });

/** Bytes of memory for an idle connection that has had an answer. */
const measureIdle = (node) =>
  withServers('idle', node, async (servers) => {
    const results = {};
    for (const [name, server] of servers) {
      const warmUp = await idle(server.port, IDLE_CONNECTIONS);
      warmUp();
      const before = await server.memory();
      const close = await idle(server.port, IDLE_CONNECTIONS);
      results[name] = { bytes: Math.max(0, (await server.memory()) - before) / IDLE_CONNECTIONS };
      close();
    }
    return results;
  });

const results = {};
try {
  for (const node of nodes) {
    results[node] = {};
    for (const caseName of caseNames) {
      results[node][caseName] = caseName === 'idle' ? await measureIdle(node) : await measure(caseName, node);
      console.log(table(results[node], caseName, `Node ${node}`));
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

const packages = names.flatMap((name) => contenders[name].packages ?? []);
const versions = Object.fromEntries(
  [...packages, ...nodes.map((node) => `node${node}`), 'bun', '@deno/linux-x64-glibc'].map((name) => [
    name,
    versionOf(name),
  ]),
);
if (!('dry' in options))
  write({ machine: cpus()[0].model, cores, rounds, seconds, base: BASE, versions, results });
