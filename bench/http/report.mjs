import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cases } from './cases.mjs';
import { chart } from './chart.mjs';
import { BASE, contenders, OURS } from './contenders.mjs';

const path = (relative) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
const MARKS = /(<!-- figures of bench:http -->\n)[\s\S]*?(<!-- end of figures -->)/;

const sorted = (values) => values.toSorted((a, b) => a - b);
const median = (values) => sorted(values)[values.length >> 1];

/** Medians of the rounds, and the spread: half the distance of the quartiles, in per cent of the median. */
export function summarise(rounds) {
  const cpu = sorted(rounds.map((round) => round.cpu));
  const quartile = (part) => cpu[Math.min(cpu.length - 1, Math.round(part * (cpu.length - 1)))];
  return {
    cpu: median(cpu),
    spread: (100 * (quartile(0.75) - quartile(0.25))) / 2 / median(cpu),
    rate: median(rounds.map((round) => round.rate)),
    p50: median(rounds.map((round) => round.p50)),
    p99: median(rounds.map((round) => round.p99)),
  };
}

const number = (value) => Math.round(value).toLocaleString('en');
const titleOf = (name) => cases[name]?.title ?? 'Idle connection';

/** One case as a Markdown table, the cheapest first. */
export function table(results, name, node) {
  const row = results[name];
  if (name === 'idle') {
    const lines = Object.entries(row)
      .sort(([, a], [, b]) => a.bytes - b.bytes)
      .map(([server, { bytes }]) => `| ${server} | ${(bytes / 1024).toFixed(1)} |`);
    return [
      `### ${titleOf(name)}, ${node}\n`,
      '| server | KiB a connection |',
      '|---|---:|',
      ...lines,
      '',
    ].join('\n');
  }
  const base = row[BASE]?.cpu;
  const lines = Object.entries(row)
    .sort(([, a], [, b]) => a.cpu - b.cpu)
    .map(([server, { cpu, spread, rate, p99 }]) => {
      const ratio = base === undefined ? '' : (cpu / base).toFixed(2);
      return `| ${server} | ${cpu.toFixed(1)} | ±${spread.toFixed(0)} % | ${ratio} | ${number(rate)} | ${(p99 / 1000).toFixed(1)} |`;
    });
  return [
    `### ${titleOf(name)}, ${node}\n`,
    `| server | CPU µs a request | spread | of ${BASE} | requests a second | p99 ms |`,
    '|---|---:|---:|---:|---:|---:|',
    ...lines,
    '',
  ].join('\n');
}

/** All cases in one table: CPU time for a request, in microseconds. */
function overview(results) {
  const names = Object.keys(results).filter((name) => name !== 'idle');
  const servers = Object.keys(contenders).filter((server) => names.some((name) => results[name][server]));
  const cell = (name, server) => {
    const { cpu } = results[name][server] ?? {};
    if (cpu === undefined) return '';
    const text = cpu < 1000 ? cpu.toFixed(1) : number(cpu);
    return server === OURS ? `**${text}**` : text;
  };
  const rows = servers.map((server) => [server, ...names.map((name) => cell(name, server))]);
  const memory = results.idle;
  const head = ['CPU µs a request', ...names.map(titleOf), ...(memory ? ['idle connection, KiB'] : [])];
  const lines = rows.map((row, index) =>
    memory === undefined ? row : [...row, kibibytes(memory[servers[index]])],
  );
  return [head, ['---', ...head.slice(1).map(() => '---:')], ...lines]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

const kibibytes = (measured) => (measured === undefined ? '' : (measured.bytes / 1024).toFixed(1));

export function write(report) {
  const { machine, cores, rounds, seconds, versions, results } = report;
  const nodes = Object.keys(results);
  const names = Object.entries(versions).filter(([, version]) => version !== undefined);
  const setting =
    `Measured by \`npm run bench\` on ${machine}, ${cores} cores, the server on one and wrk on the other; ${rounds} rounds of ` +
    `${seconds} s in rotated order, medians. ${names.map(([name, version]) => `${name} ${version}`).join(', ')}.`;
  const document = [
    '# HTTP servers and frameworks\n',
    'CPU time of the server process for one request, by its own account, and requests per second. The answers are checked before anything is timed.',
    'All run in production mode without a log. Bare `node:http` and `node:net` are what Node itself allows; `node:net` parses nothing.',
    'The file is served by what each framework brings or recommends for files; bare `node:http` pipes a stream.\n',
    `${setting}\n`,
    '![CPU time of a request](http.svg)\n',
    ...nodes.flatMap((node) => [
      `## Node ${node}\n`,
      `${overview(results[node])}\n`,
      ...Object.keys(results[node]).map((name) => table(results[node], name, `Node ${node}`)),
    ]),
  ].join('\n');

  mkdirSync(path('docs/benchmarks'), { recursive: true });
  writeFileSync(path('docs/benchmarks/http.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(path('docs/benchmarks/http.md'), document);
  writeFileSync(path('docs/benchmarks/http.svg'), chart(results[nodes[0]], titleOf, OURS));
  const readme = readFileSync(path('README.md'), 'utf8');
  const figures = `\n${overview(results[nodes[0]])}\n\n${setting}\n\n`;
  writeFileSync(
    path('README.md'),
    readme.replace(MARKS, (_all, begin, end) => begin + figures + end),
  );
}
