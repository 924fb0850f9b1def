// CPU time of a request to the same app on our server and on its own: `node fetch/servers.mjs`. Options: --node=24,26, --rounds=9,
// --seconds=0.5 for each measurement, --case=text,json,echo, --app=hono,express,koa.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../http/ask.mjs';
import { cases } from '../http/cases.mjs';
import { load } from '../http/load.mjs';
import { ServerProcess } from '../http/server-process.mjs';

/** The first of each is what the others are held against. */
const pairs = {
  hono: ['hono @hono/node-server', 'hono pullo', 'hono pullo, lightFetch'],
  express: ['express node:http', 'express pullo'],
  koa: ['koa node:http', 'koa pullo'],
};

const options = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, '').split('=')));
const rounds = Number(options.rounds ?? 9);
const seconds = Number(options.seconds ?? 0.5);
const nodes = (options.node ?? '24').split(',');
const caseNames = (options.case ?? 'text,json,echo').split(',');
const appNames = (options.app ?? Object.keys(pairs).join(',')).split(',');
const cores = cpus().length;
const folder = mkdtempSync(join(tmpdir(), 'bench-fetch-'));

const binary = (node) =>
  node === 'this'
    ? process.execPath
    : new URL(`../node_modules/node${node}/bin/node`, import.meta.url).pathname;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function check(name, caseName, port) {
  const { path, check: verify, ...asked } = cases[caseName];
  try {
    await verify(await ask(port, path, asked));
  } catch (error) {
    throw new Error(`${name} answers the case "${caseName}" wrongly.`, { cause: error });
  }
}

/** The servers are asked one after the other, a round after the other; the ratio is that of a round, the median of all is shown. */
async function measure(names, caseName, node) {
  const servers = [];
  try {
    for (const name of names) {
      servers.push(new ServerProcess(binary(node), 'node', ['../../fetch/apps.mjs', name], cores));
    }
    const times = names.map(() => []);
    for (const server of servers) await server.ready();
    for (const [i, { port }] of servers.entries()) await check(names[i], caseName, port);
    // The first round warms up and counts for nothing.
    for (let round = 0; round <= rounds; round++) {
      for (let turn = 0; turn < servers.length; turn++) {
        const i = (turn + round) % servers.length;
        const before = (await servers[i].tell()).cpu;
        const { headers = {} } = cases[caseName];
        const { requests } = await load(caseName, servers[i].port, headers, { seconds, cores, folder });
        const cpu = (await servers[i].tell()).cpu - before;
        if (round > 0) times[i].push(cpu / requests);
      }
    }
    return times;
  } finally {
    for (const server of servers) await server.stop();
  }
}

try {
  for (const node of nodes) {
    for (const appName of appNames) {
      for (const caseName of caseNames) {
        const times = await measure(pairs[appName], caseName, node);
        const shown = pairs[appName].map((name, i) => {
          const ratio = median(times[i].map((time, round) => time / times[0][round]));
          return `${name.slice(appName.length + 1)} ${median(times[i]).toFixed(1)} µs (${ratio.toFixed(2)})`;
        });
        console.log(`Node ${node}, ${appName}, ${caseName}: ${shown.join(', ')}`);
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
