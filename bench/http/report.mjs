import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chart } from '../chart.mjs';
import { cases } from './cases.mjs';
import { BASE, contenders, OURS } from './contenders.mjs';
import { CONNECTIONS, RUNS } from './idle.mjs';

const path = (relative) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
const MARKS = /(<!-- figures of bench:http -->\n)[\s\S]*?(<!-- end of figures -->)/;

const sorted = (values) => values.toSorted((a, b) => a - b);

export const median = (values) => sorted(values)[values.length >> 1];

/** Medians of the rounds, and the spread: half the distance of the quartiles, in per cent of the median. */
export function summarise(rounds) {
  const cpu = sorted(rounds.map((round) => round.cpu));
  const quartile = (part) => cpu[Math.round(part * (cpu.length - 1))];
  return {
    cpu: median(cpu),
    spread: (100 * (quartile(0.75) - quartile(0.25))) / 2 / median(cpu),
    rate: median(rounds.map((round) => round.rate)),
    p50: median(rounds.map((round) => round.p50)),
    p99: median(rounds.map((round) => round.p99)),
    rounds: rounds.map((round) => round.cpu),
  };
}

const number = (value) => Math.round(value).toLocaleString('en');
const figure = (value) => (value < 1000 ? value.toFixed(1) : number(value));
const kibibytes = (bytes) => (bytes / 1024).toFixed(1);
const titleOf = (name) => cases[name]?.title ?? 'Idle connection';
const nameOf = (node) => (node === null ? '' : node === 'this' ? process.versions.node : node);

/** Markdown's table of rows of texts, the first of which are the heads; the first `texts` columns are not figures. */
function table(head, rows, texts = 1) {
  const ruler = head.map((_each, index) => (index < texts ? '---' : '---:'));
  return [head, ruler, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** One case, the cheapest first: a server on each Node has a row of its own. */
function detail(name, measured) {
  if (name === 'idle') {
    const rows = measured
      .toSorted((a, b) => a.bytes - b.bytes)
      .map(({ server, node, bytes, runs }) => [
        server,
        nameOf(node),
        kibibytes(bytes),
        runs.map(kibibytes).join(', '),
      ]);
    return table(['server', 'Node', 'KiB a connection', 'each process'], rows, 2);
  }
  const base = (node) => measured.find((each) => each.server === BASE && each.node === node)?.cpu;
  const rows = measured
    .toSorted((a, b) => a.cpu - b.cpu)
    .map(({ server, node, cpu, spread, rate, p99 }) => {
      const ratio = base(node) === undefined ? '' : (cpu / base(node)).toFixed(2);
      return [
        server,
        nameOf(node),
        figure(cpu),
        `±${spread.toFixed(0)} %`,
        ratio,
        number(rate),
        (p99 / 1000).toFixed(1),
      ];
    });
  const head = ['server', 'Node', 'CPU µs a request', 'spread', `of ${BASE}`, 'requests a second', 'p99 ms'];
  return table(head, rows, 2);
}

/** A case as it is shown while the others are still to come. */
export const printed = (name, measured) => `\n### ${titleOf(name)}\n\n${detail(name, measured)}`;

const on = (node) => (each) => each.node === node || each.node === null;

/** All cases on one Node in one table: CPU time for a request, in microseconds; and why a cell has none. */
function overview(results, node) {
  const names = Object.keys(results);
  const servers = Object.keys(contenders).filter((server) =>
    names.some((name) => results[name].some((each) => each.server === server)),
  );
  const reasons = [];
  const cell = (name, server) => {
    const reason = contenders[server].lacks?.[name];
    if (reason !== undefined) {
      if (!reasons.includes(reason)) reasons.push(reason);
      return `–<sup>${reasons.indexOf(reason) + 1}</sup>`;
    }
    const found = results[name].filter(on(node)).find((each) => each.server === server);
    if (found === undefined) return '';
    const text = name === 'idle' ? kibibytes(found.bytes) : figure(found.cpu);
    return server === OURS ? `**${text}**` : text;
  };
  const head = [
    'CPU µs a request',
    ...names.map((name) => (name === 'idle' ? 'idle connection, KiB' : titleOf(name))),
  ];
  const rows = servers.map((server) => [server, ...names.map((name) => cell(name, server))]);
  const notes = reasons.map((reason, index) => `<sup>${index + 1}</sup> ${reason}`).join('; ');
  return `${table(head, rows)}\n${notes === '' ? '' : `\n– marks what a server does not have: ${notes}.\n`}`;
}

function drawn(results, node) {
  const groups = Object.entries(results).map(([name, measured]) => ({
    title: name === 'idle' ? 'Idle connection: KiB of memory' : `${titleOf(name)}: CPU µs a request`,
    bars: measured.filter(on(node)).map(({ server, cpu, bytes }) => ({
      name: server,
      value: cpu ?? bytes,
      text: cpu === undefined ? kibibytes(bytes) : figure(cpu),
    })),
  }));
  return chart(`CPU time of a request on Node ${nameOf(node)}`, groups, { ours: OURS, labels: 110 });
}

const METHOD = `
CPU time of the server process for one request, by its own account, and requests per second. All servers of a case run at once, each a process of its own on one
core; \`wrk\` asks them one after the other from the other core, over 32 connections that are kept (4 for the large file), without pipelining. The order turns by
one each round, a first round warms up and does not count; figures are medians, the spread is half the distance of the quartiles. Bun and Deno are measured once
and stand beside both versions of Node.

Before anything is timed each answer is checked: status, body, \`content-type\`, \`content-length\`, the field that the case asks for, and that so many middleware have run
as there are. \`wrk\` counts answers that are no success, and one is an error. The JSON that is echoed has white space in it, so that it must be parsed and written anew.

Newest versions, production mode, no log. Each framework is used as its documentation says: Fastify has a schema for the JSON it answers with, sirv looks at its files once
at the start as is its default in production. Fields that a framework adds by itself stay (Express: \`etag\` and \`x-powered-by\`; Bun, Deno and
\`node:net\` send neither \`connection\` nor \`keep-alive\`). Files are served by what a framework brings or recommends (\`@fastify/static\`, \`express.static\`, \`@koa/send\`, sirv beside
polka); bare \`node:http\` pipes a stream, Deno.serve answers with one. Bare \`node:http\` and \`node:net\` are what Node itself allows; \`node:net\` parses nothing.

- **224 routes** are those that every app of [bun-http-framework-benchmark](https://github.com/SaltyAom/bun-http-framework-benchmark) registers: the 112 of GET are asked for in turn.
- **1 KiB file, 304** has the validators of the answer before in the request, as a browser's second visit has.
- **14 MiB file** counts what has arrived, so that an answer under way at the end counts for its part.
- **Idle connection** is the growth of \`Private_Dirty\` after collections from none to ${number(CONNECTIONS)} connections that have had two answers, for each. A process is started
  for each of ${RUNS} measurements, of which the median counts. What the kernel keeps for a socket is not in it.
`.trim();

/** Writes the tables, the charts and the README's table of a report. */
export function write(report) {
  const { machine, cores, rounds, seconds, nodes, versions, results } = report;
  const told = Object.entries(versions).filter(([, version]) => version !== undefined);
  const setting =
    `Measured by \`npm run bench\` on ${machine}, ${cores} cores, the server on one and wrk on the other; ${rounds} rounds of ` +
    `${seconds} s in rotated order, medians. ${told.map(([name, version]) => `${name} ${version}`).join(', ')}.`;
  const document = [
    '# HTTP servers and frameworks\n',
    `${METHOD}\n`,
    `${setting}\n`,
    ...nodes.flatMap((node) => [
      `## Node ${nameOf(node)}\n`,
      overview(results, node),
      `![CPU time of a request on Node ${nameOf(node)}](${chartOf(node)})\n`,
    ]),
    '## Each case\n',
    ...Object.entries(results).flatMap(([name, measured]) => [
      `### ${titleOf(name)}\n`,
      `${detail(name, measured)}\n`,
    ]),
  ].join('\n');

  mkdirSync(path('docs/benchmarks'), { recursive: true });
  writeFileSync(path('docs/benchmarks/http.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(path('docs/benchmarks/http.md'), document);
  for (const node of nodes) writeFileSync(path(`docs/benchmarks/${chartOf(node)}`), drawn(results, node));
  const readme = readFileSync(path('README.md'), 'utf8');
  const figures = `\n${overview(results, nodes[0])}\n${setting}\n\n`;
  writeFileSync(
    path('README.md'),
    readme.replace(MARKS, (_all, begin, end) => begin + figures + end),
  );
}

const chartOf = (node) => `http-node${nameOf(node)}.svg`;
